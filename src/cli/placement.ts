// The configuration as one host has it: its own address on each segment with its peers', and the VIPs and notify
// targets on the names that its interfaces have.

import type { Configuration, HostPlace } from "../config/configuration.ts";
import type { HostName, SegmentName } from "../core/vocabulary.ts";
import type { NeighbourPlan } from "../host/neighbours.ts";
import type { PlacedCheck } from "../host/check.ts";
import type { PlacedTarget } from "../host/notifier.ts";
import type { PlacedVip } from "../host/placed_vip.ts";
import type { PlacedSegment } from "../host/udp_segment.ts";

export interface Placement {
  readonly segments: readonly PlacedSegment[];
  /** All of them: what must not be on this host is watched and removed as well. */
  readonly vips: readonly PlacedVip[];
  /** Those that this host may hold: their interfaces must exist. */
  readonly ownVips: readonly PlacedVip[];
  readonly targets: readonly PlacedTarget[];
  readonly neighbours: NeighbourPlan;
  /** Those that this host runs. */
  readonly checks: readonly PlacedCheck[];
}

/** Where everything is on the host. */
export function placeOn(host: HostPlace, configuration: Configuration): Placement {
  const local = (name: string) => host.interfaces.get(name) ?? name;
  const vips = configuration.vips.map(({ name, addresses }) => ({
    vip: name,
    addresses: addresses.map((each) => ({ ...each, interface: local(each.interface) })),
  }));
  const own = new Set(
    configuration.group.vips.filter((vip) => vip.hosts.includes(host.name)).map((vip) => vip.name),
  );
  return {
    segments: placeSegments(host, configuration),
    vips,
    ownVips: vips.filter(({ vip }) => own.has(vip)),
    targets: configuration.notify.targets.map((each) => ({ ...each, interface: local(each.interface) })),
    neighbours: neighbourPlan(configuration, local),
    checks: configuration.checks.filter(({ hosts }) => hosts.includes(host.name))
      .map(({ hosts: _, probe, ...check }) => ({
        ...check,
        probe: probe.kind === "gateway" ? { ...probe, interface: local(probe.interface) } : probe,
      })),
  };
}

/** VIPs and hosts are no neighbours, whatever interface they are seen on. Of a block nobody knows who is there. */
function neighbourPlan(
  { notify, vips, hosts }: Configuration,
  local: (name: string) => string,
): NeighbourPlan {
  const addresses = vips.flatMap((vip) => vip.addresses);
  const targets = notify.targets.filter(({ family, prefix }) => prefix === (family === 4 ? 32 : 128));
  return {
    interval: notify.arpCache,
    throttle: notify.arpCacheThrottle,
    interfaces: new Map(addresses.map(({ interface: name }) => [name, local(name)])),
    excluded: new Set([
      ...[...addresses, ...targets].map(({ address }) => address),
      ...hosts.flatMap((host) => [...host.addresses.values()]),
    ]),
  };
}

const placeSegments = (host: HostPlace, { segments, hosts }: Configuration): readonly PlacedSegment[] =>
  segments.flatMap(({ name, ...segment }) => {
    const local = host.addresses.get(name);
    if (local === undefined) return [];
    const others = hosts.filter((each) => each.name !== host.name);
    const peers = others.flatMap((each): readonly [HostName, string][] => {
      const address = each.addresses.get(name);
      return address === undefined ? [] : [[each.name, address]];
    });
    return [{ ...segment, segment: name, local, peers: new Map(peers) }];
  });

/** The other hosts, by their addresses in these segments. */
export const hostAddresses = (segments: readonly PlacedSegment[]): ReadonlyMap<string, HostName> =>
  new Map(segments.flatMap(({ peers }) => [...peers].map(([host, address]) => [address, host] as const)));

/** The segments that each host is part of, in the file's order. */
export const segmentsOfHosts = (
  { hosts, segments }: Configuration,
): ReadonlyMap<HostName, readonly SegmentName[]> =>
  new Map(hosts.map((host) => [
    host.name,
    segments.map((segment) => segment.name).filter((segment) => host.addresses.has(segment)),
  ]));
