// Prints what preflight finds, for the options that are the one argument.

import { openPacketSocket } from "../../src/host/packet_socket.ts";
import { preflight } from "../../src/host/preflight.ts";

const { announcer, ...options } = JSON.parse(Deno.args[0] ?? "");
const packetSocket = announcer === "raw" ? openPacketSocket() : null;
console.log(JSON.stringify(await preflight({ ...options, packetSocket })));
if (packetSocket?.kind === "ok") packetSocket.socket.close();
