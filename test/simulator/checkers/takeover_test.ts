// The takeover checker is shown a group that loses one daemon, and who takes what that one still has.

import assert from "node:assert/strict";
import { hostName } from "../../../src/core/vocabulary.ts";
import { takeover } from "../../../src/simulator/checkers/takeover.ts";
import type { Occurrence } from "../../../src/simulator/occurrence.ts";
import { fakeGroup, fakeVip, fakeWorld } from "../fakes.ts";

const [a, b] = [hostName("a"), hostName("b")];
const group = fakeGroup(["a", "b", "c"], ["v"]);
const fault = { kind: "kill", at: 5_001, host: a, guard: true, down: 9_000 } as const;

/** What is said when b takes "v" after the fault, while a has it. */
function say(between: readonly Occurrence[]): string | null {
  const hosts = ["a", "b", "c"].map((name) => ({
    name,
    has: name === "a" ? ["v"] : [],
    status: {
      view: [3, "abc"] as [number, string],
      vips: [fakeVip("v", "a", { here: name === "a" ? "held" : "absent" })],
    },
  }));
  const world = fakeWorld(group, hosts, { now: 5_000 });
  const checker = takeover({ group }, 3);
  checker.check({ kind: "polled" }, world);
  for (const each of [...between, { kind: "faultBegan", fault } as const]) checker.check(each, world);
  return checker.check(
    { kind: "appeared", host: b, address: "v", vip: null, by: "daemon", asked: null },
    world,
  )?.what ?? null;
}

Deno.test("takeover objects when somebody takes what a killed daemon's guard has not removed yet", () => {
  assert.match(say([]) ?? "", /b took v while a, lost by a single kill, still had it/);
});

Deno.test("takeover says nothing of a group that was about to move VIPs, which handovers that overlap do early", () => {
  const effects = [{
    kind: "note",
    note: { kind: "viewProposed", view: { number: 4, coordinator: b, incarnation: 1 }, members: [] },
  }];
  assert.equal(say([{ kind: "stepped", host: b, effects } as unknown as Occurrence]), null);
});
