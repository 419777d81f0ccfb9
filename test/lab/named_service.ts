// A TCP service that says on which host it runs: its name as soon as somebody connects, and again for each byte.
// Runs until its standard input ends. `deno run named_service.ts NAME PORT`

import { createServer } from "node:net";
import process from "node:process";

const [name = "", port = ""] = Deno.args;
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.write(`${name}\n`);
  socket.on("data", (bytes) => {
    for (const _ of bytes) socket.write(`${name}\n`);
  });
});
server.listen({ host: "::", port: Number(port) }, () => console.log("listens"));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
