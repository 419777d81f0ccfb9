// What hosts have told of their neighbours, this one too. Each neighbour is kept until it was not told of for a while,
// also when the host that told of it is gone: then above all, for somebody takes its VIPs over.

import { NEIGHBOURS_MAX } from "../core/limits.ts";
import type { KnownNeighbour } from "../core/message.ts";
import type { HostName } from "../core/vocabulary.ts";

export interface NeighbourMemory {
  remember(from: HostName, neighbours: readonly KnownNeighbour[], now: number): void;
  /** Forgets what was not told of for so many milliseconds. */
  forget(lifetime: number, now: number): void;
  /** Everybody on an interface of the configuration; those that somebody used last first. */
  on(interfaceName: string): readonly string[];
  summary(now: number): Summary;
  clear(): void;
}

export interface Summary {
  /** How many different ones. */
  readonly known: number;
  /** How many hosts have told of some. */
  readonly hosts: number;
  /** Milliseconds since the first of them was told of for the last time; null: there is none. */
  readonly oldest: number | null;
}

interface Entry {
  readonly interface: string;
  readonly address: string;
  readonly usedAt: number;
  readonly toldAt: number;
}

/** At most NEIGHBOURS_MAX of each host, and of an interface: those that were used last. */
export function createNeighbourMemory(): NeighbourMemory {
  const byHost = new Map<HostName, ReadonlyMap<string, Entry>>();
  return {
    remember(from, neighbours, now) {
      if (neighbours.length === 0) return;
      const entries = new Map(byHost.get(from));
      for (const { age, ...of } of neighbours) {
        entries.set(`${of.interface} ${of.address}`, { ...of, usedAt: now - age, toldAt: now });
      }
      byHost.set(from, entries.size <= NEIGHBOURS_MAX ? entries : withoutOldest(entries));
    },
    forget(lifetime, now) {
      for (const [host, entries] of byHost) {
        const left = [...entries].filter(([, { toldAt }]) => now - toldAt < lifetime);
        if (left.length === 0) byHost.delete(host);
        else if (left.length < entries.size) byHost.set(host, new Map(left));
      }
    },
    on(interfaceName) {
      const usedAt = new Map<string, number>();
      for (const each of all()) {
        if (each.interface !== interfaceName) continue;
        usedAt.set(each.address, Math.max(each.usedAt, usedAt.get(each.address) ?? -Infinity));
      }
      return [...usedAt].sort(([, a], [, b]) => b - a).slice(0, NEIGHBOURS_MAX).map(([address]) => address);
    },
    summary(now) {
      const told = all().map(({ toldAt }) => toldAt);
      return {
        known: new Set(all().map((each) => `${each.interface} ${each.address}`)).size,
        hosts: byHost.size,
        oldest: told.length === 0 ? null : now - told.reduce((a, b) => Math.min(a, b)),
      };
    },
    clear: () => byHost.clear(),
  };

  function all(): readonly Entry[] {
    return [...byHost.values()].flatMap((entries) => [...entries.values()]);
  }
}

/** Told of last, and of these used last. */
function withoutOldest(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const newestFirst = [...entries].sort(([, a], [, b]) => b.toldAt - a.toldAt || b.usedAt - a.usedAt);
  return new Map(newestFirst.slice(0, NEIGHBOURS_MAX));
}
