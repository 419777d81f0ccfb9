// Chance from a seed: the same seed gives the same draws on every machine and runtime. The generator is
// xoshiro128** (Blackman and Vigna, 2018), seeded through an FNV-1a hash and splitmix32.
//
// Every part of the simulated world draws from a fork of its own, named by a label. A fork depends on the seed and
// the labels alone, not on how much was drawn elsewhere: a change in one part does not reshuffle all the others.

export class Random {
  readonly #origin: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number | string) {
    this.#origin = String(seed);
    let state = hash(this.#origin);
    const word = () => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    [this.#a, this.#b, this.#c, this.#d] = [word(), word(), word(), word()];
  }

  /** From 0 up to but not including 1. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result / 2 ** 32;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A real number from `low` up to `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  /** One of the given items, which must not be empty. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError("Cannot pick one of no items");
    return item;
  }

  /** `count` different items in their own order; all of them if there are fewer. */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    let wanted = Math.min(count, items.length);
    let left = items.length;
    return items.filter(() => {
      const taken = this.chance(wanted / left--);
      if (taken) wanted--;
      return taken;
    });
  }

  /** An independent generator that depends on this one's seed and the label only. */
  fork(label: string): Random {
    return new Random(`${this.#origin}/${label}`);
  }
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state;
}

function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  const second = Math.imul(first ^ (first >>> 15), 0x735a2d97);
  return second ^ (second >>> 15);
}
