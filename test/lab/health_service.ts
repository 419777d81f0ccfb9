// A small web server on 127.0.0.1 that is well. Runs until its standard input ends. `deno run health_service.ts PORT`

import { createServer } from "node:http";
import process from "node:process";

const [port = ""] = Deno.args;
const server = createServer((request, response) => {
  response.writeHead(request.url === "/health" ? 200 : 404).end();
});
server.listen({ host: "127.0.0.1", port: Number(port) }, () => console.log("listens"));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
