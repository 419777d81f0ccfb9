// The kernel of one simulated host, as far as VIPs are concerned: which addresses are on it and when their lease
// ends. A VIP is a set of one or more addresses; it is "on" the host while at least one of them is. The kernel
// outlives the daemon: addresses go when somebody removes them, when their lease ends, or with the power.

import type { Observed } from "../core/events.ts";
import { sorted, type VipName } from "../core/vocabulary.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** Who changed the addresses. */
export type Hand = "daemon" | "guard" | "lease" | "person" | "power";

export interface KernelChange {
  /** "touched": it is on the host as before, but something of it was renewed, added or removed. */
  readonly kind: "appeared" | "vanished" | "touched";
  readonly vip: VipName;
  readonly by: Hand;
}

interface Address {
  /** When the kernel will remove it; null: never. */
  readonly ends: number | null;
  readonly by: Hand;
}

export class Kernel {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #lease: number | null;
  readonly #changed: (change: KernelChange) => void;
  /** For each VIP of the group its addresses; undefined where one is not on the host. */
  readonly #vips: Map<VipName, (Address | undefined)[]>;

  constructor(
    of: {
      readonly timeline: Timeline;
      readonly random: Random;
      /** How many addresses each VIP has. */
      readonly sizes: ReadonlyMap<VipName, number>;
      /** Milliseconds; null: no lease. */
      readonly lease: number | null;
      readonly changed: (change: KernelChange) => void;
    },
  ) {
    this.#timeline = of.timeline;
    this.#random = of.random;
    this.#lease = of.lease;
    this.#changed = of.changed;
    this.#vips = new Map([...of.sizes].map(([vip, size]) => [vip, new Array(size).fill(undefined)]));
  }

  /** Adds the VIP's addresses or renews their lease; only the first `count` of them if that is given. */
  add(vip: VipName, how: { readonly by: Hand; readonly count?: number }): void {
    const addresses = this.#addresses(vip);
    const was = this.has(vip);
    const ends = how.by === "person" ? null : this.#leaseEnd();
    const count = Math.min(how.count ?? addresses.length, addresses.length);
    for (let index = 0; index < count; index++) addresses[index] = { ends, by: how.by };
    if (count === 0) return;
    if (ends !== null) this.#timeline.at(ends, () => this.#expire(vip));
    this.#changed({ kind: was ? "touched" : "appeared", vip, by: how.by });
  }

  /** Removes the VIP's addresses; only the first `count` of them if that is given. */
  remove(vip: VipName, how: { readonly by: Hand; readonly count?: number }): void {
    const addresses = this.#addresses(vip);
    if (!this.has(vip)) return;
    addresses.fill(undefined, 0, how.count);
    this.#changed({ kind: this.has(vip) ? "touched" : "vanished", vip, by: how.by });
  }

  removeAll(by: Hand): void {
    for (const vip of this.#vips.keys()) this.remove(vip, { by });
  }

  has(vip: VipName): boolean {
    return this.#addresses(vip).some((address) => address !== undefined);
  }

  /** Whether all that is here of it was put here by a person and not taken over by the daemon since. */
  isByPerson(vip: VipName): boolean {
    return this.has(vip) &&
      this.#addresses(vip).every((address) => address === undefined || address.by === "person");
  }

  observed(): Observed {
    const present = sorted(this.#vips.keys()).filter((vip) => this.has(vip));
    const isWhole = (vip: VipName) => this.#addresses(vip).every((address) => address !== undefined);
    return {
      whole: present.filter(isWhole),
      partial: present.filter((vip) => !isWhole(vip)),
      isPlaced: true,
    };
  }

  /** The kernel counts whole seconds and sweeps a little late. */
  #leaseEnd(): number | null {
    if (this.#lease === null) return null;
    return this.#timeline.now + Math.ceil(this.#lease / 1000) * 1000 + this.#random.between(0, 500);
  }

  #expire(vip: VipName): void {
    const addresses = this.#addresses(vip);
    const now = this.#timeline.now;
    const isOver = (address: Address | undefined) =>
      address !== undefined && address.ends !== null && address.ends <= now;
    if (!addresses.some(isOver)) return;
    addresses.forEach((address, index) => isOver(address) && (addresses[index] = undefined));
    this.#changed({ kind: this.has(vip) ? "touched" : "vanished", vip, by: "lease" });
  }

  #addresses(vip: VipName): (Address | undefined)[] {
    const addresses = this.#vips.get(vip);
    if (addresses === undefined) throw new RangeError(`Cannot find VIP "${vip}": it is not in the group`);
    return addresses;
  }
}
