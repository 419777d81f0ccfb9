// The kernel of one simulated host, as far as VIPs are concerned: which addresses are on it and when their lease
// ends. It knows nothing of VIPs' names. The kernel outlives the daemon: addresses go when somebody removes them,
// when their lease ends, or with the power.

import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** Who changed the addresses. */
export type Hand = "daemon" | "guard" | "lease" | "person" | "power";

export interface KernelChange {
  /** "touched": it is on the host as before, and was renewed. */
  readonly kind: "appeared" | "vanished" | "touched";
  readonly address: string;
  readonly by: Hand;
}

interface Presence {
  /** When the kernel will remove it; null: never. */
  readonly ends: number | null;
  readonly by: Hand;
}

export class Kernel {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #changed: (change: KernelChange) => void;
  /** Whether its interface carries anything. */
  hasLink = true;
  readonly #present = new Map<string, Presence>();
  /** For when the next look for leases that are over is set; null: for never. */
  #sweepAt: number | null = null;

  constructor(
    of: {
      readonly timeline: Timeline;
      readonly random: Random;
      readonly changed: (change: KernelChange) => void;
    },
  ) {
    this.#timeline = of.timeline;
    this.#random = of.random;
    this.#changed = of.changed;
  }

  /** Adds the addresses or renews them. `lease` in ms; null: they stay until somebody removes them. */
  add(addresses: readonly string[], how: { readonly by: Hand; readonly lease: number | null }): void {
    const ends = this.#leaseEnd(how.lease);
    for (const address of addresses) {
      const kind = this.#present.has(address) ? "touched" : "appeared";
      this.#present.set(address, { ends, by: how.by });
      this.#changed({ kind, address, by: how.by });
    }
    if (ends !== null && addresses.length > 0) this.#sweepBy(ends);
  }

  remove(addresses: readonly string[], by: Hand): void {
    for (const address of addresses) {
      if (this.#present.delete(address)) this.#changed({ kind: "vanished", address, by });
    }
  }

  removeAll(by: Hand): void {
    this.remove([...this.#present.keys()], by);
  }

  has(address: string): boolean {
    return this.#present.has(address);
  }

  /** The clock jumps forward: leases end so much sooner. */
  jump(ms: number): void {
    for (const [address, { ends, by }] of this.#present) {
      if (ends !== null) this.#present.set(address, { ends: ends - ms, by });
    }
    this.#sweep();
  }

  /** What is on it. */
  get addresses(): readonly string[] {
    return [...this.#present.keys()];
  }

  /** Whether it was put here by a person and not taken over by the daemon since. */
  isByPerson(address: string): boolean {
    return this.#present.get(address)?.by === "person";
  }

  /** The kernel counts whole seconds and sweeps a little late. */
  #leaseEnd(lease: number | null): number | null {
    if (lease === null) return null;
    return this.#timeline.now + Math.ceil(lease / 1000) * 1000 + this.#random.between(0, 500);
  }

  #sweepBy(time: number): void {
    if (this.#sweepAt !== null && this.#sweepAt <= time) return;
    this.#sweepAt = time;
    this.#timeline.at(time, () => this.#sweepAt === time && this.#sweep());
  }

  #sweep(): void {
    this.#sweepAt = null;
    let next: number | null = null;
    for (const [address, { ends }] of this.#present) {
      if (ends === null) continue;
      if (ends <= this.#timeline.now) this.remove([address], "lease");
      else if (next === null || ends < next) next = ends;
    }
    if (next !== null) this.#sweepBy(next);
  }
}
