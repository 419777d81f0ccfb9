// When hooks are run, in which order, how many at once, and what becomes of those whose time is over.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import type { Hook, HookEvent } from "../../src/core/hook.ts";
import { duration, instant, type VipName, vipName } from "../../src/core/vocabulary.ts";
import { atOnceMax, killPatience, laneMax } from "../../src/daemon/hook_queue.ts";
import { HookWork, stopPatience } from "../../src/daemon/hook_work.ts";
import { done, failed, type FakeHooks, fakeHooks, hook, turn } from "./fake_hooks.ts";
import { group, test00, webA, webB, webC } from "./values.ts";

interface Scene {
  readonly work: HookWork;
  readonly hooks: FakeHooks;
  readonly log: string[];
  hear(...notes: readonly Note[]): Promise<void>;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
}

function scene(configured: Partial<Record<HookEvent, readonly Hook[]>>): Scene {
  const hooks = fakeHooks(configured);
  const log: string[] = [];
  const state = { now: 1_000 };
  const alarms = new Set<{ readonly at: number; readonly call: () => void }>();
  const work = new HookWork({
    group,
    self: test00,
    hooks,
    log: { write: (level, text) => void log.push(`${level}: ${text}`) },
    clock: {
      now: () => instant(state.now),
      later(wait, call) {
        const alarm = { at: state.now + wait, call };
        alarms.add(alarm);
        return () => void alarms.delete(alarm);
      },
    },
  });
  return {
    work,
    hooks,
    log,
    async hear(...notes) {
      work.hear(notes);
      await turn();
    },
    async pass(ms) {
      state.now += ms;
      for (const alarm of [...alarms]) if (alarm.at <= state.now && alarms.delete(alarm)) alarm.call();
      await turn();
    },
  };
}

const acquired = (...vips: readonly VipName[]): readonly Note[] =>
  vips.map((vip) => ({ kind: "vipAcquired", vip }));
const released = (...vips: readonly VipName[]): readonly Note[] =>
  vips.map((vip) => ({ kind: "vipReleased", vip }));
const many = (count: number): readonly VipName[] =>
  Array.from({ length: count }, (_, at) => vipName(`vip-${at}`));

Deno.test("a hook is told everything, with empty texts for what does not apply", async () => {
  const { hooks, hear } = scene({ acquire: [hook()] });
  await hear({ kind: "vipMoved", vip: webA, from: null, to: test00, reason: "unheld" }, ...acquired(webA));
  deepEqual(hooks.runs[0]?.variables, {
    MOLEHILL_EVENT: "acquire",
    MOLEHILL_GROUP: "tudou",
    MOLEHILL_HOST: "test00",
    MOLEHILL_VIP: "web-a",
    MOLEHILL_ADDRESSES: "address-of-web-a/32",
    MOLEHILL_INTERFACES: "eth0",
    MOLEHILL_REASON: "unheld",
    MOLEHILL_FROM: "",
    MOLEHILL_TO: "test00",
    MOLEHILL_MAC: "",
    MOLEHILL_FOREIGN_HOST: "",
    MOLEHILL_VIEW: "",
    MOLEHILL_COORDINATOR: "",
    MOLEHILL_MEMBERS: "",
    MOLEHILL_LOST: "",
  });
});

Deno.test("a hook for some VIPs is run for those alone", async () => {
  const { hooks, hear } = scene({ acquire: [hook({ vips: [webB] })] });
  await hear(...acquired(webA, webB, webC));
  deepEqual(hooks.running(), ["acquire web-b"]);
});

Deno.test("hooks of one VIP run one after the other, in the order of what happened; those of others beside", async () => {
  const { hooks, hear } = scene({ acquire: [hook(), hook({ command: ["/b.sh"] })], release: [hook()] });
  await hear(...acquired(webA));
  await hear(...released(webA), ...acquired(webB));
  deepEqual(hooks.running(), ["acquire web-a", "acquire web-b"]);
  await hooks.find("acquire web-a").finish();
  deepEqual(hooks.running(), ["acquire web-b", "acquire web-a"]);
  equal(hooks.find("acquire web-a").hook.command[0], "/b.sh");
  await hooks.find("acquire web-a").finish();
  deepEqual(hooks.running(), ["acquire web-b", "release web-a"]);
});

