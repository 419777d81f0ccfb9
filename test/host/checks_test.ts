// When checks are run, and what is told of them: real programs, and the machine's own clock, so that nothing here counts
// on how fast anything is.

import assert from "node:assert/strict";
import type { FailingCheck } from "../../src/core/message.ts";
import { duration, vipName } from "../../src/core/vocabulary.ts";
import type { PlacedCheck } from "../../src/host/check.ts";
import { type LocalChecks, openChecks } from "../../src/host/checks.ts";
import { findProgram, searchPath } from "../../src/host/programs.ts";
import { sleep, waitUntil } from "../support/wait.ts";

const setsid = await findProgram("setsid", searchPath(undefined)) ?? "setsid";

const check = (name: string, script: string, more: Partial<PlacedCheck> = {}): PlacedCheck => ({
  name,
  probe: { kind: "exec", command: ["/bin/sh", "-c", script], user: null },
  interval: duration(200),
  timeout: duration(200),
  rise: 1,
  fall: 1,
  vips: null,
  ...more,
});
const unhurried = { interval: duration(60_000), timeout: duration(30_000) };

interface Bench extends AsyncDisposable {
  readonly checks: LocalChecks;
  readonly told: (readonly FailingCheck[])[];
  /** The names in what was told last; null: nothing was. */
  failing(): string | null;
  lines(file: string): Promise<readonly string[]>;
  readonly directory: string;
}

