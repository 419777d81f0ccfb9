// Hooks of daemons that run for real: what they are told, that nothing waits for them, and the one that acquisitions
// wait for.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { hookTable, type LabScript, labScript, startWithHooks, type Told } from "../support/lab_hooks.ts";
import { inside } from "../support/namespace.ts";
import { newLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const VIP = "192.168.9.109/32";
/** One VIP, which test00 prefers: it is there when the lab has settled. */
const ONE = [{ name: "web-a", addresses: [VIP], prefer: ["test00"] }];

Deno.test("acquire and release are told of a move: who, what, where from and where to", async () => {
  await using lab = await newLab({
    timing: UNHURRIED,
    vips: [{ name: "web-a", addresses: [VIP, "fd00:9::109/128"] }],
  });
  const script = await labScript(lab, "moves");
  await startWithHooks(lab, { acquire: hookTable(script), release: hookTable(script) });
  const from = await holderIn(lab);
  const to = lab.hosts.find((host) => host !== from);
  await toldOf(script, 1);
  assert.equal((await lab.host("test00").molehill(["move", "web-a", to?.name ?? ""])).code, 0);
  const [first, ...moved] = await toldOf(script, 3);
  const known = [
    "EVENT",
    "HOST",
    "REASON",
    "FROM",
    "TO",
    "VIP",
    "ADDRESSES",
    "INTERFACES",
    "GROUP",
    "MEMBERS",
  ];
  const place = [
    "web-a",
    "192.168.9.109/32 fd00:9::109/128",
    "eth0",
    "tudou",
    "test00 test01 test02",
  ];
  const [one, other] = [from.name, to?.name ?? ""];
  assert.deepEqual(known.map((name) => first?.[name]), ["acquire", one, "unheld", "", one, ...place]);
  const sorted = moved.toSorted((a, b) => (a.EVENT ?? "") < (b.EVENT ?? "") ? -1 : 1);
  assert.deepEqual(sorted.map((told) => known.map((name) => told[name])), [
    ["acquire", other, "operator", one, other, ...place],
    ["release", one, "operator", one, other, ...place],
  ]);
  const { MAC, FOREIGN_HOST, LOST, COORDINATOR, VIEW } = sorted[0] ?? {};
  assert.deepEqual([MAC, FOREIGN_HOST, LOST, COORDINATOR], ["", "", "", "test00"]);
  assert.match(VIEW ?? "", /^\d+$/);
});

Deno.test("partition is told when a host is gone without a farewell and when it is back, not when it was stopped", async () => {
  await using lab = await newLab({ vips: ONE });
  const script = await labScript(lab, "partition");
  const views = await labScript(lab, "view");
  await startWithHooks(lab, { partition: hookTable(script), view: hookTable(views) });
  await lab.host("test02").stop();
  await lab.settled();
  lab.host("test02").start();
  await lab.settled();
  const already = (await script.told()).length;
  await lab.host("test02").kill();
  await toldBy(lab.host("test00"), script, {
    REASON: "members-lost",
    LOST: "test02",
    MEMBERS: "test00 test01",
  });
  lab.host("test02").start();
  await toldBy(lab.host("test00"), script, {
    REASON: "members-back",
    LOST: "",
    MEMBERS: "test00 test01 test02",
  });
  assert.equal(already, 0, "nobody was lost by a clean stop");
  await toldBy(lab.host("test00"), views, { EVENT: "view", LOST: "test02", MEMBERS: "test00 test01" });
  await toldBy(lab.host("test02"), views, { EVENT: "view", LOST: "", MEMBERS: "test00 test01 test02" });
});

Deno.test("partition is told of a majority that is lost and back", async () => {
  await using lab = await newLab({ vips: ONE, partition: "quorum" });
  const script = await labScript(lab, "quorum");
  await startWithHooks(lab, { partition: hookTable(script) });
  await lab.host("test00").silenceLink();
  await toldBy(lab.host("test00"), script, { REASON: "quorum-lost" });
  await lab.host("test00").healLink();
  // Two of three are a majority: the third may come with the same view, or with the next.
  const back = await toldBy(lab.host("test00"), script, { REASON: "quorum-back" });
  assert.match(back.MEMBERS ?? "", /^test00( test01)?( test02)?$/);
  assert.notEqual(back.MEMBERS, "test00");
  if (back.MEMBERS === "test00 test01 test02") return;
  await toldBy(lab.host("test00"), script, { REASON: "members-back", MEMBERS: "test00 test01 test02" });
});

Deno.test("foreign_holder is told of the hardware address of whoever answers for a VIP", async () => {
  await using lab = await newLab({ timing: UNHURRIED, vips: ONE });
  const script = await labScript(lab, "foreign");
  await startWithHooks(lab, { foreign_holder: hookTable(script) });
  await mustRun(["ip", "-n", lab.router, "address", "add", VIP, "dev", "eth0"]);
  const [address = ""] = VIP.split("/");
  await mustRun([...inside(lab.router), "arping", "-q", "-A", "-c", "1", "-w", "1", "-I", "eth0", address]);
  const mac = (await mustRun([...inside(lab.router), "cat", "/sys/class/net/eth0/address"])).trim();
  await toldBy(lab.host("test00"), script, { REASON: "answered", VIP: "web-a", MAC: mac, FOREIGN_HOST: "" });
});

Deno.test("a hook that hangs delays no failover, and is killed with its children when its time is over", async () => {
  await using lab = await newLab({ vips: ONE });
  const script = await labScript(lab, "hangs", 'sleep 600 & echo $! >> "$0.pids"; echo says this; wait');
  const hanging = hookTable(script, { timeout: '"2s"' });
  await startWithHooks(lab, {
    acquire: hanging,
    release: hanging,
    view: hookTable(script, { timeout: '"20s"' }),
  });
  await lab.echo.begin();
  assert.equal(await lab.host("test00").stop(), 0);
  await lab.settled();
  await lab.host("test01").cutLink();
  await lab.settled();
  const { addresses, longestStallMs } = await lab.echo.end();
  const gap = addresses[0]?.longestGapMs ?? Infinity;
  assert.ok(gap < 1_500 + longestStallMs, `the client waited for ${gap} ms`);
  const last = lab.host("test02");
  await waitUntil(
    async () =>
      /Hook acquire of VIP "web-a" .*took longer than 2s and was killed: says this/.test(await last.log()),
    {
      what: "the hook to be killed",
    },
  );
  await Promise.all([lab.host("test01").stop(), last.stop()]);
  const pids = (await Deno.readTextFile(`${script.path}.pids`)).trim().split("\n").map(Number);
  for (const pid of pids) await waitUntil(() => hasEnded(pid), { what: `the hook's child ${pid} to end` });
});

Deno.test("before_acquire that fails leaves the VIP to another host, which is asked for its own", async () => {
  await using lab = await newLab({ vips: ONE });
  const script = await labScript(
    lab,
    "refuses",
    '[ "$MOLEHILL_HOST" != test00 ] || { echo no quota >&2; exit 3; }',
  );
  await startWithHooks(lab, { before_acquire: hookTable(script) });
  assert.notEqual((await holderIn(lab)).name, "test00");
  assert.match(
    await lab.host("test00").log(),
    /Cannot add VIP "web-a": its hook before_acquire \(.*refuses.sh\) failed: it ended with code 3: no quota; another host/,
  );
  const told = await script.told();
  assert.deepEqual(told.map(({ EVENT, HOST }) => [EVENT, HOST]).slice(0, 1), [["before_acquire", "test00"]]);
});

Deno.test("before_acquire that fails does not matter where on_failure says so", async () => {
  await using lab = await newLab({ vips: ONE });
  const script = await labScript(lab, "fails", "exit 1");
  await startWithHooks(lab, { before_acquire: hookTable(script, { on_failure: '"acquire"' }) });
  assert.equal((await holderIn(lab)).name, "test00");
  assert.match(await lab.host("test00").log(), /it is acquired all the same/);
});

Deno.test("before_acquire adds its time to the failover of its VIP, and lets no lease of another run out", async () => {
  // Longer than a lease: one that is not renewed meanwhile is gone.
  await using lab = await newLab({
    timing: { lease: '"2s"', mature: '"1s"' },
    vips: [...ONE, { name: "web-b", addresses: ["192.168.9.112/32"], prefer: ["test01"], hosts: ["test01"] }],
  });
  const script = await labScript(lab, "slow", "sleep 4");
  await startWithHooks(lab, { before_acquire: hookTable(script, { timeout: '"20s"', vips: '["web-a"]' }) });
  await lab.host("test02").stop();
  await lab.settled();
  await lab.echo.begin();
  await lab.host("test00").kill();
  await lab.settled();
  const { addresses: [moved, other], longestStallMs } = await lab.echo.end();
  const gap = moved?.longestGapMs ?? 0;
  assert.ok(gap > 3_900 && gap < 5_500 + longestStallMs, `the client waited for ${gap} ms`);
  assert.equal(other?.lost, 0);
});

Deno.test("a VIP that is taken away again while before_acquire runs never comes, and the hook is ended", async () => {
  await using lab = await newLab({ timing: UNHURRIED, vips: ONE });
  const script = await labScript(lab, "endless", '[ "$MOLEHILL_HOST" = test00 ] || sleep 600');
  await startWithHooks(lab, { before_acquire: hookTable(script, { timeout: '"60s"' }) });
  const [first, second] = lab.hosts;
  const moving = second?.molehill(["move", "web-a", "test01"]);
  await waitUntil(async () => (await script.told()).some(({ HOST }) => HOST === "test01"), {
    what: "the hook to begin",
  });
  await lab.watch.begin();
  assert.equal((await first?.molehill(["move", "web-a", "test00"]))?.code, 0);
  await moving;
  await lab.settled();
  assert.match(
    await second?.log() ?? "",
    /Hook before_acquire of VIP "web-a" .* was ended: it is not wanted any more/,
  );
  assert.equal((await holderIn(lab)).name, "test00");
  const windows = await lab.watch.end();
  const seen = new Set(windows.flatMap(({ history }) => history.flatMap(({ macs }) => macs)));
  assert.deepEqual([...seen], [first?.place.mac]);
});

Deno.test("a clean stop waits for a slow release hook, and nobody else does", async () => {
  await using lab = await newLab({ timing: UNHURRIED, vips: ONE });
  const script = await labScript(lab, "farewell", 'sleep 2; touch "$0.done"');
  await startWithHooks(lab, { release: hookTable(script) });
  await lab.echo.begin();
  const began = performance.now();
  assert.equal(await lab.host("test00").stop(), 0);
  const took = performance.now() - began;
  await lab.settled();
  const { addresses, longestStallMs } = await lab.echo.end();
  assert.ok(took > 1_900 && took < 4_900, `the stop took ${took} ms`);
  assert.ok(await Deno.stat(`${script.path}.done`));
  const gap = addresses[0]?.longestGapMs ?? Infinity;
  assert.ok(gap < 500 + longestStallMs, `the client waited for ${gap} ms`);
});

Deno.test("a clean stop does not wait for a release hook that hangs for longer than 5 s", async () => {
  await using lab = await newLab({ hosts: 1, vips: [{ name: "web-a", addresses: [VIP] }] });
  const script = await labScript(
    lab,
    "stuck",
    "trap '' TERM; sleep 600 & echo $! >> \"$0.pids\"; wait; wait",
  );
  await startWithHooks(lab, { release: hookTable(script, { timeout: '"10m"' }) });
  const began = performance.now();
  assert.equal(await lab.host("test00").stop(), 0);
  const took = performance.now() - began;
  assert.ok(took > 4_900 && took < 9_000, `the stop took ${took} ms`);
  const pid = Number(await Deno.readTextFile(`${script.path}.pids`));
  await waitUntil(() => hasEnded(pid), { what: "the hook's child to end" });
});

Deno.test("a reload takes new hooks, and refuses one whose program is missing", async () => {
  await using lab = await newLab({ hosts: 1, vips: [{ name: "web-a", addresses: [VIP] }] });
  const script = await labScript(lab, "later");
  await startWithHooks(lab, {});
  const host = lab.host("test00");
  const reloaded = async (command: string, wanted: RegExp) => {
    const hooks = { release: `{ command = ["${command}"] }` };
    await Deno.writeTextFile(lab.configFile, lab.configWith({ hooks }));
    host.reload();
    await waitUntil(async () => wanted.test(await host.log()), { what: `the log to say ${wanted}` });
  };
  await reloaded("/nowhere/hook.sh", /Cannot run hook release "\/nowhere\/hook.sh": no such file/);
  await reloaded(script.path, /goes by the changed configuration: hooks.release is new/);
  await host.stop();
  assert.deepEqual((await script.told()).map(({ EVENT, REASON }) => [EVENT, REASON]), [[
    "release",
    "drained",
  ]]);
});

Deno.test("run refuses a hook whose program, user or place is not right, all at once", async () => {
  await using lab = await newLab({ hosts: 1 });
  const script = await labScript(lab, "open");
  await Deno.chmod(script.path, 0o777);
  const file = `${lab.directory}/changed.toml`;
  const acquire = `[${hookTable(script)}, { command = ["/nowhere/a.sh"], user = "nobody-at-all" }]`;
  await Deno.writeTextFile(file, lab.configWith({ hooks: { acquire } }));
  const host = lab.host("test00");
  host.start({ configFile: file });
  assert.equal(await host.exited(), 69);
  const log = await host.log();
  assert.match(log, /Cannot run hook acquire "\/nowhere\/a.sh" as user "nobody-at-all": no such user/);
  assert.match(log, /Cannot run hook acquire "\/nowhere\/a.sh": no such file/);
  assert.match(
    log,
    /Cannot run hook acquire ".*open.sh": others may change ".*open.sh", for its mode is 0777/,
  );
});

async function holderIn(lab: Lab): Promise<LabHost> {
  const holder = await lab.holderOf(VIP);
  assert.ok(holder !== null, "exactly one host holds the VIP");
  return holder;
}

/** So many runs, once there are as many. */
async function toldOf(script: LabScript, count: number): Promise<readonly Told[]> {
  await waitUntil(async () => (await script.told()).length >= count, { what: `${count} runs of the hook` });
  const told = await script.told();
  assert.equal(told.length, count, JSON.stringify(told, null, 2));
  return told;
}

/** Waits for a run on the host that was told this, and gives all that it was told. */
async function toldBy(host: LabHost, script: LabScript, wanted: Told): Promise<Told> {
  const isIt = (told: Told) =>
    told.HOST === host.name && Object.entries(wanted).every(([name, value]) => told[name] === value);
  await waitUntil(async () => (await script.told()).some(isIt), {
    what: `${host.name} to be told ${JSON.stringify(wanted)}`,
    diagnosis: async () => `${JSON.stringify(await script.told(), null, 1)}\n${await host.log()}`,
  });
  const found = (await script.told()).find(isIt);
  assert(found !== undefined);
  return found;
}

/** A process that ended may stay as a zombie until its parent looks after it. */
const hasEnded = async (pid: number): Promise<boolean> =>
  /\) [ZX]/.test(await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") X"));
