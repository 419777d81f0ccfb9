// In one view two members never hold a VIP at the same time, unless its handover is "overlap".
//
// Before a merge both sides hold it, by rights, and so they do for a moment in the merged view, until one has let go.
// So two things are wrong: to take, in a view, a VIP that another member of the very same view still has; and to go
// on having it for long in the same view. A dead daemon's kernel does not count, nor what a person put there by hand.

import { compareText, type HostName, sameView, type VipName } from "../../core/vocabulary.ts";
import { shareView } from "../host.ts";
import type { HostView, Occurrence, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/** How long two members of one view that run may both have a VIP, in ms: removal may be slow, or fail and be retried. */
export const sharedMax = 5_000;

export function exclusive(): Checker {
  /** Since when two hosts have shared a VIP in one view. */
  let sharedSince = new Map<string, number>();
  return {
    name: "exclusive",
    check(occurrence, world) {
      if (occurrence.kind === "appeared") return takenFromMember(occurrence, world);
      if (occurrence.kind !== "polled") return null;
      const shared = new Map<string, number>();
      let violation: Violation | null = null;
      for (const { key, hosts, vip } of sharing(world)) {
        const since = sharedSince.get(key) ?? world.now;
        shared.set(key, since);
        if (world.now - since > sharedMax) {
          violation = {
            what: `${hosts.join(" and ")} have both had "${vip}" in one view for over ${sharedMax} ms`,
            hosts,
          };
        }
      }
      sharedSince = shared;
      return violation;
    },
  };
}

function takenFromMember(
  { host, vip, by, askedIn }: Occurrence & { kind: "appeared" | "vanished" },
  world: World,
): Violation | null {
  const taker = world.hosts.find((each) => each.name === host);
  const spec = world.group.vips.find((each) => each.name === vip);
  if (by !== "daemon" || askedIn === null || taker === undefined || spec?.handover === "overlap") return null;
  // What was asked for in an earlier view was told to the coordinator as held.
  const view = taker.status()?.view ?? null;
  if (!sameView(view, askedIn)) return null;
  const loser = world.hosts.find((each) =>
    each !== taker && each.daemon === "running" && holds(each, vip) && shareView(taker, each)
  );
  if (loser === undefined) return null;
  return {
    what:
      `${host} took "${vip}" in view ${askedIn.number}@${askedIn.coordinator} while ${loser.name}, in the same view, still had it`,
    hosts: [host, loser.name],
  };
}

function* sharing(world: World): Generator<{ key: string; hosts: HostName[]; vip: VipName }> {
  for (const { name: vip } of world.group.vips) {
    const holders = world.hosts.filter((host) => host.daemon === "running" && holds(host, vip));
    if (holders.length < 2) continue;
    for (const one of holders) {
      for (const other of holders) {
        if (compareText(one.name, other.name) >= 0 || !shareView(one, other)) continue;
        const view = one.status()?.view;
        yield { key: `${vip} ${one.name} ${other.name} ${view?.number}`, hosts: [one.name, other.name], vip };
      }
    }
  }
}

const holds = (host: HostView, vip: VipName): boolean => host.has(vip) && !host.isByPerson(vip);
