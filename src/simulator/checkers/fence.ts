// A host that did not run for longer than the timeout may have lost its VIPs to others: it says nothing before it has
// removed them, and adds none. And nobody gives everything up without a cause.

import type { NodeEffect } from "../../core/events.ts";
import type { HostName } from "../../core/vocabulary.ts";
import type { HostView, World } from "../occurrence.ts";
import { wholeComponents } from "../components.ts";
import type { Checker } from "./checker.ts";

/**
 * `timeoutMax`: the longest timeout of any configuration, in ms. `bound`: so long after the last disturbance, in ms,
 * nobody has a cause to fence itself; Infinity where that cannot be told.
 */
export function fence(
  { timeoutMax, bound }: { readonly timeoutMax: number; readonly bound: number },
): Checker {
  /** Hosts that have woken late and still have VIPs. */
  const late = new Set<HostName>();
  return {
    name: "fence",
    watches: ["daemon", "stepped"],
    check(occurrence, world) {
      if (occurrence.kind === "daemon") late.delete(occurrence.host);
      if (occurrence.kind !== "stepped") return null;
      const { host, effects, idle } = occurrence;
      const isUndisturbed = world.isCalm && world.now - world.undisturbedSince > bound;
      if (isUndisturbed && effects.some(isCauseless) && isInMajority(host, world)) {
        const since = world.undisturbedSince.toFixed(0);
        return { what: `${host} fences itself, and nothing has happened since ${since} ms`, hosts: [host] };
      }
      const isLate = idle > timeoutMax;
      if (!isLate && !late.has(host)) return null;
      const view = world.hosts.find((each) => each.name === host);
      if (view === undefined || !hasAny(view, world)) {
        late.delete(host);
        return null;
      }
      if (isLate) world.saw("woke late with VIPs");
      late.add(host);
      const wrong = effects.find((each) =>
        each.kind === "broadcast" || each.kind === "send" || each.kind === "addAddresses"
      );
      if (wrong === undefined) return null;
      return {
        what: `${host} did not run for over the timeout, has VIPs, and does "${wrong.kind}"`,
        hosts: [host],
      };
    },
  };
}

/** What follows from something that only others, or time, can have done to it. */
const isCauseless = (effect: NodeEffect): boolean =>
  effect.kind === "note" && effect.note.kind === "fenced" && effect.note.because !== "addressLost";

/** Whether it hears, and is heard by, more than half of all hosts, and nobody is heard only in part. */
const isInMajority = (name: HostName, world: World): boolean =>
  wholeComponents(world).some((component) =>
    component.some((host) => host.name === name) &&
    component.every(({ group }) => 2 * component.length > group.hosts.length)
  );

const hasAny = (host: HostView, { addresses }: World): boolean =>
  addresses.some((address) => host.has(address) && !host.isForeign(address));