async function running(
  of: (directory: string) => readonly PlacedCheck[],
): Promise<Bench> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  const checks = openChecks({ checks: of(directory), host: "test00", setsid, log: { write: () => {} } });
  const told: (readonly FailingCheck[])[] = [];
  checks.onChange((failing) => told.push(failing));
  return {
    checks,
    told,
    directory,
    failing: () => told.at(-1)?.map(({ check }) => check).join(" ") ?? null,
    lines: async (file) =>
      (await Deno.readTextFile(`${directory}/${file}`).catch(() => "")).split("\n").slice(0, -1),
    async [Symbol.asyncDispose]() {
      await checks.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** As SIGSTOP does, and a machine that stands still. */
function keepFromRunning(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

Deno.test("nothing is told before every check has a result, and then who fails, with the reason", async () => {
  await using bench = await running((directory) => [
    check("fails", "echo no disk >&2; exit 1", { ...unhurried, vips: [vipName("web-a")], fall: 3 }),
    check("passes", "exit 0", { ...unhurried, rise: 3 }),
    check("waits", `while ! [ -e ${directory}/go ]; do sleep 0.05; done`, unhurried),
  ]);
  assert.equal(bench.checks.hasAny, true);
  await sleep(300);
  assert.deepEqual(bench.told, []);
  await Deno.writeTextFile(`${bench.directory}/go`, "");
  await waitUntil(() => bench.told.length > 0, { what: "the first results" });
  assert.deepEqual(bench.told, [[
    { check: "fails", vips: ["web-a"], problem: "exit code 1: no disk" },
  ]]);
});

Deno.test("a change is told when it has come often enough, and once", async () => {
  await using bench = await running((directory) => [
    check(
      "web",
      `echo x >> ${directory}/runs; [ -e ${directory}/well ] || { cat ${directory}/why >&2; exit 1; }`,
      {
        rise: 2,
        fall: 3,
      },
    ),
  ]);
  await waitUntil(() => bench.failing() === "web", { what: "the check to fail at first" });
  await Deno.writeTextFile(`${bench.directory}/well`, "");
  await waitUntil(() => bench.failing() === "", { what: "it to pass" });
  await Deno.writeTextFile(`${bench.directory}/why`, "it is off");
  const before = (await bench.lines("runs")).length;
  await Deno.remove(`${bench.directory}/well`);
  await waitUntil(() => bench.failing() === "web", { what: "it to fail again" });
  assert.ok((await bench.lines("runs")).length >= before + 3);
  await sleep(600);
  assert.equal(bench.told.length, 3);
  assert.equal(bench.told[2]?.[0]?.problem, "exit code 1: it is off");
});

Deno.test("of a check that goes on failing the present reason is told", async () => {
  await using bench = await running((directory) => [
    check("web", `cat ${directory}/why >&2; exit 1`, { fall: 2, rise: 2 }),
  ]);
  const saying = async (why: string) => {
    await Deno.writeTextFile(`${bench.directory}/why`, why);
    const wanted = `exit code 1: ${why}`;
    await waitUntil(() => bench.told.at(-1)?.[0]?.problem === wanted, { what: `"${why}" to be told` });
  };
  await saying("no disk");
  await saying("no memory");
});

Deno.test("a check that hangs counts as failed, is never run twice at a time, and delays no other", async () => {
  await using bench = await running((directory) => [
    check("hangs", `echo $$ >> ${directory}/hangs; sleep 600; exit 0`),
    check("quick", `echo $$ >> ${directory}/quick`),
  ]);
  await waitUntil(() => bench.failing() === "hangs", { what: "the check to fail" });
  assert.equal(bench.told[0]?.[0]?.problem, "no answer within 200ms");
  const isRunning = async (pid: string) => {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    return stat !== "" && !/\) [ZX] /.test(stat);
  };
  await waitUntil(async () => {
    const pids = await bench.lines("hangs");
    const states = await Promise.all(pids.map(isRunning));
    assert.ok(states.filter((each) => each).length <= 1, `${states}`);
    return pids.length >= 4;
  }, { what: "it to be run four times" });
  await waitUntil(async () => (await bench.lines("quick")).length >= 4, {
    what: "the other to be run as often",
  });
});

Deno.test("a check that cannot be ended counts as failed each time, and is not run again before it has ended", async () => {
  let looks = 0;
  let end = () => {};
  const look = () => {
    looks += 1;
    return looks === 2 ? new Promise<null>((resolve) => end = () => resolve(null)) : Promise.resolve(null);
  };
  const told: string[] = [];
  const checks = openChecks({
    checks: [check("stuck", "", { fall: 3 })],
    host: "test00",
    setsid,
    log: { write: () => {} },
    lookerOf: () => ({ look, close() {} }),
  });
  checks.onChange((failing) => told.push(failing.map(({ problem }) => problem).join() || "well"));
  await waitUntil(() => told.length === 2, { what: "the check to fail" });
  assert.equal(looks, 2);
  assert.deepEqual(told, ["well", "the last look is still under way, and cannot be ended"]);
  end();
  await waitUntil(() => told.length === 3, { what: "it to pass again" });
  await checks.close();
});

Deno.test("what came while this process was kept from running is an answer in time", async () => {
  await using bench = await running((directory) => [
    check("program", `echo x > ${directory}/runs; sleep 0.5`, { ...unhurried, timeout: duration(800) }),
  ]);
  await waitUntil(async () => (await bench.lines("runs")).length > 0, { what: "it to be run", everyMs: 5 });
  keepFromRunning(1_500);
  await waitUntil(() => bench.told.length > 0, { what: "the result" });
  assert.equal(bench.failing(), "");
});

Deno.test("a look is only stuck when it had the time to give up", async () => {
  const told: string[] = [];
  const checks = openChecks({
    checks: [check("slow", "", { ...unhurried, timeout: duration(150) })],
    host: "test00",
    setsid,
    log: { write: () => {} },
    lookerOf: () => ({
      look: ({ giveUp }) => new Promise((done) => giveUp.addEventListener("abort", () => done("no word"))),
      close() {},
    }),
  });
  checks.onChange((failing) => told.push(failing.map(({ problem }) => problem).join()));
  keepFromRunning(1_500);
  await waitUntil(() => told.length > 0, { what: "the result" });
  assert.deepEqual(told, ["no answer within 150ms: no word"]);
  await checks.close();
});

Deno.test("close() does not wait for a check that cannot be ended", async () => {
  const checks = openChecks({
    checks: [check("stuck", "", unhurried)],
    host: "test00",
    setsid,
    log: { write: () => {} },
    lookerOf: () => ({ look: () => new Promise(() => {}), close() {} }),
  });
  await checks.close();
});

Deno.test("a program that leaves somebody behind who keeps its standard error open is not waited for", async () => {
  await using bench = await running((directory) => [
    check(
      "web",
      `setsid sh -c 'echo $$ > ${directory}/pid; exec sleep 600' & while ! [ -s ${directory}/pid ]; do :; done`,
      {
        ...unhurried,
      },
    ),
  ]);
  await waitUntil(() => bench.failing() === "", { what: "the check to pass" });
  const [pid = ""] = await bench.lines("pid");
  Deno.kill(Number(pid), "SIGKILL");
});

Deno.test("close() ends a check that is under way, with what it has started", async () => {
  const bench = await running((directory) => [
    check("hangs", `sleep 600 & echo $! > ${directory}/pid; wait`, unhurried),
  ]);
  await waitUntil(async () => (await bench.lines("pid")).length > 0, { what: "the check to be run" });
  const [pid = ""] = await bench.lines("pid");
  await bench[Symbol.asyncDispose]();
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  assert.ok(stat === "" || /\) [ZX] /.test(stat), stat);
  assert.deepEqual(bench.told, []);
});

Deno.test("adopt() keeps what is the same, forgets what is gone, and waits for what is new", async () => {
  await using bench = await running((directory) => [
    check("gone", "exit 1", unhurried),
    check("kept", `echo x >> ${directory}/kept; exit 1`, unhurried),
    check("other", "exit 1", unhurried),
  ]);
  await waitUntil(() => bench.failing() === "gone kept other", { what: "all to fail" });
  const kept = check("kept", `echo x >> ${bench.directory}/kept; exit 1`, unhurried);
  bench.checks.adopt([
    kept,
    check("other", `while ! [ -e ${bench.directory}/go ]; do sleep 0.05; done`, unhurried),
    check("new", `while ! [ -e ${bench.directory}/go ]; do sleep 0.05; done; exit 1`, unhurried),
  ]);
  // What looks at something else counts as it did, and what is new as passed, until there is a result.
  assert.equal(bench.failing(), "kept other");
  await Deno.writeTextFile(`${bench.directory}/go`, "");
  await waitUntil(() => bench.failing() === "kept new", { what: "the results of what is new" });
  bench.checks.adopt([{ ...kept, vips: [vipName("web-a")] }]);
  assert.deepEqual(bench.told.at(-1), [{ check: "kept", vips: ["web-a"], problem: "exit code 1" }]);
  bench.checks.adopt([]);
  assert.equal(bench.failing(), "");
});

Deno.test("without checks nobody waits", async () => {
  await using bench = await running(() => []);
  assert.equal(bench.checks.hasAny, false);
});
