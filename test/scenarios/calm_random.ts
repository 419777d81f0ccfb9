// Chance that has become calm: every delay is the same each time, so that the times of a recorded trace are round and
// two runs differ only in what was changed. What must be different, as the incarnations of daemons, still is.

import { Random } from "../../src/simulator/random.ts";

export class CalmRandom extends Random {
  readonly #label: string;

  constructor(label: string) {
    super(label);
    this.#label = label;
  }

  /** The least delay; in the middle of what may go either way, as a clock that is fast or slow. */
  override between(low: number, high: number): number {
    return low < 0 ? (low + high) / 2 : low;
  }

  override fork(label: string): Random {
    return new CalmRandom(`${this.#label}/${label}`);
  }
}
