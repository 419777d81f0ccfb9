// Whole daemons whose acquisitions wait for hooks: what the group does meanwhile, and what it does not.

import { deepEqual, equal } from "node:assert/strict";
import type { Status } from "../../src/codec/control.ts";
import { duration, type Group, type HostName, segmentName, type VipName } from "../../src/core/vocabulary.ts";
import { type FakeHooks, fakeHooks, hook } from "./fake_hooks.ts";
import { type FakeHost, type FakeWorld, startHosts } from "./fake_hosts.ts";
import { group, test00, test01, test02, webA } from "./values.ts";

/** web-a alone, which two hosts share. */
const shared: Group = {
  ...group,
  vips: group.vips.slice(0, 1).map((vip) => ({ ...vip, hosts: [test00, test01] })),
};

interface Scene {
  readonly world: FakeWorld;
  readonly hooks: FakeHooks;
  readonly test00: FakeHost;
  readonly test01: FakeHost;
  /** Lets so much time pass, in which before_acquire ends at once and well. */
  run(ms: number): Promise<void>;
}

async function scene(hooks: FakeHooks, names: readonly HostName[] = [test00, test01]): Promise<Scene> {
  const hosts = shared.hosts.filter(({ name }) => names.includes(name));
  const world = startHosts({ ...shared, hosts }, { names, hooks });
  const [first, second] = [world.hosts.get(test00), world.hosts.get(test01)];
  if (first === undefined || second === undefined) throw new Error("Expected both hosts in the test's world");
  const run = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await world.advance(100);
      await finishAll(hooks);
    }
  };
  await run(3_000);
  return { world, hooks, test00: first, test01: second, run };
}

async function finishAll({ runs }: FakeHooks): Promise<void> {
  for (const each of [...runs]) {
    if (each.variables.MOLEHILL_EVENT === "before_acquire") await each.finish();
  }
}

/** Moves web-a to test01, by a drain of test00 that ends. */
async function moveAway({ test00: host, run }: Scene): Promise<void> {
  const drained = host.ask({ kind: "drain", reason: "" });
  await run(1_000);
  await drained;
  void host.ask({ kind: "resume", reason: "" });
  await run(1_000);
}

async function statusOf(host: FakeHost): Promise<Status> {
  const response = await host.ask({ kind: "status" });
  if (response.kind !== "status") throw new Error(`Expected a status, found ${JSON.stringify(response)}`);
  return response.status;
}

const on = ({ addresses }: FakeHost): readonly VipName[] => [...addresses];

Deno.test("a hook that ends after a merge adds nothing that another member has yet to release", async () => {
  const at = await scene(fakeHooks({ before_acquire: [hook({ timeout: duration(30_000) })] }));
  await moveAway(at);
  deepEqual([on(at.test00), on(at.test01)], [[], [webA]]);
  at.world.cut.add(segmentName("lan"));
  await at.world.advance(1_000);
  deepEqual(at.hooks.running(), ["before_acquire web-a"]);
  const removal = Promise.withResolvers<void>();
  at.test01.interfere.remove = async () => {
    await removal.promise;
    at.test01.addresses.delete(webA);
    return { done: [webA], problems: [] };
  };
  at.world.cut.clear();
  await at.world.advance(300);
  equal((await statusOf(at.test00)).vips[0]?.holder, test00);
  await at.run(200);
  deepEqual([on(at.test00), on(at.test01)], [[], [webA]]);
  removal.resolve();
  await at.run(300);
  deepEqual([on(at.test00), on(at.test01)], [[webA], []]);
});

Deno.test("a hook goes on while hosts that never had its VIP come and go", async () => {
  const hooks = fakeHooks({ before_acquire: [hook({ timeout: duration(30_000) })] });
  const at = await scene(hooks, [test00, test01, test02]);
  await moveAway(at);
  at.test01.signal("SIGTERM");
  await at.world.advance(1_000);
  const run = hooks.find("before_acquire web-a");
  at.world.cut.add(segmentName("lan"));
  await at.world.advance(1_000);
  deepEqual((await statusOf(at.test00)).view?.members, [test00]);
  at.world.cut.clear();
  await at.world.advance(1_000);
  deepEqual((await statusOf(at.test00)).view?.members, [test00, test02]);
  equal(run.isEnded, false);
  await run.finish();
  await at.world.advance(100);
  deepEqual(on(at.test00), [webA]);
});

Deno.test("a move waits for the hook of whoever acquires the VIP", async () => {
  const hooks = fakeHooks({ before_acquire: [hook({ timeout: duration(30_000) })] });
  const at = await scene(hooks);
  const moved = at.test00.ask({ kind: "move", vip: webA, to: test01 });
  await at.world.advance(29_000);
  await hooks.find("before_acquire web-a").finish();
  await at.world.advance(300);
  equal((await moved).kind, "status");
  deepEqual(on(at.test01), [webA]);
});
