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

Deno.test("status --watch --json says on standard error, and nowhere else, that no daemon answers", async () => {
  const args = ["run", "-A", main, "status", "--watch", "--json", "--runtime-dir", "/nowhere/run"];
  const child = new Deno.Command(deno, { args, stdout: "piped", stderr: "piped" }).spawn();
  const reader = child.stderr.getReader();
  const { value } = await reader.read();
  match(new TextDecoder().decode(value), /^Cannot reach the daemon on/);
  child.kill("SIGTERM");
  reader.releaseLock();
  await child.stderr.cancel();
  equal(await new Response(child.stdout).text(), "");
  equal((await child.status).code, 2);
});
