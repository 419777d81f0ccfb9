// Simulates seeds until a checker objects. Run by scripts/mutant_copy.ts in a copy of the sources that has a fault:
//
//   mutant_seeds.ts CHECKER SEED BOUND      that seed, then all from 1 to the bound; prints a Search

import { settingOf } from "../src/simulator/seeds.ts";
import { simulate } from "../src/simulator/simulate.ts";

export interface Search {
  /** Null: the checker never objected. */
  readonly caughtIn: number | null;
  /** Checkers that objected on the way, each with the first seed. */
  readonly others: Readonly<Record<string, number>>;
}

function search(wanted: string, seeds: Iterable<number>): Search {
  const others: Record<string, number> = {};
  for (const seed of seeds) {
    const checker = simulate(settingOf(seed)).violation?.checker;
    if (checker === wanted) return { caughtIn: seed, others };
    if (checker !== undefined) others[checker] ??= seed;
  }
  return { caughtIn: null, others };
}

function* seedsFrom(first: number, bound: number): Generator<number> {
  yield first;
  for (let seed = 1; seed <= bound; seed++) if (seed !== first) yield seed;
}

const [checker = "", first, bound] = Deno.args;
console.log(JSON.stringify(search(checker, seedsFrom(Number(first), Number(bound)))));
