// What the bench is asked for, and what it says to those who ask for what it cannot do.

import { deepEqual, equal, ok } from "node:assert/strict";
import { readOptions } from "../../scripts/bench_options.ts";
import { paceNamed } from "../../scripts/bench_pace.ts";

const names = ["cold start", "clean stop", "cost"];

Deno.test("the bench measures some cells, five times, beside keepalived, when nothing is said", () => {
  const wanted = readOptions([], names);
  ok(typeof wanted !== "number");
  deepEqual([wanted.runs, wanted.only, wanted.peer, wanted.output], [5, null, "keepalived", undefined]);
  ok(wanted.cells.length > 1 && wanted.cells.length < 8);
});

Deno.test("the bench measures each number of VIPs at each interval", () => {
  deepEqual(cellsOf(["--vips", "3,30", "--interval", "default,100ms"]), [
    "3 default",
    "3 100ms",
    "30 default",
    "30 100ms",
  ]);
  deepEqual(cellsOf(["--vips", "1000", "--interval", "50ms"]), ["1000 50ms"]);
  deepEqual(cellsOf(["--interval", "1s"]), ["3 1s"]);
  equal(cellsOf(["--full"]).length, 16);
});

Deno.test("the bench refuses what it cannot measure, with exit code 64", () => {
  for (
    const line of [
      ["--runs", "0"],
      ["--only", "nothing of that name"],
      ["--only", "cold,warm"],
      ["--interval", "15ms"],
      ["--interval", "soon"],
      ["--vips", "3,x"],
      ["--vips", "1001"],
      ["--peer", "ucarp"],
      ["--unknown"],
    ]
  ) equal(quietly(() => readOptions(line, names)), 64, line.join(" "));
});

Deno.test("an interval is Molehill's heartbeat and keepalived's advert, and a third of the timeout", () => {
  deepEqual(paceNamed("20ms"), { name: "20ms", heartbeatMs: 20, timeoutMs: 60, advertMs: 20 });
  deepEqual(paceNamed("1s"), { name: "1s", heartbeatMs: 1_000, timeoutMs: 3_000, advertMs: 1_000 });
});

function cellsOf(line: readonly string[]): readonly string[] {
  const wanted = readOptions(line, names);
  return typeof wanted === "number" ? [] : wanted.cells.map(({ vips, pace }) => `${vips} ${pace.name}`);
}

/** What is said to a person is not the test runner's. */
function quietly<Result>(work: () => Result): Result {
  const { error } = console;
  console.error = () => {};
  try {
    return work();
  } finally {
    console.error = error;
  }
}
