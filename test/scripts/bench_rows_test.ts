// Which runs stand beside which in the table of the bench.

import { deepEqual } from "node:assert/strict";
import { faults } from "../../scripts/bench_faults.ts";
import { paceNamed } from "../../scripts/bench_pace.ts";
import { type Found, noteRun, rowsOf } from "../../scripts/bench_rows.ts";
import type { Seen } from "../../test/support/measure.ts";

const pace = paceNamed("100ms") ?? { name: "", heartbeatMs: 0, timeoutMs: 0, advertMs: 0 };
const cell = { vips: 3, pace };
const faultNamed = (name: string) => faults.filter((fault) => fault.name === name);
const seen = (longestGapMs: number): Seen => (
  { longestStallMs: 0, longestGapMs, sent: 9, lost: 0, twoHoldersMs: 0, stillTwo: 0 }
);

Deno.test("a fault with overlap stands beside keepalived's runs of the same fault, and a drain beside none", () => {
  const found: Found = { runs: new Map(), costs: new Map() };
  const [move, overlap, drain] = ["move", "move (overlap)", "drain (overlap)"].map(faultNamed).flat();
  if (move === undefined || overlap === undefined || drain === undefined) throw new Error("no such faults");
  noteRun(found, { cell, program: "keepalived", fault: move }, seen(3));
  noteRun(found, { cell, program: "Molehill", fault: move }, seen(4));
  noteRun(found, { cell, program: "Molehill", fault: overlap }, seen(1));
  noteRun(found, { cell, program: "Molehill", fault: drain }, seen(2));
  const rows = rowsOf({ cells: [cell], faults: [move, overlap, drain], withCosts: false }, found);
  const gaps = rows.flatMap((row) =>
    row.kind === "cost"
      ? []
      : [[row.molehill, row.keepalived].map((runs) => runs?.seen.map((each) => each.longestGapMs) ?? null)]
  );
  deepEqual(gaps, [[[4], [3]], [[1], [3]], [[2], null]]);
});

Deno.test("what stands beside a fault is a fault that keepalived has, too", () => {
  const common = faults.filter(({ name, peers }) => name === peers).map(({ name }) => name);
  const borrowed = faults.flatMap(({ name, peers }) => (peers === null || peers === name ? [] : [peers]));
  deepEqual(borrowed.filter((name) => !common.includes(name)), []);
});
