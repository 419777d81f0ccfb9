// A worker of scripts/sim.ts and of the test run: simulates the seeds that it is sent, one at a time, and posts what
// came of each.

import { report } from "../src/simulator/failure.ts";
import { settingOf } from "../src/simulator/seeds.ts";
import { type Outcome, type Setting, simulate } from "../src/simulator/simulate.ts";

export interface Order {
  readonly seeds: readonly number[];
  readonly change: Partial<Pick<Setting, "wire" | "size">>;
  /** Whether a failure is to be made shorter and reported with its trace, or only named. */
  readonly explains: boolean;
}

export interface Answer {
  readonly outcome: Outcome;
  /** Null: it did not fail. */
  readonly report: string | null;
}

declare const self: {
  onmessage: ((message: MessageEvent<Order>) => void) | null;
  postMessage(answers: readonly Answer[]): void;
};

self.onmessage = ({ data: { seeds, change, explains } }) => {
  self.postMessage(seeds.map((seed): Answer => {
    const setting: Setting = { ...settingOf(seed), ...change };
    const outcome = simulate(setting);
    return {
      outcome,
      report: outcome.violation === null ? null : explains ? report(setting, outcome) : named(outcome),
    };
  }));
};

const named = ({ seed, violation }: Outcome): string =>
  `Seed ${seed} violates "${violation?.checker}" at ${violation?.at.toFixed(0)} ms: ${violation?.what}`;
