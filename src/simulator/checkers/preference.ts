// In the end every VIP is on the first of the hosts that it prefers which can hold it and wants to, unless an operator
// has put it elsewhere. Nothing is said of that where hosts go by different files, each by its own, or where one could
// not add or remove something.

import type { VipSpec } from "../../core/vocabulary.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";
import { fitHosts, isDamped } from "./settlement.ts";

export function preference(): Checker {
  return {
    name: "preference",
    watches: ["milestone"],
    check(occurrence, world) {
      if (occurrence.kind !== "milestone" || occurrence.milestone !== "ended") return null;
      const running = world.hosts.filter((host) => host.daemon !== "down");
      const isOpen = running.every((host) => host.group === world.group && !hasProblem(host));
      if (!isOpen) return null;
      for (const spec of world.group.vips) {
        const violation = misplaced(spec, world);
        if (violation !== null) return violation;
      }
      return null;
    },
  };
}

const hasProblem = (host: HostView): boolean =>
  host.status()?.vips.some(({ problem }) => problem !== null) ?? false;

function misplaced(spec: VipSpec, world: World): Violation | null {
  const { name, prefer, hosts, addresses } = spec;
  // Where no host is well, the VIP stays where it is.
  if (fitHosts(spec, world).length === 0) return null;
  const wanted = prefer.flatMap((host) => {
    const view = world.hosts.find((each) => each.name === host);
    const status = view?.status() ?? null;
    const isOpen = view?.daemon === "running" && status?.draining === null && hosts.includes(host) &&
      !isDamped(world, host) && view.isFitFor(name);
    return isOpen ? [view] : [];
  })[0];
  const isHolder = (host: HostView) =>
    host.daemon === "running" && addresses.some(({ address }) => host.has(address));
  const holder = world.hosts.find(isHolder);
  if (wanted !== undefined) world.saw("VIP looked at that prefers a host");
  if (wanted === undefined || holder === undefined || holder === wanted) return null;
  if (holder.status()?.vips.some(({ vip, reason }) => vip === name && reason === "operator")) return null;
  return {
    what: `"${name}" is on ${holder.name} in the end, though it prefers ${wanted.name}`,
    hosts: [holder.name, wanted.name],
  };
}
