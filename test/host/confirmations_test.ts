import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { createConfirmations, isTargeted } from "../../src/host/confirmations.ts";
import type { PlacedTarget } from "../../src/host/notifier.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";

const vip = vipName("web-a");
const webA: PlacedVip = {
  vip,
  addresses: ["192.0.2.1", "192.0.2.2"].map((address) => ({
    address,
    family: 4,
    prefix: 32,
    interface: "eth0",
  })),
};
const target = (address: string, change: Partial<PlacedTarget> = {}): PlacedTarget => ({
  address,
  family: 4,
  prefix: 32,
  interface: "eth0",
  throttle: 128,
  ping: false,
  ...change,
});
const router = target("192.0.2.254");
const mac = "02:00:00:00:00:fe";

function begun(targets: readonly PlacedTarget[] = [router]) {
  const confirmations = createConfirmations({
    isTarget: (address) => isTargeted(targets, address),
    vipAt: (address) => (address.startsWith("192.0.2.") ? vip : null),
  });
  confirmations.begin(vip);
  return confirmations;
}

Deno.test("a target has confirmed a VIP when it has answered each of its addresses", () => {
  const confirmations = begun();
  assert.deepEqual(confirmations.of(webA, [router]), {
    confirmed: 0,
    missing: ["192.0.2.254"],
    more: 0,
    neighbours: 0,
  });
  confirmations.hear({ address: "192.0.2.254", mac, to: "192.0.2.1" });
  assert.deepEqual(confirmations.of(webA, [router]), {
    confirmed: 0,
    missing: ["192.0.2.254"],
    more: 0,
    neighbours: 0,
  });
  assert.equal(confirmations.has(vip, { from: "192.0.2.1", target: "192.0.2.254" }), true);
  confirmations.hear({ address: "192.0.2.254", mac, to: "192.0.2.2" });
  assert.deepEqual(confirmations.of(webA, [router]), { confirmed: 1, missing: [], more: 0, neighbours: 0 });
});

Deno.test("what was confirmed before the VIP was acquired anew does not count", () => {
  const confirmations = begun();
  for (const to of ["192.0.2.1", "192.0.2.2"]) confirmations.hear({ address: "192.0.2.254", mac, to });
  confirmations.begin(vip);
  assert.equal(confirmations.of(webA, [router]).confirmed, 0);
});

Deno.test("a claim that answers no question of a VIP confirms nothing", () => {
  const confirmations = begun();
  confirmations.hear({ address: "192.0.2.254", mac, to: null });
  confirmations.hear({ address: "192.0.2.254", mac, to: "198.51.100.1" });
  assert.equal(confirmations.of(webA, [router]).confirmed, 0);
});

Deno.test("of a block those who answer count, and nobody is missing: who is there is not known", () => {
  const block = target("192.0.2.128", { prefix: 25 });
  const confirmations = begun([block]);
  confirmations.hear({ address: "192.0.2.130", mac, to: "192.0.2.1" });
  confirmations.hear({ address: "192.0.2.131", mac, to: "192.0.2.1" });
  confirmations.hear({ address: "192.0.2.50", mac, to: "192.0.2.1" });
  assert.deepEqual(confirmations.of(webA, [block]), {
    confirmed: 2,
    missing: [],
    more: 0,
    neighbours: 0,
  });
});

Deno.test("targets on other interfaces and of the other family are not asked, and not missed", () => {
  const elsewhere = [
    target("198.51.100.1", { interface: "eth1" }),
    target("fd00::1", { family: 6, prefix: 128 }),
  ];
  assert.deepEqual(begun().of(webA, elsewhere), { confirmed: 0, missing: [], more: 0, neighbours: 0 });
});

Deno.test("of many missing targets the first few are named", () => {
  const many = Array.from({ length: 12 }, (_, at) => target(`192.0.2.${100 + at}`));
  const { missing, more } = begun().of(webA, many);
  assert.deepEqual([missing.length, more], [8, 4]);
});

Deno.test("neighbours that were asked and have answered are counted beside the targets, and none of them is missed", () => {
  const targets = [router, target("192.0.2.128", { prefix: 25 })];
  const confirmations = begun(targets);
  const asked = ["192.0.2.50", "192.0.2.51", "192.0.2.130"];
  for (const target of asked) confirmations.expect(vip, { from: "192.0.2.1", target });
  for (const address of ["192.0.2.50", "192.0.2.77", "192.0.2.130"]) {
    confirmations.hear({ address, mac, to: "192.0.2.1" });
  }
  assert.deepEqual(confirmations.of(webA, targets), {
    confirmed: 1,
    missing: ["192.0.2.254"],
    more: 0,
    neighbours: 1,
  });
  confirmations.begin(vip);
  assert.equal(confirmations.of(webA, targets).neighbours, 0);
});

Deno.test("hear() gives the VIP for the first answer of each, and null for all else", () => {
  const confirmations = begun();
  const answer = { address: "192.0.2.254", mac, to: "192.0.2.1" };
  assert.equal(confirmations.hear(answer), vip);
  assert.equal(confirmations.hear(answer), null);
  assert.equal(confirmations.hear({ ...answer, to: "192.0.2.2" }), vip);
  assert.equal(confirmations.hear({ ...answer, to: "198.51.100.1" }), null);
  assert.equal(confirmations.hear({ ...answer, to: null }), null);
  confirmations.begin(vip);
  assert.equal(confirmations.hear(answer), vip);
});

Deno.test("hear() keeps nothing of those who were not asked: anybody can say something under ever new addresses", () => {
  const confirmations = begun();
  const forged = { address: "192.0.2.77", mac, to: "192.0.2.1" };
  assert.equal(confirmations.hear(forged), null);
  assert.equal(confirmations.has(vip, { from: forged.to, target: forged.address }), false);
  confirmations.expect(vip, { from: forged.to, target: forged.address });
  assert.equal(confirmations.hear(forged), vip);
});
