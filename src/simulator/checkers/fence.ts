// A host that did not run for longer than the timeout may have lost its VIPs to others: it says nothing before it has
// removed them, and adds none.

import type { HostName } from "../../core/vocabulary.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker } from "./checker.ts";

/** `timeoutMax`: the longest timeout of any configuration, in ms. */
export function fence(timeoutMax: number): Checker {
  /** Hosts that have woken late and still have VIPs. */
  const late = new Set<HostName>();
  return {
    name: "fence",
    watches: ["daemon", "stepped"],
    check(occurrence, world) {
      if (occurrence.kind === "daemon") late.delete(occurrence.host);
      if (occurrence.kind !== "stepped") return null;
      const { host, effects, idle } = occurrence;
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

const hasAny = (host: HostView, { addresses }: World): boolean =>
  addresses.some((address) => host.has(address) && !host.isByPerson(address));
