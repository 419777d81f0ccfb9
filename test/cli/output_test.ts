// What the process itself does with its standard output and standard error.

import { equal, match } from "node:assert/strict";

const main = new URL("../../main.ts", import.meta.url).pathname;
const deno = Deno.execPath();

Deno.test("a standard output that cannot be written is told in one line, and exits with 74", async () => {
  for (const args of ["version", "--help"]) {
    const command = `"${deno}" run -A "${main}" ${args} > /dev/full`;
    const { code, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
    equal(code, 74, args);
    match(new TextDecoder().decode(stderr), /^molehill: Cannot write to standard output: .+\n$/);
  }
});

Deno.test("status --watch into a pipe asks no daemon, and says on standard error what to do instead", async () => {
  const args = ["run", "-A", main, "status", "--watch", "--runtime-dir", "/nowhere/run"];
  const { code, stdout, stderr } = await new Deno.Command(deno, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  equal(code, 64);
  equal(text(stdout), "");
  match(text(stderr), /^molehill: Cannot watch: standard output is no terminal \(wanted a terminal\)\n/);
});
