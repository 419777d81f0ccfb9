// Two hosts answer for an address only as long as the protocol says they may. While hosts cannot hear each other, and
// for a short time after they can again, both may have it by rights. But in a component that is whole, and in which
// nothing has happened for a while, one at most has it; and a daemon that is gone, or does not run, leaves it on its
// host until the lease ends and no longer.

import { vipAt } from "../address_book.ts";
import { wholeComponents } from "../components.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/** An overlapping handover of a VIP is no error while it does not take longer than this, in ms. */
const overlapMax = 2_000;

/**
 * `bound`: how long after the last disturbance two hosts of a whole component may both answer, in ms; `leaseMax`: the
 * longest lease in ms, null: there are none.
 */
export function answering(
  { bound, leaseMax }: { readonly bound: number; readonly leaseMax: number | null },
): Checker {
  /** When each daemon began not to run. */
  const idleSince = new Map<string, number>();
  /** Since when each address has had two holders. */
  let sharedSince: ReadonlyMap<string, number> = new Map();
  return {
    name: "window",
    watches: ["daemon", "polled"],
    check(occurrence, world) {
      if (occurrence.kind === "daemon") {
        const { host, change } = occurrence;
        if (change === "started" || change === "woke") idleSince.delete(host);
        else if (!idleSince.has(host)) idleSince.set(host, world.now);
        return null;
      }
      const shared = world.now - world.undisturbedSince > bound ? answeredTwice(world) : [];
      sharedSince = new Map(shared.map(({ address }) => [address, sharedSince.get(address) ?? world.now]));
      return unrenewed(world, { idleSince, leaseMax }) ?? tooLong(shared, { sharedSince, world });
    },
  };
}

function unrenewed(
  world: World,
  { idleSince, leaseMax }: {
    readonly idleSince: ReadonlyMap<string, number>;
    readonly leaseMax: number | null;
  },
): Violation | null {
  if (leaseMax === null) return null;
  // A command that ran when its daemon died may add an address as late as it hangs.
  const most = leaseMax + 1_000 + 3_000;
  for (const host of world.hosts) {
    if (world.now - (idleSince.get(host.name) ?? world.now) <= most) continue;
    const address = world.addresses.find((each) => host.has(each) && !host.isForeign(each));
    if (address === undefined) continue;
    return {
      what: `${host.name} answers for ${address}, though no daemon has run for ${most} ms`,
      hosts: [host.name],
    };
  }
  return null;
}

interface Shared {
  readonly address: string;
  readonly holders: readonly HostView[];
}

function answeredTwice(world: World): readonly Shared[] {
  const shared: Shared[] = [];
  for (const component of wholeComponents(world)) {
    if (component.length < 2) continue;
    world.saw("undisturbed component looked at for two holders");
    for (const address of world.addresses) {
      const holders = component.filter((host) => holds(host, address));
      // A removal that has failed is tried again after a while.
      const isStuck = holders.length > 1 && component.some(hasProblem);
      if (holders.length > 1 && !isStuck) shared.push({ address, holders });
    }
  }
  return shared;
}

function tooLong(
  shared: readonly Shared[],
  { sharedSince, world: { now, undisturbedSince } }: {
    readonly sharedSince: ReadonlyMap<string, number>;
    readonly world: World;
  },
): Violation | null {
  for (const { address, holders } of shared) {
    const overlaps = holders.some((host) => vipAt(host.group, address)?.handover === "overlap");
    const since = sharedSince.get(address) ?? now;
    if (overlaps && now - since <= overlapMax) continue;
    const hosts = holders.map(({ name }) => name);
    return {
      what: `${hosts.join(" and ")} answer for ${address}, though nothing has kept them apart since ${
        undisturbedSince.toFixed(0)
      } ms`,
      hosts,
    };
  }
  return null;
}

const hasProblem = (host: HostView): boolean =>
  host.status()?.vips.some(({ problem }) => problem !== null) ?? false;

const holds = (host: HostView, address: string): boolean => host.has(address) && !host.isForeign(address);