Deno.test("the next one waits until nothing of one is left whose time is over", async () => {
  const { hooks, log, hear } = scene({ acquire: [hook()], release: [hook()] });
  await hear(...acquired(webA));
  await hear(...released(webA));
  await hooks.find("acquire web-a").timeOut();
  deepEqual(hooks.running(), ["acquire web-a"]);
  deepEqual(log, [
    'warning: Hook acquire of VIP "web-a" (/etc/molehill/hook.sh) failed: it took longer than 5s and was killed',
  ]);
  await hooks.find("acquire web-a").finish();
  deepEqual(hooks.running(), ["release web-a"]);
});

Deno.test("many VIPs that come at once have a run each, a bounded number at a time, and none is forgotten", async () => {
  const { hooks, hear } = scene({ acquire: [hook()] });
  await hear(...acquired(...many(100)));
  equal(hooks.running().length, atOnceMax.beside);
  while (hooks.running().length > 0) await hooks.find(hooks.running()[0] ?? "").finish();
  equal(new Set(hooks.runs.map(({ variables }) => variables.MOLEHILL_VIP)).size, 100);
});

Deno.test("with batch one run is told of all VIPs to which the same happens, and the next takes along what comes meanwhile", async () => {
  const { hooks, hear } = scene({ acquire: [hook({ batch: true })] });
  await hear(...acquired(webA, webB));
  await hear(...acquired(webC));
  await hear(...acquired(...many(2)));
  deepEqual(hooks.running(), ["acquire web-a web-b"]);
  equal(hooks.runs[0]?.variables.MOLEHILL_ADDRESSES, "address-of-web-a/32 address-of-web-b/32");
  await hooks.find("acquire web-a web-b").finish();
  deepEqual(hooks.running(), ["acquire web-c vip-0 vip-1"]);
});

Deno.test("a thousand VIPs are two runs with batch, whose variables the kernel takes", async () => {
  const { hooks, hear } = scene({ acquire: [hook({ batch: true })] });
  await hear(...acquired(...many(1_000)));
  await hooks.runs[0]?.finish();
  deepEqual(hooks.runs.map(({ variables }) => variables.MOLEHILL_VIP?.split(" ").length), [500, 500]);
});

Deno.test("a lane that grows too long keeps the newest, and drops what newer events have made untrue", async () => {
  const { hooks, log, hear } = scene({ acquire: [hook()], release: [hook()], foreign_holder: [hook()] });
  const by = { mac: "02:00:5e:10:00:01", host: null };
  await hear(...acquired(webA));
  await hear({ kind: "foreignHolder", vip: webA, by, isMember: false, yields: false });
  for (let round = 0; round < 20; round++) {
    await hear(...released(webA));
    await hear(...acquired(webA));
  }
  const ran: string[] = [];
  while (hooks.running().length > 0) {
    ran.push(...hooks.running());
    await hooks.find(hooks.running()[0] ?? "").finish();
  }
  equal(ran.length, laneMax);
  ok(ran.includes("foreign_holder web-a"), "nothing newer has made it untrue");
  equal(ran.at(-1), "acquire web-a");
  match(log.join("\n"), /warning: 26 runs of hooks dropped/);
});

