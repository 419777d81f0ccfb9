// Nothing goes back and forth: an address does not come back to a host that it has left, unless something has happened
// since, or was still going on or was about to have its effect when it left: a fault, an operator's word, a person's
// hand, a failure, or the end of one, or a command that hung.

import type { Checker } from "./checker.ts";

/** How long an inability to add an address may have its effect, in ms. */
const inability = 161_000;

/** `bound`: how long, in ms, what has happened may have its effect. */
export function flapping({ bound }: { readonly bound: number }): Checker {
  /** When each address last left each host, as "address host". */
  const left = new Map<string, number>();
  let failedAt = -Infinity;
  let otherwise = -Infinity;
  return {
    name: "flapping",
    watches: ["stepped", "appeared", "vanished"],
    check(occurrence, world) {
      const { now } = world;
      if (occurrence.kind === "stepped") {
        for (const effect of occurrence.effects) {
          if (effect.kind !== "note") continue;
          const { kind } = effect.note;
          if (kind === "vipAddFailed" || kind === "vipRemoveFailed") failedAt = now;
          if (kind === "hostDamped" || kind === "hostCalm" || kind === "matured") otherwise = now;
        }
        return null;
      }
      if (occurrence.kind !== "appeared" && occurrence.kind !== "vanished") return null;
      const key = `${occurrence.address} ${occurrence.host}`;
      const isLate = world.hosts.some(({ name, isTroubled }) => name === occurrence.host && isTroubled);
      if (occurrence.by !== "daemon" || isLate) left.delete(key);
      else if (occurrence.kind === "vanished") left.set(key, now);
      const since = left.get(key);
      if (occurrence.kind !== "appeared" || since === undefined) return null;
      left.delete(key);
      const isExcused = !world.isCalm || Math.max(world.undisturbedSince, otherwise) > since - bound ||
        now - failedAt < inability;
      if (isExcused) return null;
      return {
        what: `${occurrence.address} came back to ${occurrence.host}, which it had left ${
          (now - since).toFixed(0)
        } ms before, and nothing has happened since ${world.undisturbedSince.toFixed(0)} ms`,
        hosts: world.hosts.map(({ name }) => name),
      };
    },
  };
}
