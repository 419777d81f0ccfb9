import assert from "node:assert/strict";
import { Kernel, type KernelChange } from "../../src/simulator/kernel.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const [one, two] = ["10.0.0.1", "10.0.0.2"] as const;
const byDaemon = { by: "daemon", lease: 3_000 } as const;
const byPerson = { by: "person", lease: null } as const;

function kernel() {
  const timeline = new Timeline();
  const changes: KernelChange[] = [];
  const made = new Kernel({
    timeline,
    random: new Random("kernel"),
    changed: (change) => changes.push(change),
  });
  return { made, timeline, changes };
}

Deno.test("Kernel removes an address when its lease is over, up to half a second late", () => {
  const { made, timeline, changes } = kernel();
  made.add([one], byDaemon);
  timeline.runUntil(3_000);
  assert.ok(made.has(one));
  timeline.runUntil(3_501);
  assert.ok(!made.has(one));
  assert.deepEqual(changes.at(-1), { kind: "vanished", address: one, by: "lease" });
});

Deno.test("Kernel removes each address at the end of its own lease", () => {
  const { made, timeline } = kernel();
  made.add([one], byDaemon);
  timeline.runUntil(2_000);
  made.add([two], byDaemon);
  timeline.runUntil(4_900);
  assert.ok(!made.has(one) && made.has(two));
  timeline.runUntil(5_501);
  assert.ok(!made.has(two));
});

Deno.test("Kernel keeps an address whose lease is renewed, or that has none", () => {
  const { made, timeline } = kernel();
  made.add([one], byDaemon);
  made.add([two], byPerson);
  for (let second = 1; second <= 20; second++) {
    timeline.runUntil(second * 1_000);
    made.add([one], byDaemon);
  }
  assert.ok(made.has(one) && made.has(two));
  const without = kernel();
  without.made.add([one], { by: "daemon", lease: null });
  without.timeline.runUntil(100_000);
  assert.ok(without.made.has(one));
});

Deno.test("Kernel.jump() ends leases so much sooner, at once where nothing is left of them", () => {
  const { made, timeline } = kernel();
  made.add([one], { by: "daemon", lease: 3_000 });
  made.add([two], { by: "daemon", lease: 10_000 });
  made.jump(5_000);
  assert.ok(!made.has(one) && made.has(two));
  timeline.runUntil(4_999);
  assert.ok(made.has(two));
  timeline.runUntil(5_501);
  assert.ok(!made.has(two));
  made.add([one], byPerson);
  made.jump(1_000_000);
  assert.ok(made.has(one));
});

Deno.test("Kernel tells when an address appears, is renewed and vanishes, and by whose hand", () => {
  const { made, changes } = kernel();
  made.add([one], byDaemon);
  made.add([one], byDaemon);
  made.remove([one], "guard");
  made.remove([one], "daemon");
  assert.deepEqual(changes.map(({ kind, by }) => `${kind} by ${by}`), [
    "appeared by daemon",
    "touched by daemon",
    "vanished by guard",
  ]);
});

Deno.test("Kernel.isByPerson() ends when the daemon takes the address over", () => {
  const { made } = kernel();
  assert.ok(!made.isByPerson(one));
  made.add([one], byPerson);
  assert.ok(made.isByPerson(one));
  made.add([one], byDaemon);
  assert.ok(!made.isByPerson(one));
});