Deno.test("what a hook said is in the log with its code; one that went well and said nothing is no news", async () => {
  const { hooks, log, hear } = scene({ acquire: [hook()] });
  await hear(...acquired(webA, webB, webC));
  await hooks.find("acquire web-a").finish(failed);
  await hooks.find("acquire web-b").finish({ kind: "done", code: 0, said: ["one", "two"] });
  await hooks.find("acquire web-c").finish();
  deepEqual(log, [
    'warning: Hook acquire of VIP "web-a" (/etc/molehill/hook.sh) failed: it ended with code 3: no quota',
    'info: Hook acquire of VIP "web-b" (/etc/molehill/hook.sh) ended well and said: one | two',
    'debug: Hook acquire of VIP "web-c" (/etc/molehill/hook.sh) ended well',
  ]);
});

/** What is told of VIPs before their acquisition. */
function opened({ work }: Scene, ...vips: readonly VipName[]) {
  const told: string[] = [];
  const acquisition = work.open(vips, (vip, problem) => void told.push(`${vip}: ${problem ?? "go on"}`));
  return { told, acquisition };
}

Deno.test("before_acquire of all VIPs run side by side, and each VIP goes on when its own is done", async () => {
  const at = scene({ before_acquire: [hook({ vips: [webA, webB] })] });
  equal(at.work.holdsUp(webC), false);
  const { told } = opened(at, webA, webB);
  await turn();
  deepEqual(at.hooks.running(), ["before_acquire web-a", "before_acquire web-b"]);
  await at.hooks.find("before_acquire web-b").finish();
  deepEqual(told, ["web-b: go on"]);
  await at.hooks.find("before_acquire web-a").finish(failed);
  deepEqual(
    told[1],
    "web-a: its hook before_acquire (/etc/molehill/hook.sh) failed: it ended with code 3: no quota",
  );
});

Deno.test("before_acquire with on_failure acquire lets the VIP go on, and says so", async () => {
  const at = scene({ before_acquire: [hook({ onFailure: "acquire" })] });
  const { told } = opened(at, webA);
  await turn();
  await at.hooks.find("before_acquire web-a").finish(failed);
  deepEqual(told, ["web-a: go on"]);
  match(at.log[0] ?? "", /warning: .*no quota; it is acquired all the same, as on_failure says/);
});

Deno.test("several before_acquire run one after the other, and none after one that refuses", async () => {
  const [first, second] = [hook({ command: ["/1.sh"] }), hook({ command: ["/2.sh"], batch: true })];
  const at = scene({ before_acquire: [second, first] });
  const { told } = opened(at, webA, webB);
  await turn();
  await at.hooks.find("before_acquire web-a web-b").finish();
  equal(told.length, 0);
  await at.hooks.find("before_acquire web-a").finish(failed);
  await at.hooks.find("before_acquire web-b").finish();
  deepEqual(at.hooks.runs.map(({ hook: { command } }) => command[0]), ["/2.sh", "/1.sh", "/1.sh"]);
  deepEqual(told.map((text) => text.split(" ")[0]), ["web-a:", "web-b:"]);
});

Deno.test("before_acquire waits for no earlier hook of its VIP: one that runs is ended, one that waits is dropped", async () => {
  const at = scene({ before_acquire: [hook()], acquire: [hook()], release: [hook()] });
  await at.hear(...acquired(webA));
  await at.hear(...released(webA));
  const { told } = opened(at, webA);
  await turn();
  const old = at.hooks.find("acquire web-a");
  ok(old.isEnded);
  await old.finish();
  deepEqual(at.hooks.running(), ["before_acquire web-a"]);
  await at.hooks.find("before_acquire web-a").finish();
  deepEqual([told, at.hooks.running()], [["web-a: go on"], []]);
});

Deno.test("a batch that runs for several VIPs goes on when one of them is acquired anew, and is not waited for", async () => {
  const at = scene({ before_acquire: [hook()], release: [hook({ batch: true })] });
  await at.hear(...acquired(webA, webB));
  await at.hear(...released(webA, webB));
  opened(at, webA);
  await turn();
  equal(at.hooks.find("release web-a web-b").isEnded, false);
  deepEqual(at.hooks.running(), ["release web-a web-b", "before_acquire web-a"]);
});

