// In the end every client sends to the holder. An address that has not moved since all was healed does not count: its
// holder may have announced it to a client that was cut off, and has nothing to announce since. Nor does what a host
// said that is gone: nobody can take its word back, and the client gives it up by itself. Nor what was on its way for so
// long that it was said before all was healed and came after.

import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";
import { isManaged } from "./settlement.ts";

export function clients(): Checker {
  const moved = new Set<string>();
  let healedAt = 0;
  return {
    name: "clients",
    watches: ["appeared", "vanished", "milestone"],
    check(occurrence, world) {
      if (occurrence.kind === "appeared" && occurrence.by === "daemon") moved.add(occurrence.address);
      if (occurrence.kind === "vanished" && occurrence.by === "daemon") moved.add(occurrence.address);
      if (occurrence.kind !== "milestone") return null;
      if (occurrence.milestone === "healed") {
        moved.clear();
        healedAt = world.now;
      }
      return occurrence.milestone === "ended" ? misled(world, { moved, healedAt }) : null;
    },
  };
}

function misled(
  world: World,
  { moved, healedAt }: { readonly moved: ReadonlySet<string>; readonly healedAt: number },
): Violation | null {
  for (const address of world.addresses) {
    const holders = world.hosts.filter((host) => isManaged(host, address));
    const [holder] = holders;
    if (holder === undefined || holders.length > 1 || !moved.has(address)) continue;
    for (const client of world.clients) {
      world.saw("client's entry looked at after a move");
      const entry = client.entry(address);
      const isExcused = entry?.by === "answer" && isGone(world.hosts.find(({ name }) => name === entry.host));
      const isLate = entry !== null && entry.said < healedAt && healedAt < entry.learnt;
      if (entry?.host === holder.name || isExcused || isLate) continue;
      return {
        what: `${holder.name} has ${address}, and ${client.name} sends to ${entry?.host ?? "nobody"}${
          entry === null ? "" : `, as it has since ${entry.learnt.toFixed(3)}`
        }`,
        hosts: entry === null ? [holder.name] : [holder.name, entry.host],
      };
    }
  }
  return null;
}

const isGone = (host: HostView | undefined): boolean => host === undefined || host.daemon === "down";
