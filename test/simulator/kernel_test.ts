import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { Kernel, type KernelChange } from "../../src/simulator/kernel.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const single = vipName("single");
const pair = vipName("pair");

function kernel(lease: number | null = 3_000) {
  const timeline = new Timeline();
  const changes: KernelChange[] = [];
  const made = new Kernel({
    timeline,
    random: new Random("kernel"),
    sizes: new Map([[single, 1], [pair, 2]]),
    lease,
    changed: (change) => changes.push(change),
  });
  return { made, timeline, changes };
}

Deno.test("Kernel removes an address when its lease is over, up to half a second late", () => {
  const { made, timeline, changes } = kernel();
  made.add(single, { by: "daemon" });
  timeline.runUntil(3_000);
  assert.ok(made.has(single));
  timeline.runUntil(3_501);
  assert.ok(!made.has(single));
  assert.deepEqual(changes.at(-1), { kind: "vanished", vip: single, by: "lease" });
});

Deno.test("Kernel keeps an address whose lease is renewed, or that has none", () => {
  const { made, timeline } = kernel();
  made.add(single, { by: "daemon" });
  made.add(pair, { by: "person" });
  for (let second = 1; second <= 20; second++) {
    timeline.runUntil(second * 1_000);
    made.add(single, { by: "daemon" });
  }
  assert.ok(made.has(single) && made.has(pair));
  const without = kernel(null);
  without.made.add(single, { by: "daemon" });
  without.timeline.runUntil(100_000);
  assert.ok(without.made.has(single));
});

Deno.test("Kernel.observed() tells VIPs of which all addresses are there from those of which some are", () => {
  const { made } = kernel();
  made.add(pair, { by: "daemon" });
  made.add(single, { by: "daemon" });
  assert.deepEqual(made.observed(), { whole: [pair, single], partial: [], isPlaced: true });
  made.remove(pair, { by: "person", count: 1 });
  assert.deepEqual(made.observed(), { whole: [single], partial: [pair], isPlaced: true });
  made.remove(single, { by: "daemon" });
  assert.deepEqual(made.observed(), { whole: [], partial: [pair], isPlaced: true });
});

Deno.test("Kernel tells when a VIP appears, is touched and vanishes, and by whose hand", () => {
  const { made, changes } = kernel();
  made.add(pair, { by: "daemon" });
  made.add(pair, { by: "daemon" });
  made.remove(pair, { by: "person", count: 1 });
  made.remove(pair, { by: "guard" });
  made.remove(pair, { by: "daemon" });
  assert.deepEqual(changes.map(({ kind, by }) => `${kind} by ${by}`), [
    "appeared by daemon",
    "touched by daemon",
    "touched by person",
    "vanished by guard",
  ]);
});

Deno.test("Kernel.isByPerson() ends when the daemon takes the VIP over", () => {
  const { made } = kernel();
  assert.ok(!made.isByPerson(single));
  made.add(single, { by: "person" });
  assert.ok(made.isByPerson(single));
  made.add(single, { by: "daemon" });
  assert.ok(!made.isByPerson(single));
});
