// The holder announces last: after it got the VIP, and after any other daemon let go of it. Neighbours that learned
// the other's address last would otherwise go on sending there.

import type { HostName, VipName } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

export function announcements(): Checker {
  /** When each address last came to a host or was released by one, and when each host last announced it. */
  const changed = new Map<string, Change>();
  const announced = new Map<string, number>();
  /** From which host something else than a daemon took an address, if no daemon has changed anything about it since. */
  const taken = new Map<string, HostName>();
  /** Where a person put an address. */
  const foreign = new Set<string>();
  return {
    name: "announcements",
    watches: ["appeared", "vanished", "stepped", "milestone"],
    check(occurrence, world) {
      if (occurrence.kind === "appeared" || occurrence.kind === "vanished") {
        const { kind, host, address, by } = occurrence;
        // A person's address that comes and goes is no business of the holder, who cannot know of it.
        const isForeign = by === "person" ||
          (occurrence.kind === "vanished" && foreign.has(`${host} ${address}`));
        if (occurrence.kind === "appeared" && by === "person") foreign.add(`${host} ${address}`);
        else foreign.delete(`${host} ${address}`);
        if (by === "daemon" && !isForeign) {
          // What a lease took and a late renewal brought back was on nobody else meanwhile.
          const isBack = kind === "appeared" && taken.get(address) === host;
          if (!isBack) changed.set(address, { at: world.now, host });
          taken.delete(address);
        } else if (kind === "vanished") {
          taken.set(address, host);
        }
      }
      if (occurrence.kind === "stepped") {
        for (const effect of occurrence.effects) {
          if (effect.kind !== "announce") continue;
          const { host } = occurrence;
          for (const address of addressesOf(world, { host, vips: effect.vips })) {
            announced.set(`${host} ${address}`, world.now);
          }
        }
      }
      const isQuiet = occurrence.kind === "milestone" && ["quiet", "ended"].includes(occurrence.milestone);
      if (!isQuiet) return null;
      return unannounced(world, { changed, announced });
    },
  };
}

interface Change {
  readonly at: number;
  readonly host: HostName;
}

function unannounced(
  { addresses, hosts }: World,
  { changed, announced }: {
    readonly changed: ReadonlyMap<string, Change>;
    readonly announced: ReadonlyMap<string, number>;
  },
): Violation | null {
  for (const address of addresses) {
    const holder = hosts.find((host) => host.has(address) && !host.isForeign(address));
    const change = changed.get(address);
    if (holder === undefined || change === undefined || isGone(change.host, hosts)) continue;
    const last = announced.get(`${holder.name} ${address}`) ?? -1;
    if (last >= change.at) continue;
    return {
      what: `${holder.name} holds ${address} and announced it at ${
        last.toFixed(3)
      }, not after the change on ${change.host} at ${change.at.toFixed(3)}`,
      hosts: [holder.name, change.host],
    };
  }
  return null;
}

/** What the names mean to the host. */
function addressesOf(
  { hosts }: World,
  of: { readonly host: HostName; readonly vips: readonly VipName[] },
): readonly string[] {
  const vips = hosts.find(({ name }) => name === of.host)?.group.vips ?? [];
  return vips.filter(({ name }) => of.vips.includes(name)).flatMap((vip) => vip.addresses).map((
    { address },
  ) => address);
}

/** Of what a host did that the holder could not hear, and that then died, nobody can tell the holder. */
const isGone = (name: HostName, hosts: World["hosts"]): boolean =>
  hosts.some((host) => host.name === name && host.daemon === "down");
