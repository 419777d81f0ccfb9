// A host that did not run for longer than the timeout may have lost its VIPs to others: it says nothing before it has
// removed them, and adds none.

import type { HostName } from "../../core/vocabulary.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker } from "./checker.ts";

export function fence(): Checker {
  /** Hosts that have woken late and still have VIPs. */
  const late = new Set<HostName>();
  return {
    name: "fence",
    check(occurrence, world) {
      if (occurrence.kind === "daemon") late.delete(occurrence.host);
      if (occurrence.kind !== "stepped") return null;
      const { host, effects, idle } = occurrence;
      if (idle <= world.group.timing.timeout && !late.has(host)) return null;
      const view = world.hosts.find((each) => each.name === host);
      if (view === undefined || !hasAny(view, world)) {
        late.delete(host);
        return null;
      }
      if (idle > world.group.timing.timeout) late.add(host);
      if (!late.has(host)) return null;
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

const hasAny = (host: HostView, { group }: World): boolean =>
  group.vips.some(({ name }) => host.has(name) && !host.isByPerson(name));