Deno.test("hanging hooks keep no before_acquire from its start", async () => {
  const at = scene({ before_acquire: [hook()], view: [hook()], acquire: [hook()] });
  await at.hear(...acquired(...many(100)));
  opened(at, webA, webB);
  await turn();
  deepEqual(at.hooks.running().slice(-2), ["before_acquire web-a", "before_acquire web-b"]);
});

Deno.test("the time of before_acquire counts from when it is asked for, whatever it waits for", async () => {
  const at = scene({ before_acquire: [hook({ timeout: duration(2_000) })], acquire: [hook()] });
  await at.hear(...acquired(webA));
  const { told } = opened(at, webA);
  await turn();
  await at.pass(400);
  await at.hooks.find("acquire web-a").finish();
  await turn();
  equal(at.hooks.find("before_acquire web-a").atMostMs, 1_600);
  await at.hooks.find("before_acquire web-a").timeOut();
  deepEqual(told.map((text) => text.replace(/ and was.*/, "")), [
    "web-a: its hook before_acquire (/etc/molehill/hook.sh) failed: it took longer than 2s",
  ]);
});

Deno.test("before_acquire that finds no room in its time has failed then, and is not begun", async () => {
  const [long, short] = [
    hook({ timeout: duration(60_000), vips: many(atOnceMax.before) }),
    hook({ vips: [webA] }),
  ];
  const at = scene({ before_acquire: [long, short] });
  opened(at, ...many(atOnceMax.before));
  const { told } = opened(at, webA);
  await turn();
  equal(at.hooks.running().length, atOnceMax.before);
  await at.pass(4_999);
  deepEqual(told, []);
  await at.pass(1);
  match(told.join("\n"), /^web-a: its hook before_acquire .* failed: it took longer than 5s/);
  match(at.log.join("\n"), /warning: Hook before_acquire of VIP "web-a" .* took longer than 5s/);
  for (const words of at.hooks.running()) await at.hooks.find(words).finish();
  deepEqual([told.length, at.hooks.running()], [1, []]);
});

Deno.test("a before_acquire whose time is over makes room for the next at once", async () => {
  const at = scene({ before_acquire: [hook({ timeout: duration(60_000) })] });
  opened(at, ...many(atOnceMax.before), webA);
  await turn();
  equal(at.hooks.running().includes("before_acquire web-a"), false);
  for (const words of at.hooks.running()) await at.hooks.find(words).timeOut();
  await turn();
  ok(at.hooks.running().includes("before_acquire web-a"));
});

Deno.test("before_acquire waits for one that cannot be killed no longer than a moment, be it its own or another", async () => {
  const at = scene({ before_acquire: [hook()], release: [hook()] });
  await at.hear(...acquired(webA));
  await at.hear(...released(webA));
  const release = at.hooks.find("release web-a");
  await release.timeOut();
  const first = opened(at, webA);
  await at.pass(killPatience - 1);
  deepEqual(at.hooks.running(), ["release web-a"]);
  await at.pass(1);
  const own = at.hooks.find("before_acquire web-a");
  await own.timeOut();
  equal(first.told.length, 1);
  const second = opened(at, webA);
  await at.pass(killPatience);
  deepEqual(at.hooks.running(), ["release web-a", "before_acquire web-a", "before_acquire web-a"]);
  await at.hooks.runs.at(-1)?.finish();
  deepEqual(second.told, ["web-a: go on"]);
  await release.finish();
  await own.finish();
  deepEqual(at.hooks.running(), []);
});

Deno.test("hooks that cannot be killed take no room from others for ever", async () => {
  const at = scene({ acquire: [hook()] });
  await at.hear(...acquired(...many(atOnceMax.beside), webA));
  for (const words of at.hooks.running()) await at.hooks.find(words).timeOut();
  equal(at.hooks.running().includes("acquire web-a"), false);
  await at.pass(killPatience);
  ok(at.hooks.running().includes("acquire web-a"));
});

