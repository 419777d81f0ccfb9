import assert from "node:assert/strict";
import type { Outcome } from "../../src/simulator/simulate.ts";
import { counted, merged, noSeeds, summary } from "../../src/simulator/tally.ts";

const outcome = (seed: number, change: Partial<Outcome> = {}): Outcome => ({
  seed,
  simulated: 1_800_000,
  settledAfter: 1_000,
  settlementBound: 10_000,
  faultsCount: 3,
  seen: new Map([["fault kill", 2]]),
  violation: null,
  ...change,
});

Deno.test("counted() adds seeds, failures, time and what was seen, and keeps the slowest relative to its bound", () => {
  const failed = { checker: "views", what: "wrong", hosts: [], at: 5 };
  const tally = [
    outcome(1),
    outcome(2, { settledAfter: 2_000, settlementBound: 100_000, seen: new Map([["fault cut", 1]]) }),
    outcome(3, { settledAfter: null, violation: failed }),
  ].reduce(counted, noSeeds);
  assert.deepEqual(tally, {
    seeds: 3,
    failed: 1,
    simulated: 5_400_000,
    slowest: { seed: 1, fraction: 0.1, took: 1_000 },
    seen: new Map([["fault kill", 4], ["fault cut", 1]]),
  });
});

Deno.test("merged() of two halves is the tally of the whole", () => {
  const all = [1, 2, 3, 4].map((seed) => outcome(seed, { settledAfter: seed * 1_000 }));
  const halves = [all.slice(0, 2), all.slice(2)].map((half) => half.reduce(counted, noSeeds));
  assert.deepEqual(halves.reduce(merged, noSeeds), all.reduce(counted, noSeeds));
});

Deno.test("summary() tells people what was done, at what speed, and what was looked at", () => {
  assert.equal(
    summary([outcome(1), outcome(2)].reduce(counted, noSeeds), 500),
    [
      "2 seeds, 0 failed; 4.0 seeds/s; 1.0 simulated hours, 7200 of them an hour",
      "The slowest to settle took 1.0 s, 10 % of what it may (seed 1)",
      "What happened, and what was looked at:",
      "          4  fault kill",
    ].join("\n"),
  );
});
