// Announcements are repeated after 50, 200, 1000, 2000 and 5000 ms, later where a view change holds them up; and they
// begin anew when there is a reason to. Of those, only the first says something. It is told from a repetition by the
// second, which comes so much sooner than any other would.

import { announceSchedule } from "../../src/core/vip.ts";
import type { HostName, VipName } from "../../src/core/vocabulary.ts";

/** The first announcement of a VIP by a host, and after how long it was repeated. */
export interface Chain {
  readonly at: number;
  readonly again: number[];
}

export class Announcements {
  readonly #last = new Map<string, { readonly at: number; of: { chain: Chain } }>();

  /** The chain that the announcement belongs to, as far as is known by now: ask again later. */
  hear(host: HostName, vip: VipName, now: number): { readonly chain: Chain } {
    const key = `${host} ${vip}`;
    const last = this.#last.get(key);
    const of = { chain: this.#chainOf(last, now) };
    this.#last.set(key, { at: now, of });
    return of;
  }

  /** The VIP came or went: what follows is something new. */
  forget(host: HostName, vip: VipName): void {
    this.#last.delete(`${host} ${vip}`);
  }

  #chainOf(last: { readonly at: number; of: { chain: Chain } } | undefined, now: number): Chain {
    if (last === undefined) return { at: now, again: [] };
    const { chain } = last.of;
    const gap = now - last.at;
    if (gap >= gapAfter(chain.again.length) - slack) {
      chain.again.push(Math.round(now - chain.at));
      return chain;
    }
    if (chain.at === last.at || Math.abs(gap - gapAfter(0)) > slack) return { at: now, again: [] };
    // What looked like a repetition, perhaps a late one, was the first of a new chain.
    chain.again.pop();
    last.of.chain = { at: last.at, again: [Math.round(gap)] };
    return last.of.chain;
  }
}

const slack = 1.5;

/** How long after a repetition, or after the first (0), the next one comes; never, after the last. */
const gapAfter = (repetition: number): number =>
  (announceSchedule[repetition + 1] ?? Infinity) - (announceSchedule[repetition] ?? 0);
