import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { createNeighbourNotifier } from "../../src/host/neighbour_notifier.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { waitUntil } from "../support/wait.ts";

const vip = (name: string, ...addresses: string[]): PlacedVip => ({
  vip: vipName(name),
  addresses: addresses.map((address) => ({
    address,
    family: address.includes(":") ? 6 : 4,
    prefix: address.includes(":") ? 128 : 32,
    interface: "eth0",
  })),
});
const [a, b] = [vip("a", "10.0.0.1"), vip("b", "10.0.0.2")];

/** A notifier with three neighbours of IPv4 and one of IPv6, that collects its questions as "ADDRESS asks NEIGHBOUR". */
function collecting(how: { throttle?: number | null; neighbours?: readonly string[] } = {}) {
  const { neighbours = ["10.0.0.7", "10.0.0.8", "10.0.0.9", "fe80::7"] } = how;
  const world = {
    asked: [] as string[],
    here: true,
    answered: new Set<string>(),
    now: 0,
    throttle: how.throttle === undefined ? 128 : how.throttle,
  };
  const notifier = createNeighbourNotifier({
    neighbours: {
      on: ({ family, interface: on }) =>
        on === "eth0" ? neighbours.filter((each) => each.includes(":") === (family === 6)) : [],
      throttle: () => world.throttle,
    },
    isHere: () => world.here,
    isAnswered: ({ from, target }) => world.answered.has(`${from.address} asks ${target}`),
    ask: ({ from, target }) => void world.asked.push(`${from.address} asks ${target}`),
    now: () => world.now,
  });
  return { world, notifier };
}

Deno.test("notify() asks all neighbours on the interface and of the family of each address, in turn for each VIP", () => {
  const { world, notifier } = collecting();
  notifier.notify([a, vip("b", "10.0.0.2", "fd00::2")], { isFirst: true });
  assert.deepEqual(world.asked, [
    "10.0.0.1 asks 10.0.0.7",
    "10.0.0.2 asks 10.0.0.7",
    "fd00::2 asks fe80::7",
    "10.0.0.1 asks 10.0.0.8",
    "10.0.0.2 asks 10.0.0.8",
    "10.0.0.1 asks 10.0.0.9",
    "10.0.0.2 asks 10.0.0.9",
  ]);
  notifier.close();
});

Deno.test("notify() asks no more than the throttle allows in a second, for all VIPs together, and goes on in turn", async () => {
  const { world, notifier } = collecting({ throttle: 3 });
  notifier.notify([a, b], { isFirst: true });
  assert.equal(world.asked.length, 3);
  notifier.notify([a, b], { isFirst: false });
  assert.equal(world.asked.length, 3);
  await waitUntil(() => world.asked.length > 3, { what: "the next second" });
  assert.deepEqual(world.asked.slice(2), [
    "10.0.0.1 asks 10.0.0.8",
    "10.0.0.2 asks 10.0.0.8",
    "10.0.0.1 asks 10.0.0.9",
    "10.0.0.2 asks 10.0.0.9",
  ]);
  notifier.close();
});

Deno.test("who has answered is not asked again, who has not is, and nobody a minute after the VIP came", () => {
  const { world, notifier } = collecting();
  notifier.notify([a], { isFirst: true });
  world.answered.add("10.0.0.1 asks 10.0.0.7").add("10.0.0.1 asks 10.0.0.9");
  world.asked.length = 0;
  world.now = 59_999;
  notifier.notify([a], { isFirst: false });
  assert.deepEqual(world.asked, ["10.0.0.1 asks 10.0.0.8"]);
  world.now = 60_000;
  notifier.notify([a], { isFirst: false });
  assert.equal(world.asked.length, 1);
  world.answered.clear();
  notifier.notify([a], { isFirst: true });
  assert.equal(world.asked.length, 4);
  notifier.close();
});

Deno.test("a VIP that did not come while this runs has its neighbours left alone", () => {
  const { world, notifier } = collecting();
  notifier.notify([a], { isFirst: false });
  assert.deepEqual(world.asked, []);
  notifier.close();
});

Deno.test("what waits its turn is not asked once the VIP has moved on, or the minute is over", async () => {
  const many = Array.from({ length: 50 }, (_, at) => `10.0.1.${at}`);
  for (const end of [{ here: false }, { now: 60_000 }]) {
    const { world, notifier } = collecting({ throttle: 5, neighbours: many });
    notifier.notify([a], { isFirst: true });
    Object.assign(world, end);
    await new Promise((over) => setTimeout(over, 1_200));
    assert.equal(world.asked.length, 5);
    notifier.close();
  }
});

Deno.test("nothing is asked while arp_cache is off, and as much as is allowed when it is switched on", () => {
  const { world, notifier } = collecting({ throttle: null });
  notifier.notify([a, b], { isFirst: true });
  assert.deepEqual(world.asked, []);
  world.throttle = 2;
  notifier.notify([a], { isFirst: true });
  assert.equal(world.asked.length, 2);
  notifier.close();
});
