// In one view two members never hold an address at the same time, unless its handover is "overlap".
//
// Before a merge both sides hold it, by rights, and so they do for a moment in the merged view, until one has let go.
// So two things are wrong: to take, in a view, an address that another member of the very same view still has, under
// whatever name; and to go on having it for long in the same view. A dead daemon's kernel does not count, nor what
// its daemon cannot know for its own.

import { type HostName, sameView } from "../../core/vocabulary.ts";
import { shareView } from "../host.ts";
import type { HostView, Occurrence, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/**
 * How long two members of one view that run may both have an address, in ms: removal may be slow, or have failed and be
 * retried. While commands go on failing on one of them, that time has not begun.
 */
export const sharedMax = (timeout: number): number => Math.max(5_000, 10 * timeout);

export function exclusive(): Checker {
  /** Since when two hosts have shared an address in one view. */
  let sharedSince = new Map<string, number>();
  return {
    name: "exclusive",
    watches: ["appeared", "polled"],
    check(occurrence, world) {
      if (occurrence.kind === "appeared") return takenFromMember(occurrence, world);
      if (occurrence.kind !== "polled") return null;
      const shared = new Map<string, number>();
      const most = sharedMax(world.group.timing.timeout);
      let violation: Violation | null = null;
      for (const { key, hosts, address } of sharing(world)) {
        const mayFail = world.hosts.some(({ name, isTroubled }) => isTroubled && hosts.includes(name));
        const since = mayFail ? world.now : sharedSince.get(key) ?? world.now;
        shared.set(key, since);
        if (world.now - since > most) {
          violation = {
            what: `${hosts.join(" and ")} have both had ${address} in one view for over ${most} ms`,
            hosts,
          };
        }
      }
      if (shared.size > 0) world.saw("address shared in one view");
      sharedSince = shared;
      return violation;
    },
  };
}

function takenFromMember(
  { host, address, by, asked }: Occurrence & { kind: "appeared" | "vanished" },
  world: World,
): Violation | null {
  const taker = world.hosts.find((each) => each.name === host);
  if (by !== "daemon" || asked === null || asked.handover === "overlap") return null;
  if (taker === undefined || asked.view === null) return null;
  // What was asked for in an earlier view was told to the coordinator as held.
  const view = taker.status()?.view ?? null;
  if (!sameView(view, asked.view)) return null;
  world.saw("address taken in a view");
  const loser = world.hosts.find((each) =>
    each !== taker && each.daemon === "running" && holds(each, address) && shareView(taker, each)
  );
  if (loser === undefined) return null;
  return {
    what:
      `${host} took ${address} in view ${asked.view.number}@${asked.view.coordinator} while ${loser.name}, in the same view, still had it`,
    hosts: [host, loser.name],
  };
}

function* sharing(world: World): Generator<{ key: string; hosts: HostName[]; address: string }> {
  const running = world.hosts.filter((host) => host.daemon === "running");
  for (const address of world.addresses) {
    const holders = running.filter((host) => holds(host, address));
    if (holders.length < 2) continue;
    for (const [index, one] of holders.entries()) {
      for (const other of holders.slice(index + 1)) {
        if (!shareView(one, other)) continue;
        const key = `${address} ${one.name} ${other.name} ${one.status()?.view?.number}`;
        yield { key, hosts: [one.name, other.name], address };
      }
    }
  }
}

const holds = (host: HostView, address: string): boolean => host.has(address) && !host.isForeign(address);
