// What stands before acquisitions on some hosts, as hooks do (src/daemon/address_work.ts): a VIP that comes anew waits
// for a time that chance has, and may be withdrawn meanwhile. Renewals never wait, nor what is put back. Chance has it,
// too, that many waits are over in the moment in which a view is installed: that is the worst one.

import type { VipName } from "../core/vocabulary.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** As long as others may take to release what they have by an earlier view, and less, in ms. */
const momentMax = 5;

export class Gate {
  readonly #timeline: Timeline;
  readonly #random: Random;
  /** How long a VIP waits at most, in ms; 0: there is no gate. */
  readonly #most: number;
  readonly #opened: (vip: VipName, admit: () => boolean) => void;
  /** What was admitted and not withdrawn since. */
  readonly #acquired = new Set<VipName>();
  readonly #waiting = new Map<VipName, () => boolean>();

  constructor(of: {
    readonly timeline: Timeline;
    readonly random: Random;
    readonly most: number;
    /** The wait is over; `admit` answers whether the VIP is still to come. */
    readonly opened: (vip: VipName, admit: () => boolean) => void;
  }) {
    this.#timeline = of.timeline;
    this.#random = of.random;
    this.#most = of.most;
    this.#opened = of.opened;
  }

  /** Those of the VIPs that need not wait; the others are told of later. */
  pass(vips: readonly VipName[]): readonly VipName[] {
    if (this.#most === 0) return vips;
    const isNew = (vip: VipName) => !this.#acquired.has(vip);
    for (const vip of vips) if (isNew(vip) && !this.#waiting.has(vip)) this.#hold(vip);
    return vips.filter((vip) => !isNew(vip));
  }

  withdraw(vips: readonly VipName[]): void {
    for (const vip of vips) {
      this.#acquired.delete(vip);
      this.#waiting.delete(vip);
    }
  }

  /** A view is installed. */
  viewInstalled(): void {
    for (const [vip, admit] of this.#waiting) {
      if (this.#random.chance(0.5)) this.#endIn(this.#random.between(0, momentMax), { vip, admit });
    }
  }

  #hold(vip: VipName): void {
    const admit = () => {
      if (this.#waiting.get(vip) !== admit) return false;
      this.#waiting.delete(vip);
      this.#acquired.add(vip);
      return true;
    };
    this.#waiting.set(vip, admit);
    this.#endIn(this.#random.between(0, this.#most), { vip, admit });
  }

  #endIn(wait: number, { vip, admit }: { readonly vip: VipName; readonly admit: () => boolean }): void {
    this.#timeline.after(wait, () => this.#waiting.get(vip) === admit && this.#opened(vip, admit));
  }
}
