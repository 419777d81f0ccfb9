// A VIP that no host is fit for stays where it is: when a check begins to fail in a group at rest, no address comes to
// another host, unless one that can hold it is well, and nothing else has happened since.

import type { Checker } from "./checker.ts";
import { beginsViewChange, fitHosts, isResting } from "./settlement.ts";

/** `restFor`: how long nothing must have happened for a group to be at rest, in ms. */
export function health({ restFor }: { readonly restFor: number }): Checker {
  let isAtRest = false;
  /** Since a check has begun to fail in a group at rest nothing else has happened. */
  let isAlone = false;
  return {
    name: "health",
    watches: ["polled", "stepped", "faultBegan", "faultEnded", "daemon", "milestone", "appeared"],
    check(occurrence, world) {
      if (occurrence.kind === "stepped") {
        if (beginsViewChange(occurrence.effects)) isAtRest = false;
        return null;
      }
      if (occurrence.kind === "polled") {
        isAtRest = isResting(world, restFor);
        return null;
      }
      if (occurrence.kind !== "appeared") {
        isAlone = occurrence.kind === "faultBegan" && occurrence.fault.kind === "unhealthy" && isAtRest;
        isAtRest = false;
        if (isAlone) world.saw("check that begins to fail in a group at rest");
        return null;
      }
      const spec = world.group.vips.find(({ name }) => name === occurrence.vip);
      if (!isAlone || spec === undefined || fitHosts(spec, world).length > 0) return null;
      return {
        what: `"${spec.name}" came to ${occurrence.host}, though no host is fit for it`,
        hosts: world.hosts.map(({ name }) => name),
      };
    },
  };
}
