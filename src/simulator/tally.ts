// Many simulations in a few numbers: how many, how many failed, how long they took to settle, and how often everything
// happened that can happen, so that one sees whether the checkers had something to look at.

import type { Outcome } from "./simulate.ts";

export interface Tally {
  readonly seeds: number;
  readonly failed: number;
  /** In ms. */
  readonly simulated: number;
  /** The longest time to settle, as a fraction of what it may take, and its seed; null: none has settled. */
  readonly slowest: { readonly seed: number; readonly fraction: number; readonly took: number } | null;
  readonly seen: ReadonlyMap<string, number>;
}

export const noSeeds: Tally = { seeds: 0, failed: 0, simulated: 0, slowest: null, seen: new Map() };

/** The tally with one more outcome. */
export function counted(tally: Tally, outcome: Outcome): Tally {
  const { seed, settledAfter, settlementBound, violation, simulated, seen } = outcome;
  const slowest = settledAfter === null
    ? null
    : { seed, fraction: settledAfter / settlementBound, took: settledAfter };
  return merged(tally, { seeds: 1, failed: violation === null ? 0 : 1, simulated, slowest, seen });
}

/** Two tallies in one. */
export function merged(one: Tally, other: Tally): Tally {
  const seen = new Map(one.seen);
  for (const [what, times] of other.seen) seen.set(what, (seen.get(what) ?? 0) + times);
  const isSlower = (other.slowest?.fraction ?? -1) > (one.slowest?.fraction ?? -1);
  return {
    seeds: one.seeds + other.seeds,
    failed: one.failed + other.failed,
    simulated: one.simulated + other.simulated,
    slowest: isSlower ? other.slowest : one.slowest,
    seen,
  };
}

/** Lines for people. `took`: in ms of real time. */
export function summary({ seeds, failed, simulated, slowest, seen }: Tally, took: number): string {
  const hours = simulated / 3_600_000;
  const counts = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) =>
    `  ${String(times).padStart(9)}  ${what}`
  );
  return [
    `${seeds} seeds, ${failed} failed; ${(seeds / took * 1_000).toFixed(1)} seeds/s; ` +
    `${hours.toFixed(1)} simulated hours, ${(simulated / took).toFixed(0)} of them an hour`,
    ...(slowest === null ? [] : [
      `The slowest to settle took ${(slowest.took / 1_000).toFixed(1)} s, ${
        (100 * slowest.fraction).toFixed(0)
      } % of what it may (seed ${slowest.seed})`,
    ]),
    ...(counts.length === 0 ? [] : ["What happened, and what was looked at:", ...counts]),
  ].join("\n");
}
