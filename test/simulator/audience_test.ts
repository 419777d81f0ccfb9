import assert from "node:assert/strict";
import type { NodeEffect } from "../../src/core/events.ts";
import { duration, hostName, vipName } from "../../src/core/vocabulary.ts";
import { Audience, type Felt } from "../../src/simulator/audience.ts";
import type { Occurrence } from "../../src/simulator/occurrence.ts";
import { fakeGroup, fakeWorld } from "./fakes.ts";

const group = fakeGroup(["a", "b"], ["v"]);
const both = [hostName("a"), hostName("b")];

/** Who has the VIP at a time. */
const world = (now: number, ...holders: string[]) =>
  fakeWorld(group, ["a", "b"].map((name) => ({ name, has: holders.includes(name) ? ["v"] : [] })), { now });

const changes = (kind: "appeared" | "vanished", host: string): Occurrence => ({
  kind,
  host: hostName(host),
  address: "v",
  vip: vipName("v"),
  by: "daemon",
  asked: null,
});

const announces = (host: string): Occurrence => ({
  kind: "stepped",
  host: hostName(host),
  event: { kind: "clockTicked" },
  effects: [{ kind: "announce", vips: [vipName("v")], isFirst: true } satisfies NodeEffect],
  idle: duration(0),
  wait: duration(0),
});

/** Clients whom a serves until the counting begins, at 100. */
function served(): Audience {
  const clients = new Audience(group.vips);
  clients.reach(both, world(0));
  clients.watch(changes("appeared", "a"), world(50, "a"));
  clients.watch(announces("a"), world(60, "a"));
  clients.reach(both, world(100, "a"));
  return clients;
}

function only(felt: readonly Felt[]): Omit<Felt, "vip"> {
  const [{ vip: _, ...first }] = felt as readonly [Felt];
  return first;
}

Deno.test("clients whom nothing happens to feel nothing", () => {
  assert.deepEqual(only(served().felt(world(900, "a"))), {
    before: "a",
    after: "a",
    gap: 0,
    answeredAt: 0,
    sharedUntil: 0,
    releasedAt: null,
  });
});

Deno.test("a VIP answers its clients again when its new holder has announced it, not when it has it", () => {
  const clients = served();
  clients.watch(changes("vanished", "a"), world(110));
  clients.watch(changes("appeared", "b"), world(500, "b"));
  assert.deepEqual(only(clients.felt(world(540, "b"))), {
    before: "a",
    after: null,
    gap: 430,
    answeredAt: null,
    sharedUntil: 0,
    releasedAt: null,
  });
  clients.watch(announces("b"), world(550, "b"));
  const { gap, answeredAt, after } = only(clients.felt(world(900, "b")));
  assert.deepEqual({ gap, answeredAt, after }, { gap: 440, answeredAt: 450, after: "b" });
});

Deno.test("the longest of several gaps counts, and one that goes on counts until now", () => {
  const clients = served();
  clients.watch(changes("vanished", "a"), world(200));
  clients.watch(changes("appeared", "a"), world(250, "a"));
  assert.equal(only(clients.felt(world(900, "a"))).gap, 50);
  clients.watch(changes("vanished", "a"), world(300));
  const { gap, releasedAt } = only(clients.felt(world(390)));
  assert.deepEqual({ gap, releasedAt }, { gap: 90, releasedAt: 200 });
});

Deno.test("an overlapping handover is no gap, and is told as two holders", () => {
  const clients = served();
  clients.watch(changes("appeared", "b"), world(200, "a", "b"));
  assert.equal(only(clients.felt(world(205, "a", "b"))).sharedUntil, null);
  clients.watch(announces("b"), world(210, "a", "b"));
  clients.watch(changes("vanished", "a"), world(300, "b"));
  const { gap, sharedUntil } = only(clients.felt(world(900, "b")));
  assert.deepEqual({ gap, sharedUntil }, { gap: 0, sharedUntil: 200 });
});

Deno.test("clients that are cut off from a VIP's host miss it, and hear no announcement from beyond", () => {
  const clients = served();
  clients.reach([hostName("b")], world(200, "a"));
  clients.watch(announces("a"), world(220, "a"));
  const { before, after, gap } = only(clients.felt(world(300, "a")));
  assert.deepEqual({ before, after, gap }, { before: "a", after: null, gap: 100 });
  clients.reach(both, world(400, "a"));
  assert.equal(only(clients.felt(world(400, "a"))).after, "a");
});

Deno.test("a VIP with several addresses is answered when its host has all of them", () => {
  const [vip] = group.vips;
  assert(vip !== undefined);
  const [first] = vip.addresses;
  assert(first !== undefined);
  const clients = new Audience([{ ...vip, addresses: [first, { ...first, address: "w" }] }]);
  const has = (now: number, ...addresses: string[]) =>
    fakeWorld(group, [{ name: "a", has: addresses }], { now });
  clients.reach(both, has(0));
  clients.watch(announces("a"), has(10, "v"));
  assert.equal(only(clients.felt(has(20, "v"))).after, null);
  clients.watch(changes("appeared", "a"), has(30, "v", "w"));
  assert.equal(only(clients.felt(has(40, "v", "w"))).after, "a");
});
