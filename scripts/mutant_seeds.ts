// Simulates seeds until a checker objects. Run by scripts/mutant_copy.ts in a copy of the sources that has a fault:
//
//   mutant_seeds.ts CHECKER SEEDS BOUND     these seeds (N,N,...), then all from 1 to the bound; prints a Search
//
// The groups are small and their messages do not pass the codec: more seeds in less time.

import { settingOf } from "../src/simulator/seeds.ts";
import { type Setting, simulate } from "../src/simulator/simulate.ts";

export interface Search {
  /** Null: the checker never objected. */
  readonly caughtIn: number | null;
  /** Checkers that objected on the way, each with the first seed. */
  readonly others: Readonly<Record<string, number>>;
}

const smallGroup = (seed: number): Setting => ({
  ...settingOf(seed),
  wire: "plain",
  size: { hosts: 3 + seed % 3, vips: 3 },
});

function search(wanted: string, seeds: Iterable<number>): Search {
  const others: Record<string, number> = {};
  for (const seed of seeds) {
    const checker = simulate(smallGroup(seed)).violation?.checker;
    if (checker === wanted) return { caughtIn: seed, others };
    if (checker !== undefined) others[checker] ??= seed;
  }
  return { caughtIn: null, others };
}

function* seedsFrom(first: readonly number[], bound: number): Generator<number> {
  yield* first;
  for (let seed = 1; seed <= bound; seed++) if (!first.includes(seed)) yield seed;
}

const [checker = "", first = "", bound = ""] = Deno.args;
const seeds = seedsFrom(first.split(",").map(Number), Number(bound));
console.log(JSON.stringify(search(checker, seeds)));
