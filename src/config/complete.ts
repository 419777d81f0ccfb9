// From tables without errors to the configuration: ranges expanded, defaults filled in, names branded.

import type { IpAddress } from "../core/ip_address.ts";
import {
  compareText,
  duration,
  type Group,
  type HostName,
  hostName,
  segmentName,
  sorted,
  type VipAddress,
  vipName,
  type VipSpec,
} from "../core/vocabulary.ts";
import { assert } from "../core/assert.ts";
import { addressAfter, prefixMax, rangeSize } from "./address.ts";
import { checksOf } from "./complete_checks.ts";
import type { Configuration, HostPlace, Notify, Segment, VipPlace } from "./configuration.ts";
import { completeHooks } from "./complete_hooks.ts";
import { digestOf } from "./digest.ts";
import { logPlaceOf } from "./log_values.ts";
import type { FileTables, HostTable, VipRangeTable, VipTable } from "./schema.ts";
import { settingsOf } from "./settings.ts";
import { completeTiming } from "./timing.ts";

/** The configuration that the tables of a file stand for. The checks have found no error in them. */
export function complete(tables: FileTables, file: string): Configuration {
  const vips = [...tables.vip.map(vipOf), ...tables.vip_range.flatMap(vipsOfRange)];
  const decisive: Omit<Group, "digest" | "settings"> = {
    name: tables.cluster.name,
    partition: tables.cluster.partition,
    timing: completeTiming(tables.timing),
    hosts: tables.host.map(({ name, weight }) => ({ name: hostName(name), weight })).sort(byName),
    vips: vips.map((vip) => specOf(vip, tables.host)).sort(byName),
    balance: {
      movesPerRound: tables.balance.moves_per_round,
      interval: duration(tables.balance.interval),
    },
    refresh: tables.notify.refresh === "off" ? null : duration(tables.notify.refresh),
  };
  const rest = {
    keyFile: tables.cluster.key_file ?? null,
    segments: tables.segment.map(segmentOf),
    hosts: tables.host.map((host) => hostOf(host, tables)),
    vips: vips.map(({ place }) => place),
    notify: notifyOf(tables.notify),
    announcer: tables.notify.announcer,
    log: logPlaceOf(tables.log),
    hooks: completeHooks(tables.hooks),
    checks: checksOf(tables),
  };
  const group = { ...decisive, settings: settingsOf({ group: decisive, ...rest }) };
  return { file, group: { ...group, digest: digestOf(group) }, ...rest };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  compareText(a.name, b.name);

/** A VIP's place with the keys that say who may hold it, whether it comes from a table or a range. */
interface Vip {
  readonly place: VipPlace;
  readonly keys: Pick<VipTable, "prefer" | "hosts" | "handover" | "takeover" | "foreign_holder">;
}

function vipOf(keys: VipTable): Vip {
  const single = keys.address === undefined ? [] : [{ address: keys.address, interface: keys.interface }];
  const addresses = [...single, ...(keys.addresses ?? [])].map(({ address: { ip, prefix }, ...each }) =>
    vipAddressOf(ip, { prefix, on: each.interface ?? keys.interface ?? "" })
  );
  const [first] = addresses;
  assert(first !== undefined, "a checked VIP has an address");
  return { place: { name: vipName(keys.name ?? first.address), addresses }, keys };
}

function vipsOfRange(keys: VipRangeTable): readonly Vip[] {
  const { first, last, prefix = prefixMax(first.family) } = keys;
  return Array.from({ length: Number(rangeSize(first, last)) }, (_, offset): Vip => {
    const address = vipAddressOf(addressAfter(first, offset), { prefix, on: keys.interface });
    return { place: { name: vipName(address.address), addresses: [address] }, keys };
  });
}

function vipAddressOf(
  { text, family }: IpAddress,
  { prefix, on }: { readonly prefix: number; readonly on: string },
): VipAddress {
  assert(on !== "", "a checked address has an interface");
  return { address: text, family, prefix, interface: on };
}

function specOf({ place, keys }: Vip, hosts: readonly HostTable[]): VipSpec {
  return {
    ...place,
    prefer: keys.prefer.map(hostName),
    hosts: sorted<HostName>((keys.hosts ?? hosts.map(({ name }) => name)).map(hostName)),
    handover: keys.handover,
    takeover: keys.takeover,
    foreignHolder: keys.foreign_holder,
  };
}

function segmentOf({ name, mode, address, port }: FileTables["segment"][number]): Segment {
  return { name: segmentName(name), mode, address: address?.text ?? null, port };
}

function hostOf(host: HostTable, { segment: [first] }: FileTables): HostPlace {
  assert(first !== undefined, "a checked file has a segment");
  const places = host.address === undefined
    ? Object.entries(host.addresses ?? {})
    : [[first.name, host.address]] as const;
  return {
    name: hostName(host.name),
    addresses: new Map(places.map(([segment, address]) => [segmentName(segment), address.text])),
    interfaces: new Map(Object.entries(host.interfaces)),
  };
}

function notifyOf(
  { arp_cache: arpCache, arp_cache_throttle: arpCacheThrottle, targets }: FileTables["notify"],
): Notify {
  return {
    arpCache: arpCache === "off" ? null : duration(arpCache),
    arpCacheThrottle,
    targets: targets.map(({ address: { ip, prefix }, ...target }) => ({
      address: ip.text,
      family: ip.family,
      prefix,
      interface: target.interface,
      throttle: target.throttle,
      ping: target.ping,
    })),
  };
}
