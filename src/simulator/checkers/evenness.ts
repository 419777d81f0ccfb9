// In the end loads are even: no host could give a VIP to another and be left, for its weight, with more than that
// one. Only where every VIP may be anywhere: no preference, no restricted hosts, one configuration, and no VIP placed
// by an operator; and only among hosts that may be given more.

import type { HostName } from "../../core/vocabulary.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";
import { isDamped } from "./settlement.ts";

export function evenness(): Checker {
  return {
    name: "evenness",
    watches: ["milestone"],
    check: (occurrence, world) =>
      occurrence.kind === "milestone" && occurrence.milestone === "ended" && isFree(world)
        ? uneven(world)
        : null,
  };
}

/** Whether every VIP may be anywhere. */
export function isFree({ group, hosts }: World): boolean {
  const running = hosts.filter((host) => host.daemon !== "down");
  const isAnywhere = group.vips.every((vip) =>
    vip.prefer.length === 0 && vip.hosts.length === group.hosts.length
  );
  const isPlaced = () => running.some((host) => host.status()?.vips.some((vip) => vip.reason === "operator"));
  const isWell = (host: HostView) => group.vips.every((vip) => host.isFitFor(vip.name));
  return isAnywhere && running.every((host) => host.group === group && isWell(host)) && !isPlaced();
}

/** Whether no move would make the loads more even. */
export function isEven(world: World): boolean {
  const takers = takersOf(world);
  return takers.every((giver) => !takers.some((taker) => isBetterWith(taker, giver)));
}

function uneven(world: World): Violation | null {
  world.saw("loads looked at");
  const takers = takersOf(world);
  for (const giver of takers) {
    const taker = takers.find((each) => isBetterWith(each, giver));
    if (taker === undefined || giver.load / giver.weight - taker.load / taker.weight <= 1) continue;
    const told = (each: Taker) => `${each.host} has ${each.load} VIPs at weight ${each.weight}`;
    return { what: `Uneven in the end: ${told(giver)}, ${told(taker)}`, hosts: [giver.host, taker.host] };
  }
  return null;
}

interface Taker {
  readonly host: HostName;
  readonly load: number;
  readonly weight: number;
}

function takersOf(world: World): readonly Taker[] {
  const { group, hosts } = world;
  const isOpen = (host: HostView) =>
    host.daemon === "running" && host.status()?.draining === null && !isDamped(world, host.name);
  return hosts.filter(isOpen).map((host) => ({
    host: host.name,
    load: group.vips.filter((vip) => vip.addresses.every(({ address }) => host.has(address))).length,
    weight: group.hosts.find((spec) => spec.name === host.name)?.weight ?? 1,
  }));
}

const isBetterWith = (taker: Taker, giver: Taker): boolean =>
  giver.load / giver.weight > (taker.load + 1) / taker.weight + 1e-9;
