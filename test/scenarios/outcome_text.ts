// How things stand, in one line: who has which VIP on it, and which host is in which view.

import type { HostView, World } from "../../src/simulator/occurrence.ts";
import { membersText, viewText } from "./message_text.ts";

/** What an all-seeing observer sees: addresses are those of the kernels, whatever anybody believes. */
export function outcomeText({ group, hosts }: World): string {
  const places = group.vips.map(({ name, addresses }) => {
    const holders = hosts.filter((host) => addresses.some(({ address }) => host.has(address))).map((host) =>
      host.name
    );
    return `${name} on ${holders.length === 0 ? "nobody" : holders.join(" and ")}`;
  });
  const draining = hosts.filter((host) => (host.status()?.draining ?? null) !== null).map(({ name }) => name);
  return `  ==> ${
    [places.join(", "), viewsText(hosts), ...draining.map((host) => `${host} drained`)].join("; ")
  }`;
}

function viewsText(hosts: readonly HostView[]): string {
  const together = new Map<string, string[]>();
  for (const host of hosts) {
    const state = stateText(host);
    together.set(state, [...together.get(state) ?? [], host.name]);
  }
  // Who is in a view is plain where exactly its members have it.
  return [...together].map(([state, names]) =>
    `${names.join(" ")} ${state.replace(` {${names.join(" ")}}`, "")}`
  ).join(", ");
}

function stateText(host: HostView): string {
  const status = host.status();
  if (status === null) return "down";
  if (host.daemon === "paused") return "asleep";
  if (status.phase === "fenced") return "fenced";
  if (status.view === null) return "without a view";
  return `in ${viewText(status.view)} ${membersText(status.view.members)}`;
}
