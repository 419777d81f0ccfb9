// A group at rest loses one daemon, and nothing else happens. Nobody takes what the lost one still has:
//
//   killed, its guard lives     any VIP: before the guard has removed it
//   paused                      a VIP whose takeover is "after-lease": before its lease has run out

import type { HostName } from "../../core/vocabulary.ts";
import { vipAt } from "../address_book.ts";
import type { Plan } from "../plan.ts";
import type { Checker } from "./checker.ts";
import { beginsViewChange, isResting } from "./settlement.ts";

/** `restTimeouts`: how long nothing must have happened for a group to be at rest, in timeouts. */
export function takeover({ group }: Pick<Plan, "group">, restTimeouts: number): Checker {
  let isAtRest = false;
  let lost: { readonly host: HostName; readonly how: "kill" | "pause" } | null = null;
  return {
    name: "takeover",
    watches: ["polled", "stepped", "faultBegan", "faultEnded", "milestone", "daemon", "appeared"],
    check(occurrence, world) {
      switch (occurrence.kind) {
        case "faultBegan": {
          const { fault } = occurrence;
          const counts = isAtRest && group.timing.lease !== null &&
            (fault.kind === "pause" || (fault.kind === "kill" && fault.guard));
          lost = counts ? { host: fault.host, how: fault.kind } : null;
          isAtRest = false;
          return null;
        }
        case "daemon": {
          const isTheLoss = occurrence.host === lost?.host &&
            !["started", "woke"].includes(occurrence.change);
          if (!isTheLoss) [lost, isAtRest] = [null, false];
          return null;
        }
        case "polled":
          if (lost === null) isAtRest = isResting(world, restTimeouts * group.timing.timeout);
          return null;
        case "faultEnded":
        case "milestone":
          [lost, isAtRest] = [null, false];
          return null;
        case "appeared": {
          const { host, address, by } = occurrence;
          const former = world.hosts.find(({ name }) => name === lost?.host);
          if (lost === null || former === undefined || by !== "daemon" || host === lost.host) return null;
          const spec = vipAt(world.group, address);
          if (lost.how === "pause" && spec?.takeover !== "after-lease") return null;
          world.saw(`address taken over after a single ${lost.how}`);
          if (!former.has(address) || former.isForeign(address)) return null;
          const what =
            `${host} took ${address} while ${former.name}, lost by a single ${lost.how}, still had it`;
          return { what, hosts: [host, former.name] };
        }
        case "stepped":
          if (beginsViewChange(occurrence.effects)) isAtRest = false;
          return null;
        case "vanished":
          return null;
      }
    },
  };
}
