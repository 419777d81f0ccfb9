// Who can be expected to act as one: hosts that run, that are joined in both directions with all the others of their
// component, and that nothing at all reaches from outside. Of hosts in any other position much less is promised.

import type { HostView, World } from "./occurrence.ts";

/** The whole components. A host that is not in one of them has links that work in part. */
export function wholeComponents(world: World): readonly (readonly HostView[])[] {
  const left = new Set(world.hosts.filter((host) => host.daemon === "running"));
  const components: (readonly HostView[])[] = [];
  for (const first of left) {
    const component = [first];
    for (const host of component) {
      left.delete(host);
      for (const other of left) {
        if (component.includes(other) || world.areApart(host.name, other.name)) continue;
        component.push(other);
      }
    }
    if (isWhole(component, world)) components.push(component);
  }
  return components;
}

const isWhole = (component: readonly HostView[], world: World): boolean =>
  component.every((one, index) =>
    !one.isTroubled && component.slice(index + 1).every((other) => world.areJoined(one.name, other.name))
  );
