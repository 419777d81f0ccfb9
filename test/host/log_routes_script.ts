// Logs to a file and a system log in the directory that is given, so much that the file is rotated, and ends at once.

import { createLog } from "../../src/host/log.ts";

const [directory = ""] = Deno.args;
const log = createLog({
  file: { path: `${directory}/molehill.log`, bytesMax: 500, keep: 2 },
  syslog: "daemon",
  syslogPath: `${directory}/dev-log`,
});
for (let line = 0; line < 5; line++) log.write("info", "A line that is as long as others are", { line });
await log.flush();
for (let line = 5; line < 10; line++) log.write("info", "A line that is as long as others are", { line });
log.write("error", "Last words");
await log.flush();
Deno.exit(0);