Deno.test("before_acquire that waits for several VIPs keeps its time when one of them is asked for again", async () => {
  const at = scene({ before_acquire: [hook({ batch: true })], acquire: [hook()] });
  await at.hear(...acquired(webA));
  const { told, acquisition } = opened(at, webA, webB);
  await at.pass(300);
  acquisition.withdraw(webA);
  const again = opened(at, webA);
  await at.pass(100);
  await at.hooks.find("acquire web-a").finish();
  await turn();
  deepEqual(
    at.hooks.running().map((words) => [words, at.hooks.find(words).atMostMs]),
    [["before_acquire web-b", 4_600], ["before_acquire web-a", 4_900]],
  );
  for (const words of at.hooks.running()) await at.hooks.find(words).finish();
  deepEqual([told, again.told], [["web-b: go on"], ["web-a: go on"]]);
});

Deno.test("what waits to be told of a foreign holder stays, whoever acquires the VIP", async () => {
  const at = scene({ before_acquire: [hook()], acquire: [hook()], foreign_holder: [hook()] });
  const by = { mac: "02:00:5e:10:00:01", host: null };
  await at.hear(...acquired(webA), { kind: "foreignHolder", vip: webA, by, isMember: false, yields: false });
  opened(at, webA);
  await at.hooks.find("acquire web-a").finish();
  await turn();
  await at.hooks.find("before_acquire web-a").finish();
  await turn();
  deepEqual(at.hooks.running(), ["foreign_holder web-a"]);
});

Deno.test("what is withdrawn is told nothing of, and its hook is ended, unless others wait for it too", async () => {
  const at = scene({ before_acquire: [hook({ batch: true })] });
  const { told, acquisition } = opened(at, webA, webB);
  await turn();
  const run = at.hooks.find("before_acquire web-a web-b");
  acquisition.withdraw(webA);
  equal(run.isEnded, false);
  acquisition.withdraw(webB);
  equal(run.isEnded, true);
  await run.finish();
  deepEqual(told, []);
});

Deno.test("after a clean stop releases are run to their end, everything else is ended, and nothing new is begun", async () => {
  const at = scene({ acquire: [hook()], release: [hook()], view: [hook()] });
  await at.hear(...acquired(webA, webB));
  await at.hooks.find("acquire web-a").finish();
  await at.hear(...released(webA, webB));
  deepEqual(at.hooks.running(), ["acquire web-b", "release web-a"]);
  let isClosed = false;
  const closed = at.work.close({ isClean: true }).then(() => isClosed = true);
  await at.hear(...acquired(webC));
  ok(at.hooks.find("acquire web-b").isEnded);
  await at.hooks.find("acquire web-b").finish();
  deepEqual(at.hooks.running(), ["release web-a", "release web-b"]);
  await at.hooks.find("release web-a").finish();
  equal(isClosed, false);
  await at.hooks.find("release web-b").finish(done);
  await closed;
});

Deno.test("a clean stop waits neither for a release that takes too long nor for one that cannot be killed", async () => {
  const at = scene({ release: [hook()] });
  await at.hear(...acquired(webA));
  await at.hear(...released(webA));
  let isClosed = false;
  void at.work.close({ isClean: true }).then(() => isClosed = true);
  const run = at.hooks.find("release web-a");
  await at.pass(stopPatience - 1);
  equal(run.isEnded, false);
  await at.pass(1);
  deepEqual([run.isEnded, isClosed], [true, false]);
  await at.pass(killPatience);
  equal(isClosed, true);
});

Deno.test("after any other end nothing is run to its end", async () => {
  const at = scene({ acquire: [hook()], release: [hook()] });
  await at.hear(...acquired(webA));
  await at.hooks.find("acquire web-a").finish();
  await at.hear(...released(webA));
  const closed = at.work.close({ isClean: false });
  const run = at.hooks.find("release web-a");
  ok(run.isEnded);
  await run.finish();
  await closed;
});
