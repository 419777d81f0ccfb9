// A clean stop takes a short time and leaves nothing behind: of the VIPs of its file, or of what the daemon put on the
// host in its life. What an earlier one with another file has left, it cannot know; that goes with its lease.

import type { HostName } from "../../core/vocabulary.ts";
import { vipAt } from "../address_book.ts";
import type { Checker } from "./checker.ts";

/** From the operator's word to the end of the daemon, in ms, while it is not paused and its commands do not fail. */
export const stopMax = (timeout: number): number => 6_500 + 3 * timeout;

export function leaving(): Checker {
  const asked = new Map<HostName, number>();
  /** What each daemon put on its host, as "host address". */
  const put = new Set<string>();
  return {
    name: "leaving",
    watches: ["stepped", "daemon", "appeared", "polled"],
    check(occurrence, { now, hosts, addresses }) {
      if (occurrence.kind === "stepped" && occurrence.event.kind === "operatorRequested") {
        if (occurrence.event.request.kind === "stop" && !asked.has(occurrence.host)) {
          asked.set(occurrence.host, now);
        }
      }
      if (occurrence.kind === "stepped" && occurrence.event.kind === "addressesRemoveFailed") {
        asked.delete(occurrence.host);
      }
      if (occurrence.kind === "appeared" && occurrence.by === "daemon") {
        put.add(`${occurrence.host} ${occurrence.address}`);
      }
      if (occurrence.kind === "daemon") asked.delete(occurrence.host);
      if (occurrence.kind === "daemon" && occurrence.change === "started") {
        for (const address of addresses) put.delete(`${occurrence.host} ${address}`);
      }
      if (occurrence.kind === "daemon" && occurrence.change === "exited") {
        const host = hosts.find((each) => each.name === occurrence.host);
        const left = addresses.find((address) =>
          host?.has(address) && !host.isForeign(address) &&
          (vipAt(host.group, address) !== undefined || put.has(`${host.name} ${address}`))
        );
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
