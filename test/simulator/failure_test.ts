// What becomes of a simulation that fails: it is made shorter, told, and can be had again.

import assert from "node:assert/strict";
import { coreProgram } from "../../src/simulator/core_program.ts";
import { replayOf, report } from "../../src/simulator/failure.ts";
import type { Program } from "../../src/simulator/host.ts";
import type { Fault } from "../../src/simulator/plan.ts";
import { shorten } from "../../src/simulator/shorten.ts";
import {
  type FoundViolation,
  type Outcome,
  planOf,
  type Setting,
  simulate,
} from "../../src/simulator/simulate.ts";

/** Fails as soon as it is asked to drain, and not before. */
const brittle: Program = {
  start(of) {
    const running = coreProgram.start(of);
    return {
      ...running,
      step(event, now) {
        if (event.kind === "operatorRequested" && event.request.kind === "drain") throw new Error("drained");
        return running.step(event, now);
      },
    };
  },
};

const isDrain = (fault: Fault): boolean => fault.kind === "operator" && fault.request.kind === "drain";

type Failed = Outcome & { readonly violation: FoundViolation };

function firstFailure(): { readonly setting: Setting; readonly failed: Failed } {
  for (let seed = 1; seed < 200; seed++) {
    const setting: Setting = { seed, program: brittle, wire: "plain" };
    if (!planOf(setting).faults.some(isDrain)) continue;
    const outcome = simulate(setting);
    const { violation } = outcome;
    if (violation !== null && outcome.faultsCount > 4) return { setting, failed: { ...outcome, violation } };
  }
  throw new Error("no seed fails");
}

Deno.test("shorten() leaves only the faults that the failure needs", () => {
  const { setting, failed } = firstFailure();
  const { faults, faultsCount, violation } = shorten(setting, failed);
  assert.equal(faultsCount, failed.faultsCount);
  assert.equal(violation.checker, failed.violation.checker);
  assert.ok(faults.length < faultsCount);
  assert.ok(planOf({ ...setting, faults }).faults.some(isDrain));
  for (const fault of faults) {
    const others = faults.filter((each) => each !== fault);
    assert.equal(simulate({ ...setting, faults: others }).violation, null, `without fault ${fault}`);
  }
});

Deno.test("report() tells what was violated, how few faults that takes, the last lines, and how to see it again", () => {
  const { setting, failed } = firstFailure();
  const lines = report(setting, failed).split("\n");
  assert.match(
    lines[0] ?? "",
    new RegExp(`^Seed ${setting.seed} violates "thrown" at [\\d.]+ ms: Error: drained`),
  );
  const enough = lines.find((line) => line.startsWith("Of its"));
  assert.match(
    enough ?? "",
    new RegExp(`^Of its ${failed.faultsCount} faults these are enough: \\d+(, \\d+)*$`),
  );
  assert.ok(lines.some((line) => /begins: kind operator.*drain/.test(line)));
  assert.match(
    lines.at(-1) ?? "",
    /^To see it all: deno task sim --seed \d+ --wire plain --faults \d+(,\d+)* --trace$/,
  );
});

Deno.test("replayOf() names everything that makes the run what it is", () => {
  const setting = { seed: 7, wire: "codec", size: { hosts: 3, vips: 2 }, faults: [] } as const;
  assert.equal(
    replayOf(setting),
    "deno task sim --seed 7 --wire codec --hosts 3 --vips 2 --faults none --trace",
  );
  assert.equal(replayOf({ seed: 7, wire: "plain" }), "deno task sim --seed 7 --wire plain --trace");
});

Deno.test("a simulation with the faults that are left is the same whenever it is run", () => {
  const setting: Setting = { seed: 11, program: coreProgram, wire: "plain", faults: [0, 2] };
  const traceOf = () => {
    const lines: string[] = [];
    simulate({ ...setting, trace: ({ at, text }) => lines.push(`${at} ${text}`) });
    return lines.join("\n");
  };
  assert.equal(traceOf(), traceOf());
});
