// The flapping checker is shown addresses that come back, with and without a reason.

import assert from "node:assert/strict";
import { duration, hostName, vipName } from "../../../src/core/vocabulary.ts";
import { flapping } from "../../../src/simulator/checkers/flapping.ts";
import type { Hand } from "../../../src/simulator/kernel.ts";
import type { Occurrence } from "../../../src/simulator/occurrence.ts";
import { fakeGroup, fakeWorld } from "../fakes.ts";

const bound = 5_000;
const change = (kind: "appeared" | "vanished", by: Hand = "daemon"): Occurrence => ({
  kind,
  host: hostName("a"),
  address: "v",
  vip: vipName("v"),
  by,
  asked: null,
});
const world = (
  now: number,
  { isTroubled = false, ...change }: {
    readonly undisturbedSince?: number;
    readonly isCalm?: boolean;
    readonly isTroubled?: boolean;
  } = {},
) => fakeWorld(fakeGroup(["a"], ["v"]), [{ name: "a", isTroubled }], { now, ...change });

/** What is said when "v" leaves a at 20 s and comes back at 30 s. */
function sayOf(
  of: {
    readonly undisturbedSince?: number;
    readonly isCalm?: boolean;
    readonly by?: Hand;
    /** Whether a command hung that was to take it away. */
    readonly isLate?: boolean;
    readonly between?: Occurrence;
  },
) {
  const { by, isLate = false, between, ...circumstances } = of;
  const checker = flapping({ bound });
  assert.equal(checker.check(change("vanished", by), world(20_000, { isTroubled: isLate })), null);
  if (between !== undefined) assert.equal(checker.check(between, world(25_000)), null);
  return checker.check(change("appeared"), world(30_000, circumstances))?.what ?? null;
}

Deno.test("flapping objects when an address comes back to a host that it left, and nothing has happened", () => {
  assert.match(
    sayOf({ undisturbedSince: 14_999 }) ?? "",
    /v came back to a, which it had left 10000 ms before/,
  );
});

Deno.test("flapping approves when something has happened since, or shortly before, or goes on", () => {
  assert.equal(sayOf({ undisturbedSince: 25_000 }), null);
  assert.equal(sayOf({ undisturbedSince: 15_001 }), null);
  assert.equal(sayOf({ isCalm: false }), null);
  assert.equal(sayOf({ undisturbedSince: 14_999, isLate: true }), null);
});

Deno.test("flapping approves when a person took the address, or it could not be added", () => {
  assert.equal(sayOf({ by: "person" }), null);
  const note = { kind: "vipAddFailed", vip: vipName("v"), problem: "no" } as const;
  const stepped = { kind: "stepped", host: hostName("a"), event: { kind: "clockTicked" } } as const;
  const idle = { idle: duration(0), wait: null };
  const failed = { ...stepped, ...idle, effects: [{ kind: "note", note }] } as const;
  assert.equal(sayOf({ between: failed }), null);
});
