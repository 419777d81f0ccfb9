// A clean stop takes a short time and leaves nothing behind.

import type { HostName } from "../../core/vocabulary.ts";
import type { Checker } from "./checker.ts";

/** From the operator's word to the end of the daemon, in ms, while it is not paused and its commands do not fail. */
export const stopMax = 8_000;

export function leaving(): Checker {
  const asked = new Map<HostName, number>();
  return {
    name: "leaving",
    check(occurrence, { now, group, hosts }) {
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
        const left = group.vips.find(({ name }) => host?.has(name) && !host.isByPerson(name));
        if (left !== undefined) {
          return { what: `${occurrence.host} left with "${left.name}"`, hosts: [occurrence.host] };
        }
      }
      if (occurrence.kind !== "polled") return null;
      for (const [host, since] of asked) {
        if (now - since > stopMax) {
          return { what: `${host} does not leave though asked ${stopMax} ms ago`, hosts: [host] };
        }
      }
      return null;
    },
  };
}
