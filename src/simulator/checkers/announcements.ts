// The holder announces last: after it got the VIP, and after any other daemon let go of it. Neighbours that learned
// the other's address last would otherwise go on sending there.

import type { HostName, VipName } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

export function announcements(): Checker {
  /** When each VIP last came to a host or was released by one, and when each host last announced it. */
  const changed = new Map<VipName, { readonly at: number; readonly host: HostName }>();
  const announced = new Map<string, number>();
  /** Where a person put a VIP. */
  const foreign = new Set<string>();
  return {
    name: "announcements",
    check(occurrence, world) {
      if (occurrence.kind === "appeared" || occurrence.kind === "vanished") {
        const { host, vip, by } = occurrence;
        // A person's address that comes and goes is no business of the holder, who cannot know of it.
        const isForeign = by === "person" ||
          (occurrence.kind === "vanished" && foreign.has(`${host} ${vip}`));
        if (occurrence.kind === "appeared" && by === "person") foreign.add(`${host} ${vip}`);
        else foreign.delete(`${host} ${vip}`);
        if (by === "daemon" && !isForeign) changed.set(vip, { at: world.now, host });
      }
      if (occurrence.kind === "stepped") {
        for (const effect of occurrence.effects) {
          if (effect.kind !== "announce") continue;
          for (const vip of effect.vips) announced.set(`${occurrence.host} ${vip}`, world.now);
        }
      }
      const isQuiet = occurrence.kind === "milestone" && ["quiet", "ended"].includes(occurrence.milestone);
      if (!isQuiet) return null;
      return unannounced(world, { changed, announced });
    },
  };
}

function unannounced(
  { group, hosts }: World,
  { changed, announced }: {
    readonly changed: ReadonlyMap<VipName, { readonly at: number; readonly host: HostName }>;
    readonly announced: ReadonlyMap<string, number>;
  },
): Violation | null {
  for (const { name: vip } of group.vips) {
    const holder = hosts.find((host) => host.has(vip) && !host.isByPerson(vip));
    const change = changed.get(vip);
    if (holder === undefined || change === undefined || isGone(change.host, hosts)) continue;
    const last = announced.get(`${holder.name} ${vip}`) ?? -1;
    if (last >= change.at) continue;
    return {
      what: `${holder.name} holds "${vip}" and announced it at ${
        last.toFixed(3)
      }, not after the change on ${change.host} at ${change.at.toFixed(3)}`,
      hosts: [holder.name, change.host],
    };
  }
  return null;
}

/** Of what a host did that the holder could not hear, and that then died, nobody can tell the holder. */
const isGone = (name: HostName, hosts: World["hosts"]): boolean =>
  hosts.some((host) => host.name === name && host.daemon === "down");
