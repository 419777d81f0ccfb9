// Connects to a named service, prints each line that it says and how the connection ends, and sends a byte for each
// line of its own standard input. `deno run named_client.ts ADDRESS PORT`

import { connect } from "node:net";
import process from "node:process";

const [host = "", port = ""] = Deno.args;
const socket = connect({ host, port: Number(port) });
socket.setEncoding("utf8");
socket.on("data", (text) => process.stdout.write(String(text)));
socket.on("error", (error) => console.log("code" in error ? error.code : error.message));
socket.on("end", () => console.log("ended"));
socket.on("close", () => process.exit(0));
process.stdin.on("data", () => void socket.write("."));
process.stdin.on("end", () => void socket.destroy());
