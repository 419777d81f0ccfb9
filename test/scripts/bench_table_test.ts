// The table of the bench, from runs that nobody has measured.

import { equal } from "node:assert/strict";
import { paceNamed } from "../../scripts/bench_pace.ts";
import { remaining } from "../../scripts/bench_progress.ts";
import { benchTable, median, type Row } from "../../scripts/bench_table.ts";
import type { Seen } from "../../test/support/measure.ts";

const pace = paceNamed("100ms") ?? { name: "", heartbeatMs: 0, timeoutMs: 0, advertMs: 0 };
const cell = { vips: 3, pace };
const calm: Seen = { longestStallMs: 1, longestGapMs: 5, sent: 9, lost: 0, twoHoldersMs: 0, stillTwo: 0 };

Deno.test("the table has a row for each fault and cost, with both programs side by side", () => {
  const rows: readonly Row[] = [
    {
      kind: "fault",
      name: "crash",
      cell,
      target: "550",
      molehill: {
        seen: [450, 470, 460].map((longestGapMs) => ({ ...calm, longestGapMs, lost: 7 })),
        failed: 0,
      },
      keepalived: { seen: [{ ...calm, twoHoldersMs: 600, stillTwo: 1, longestStallMs: 4.2 }], failed: 2 },
    },
    { kind: "fault", name: "drain", cell, target: "5", molehill: { seen: [], failed: 3 }, keepalived: null },
    { kind: "cost", name: "CPU", cell, target: "< 1", molehill: 0.5, keepalived: 12.34 },
    { kind: "cost", name: "start", cell: null, target: "", molehill: 35, keepalived: null },
  ];
  equal(
    benchTable(rows),
    `\
| what  | VIPs | interval | target | Molehill: gap         | lost | two hosts | keepalived: gap                      | lost | two hosts | stall |
| ----- | ---- | -------- | ------ | --------------------- | ---- | --------- | ------------------------------------ | ---- | --------- | ----- |
| crash | 3    | 100ms    | 550    | 460 (450-470)         | 7    | 0         | 5.0 (5.0-5.0); 2 of 3 did not settle | 0    | for good  | 4.2   |
| drain | 3    | 100ms    | 5      | 3 of 3 did not settle |      |           | -                                    | -    | -         |       |
| CPU   | 3    | 100ms    | < 1    | 0.50                  |      |           | 12.3                                 |      |           |       |
| start |      |          |        | 35.0                  |      |           | -                                    |      |           |       |
`,
  );
});

Deno.test("median() is the one in the middle, or the mean of the two that are", () => {
  equal(median([3, 1, 2]), 2);
  equal(median([4, 1, 2, 3]), 2.5);
});

Deno.test("remaining() learns from how it went so far", () => {
  equal(remaining({ done: 0, weight: 60, elapsedMs: 0 }), "60 s left");
  equal(remaining({ done: 100, weight: 1_000, elapsedMs: 200_000 }), "29 min left");
  equal(remaining({ done: 70, weight: 60, elapsedMs: 70_000 }), "0 s left");
});
