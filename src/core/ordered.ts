// Lists that are sorted by host: members, peers, whom a host hears. In a group of hundreds they are long, and every
// message asks for somebody in them; halving finds it.

import type { HostName } from "./vocabulary.ts";

interface Named {
  readonly host: HostName;
}

/** The item of this host; undefined when there is none. */
export function findHost<Item extends Named>(items: readonly Item[], host: HostName): Item | undefined {
  const item = items[placeOf(items, host)];
  return item?.host === host ? item : undefined;
}

/** Where the item of this host is, or would be. */
export function placeOf(items: readonly Named[], host: HostName): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && item.host < host) low = middle + 1;
    else high = middle;
  }
  return low;
}
