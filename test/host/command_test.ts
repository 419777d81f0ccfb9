import assert from "node:assert/strict";
import { waitUntil } from "../support/wait.ts";
import { problemOf, runCommand } from "../../src/host/command.ts";

const sh = (script: string, more: { readonly input?: string; readonly atMostMs?: number } = {}) =>
  runCommand({ program: "/bin/sh", args: ["-c", script], atMostMs: 30_000, ...more });

Deno.test("runCommand() gives what a program that went well wrote", async () => {
  assert.deepEqual(await sh("echo out; echo err >&2"), { kind: "ok", stdout: "out\n", stderr: "err\n" });
});

Deno.test("runCommand() gives the code and the words of a program that failed", async () => {
  const outcome = await sh("echo why >&2; exit 3");
  assert.deepEqual(outcome, { kind: "failed", code: 3, stdout: "", stderr: "why\n" });
  assert.equal(problemOf(outcome), "why");
});

Deno.test("runCommand() gives the number of the signal that ended a program", async () => {
  assert.deepEqual(await sh("kill -KILL $$"), { kind: "failed", code: 137, stdout: "", stderr: "" });
});

Deno.test("runCommand() feeds more input than a pipe holds, while the program writes as much", async () => {
  const input = "a line of input\n".repeat(50_000);
  assert.deepEqual(await sh("cat; ", { input }), { kind: "ok", stdout: input, stderr: "" });
});

Deno.test("runCommand() does not mind a program that ends without reading its input", async () => {
  const outcome = await sh("exec <&-; exit 4", { input: "unread\n".repeat(100_000) });
  assert.deepEqual(outcome, { kind: "failed", code: 4, stdout: "", stderr: "" });
});

Deno.test("runCommand() kills a program that takes too long, and does not wait for its children", async () => {
  const file = await Deno.makeTempFile();
  const outcome = await sh(`echo $$ > ${file}; sleep 600 & echo $! >> ${file}; wait`, { atMostMs: 2_000 });
  assert.deepEqual(outcome, { kind: "timedOut", atMostMs: 2_000 });
  assert.equal(problemOf(outcome), "no answer within 2000 ms");
  const [shell, child] = (await Deno.readTextFile(file)).trim().split("\n").map(Number);
  assert.ok(shell && child, "the shell wrote both process ids");
  Deno.kill(child, "SIGKILL");
  await waitUntil(() => hasEnded(shell), { what: "the shell to end" });
  await Deno.remove(file);
});

/** A process that ended may stay as a zombie until its parent looks after it. */
const hasEnded = async (pid: number): Promise<boolean> =>
  /\) [ZX]/.test(await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") X"));

Deno.test("runCommand() says that a program is missing", async () => {
  const outcome = await runCommand({ program: "/nowhere/program", args: [], atMostMs: 1_000 });
  assert.equal(outcome.kind, "missing");
  assert.match(problemOf(outcome) ?? "", /^Cannot start \/nowhere\/program: .*(No such file|not found)/i);
});
