// In the end every VIP is on the first of the hosts that it prefers which can hold it and wants to, unless an operator
// has put it elsewhere. Where hosts go by different files each goes by its own; there nothing is said of it.

import type { VipSpec } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";
import { isDamped } from "./settlement.ts";

export function preference(): Checker {
  return {
    name: "preference",
    watches: ["milestone"],
    check(occurrence, world) {
      if (occurrence.kind !== "milestone" || occurrence.milestone !== "ended") return null;
      const isMixed = world.hosts.some((host) => host.daemon !== "down" && host.group !== world.group);
      if (isMixed) return null;
      for (const spec of world.group.vips) {
        const violation = misplaced(spec, world);
        if (violation !== null) return violation;
      }
      return null;
    },
  };
}

function misplaced({ name, prefer, hosts, addresses }: VipSpec, world: World): Violation | null {
  const wanted = prefer.flatMap((host) => {
    const view = world.hosts.find((each) => each.name === host);
    const status = view?.status() ?? null;
    const isOpen = view?.daemon === "running" && status?.draining === null && hosts.includes(host) &&
      !isDamped(world, host) && status.vips.every(({ problem }) => problem === null);
    return isOpen ? [view] : [];
  })[0];
  const holder = world.hosts.find((host) => addresses.some(({ address }) => host.has(address)));
  if (wanted !== undefined) world.saw("VIP looked at that prefers a host");
  if (wanted === undefined || holder === undefined || holder === wanted) return null;
  if (holder.status()?.vips.some(({ vip, reason }) => vip === name && reason === "operator")) return null;
  return {
    what: `"${name}" is on ${holder.name} in the end, though it prefers ${wanted.name}`,
    hosts: [holder.name, wanted.name],
  };
}
