// Logs far more than a pipe holds, says so on standard output, and ends with its last words when its input does.

import { fstatSync } from "node:fs";
import process from "node:process";
import { createLog } from "../../src/host/log.ts";

const log = createLog({ style: "plain" });
for (let line = 0; line < 20_000; line++) log.write("info", "A line that is as long as others are", { line });
Deno.stdout.writeSync(new TextEncoder().encode("wrote it all\n"));
for await (const _ of process.stdin);
log.write("info", `${fstatSync(2).isFIFO() ? "Pipe" : "Other"}: last words`);
await log.flush();
Deno.exit(0);
