// How far the wall clocks of other hosts are from this one's. Every datagram tells the time at which it was sent; the
// least of what it seems to have been under way, by the two clocks, is half a round trip plus what the clocks differ.
//
// People read the logs of several hosts side by side and must know by how much. Nothing is decided by it: clocks are
// set, and jump, and may be anybody's.

import { type Least, leastOf, noSamples, withSample } from "../core/measure.ts";
import type { HostName } from "../core/vocabulary.ts";

/** A message, by the wall clocks of its sender and of this host, in milliseconds since 1970. */
export interface Timed {
  readonly sent: number;
  readonly received: number;
}

export class WallClocks {
  readonly #seeming = new Map<HostName, Least>();

  /** A new message of the host has come. */
  hear(host: HostName, { sent, received }: Timed): void {
    this.#seeming.set(host, withSample(this.#seeming.get(host) ?? noSamples, received - sent));
  }

  /** By how many milliseconds the host's clock is ahead of this one's; null: it cannot be told yet. */
  differenceOf(host: HostName, roundTrip: number | null): number | null {
    const least = leastOf(this.#seeming.get(host) ?? noSamples);
    return least === null || roundTrip === null ? null : roundTrip / 2 - least;
  }
}
