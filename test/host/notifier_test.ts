import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { createNotifier, type PlacedTarget } from "../../src/host/notifier.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { waitUntil } from "../support/wait.ts";

const router: PlacedTarget = {
  address: "192.168.8.1",
  family: 4,
  prefix: 32,
  interface: "eth0",
  throttle: 128,
  ping: false,
};
const vip = (name: string, address: string, on = "eth0"): PlacedVip => ({
  vip: vipName(name),
  addresses: [{
    address,
    family: address.includes(":") ? 6 : 4,
    prefix: address.includes(":") ? 128 : 32,
    interface: on,
  }],
});
const webA = vip("web-a", "192.168.9.109");
const webB = vip("web-b", "192.168.9.110");

/** A notifier whose questions are collected as "ADDRESS asks TARGET". */
function collecting(targets: readonly PlacedTarget[], isHere = () => true) {
  const asked: string[] = [];
  const notifier = createNotifier({
    targets,
    isHere,
    isAnswered: () => false,
    ask: ({ from, target }) => void asked.push(`${from.address} asks ${target}`),
  });
  return { asked, notifier };
}

Deno.test("notify() asks the targets on the interface and of the family of the VIP's addresses, at once", () => {
  const gateway: PlacedTarget = { ...router, address: "fd00:9::1", family: 6, prefix: 128 };
  const { asked, notifier } = collecting([router, { ...router, interface: "eth1" }, gateway]);
  notifier.notify({ ...webA, addresses: [...webA.addresses, ...vip("", "fd00:9::109").addresses] });
  assert.deepEqual(asked, ["192.168.9.109 asks 192.168.8.1", "fd00:9::109 asks fd00:9::1"]);
  notifier.close();
});

Deno.test("notify() asks each neighbour of a block, but not the subnet's own and its broadcast address", () => {
  const { asked, notifier } = collecting([{ ...router, address: "192.168.8.252", prefix: 30 }]);
  notifier.notify(webA);
  assert.deepEqual(asked, ["192.168.9.109 asks 192.168.8.253", "192.168.9.109 asks 192.168.8.254"]);
  notifier.close();
});

Deno.test("notify() asks both neighbours of a /31, and counts on over a byte's end in IPv6", () => {
  const block: PlacedTarget = { ...router, address: "192.168.8.254", prefix: 31 };
  const { asked, notifier } = collecting([block, {
    ...router,
    address: "fd00::ffff",
    family: 6,
    prefix: 127,
  }]);
  notifier.notify({ ...webA, addresses: [...webA.addresses, ...vip("", "fd00:9::109").addresses] });
  assert.deepEqual(asked, [
    "192.168.9.109 asks 192.168.8.254",
    "192.168.9.109 asks 192.168.8.255",
    "fd00:9::109 asks fd00::ffff",
    "fd00:9::109 asks fd00::1:0",
  ]);
  notifier.close();
});

Deno.test("notify() asks no more than the throttle allows in a second, and the rest later, each once", async () => {
  const { asked, notifier } = collecting([{ ...router, address: "192.168.8.0", prefix: 29, throttle: 5 }]);
  notifier.notify(webA);
  notifier.notify(webB);
  notifier.notify(webA);
  assert.equal(asked.length, 5);
  await waitUntil(() => asked.length > 5, { what: "the next second" });
  assert.equal(asked.length, 10);
  await waitUntil(() => asked.length > 10, { what: "the second after" });
  assert.deepEqual(asked, [
    ...[1, 2, 3, 4, 5, 6].map((last) => `192.168.9.109 asks 192.168.8.${last}`),
    ...[1, 2, 3, 4, 5, 6].map((last) => `192.168.9.110 asks 192.168.8.${last}`),
  ]);
  notifier.close();
});

Deno.test("what waits its turn is not asked once the VIP has moved on", async () => {
  let here = true;
  const { asked, notifier } = collecting(
    [{ ...router, address: "192.168.8.0", prefix: 29, throttle: 2 }],
    () => here,
  );
  notifier.notify(webA);
  here = false;
  notifier.notify(webB);
  assert.equal(asked.length, 2);
  here = true;
  notifier.notify(webB);
  await waitUntil(() => asked.length > 2, { what: "the next second" });
  here = false;
  const before = asked.length;
  notifier.notify(webA);
  assert.equal(asked.length, before);
  notifier.close();
});

Deno.test("Nothing is asked after a pause before all else that fell due meanwhile has been done", async () => {
  let here = true;
  const slow: PlacedTarget = { ...router, address: "192.168.8.252", prefix: 30, throttle: 1 };
  const { asked, notifier } = collecting([slow], () => here);
  notifier.notify(webA);
  // The daemon's alarm, which was due after the next question.
  setTimeout(() => here = false, 1_050);
  const pausedAt = performance.now();
  while (performance.now() < pausedAt + 1_100);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([here, asked.length], [false, 1]);
  notifier.close();
});

Deno.test("close() ends what waits", () => {
  const { asked, notifier } = collecting([{ ...router, address: "192.168.8.0", prefix: 24, throttle: 1 }]);
  notifier.notify(webA);
  notifier.close();
  // Deno's own check that a test leaves no timer behind does the rest.
  assert.equal(asked.length, 1);
});

Deno.test("adopt() asks the new targets, and drops what waits for one that is gone", async () => {
  const slow: PlacedTarget = { ...router, address: "192.168.8.252", prefix: 30, throttle: 1 };
  const { asked, notifier } = collecting([slow]);
  notifier.notify(webA);
  notifier.adopt([router]);
  notifier.notify(webB);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.deepEqual(asked, ["192.168.9.109 asks 192.168.8.253", "192.168.9.110 asks 192.168.8.1"]);
  notifier.close();
});

Deno.test("adopt() lets a target that stays go on with what waits for it, at its pace", async () => {
  const slow: PlacedTarget = { ...router, address: "192.168.8.252", prefix: 30, throttle: 1 };
  const { asked, notifier } = collecting([slow]);
  notifier.notify(webA);
  notifier.adopt([router, { ...slow }]);
  assert.deepEqual(asked, ["192.168.9.109 asks 192.168.8.253"]);
  await waitUntil(() => asked.length === 2, { what: "the second question" });
  assert.equal(asked[1], "192.168.9.109 asks 192.168.8.254");
  notifier.close();
});
