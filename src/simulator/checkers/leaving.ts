// A clean stop takes a short time and leaves nothing behind.

import type { HostName } from "../../core/vocabulary.ts";
import type { Checker } from "./checker.ts";

/** From the operator's word to the end of the daemon, in ms, while it is not paused and its commands do not fail. */
export const stopMax = (timeout: number): number => 6_500 + 3 * timeout;

export function leaving(): Checker {
  const asked = new Map<HostName, number>();
  return {
    name: "leaving",
    watches: ["stepped", "daemon", "polled"],
    check(occurrence, { now, hosts, addresses }) {
      if (occurrence.kind === "stepped" && occurrence.event.kind === "operatorRequested") {
        if (occurrence.event.request.kind === "stop" && !asked.has(occurrence.host)) {
          asked.set(occurrence.host, now);
        }
      }
      if (occurrence.kind === "stepped" && occurrence.event.kind === "addressesRemoveFailed") {
        asked.delete(occurrence.host);
      }
      if (occurrence.kind === "daemon") asked.delete(occurrence.host);
      if (occurrence.kind === "daemon" && occurrence.change === "exited") {
        const host = hosts.find((each) => each.name === occurrence.host);
        const left = addresses.find((address) => host?.has(address) && !host.isByPerson(address));
        if (left !== undefined) {
          return { what: `${occurrence.host} left with ${left}`, hosts: [occurrence.host] };
        }
      }
      if (occurrence.kind !== "polled") return null;
      for (const [name, since] of asked) {
        const host = hosts.find((each) => each.name === name);
        // A command that hangs is waited for.
        if (host === undefined || host.isTroubled) asked.set(name, now);
        else if (now - since > stopMax(host.group.timing.timeout)) {
          return { what: `${name} does not leave though asked ${now - since} ms ago`, hosts: [name] };
        }
      }
      return null;
    },
  };
}
