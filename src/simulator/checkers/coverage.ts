// In a component that is whole and in which nothing has happened for as long as a group may take to settle, every VIP
// that a member may hold is held, also while the rest of the world is still in disorder. With partition = "quorum" in
// a component that has a majority only.

import type { Group, VipSpec } from "../../core/vocabulary.ts";
import { wholeComponents } from "../components.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/**
 * `bound`: in ms, from the last disturbance; `leaseWait`: how much longer a VIP may take that is taken over after a
 * lease by one of the `files`; `gapMax`: in ms, for a handover in the meantime.
 */
export function coverage(
  { bound, leaseWait, files, gapMax }: {
    readonly bound: number;
    readonly leaseWait: number;
    readonly files: readonly Group[];
    readonly gapMax: number;
  },
): Checker {
  const atOnce = atOnceBy(files);
  /** Since when something is uncovered. */
  let since: number | null = null;
  return {
    name: "coverage",
    watches: ["polled"],
    check(_, world) {
      const quietFor = world.now - world.undisturbedSince;
      const which = quietFor > bound + leaseWait ? all : atOnce;
      const violation = quietFor > bound ? uncoveredAnywhere(world, which) : null;
      since = violation === null ? null : since ?? world.now;
      return since !== null && world.now - since > gapMax ? violation : null;
    },
  };
}

type Which = (spec: VipSpec) => boolean;

export const all: Which = () => true;
/**
 * Those that are taken over at once when their holder falls silent, whichever of the files a host goes by: who waits for
 * a lease makes the others wait, too.
 */
export function atOnceBy(files: readonly Group[]): Which {
  const waiting = files.flatMap(({ vips }) => vips.filter(({ takeover }) => takeover === "after-lease"));
  const names = new Set(waiting.map(({ name }) => name));
  return ({ name }) => !names.has(name);
}

export function uncoveredAnywhere(world: World, which: Which): Violation | null {
  for (const component of wholeComponents(world)) {
    const what = component.length < world.hosts.length ? "part of the group" : "whole group";
    world.saw(`${what} looked at for coverage`);
    const violation = uncovered(component, which);
    if (violation !== null && !component.some((host) => isExcused(host, component))) return violation;
  }
  return null;
}

/** Without a majority nothing is held; and what failed before may be left to others, who are not in this component. */
function isExcused(host: HostView, component: readonly HostView[]): boolean {
  const { partition, hosts } = host.group;
  const status = host.status();
  return (partition === "quorum" && component.length * 2 <= hosts.length) || status === null ||
    status.phase === "leaving" || status.vips.some(({ problem }) => problem !== null) ||
    host.group !== component[0]?.group;
}

/** What a member of the component could hold, and no member does. */
export function uncovered(component: readonly HostView[], which: Which): Violation | null {
  for (const spec of component[0]?.group.vips.filter(which) ?? []) {
    const takers = component.filter((host) =>
      spec.hosts.includes(host.name) && host.hasLink && host.status()?.draining === null
    );
    if (takers.length === 0) continue;
    for (const { address } of spec.addresses) {
      if (component.some((host) => host.has(address))) continue;
      const names = component.map(({ name }) => name);
      return {
        what: `Nobody of ${names.join(", ")} has ${address} of "${spec.name}", and ${takers[0]?.name} could`,
        hosts: names,
      };
    }
  }
  return null;
}
