// The window checker is shown two hosts that answer for one address, in all positions to each other.

import assert from "node:assert/strict";
import { hostName } from "../../../src/core/vocabulary.ts";
import { answering } from "../../../src/simulator/checkers/window.ts";
import { fakeGroup, fakeVip, fakeWorld } from "../fakes.ts";

const bound = 5_000;
const polled = { kind: "polled" } as const;
type Circumstances = NonNullable<Parameters<typeof fakeWorld>[2]>;

function bothAnswer(change: Circumstances & { readonly vip?: string; readonly third?: object } = {}) {
  const { vip = "v", third = {}, ...circumstances } = change;
  return fakeWorld(
    fakeGroup(["a", "b", "c"], [vip]),
    [{ name: "a", has: ["v"] }, { name: "b", has: ["v"] }, { name: "c", ...third }],
    { now: bound + 1, ...circumstances },
  );
}

const say = (world: ReturnType<typeof bothAnswer>) =>
  answering({ bound, leaseMax: 3_000 }).check(polled, world)?.what ?? null;

Deno.test("window objects when two hosts answer though nothing keeps them apart", () => {
  assert.match(say(bothAnswer()) ?? "", /a and b answer for v, though nothing/);
});

Deno.test("window gives them time after anything has happened", () => {
  assert.equal(say(bothAnswer({ undisturbedSince: 1 })), null);
});

Deno.test("window approves hosts that nothing passes between, and whoever has links that work in part", () => {
  assert.equal(say(bothAnswer({ apart: ["ab", "bc"] })), null);
  assert.equal(say(bothAnswer({ strained: ["bc"] })), null);
  assert.match(say(bothAnswer({ apart: ["ac", "bc"] })) ?? "", /a and b answer/);
});

Deno.test("window approves an overlapping handover, but not one without end", () => {
  const checker = answering({ bound, leaseMax: null });
  const at = (now: number) => bothAnswer({ vip: "v!", now });
  assert.equal(checker.check(polled, at(6_000)), null);
  assert.equal(checker.check(polled, at(8_000)), null);
  assert.match(checker.check(polled, at(8_001))?.what ?? "", /a and b answer/);
});

Deno.test("window objects when a host answers for long after its daemon is gone, if there are leases", () => {
  const gone = (now: number) =>
    fakeWorld(fakeGroup(["a"], ["v"]), [{ name: "a", daemon: "down", has: ["v"] }], { now });
  const killed = { kind: "daemon", host: hostName("a"), change: "killed" } as const;
  for (const leaseMax of [3_000, null]) {
    const checker = answering({ bound, leaseMax });
    assert.equal(checker.check(killed, gone(0)), null);
    assert.equal(checker.check(polled, gone(7_000)), null);
    const said = checker.check(polled, gone(7_001))?.what ?? "";
    assert.equal(/a answers for v, though no daemon/.test(said), leaseMax !== null);
  }
});

Deno.test("window lets a removal that failed be tried again", () => {
  const failed = { status: { vips: [fakeVip("v", "a", { problem: "Operation not permitted" })] } };
  assert.equal(say(bothAnswer({ third: failed })), null);
});
