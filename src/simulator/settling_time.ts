// How long a group may take to settle after all faults have ended: the bounds of "To settle" in core/PROTOCOL.md, for
// the timings and the faults of a plan.

import type { Group } from "../core/vocabulary.ts";
import { replayMax } from "./network.ts";
import { filesOf, type Plan, slowestTiming } from "./plan.ts";

/**
 * How long a group whose hosts are mature may take to settle, in timeouts: two until a proposal closes that a member did
 * not answer, five until that member is asked again, and some for late words of before; or as long as a name is disputed.
 */
export const settlingTimeouts = 10;

/** How long a VIP that is taken over after a lease may be kept waiting for that, in ms. */
export function leaseWait(groups: readonly Group[]): number {
  const { lease, heartbeat } = slowestTiming(groups);
  const waits = groups.some(({ vips }) => vips.some(({ takeover }) => takeover === "after-lease"));
  return waits && lease !== null ? lease + heartbeat + 500 : 0;
}

/** How long VIPs may have to wait for hooks in the end: one that began before a merge is begun anew after it. */
export const gateWait = ({ gateMax = 0 }: Plan): number => 2 * gateMax;

/** How long after the heal a group must have settled, in ms. */
export function settlementBound(plan: Plan): number {
  const { mature, timeout, lease } = slowestTiming(filesOf(plan));
  // A host that failed to add a VIP does not ask for it again for a while.
  const inability = plan.faults.some((fault) => fault.kind === "troubles") ? 161_000 : 0;
  // What a daemon that is gone has left in the kernel goes with its lease.
  const leftovers = lease === null ? 0 : lease + 500;
  // Of hosts whose clocks are wrong the slowest one counts.
  const settling = mature + settlingTimeouts * timeout + inability + leaseWait(filesOf(plan)) +
    gateWait(plan);
  return Math.max(settling * (1 + (plan.drift ?? 0)), leftovers);
}

/**
 * How long after the heal a host may still be damped for what it did before or while the group settled, or for late
 * words that were taken for its, in ms.
 */
export function dampingBound(plan: Plan): number {
  const { timeout } = slowestTiming(filesOf(plan));
  const damped = dampingTimeouts * timeout * (1 + (plan.drift ?? 0));
  return Math.max(settlementBound(plan), replays(plan) ? replayMax + timeout : 0) + damped;
}
/** Two half-lives of the penalty in src/core/suspicion.ts, and some. */
const dampingTimeouts = 41;

const replays = ({ faults }: Plan): boolean =>
  faults.some((fault) => fault.kind === "weather" && (fault.weather.replay ?? 0) > 0);

/** How long balance may take after that, in ms: its rounds, and a view change and a handover each. */
export function balanceBound(plan: Plan): number {
  const bounds = filesOf(plan).map(({ vips, balance: { movesPerRound, interval }, timing }) => {
    const rounds = movesPerRound === "all" ? 2 : Math.ceil(vips.length / movesPerRound) + 1;
    return rounds * (interval + timing.timeout + gateWait(plan));
  });
  return Math.max(...bounds);
}
