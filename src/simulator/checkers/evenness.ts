// In the end loads are even: no host could give a VIP to another and be left, for its weight, with more than that
// one. Only where every VIP may be anywhere: no preference, no restricted hosts, and no VIP placed by an operator.

import type { HostName } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

export function evenness(): Checker {
  return {
    name: "evenness",
    check: (occurrence, world) =>
      occurrence.kind === "milestone" && occurrence.milestone === "ended" && isFree(world)
        ? uneven(world)
        : null,
  };
}

function isFree({ group, hosts }: World): boolean {
  const isAnywhere = group.vips.every((vip) =>
    vip.prefer.length === 0 && vip.hosts.length === group.hosts.length
  );
  const isPlaced = hosts.some((host) => host.status()?.vips.some((vip) => vip.reason === "operator"));
  return isAnywhere && !isPlaced;
}

function uneven({ group, hosts }: World): Violation | null {
  const takers = hosts.filter((host) => host.daemon === "running" && host.status()?.draining === null).map((
    host,
  ) => ({
    host: host.name,
    load: group.vips.filter((vip) => host.has(vip.name)).length,
    weight: group.hosts.find((spec) => spec.name === host.name)?.weight ?? 1,
  }));
  for (const giver of takers) {
    const taker = takers.find((each) => giver.load / giver.weight > (each.load + 1) / each.weight + 1e-9);
    if (taker === undefined || giver.load / giver.weight - taker.load / taker.weight <= 1) continue;
    const told = (each: { host: HostName; load: number; weight: number }) =>
      `${each.host} has ${each.load} VIPs at weight ${each.weight}`;
    return { what: `Uneven in the end: ${told(giver)}, ${told(taker)}`, hosts: [giver.host, taker.host] };
  }
  return null;
}
