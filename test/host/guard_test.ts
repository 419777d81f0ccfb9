import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { openGuard } from "../../src/host/guard.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import type { Programs } from "../../src/host/programs.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { runtimes } from "../support/runtimes.ts";
import { waitUntil } from "../support/wait.ts";
import { type Cable, layCable } from "./cable.ts";

const SCRIPT = new URL("guard_script.ts", import.meta.url).pathname;

const webA: PlacedVip = {
  vip: vipName("web-a"),
  addresses: [
    { address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" },
    { address: "fd00:9::109", family: 6, prefix: 128, interface: "eth0" },
  ],
};

const other: PlacedVip = {
  vip: vipName("other"),
  addresses: [{ address: "192.168.9.120", family: 4, prefix: 32, interface: "eth0" }],
};

const heldOn = async (cable: Cable): Promise<number> => {
  const shown = await mustRun(["ip", "-n", cable.host, "-o", "address", "show", "dev", "eth0"]);
  return shown.split("\n").filter((line) => /\.109\/|::109\/| 10\.1\./.test(line)).length;
};

/** The process ids of the guards of this test: shells that have come to the guard's script. */
async function guardsOf(cable: Cable): Promise<readonly number[]> {
  const processes = await Array.fromAsync(Deno.readDir("/proc"));
  const pids = processes.map(({ name }) => Number(name)).filter((pid) => pid > 0);
  const commands = await Promise.all(pids.map(async (pid) => {
    const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    return { pid, words: command.split("\0") };
  }));
  return commands.filter(({ words }) =>
    words[0]?.endsWith("sh") && words[1] === "-c" && words.includes(`${cable.directory}/held.batch`)
  )
    .map(({ pid }) => pid);
}

async function openOn(
  cable: Cable,
  { troubles = [], programs = {} }: { troubles?: string[]; programs?: Partial<Programs> } = {},
) {
  const outcome = await openGuard({
    vips: [webA],
    runtimeDir: cable.directory,
    programs: { ...cable.programs, ...programs },
    onTrouble: (problem) => void troubles.push(problem),
  });
  assert.ok(outcome.kind === "ok");
  await cable.ip("address add 192.168.9.109/32 dev eth0", "address add fd00:9::109/128 dev eth0");
  return outcome.guard;
}

async function startHolder(cable: Cable, vips: readonly PlacedVip[]) {
  const options = JSON.stringify({ vips, runtimeDir: cable.directory, programs: cable.programs });
  const [program = "", ...args] = [...inside(cable.host), ...runtimes.deno, SCRIPT, options];
  const holder = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = holder.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const children = [...new TextDecoder().decode(value).matchAll(/\d+/g)].map(Number);
  assert.equal(children.length, 2);
  return { holder, children };
}

for (const count of [1, 1_000]) {
  Deno.test(`the VIPs go when the daemon is killed, though its children live on (${count} VIPs)`, async () => {
    await using cable = await layCable();
    const vips = count === 1 ? [webA] : Array.from({ length: count }, (_, at): PlacedVip => ({
      vip: vipName(`v${at}`),
      addresses: [{ address: `10.1.${at >> 8}.${at & 255}`, family: 4, prefix: 32, interface: "eth0" }],
    }));
    const { holder, children } = await startHolder(cable, vips);
    assert.equal(await heldOn(cable), count === 1 ? 2 : count);
    const start = performance.now();
    holder.kill("SIGKILL");
    await waitUntil(async () => await heldOn(cable) === 0, {
      what: "the guard to remove the VIPs",
      everyMs: 1,
    });
    const took = performance.now() - start;
    if (Deno.env.get("MOLEHILL_TIMES") !== undefined) {
      console.log(`guard, ${count} VIPs: ${took.toFixed(1)} ms`);
    }
    await holder.status;
    for (const child of children) Deno.kill(child, "SIGKILL");
    await waitUntil(async () => (await guardsOf(cable)).length === 0, { what: "the guard to end" });
  });
}

Deno.test("release() ends the guard and leaves addresses alone", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  assert.equal((await guardsOf(cable)).length, 1);
  await guard.release();
  assert.deepEqual(await guardsOf(cable), []);
  assert.equal(await heldOn(cable), 2);
});

Deno.test("the guard stands in a session of its own and ignores what ends other programs", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  const [pid = 0] = await guardsOf(cable);
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  assert.deepEqual({ group, session }, { group: pid, session: pid });
  // Delivered before kill() returns, for the guard sleeps: what does not ignore them ends.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const) Deno.kill(pid, signal);
  const ignored = BigInt(
    `0x${/^SigIgn:\s*(\S+)$/m.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1]}`,
  );
  for (const number of [1n, 2n, 3n, 15n]) assert.equal(ignored >> (number - 1n) & 1n, 1n, `signal ${number}`);
  assert.deepEqual(await guardsOf(cable), [pid]);
  assert.equal(await heldOn(cable), 2);
  await guard.release();
});

Deno.test("a guard that is killed is replaced, and says so", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  let deaths = 0;
  guard.onDeath(() => deaths += 1);
  const [first = 0] = await guardsOf(cable);
  Deno.kill(first, "SIGKILL");
  await waitUntil(async () => {
    const guards = await guardsOf(cable);
    return guards.length === 1 && guards[0] !== first;
  }, { what: "another guard" });
  assert.equal(deaths, 1);
  assert.equal(await heldOn(cable), 2);
  await guard.release();
  await waitUntil(async () => (await guardsOf(cable)).length === 0, { what: "the second guard to end" });
  assert.equal(await heldOn(cable), 2);
});

