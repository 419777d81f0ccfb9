// Run inside a network namespace: opens a packet socket, tries some interface names, and prints what came of it.

import { gratuitousArpRequest } from "../../src/codec/announcement.ts";
import { openPacketSocket, type PacketSocket } from "../../src/host/packet_socket.ts";

const NAMES = ["eth0", "lo", "eth9", "", "a-name-that-is-longer-than-any"];

const outcome = openPacketSocket();
if (outcome.kind === "refused") {
  console.log(JSON.stringify(outcome));
} else {
  const links = Object.fromEntries(NAMES.map((name) => [name, tryLink(outcome.socket, name)]));
  outcome.socket.close();
  console.log(JSON.stringify({ kind: "ok", ...links }));
}

function tryLink(socket: PacketSocket, name: string) {
  const link = socket.link(name);
  if (link === null) return null;
  const frame = gratuitousArpRequest({ mac: link.mac, address: Uint8Array.from([192, 168, 9, 160]) });
  return { mac: [...link.mac], sent: socket.send(frame, link) };
}
