// What hosts collect of their neighbours reaches the others, also those that come later, and nothing else does: what a
// host is told to remember of another one is what that one has collected.

import type { KnownNeighbour } from "../../core/message.ts";
import type { HostName } from "../../core/vocabulary.ts";
import { shareView } from "../host.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/** So many heartbeats after they were collected, all of them have been told. */
const toldWithin = 8;

/** What a host has collected. */
interface Collection {
  at: number;
  /** The last one. */
  newest: readonly KnownNeighbour[];
  /** Of all there were, the least age that each was collected with. */
  readonly ever: Map<string, number>;
}

/** `isLossless`: calm weather loses nothing; `heartbeat`: the longest of any file. */
export function neighbours(
  { isLossless, heartbeat }: { readonly isLossless: boolean; readonly heartbeat: number },
): Checker {
  const collected = new Map<HostName, Collection>();
  /** By who remembers, in its present life, and of whom. */
  const remembered = new Map<HostName, Map<HostName, Set<string>>>();
  let healedAt = Infinity;
  return {
    name: "neighbours",
    watches: ["daemon", "stepped", "milestone"],
    check(occurrence, world) {
      switch (occurrence.kind) {
        case "daemon":
          if (occurrence.change === "started") remembered.set(occurrence.host, new Map());
          return null;
        case "stepped": {
          const { host, event, effects } = occurrence;
          if (event.kind === "neighboursCollected") {
            collect(host, { found: event.neighbours, now: world.now });
          }
          for (const effect of effects) {
            if (effect.kind !== "rememberNeighbours") continue;
            world.saw("neighbours told");
            const violation = remember(host, effect);
            if (violation !== null) return violation;
          }
          return null;
        }
        case "milestone":
          if (occurrence.milestone === "healed") healedAt = world.now;
          return occurrence.milestone === "ended" && isLossless ? findUntold(world) : null;
        default:
          return null;
      }
    },
  };

  function collect(
    host: HostName,
    { found, now }: { readonly found: readonly KnownNeighbour[]; readonly now: number },
  ): void {
    const ever = collected.get(host)?.ever ?? new Map<string, number>();
    for (const each of found) ever.set(keyOf(each), Math.min(each.age, ever.get(keyOf(each)) ?? Infinity));
    collected.set(host, { at: now, newest: found, ever });
  }

  function remember(
    host: HostName,
    { from, neighbours: told }: { readonly from: HostName; readonly neighbours: readonly KnownNeighbour[] },
  ): Violation | null {
    const ever = collected.get(from)?.ever;
    // Ages travel in whole milliseconds.
    const wrong = told.find((each) => each.age < Math.floor(ever?.get(keyOf(each)) ?? Infinity));
    if (wrong !== undefined) {
      return {
        what: `${host} is told that ${from} knows ${wrong.address}, which it never collected, or not lately`,
        hosts: [host, from],
      };
    }
    const ofHosts = remembered.get(host) ?? new Map<HostName, Set<string>>();
    remembered.set(host, ofHosts.set(from, new Set([...ofHosts.get(from) ?? [], ...told.map(keyOf)])));
    return null;
  }

  function findUntold(world: World): Violation | null {
    const running = world.hosts.filter(({ daemon }) => daemon === "running");
    for (const from of running) {
      const collection = collected.get(from.name);
      if (collection === undefined || collection.at < healedAt) continue;
      if (world.now - collection.at < toldWithin * heartbeat) continue;
      for (const to of running) {
        if (to === from || !shareView(to, from)) continue;
        world.saw("neighbours known in the end");
        const known = remembered.get(to.name)?.get(from.name);
        const missing = collection.newest.find((each) => known?.has(keyOf(each)) !== true);
        if (missing === undefined) continue;
        return {
          what: `${to.name} does not know in the end that ${from.name} knows ${missing.address}`,
          hosts: [to.name, from.name],
        };
      }
    }
    return null;
  }
}

const keyOf = ({ interface: on, address }: KnownNeighbour): string => `${on} ${address}`;