Deno.test("a guard that is killed is replaced though the file it was told to people with is gone", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  await Deno.remove(`${cable.directory}/held.batch`);
  const [first = 0] = await guardsOf(cable);
  Deno.kill(first, "SIGKILL");
  await waitUntil(async () => (await guardsOf(cable)).some((pid) => pid !== first), {
    what: "another guard",
  });
  await guard.release();
});

Deno.test("a guard that cannot be replaced is told of, and tried again", async () => {
  await using cable = await layCable();
  const sh = `${cable.directory}/fickle-sh`;
  const broken = `${cable.directory}/broken`;
  await Deno.writeTextFile(sh, `#!/bin/sh\n[ -e ${broken} ] && exit 1\nexec sh "$@"\n`, { mode: 0o755 });
  const troubles: string[] = [];
  const guard = await openOn(cable, { troubles, programs: { sh } });
  const [first = 0] = await guardsOf(cable);
  await Deno.writeTextFile(broken, "");
  Deno.kill(first, "SIGKILL");
  await waitUntil(() => troubles.length > 1, { what: "two failures to be told of" });
  assert.equal(
    troubles[0],
    `Cannot replace the guard: the shell ${sh} did not get ready; if this daemon dies now, its VIPs stay on this host until their lease ends (with lease = "off", until somebody removes them); trying again`,
  );
  assert.equal(guard.problem(), `the shell ${sh} did not get ready`);
  await Deno.remove(broken);
  await waitUntil(async () => (await guardsOf(cable)).length === 1, { what: "another guard" });
  await waitUntil(() => guard.problem() === null, { what: "the guard to be ready" });
  await guard.release();
});

Deno.test("held.batch is what a person would give to ip to remove the VIPs", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  await guard.release();
  const file = `${cable.directory}/held.batch`;
  assert.equal(
    await Deno.readTextFile(file),
    "address del 192.168.9.109/32 dev eth0\naddress del fd00:9::109/128 dev eth0\n",
  );
  assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  await mustRun(["ip", "-n", cable.host, "-force", "-batch", file]);
  assert.equal(await heldOn(cable), 0);
});

Deno.test("openGuard() says why it cannot start one", async () => {
  await using cable = await layCable();
  const nowhere = await openGuard({
    vips: [webA],
    runtimeDir: "/nowhere",
    programs: cable.programs,
    onTrouble: assert.fail,
  });
  assert.ok(nowhere.kind === "problem");
  assert.match(nowhere.problem, /^Cannot start the guard: .*nowhere/);
  const broken = { ...cable.programs, sh: "/bin/false" };
  const options = { vips: [webA], runtimeDir: cable.directory, programs: broken, onTrouble: assert.fail };
  assert.deepEqual(await openGuard(options), {
    kind: "problem",
    problem: "Cannot start the guard: the shell /bin/false did not get ready",
  });
});

Deno.test("openGuard() does not wait for a shell that hangs", async () => {
  await using cable = await layCable();
  const sh = `${cable.directory}/hanging-sh`;
  await Deno.writeTextFile(sh, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const programs = { ...cable.programs, sh };
  const options = { vips: [webA], runtimeDir: cable.directory, programs, onTrouble: assert.fail };
  assert.deepEqual(await openGuard(options), {
    kind: "problem",
    problem: `Cannot start the guard: the shell ${sh} did not get ready`,
  });
});

Deno.test("adopt() has another guard stand by before the first one goes, and held.batch follows", async () => {
  await using cable = await layCable();
  const sh = `${cable.directory}/slow-sh`;
  await Deno.writeTextFile(sh, `#!/bin/sh\nsleep 0.3\nexec sh "$@"\n`, { mode: 0o755 });
  const guard = await openOn(cable, { programs: { sh } });
  let deaths = 0;
  guard.onDeath(() => deaths += 1);
  const [first = 0] = await guardsOf(cable);
  const withoutFirst = waitUntil(async () => !(await guardsOf(cable)).includes(first), {
    what: "the first guard to go",
  }).then(() => guardsOf(cable));
  assert.deepEqual(await guard.adopt([other]), { problem: null });
  assert.equal((await withoutFirst).length, 1, "when the first one is gone, another one stands by");
  const after = await guardsOf(cable);
  assert.deepEqual([after.length, after.includes(first), deaths], [1, false, 0]);
  const batch = await Deno.readTextFile(`${cable.directory}/held.batch`);
  assert.equal(batch, "address del 192.168.9.120/32 dev eth0\n");
  assert.equal(await heldOn(cable), 2);
  await guard.release();
  assert.deepEqual(await guardsOf(cable), []);
});

Deno.test("a guard that is killed after adopt() is replaced by one for the new VIPs", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  await guard.adopt([other]);
  const [second = 0] = await guardsOf(cable);
  Deno.kill(second, "SIGKILL");
  await waitUntil(async () => {
    const guards = await guardsOf(cable);
    return guards.length === 1 && guards[0] !== second;
  }, { what: "another guard" });
  assert.equal(await heldOn(cable), 2, "a guard that is killed removes nothing");
  await guard.release();
});

Deno.test("adopt() that cannot record what is to be removed leaves the guard as it is", async () => {
  await using cable = await layCable();
  const guard = await openOn(cable);
  const before = await guardsOf(cable);
  await Deno.mkdir(`${cable.directory}/held.batch.new`);
  const { problem } = await guard.adopt([other]);
  assert.match(problem ?? "", /^Cannot start a guard for the new configuration: /);
  assert.deepEqual(await guardsOf(cable), before);
  assert.match(await Deno.readTextFile(`${cable.directory}/held.batch`), /192\.168\.9\.109/);
  assert.equal(await heldOn(cable), 2);
  await guard.release();
});
