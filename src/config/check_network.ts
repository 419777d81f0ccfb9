// How segments and hosts must fit together: every host has an address in at least one segment, any two hosts
// share one, and no address or name is there twice.

import type { IpAddress } from "../core/ip_address.ts";
import { HOSTS_MAX } from "../core/limits.ts";
import { addressFact } from "./address.ts";
import { checkNames, shortList } from "./check_names.ts";
import { cannotRead, cannotUse, type Finding, type Path } from "./problem.ts";
import { withHint } from "./reading.ts";
import type { HostTable, Loose, LooseTables, SegmentTable } from "./schema.ts";

/** What is wrong among segments and hosts. */
export function* checkNetwork(tables: LooseTables): Iterable<Finding> {
  yield* checkSegments(tables);
  yield* checkHosts(tables);
}

/** A host's address in a segment, and where the file says so. */
export interface HostPlaceEntry {
  readonly host: Loose<HostTable>;
  /** "host "test00"", for messages. */
  readonly owner: string;
  /** Null when it cannot be told which segment is meant. */
  readonly segment: string | null;
  readonly address: IpAddress;
  readonly path: Path;
}

/**
 * All addresses of hosts. A single `address` is in the first segment of the file; further segments need
 * `addresses`.
 */
export function hostPlaces({ host: hosts, segment: segments }: LooseTables): readonly HostPlaceEntry[] {
  const first = segments?.[0]?.name ?? null;
  return (hosts ?? []).flatMap((host, index): readonly HostPlaceEntry[] => {
    if (host === null) return [];
    const owner = hostOwner(host, index);
    const single: readonly HostPlaceEntry[] = host.address
      ? [{ host, owner, segment: first, address: host.address, path: ["host", index, "address"] }]
      : [];
    const several = Object.entries(host.addresses ?? {}).map(([segment, address]): HostPlaceEntry => (
      { host, owner, segment, address, path: ["host", index, "addresses", segment] }
    ));
    return [...single, ...several];
  });
}

const hostOwner = (host: Loose<HostTable>, index: number): string =>
  host.name === null ? `host number ${index + 1}` : `host "${host.name}"`;

function* checkSegments({ segment: segments }: LooseTables): Iterable<Finding> {
  if (segments === null) return;
  if (segments.length === 0) {
    yield cannotRead("the file", { path: ["segment"], fact: "there is no [[segment]]" });
  }
  yield* checkNames(segments, { section: "segment", noun: "segment" });
  for (const [index, segment] of segments.entries()) {
    if (segment !== null) yield* checkGroupAddress(segment, index);
  }
  yield* checkGroupsApart(segments);
}

function* checkGroupAddress(segment: Loose<SegmentTable>, index: number): Iterable<Finding> {
  const { mode, address, name } = segment;
  if (mode === null || address === null) return;
  const owner = name === null ? `segment number ${index + 1}` : `segment "${name}"`;
  const path = ["segment", index, "address"];
  if (mode === "unicast") {
    if (address === undefined) return;
    const wanted = "no address, or another mode";
    yield cannotUse(address.text, {
      as: `address of ${owner}`,
      path,
      fact: "a unicast segment has none",
      wanted,
    });
    return;
  }
  const wanted = groupAddressWanted[mode];
  if (address === undefined) {
    yield cannotRead(owner, { path, fact: "the key address is missing", wanted });
  } else if (!isGroupAddress(address, mode)) {
    const fact = `it is no ${mode} address`;
    yield cannotUse(address.text, { as: `address of ${owner}`, path, fact, wanted });
  }
}

const groupAddressWanted = {
  broadcast: "the segment's IPv4 broadcast address, such as 192.168.255.255",
  multicast: "a multicast address, such as 239.1.2.3 or ff02::4803",
} as const;

function isGroupAddress(address: IpAddress, mode: "broadcast" | "multicast"): boolean {
  const fact = addressFact(address);
  if (mode === "multicast") return fact === "a multicast address";
  return address.family === 4 && fact !== "a multicast address" && fact !== "unspecified";
}

function* checkGroupsApart(segments: LooseTables["segment"] & object): Iterable<Finding> {
  const seen = new Map<string, number>();
  for (const [index, segment] of segments.entries()) {
    if (!segment?.address || segment.port === null) continue;
    const group = `${segment.address.text} ${segment.port}`;
    const before = seen.get(group);
    if (before === undefined) seen.set(group, index);
    else {
      yield cannotUse(segment.address.text, {
        as: `address of segment number ${index + 1}`,
        path: ["segment", index, "address"],
        fact: `segment number ${before + 1} has that address and port already`,
      });
    }
  }
}

function* checkHosts(tables: LooseTables): Iterable<Finding> {
  const { host: hosts } = tables;
  if (hosts === null) return;
  if (hosts.length === 0) yield cannotRead("the file", { path: ["host"], fact: "there is no [[host]]" });
  if (hosts.length > HOSTS_MAX) {
    const wanted = `at most ${HOSTS_MAX}`;
    yield cannotRead("the file", { path: ["host", HOSTS_MAX], fact: `it has ${hosts.length} hosts`, wanted });
  }
  yield* checkNames(hosts, { section: "host", noun: "host" });
  for (const [index, host] of hosts.entries()) if (host !== null) yield* checkHasAddress(host, index);
  const places = hostPlaces(tables);
  yield* checkSegmentsOfHosts(tables, places);
  yield* checkHostAddressesApart(places);
  if (hosts.length <= HOSTS_MAX) yield* checkHostsMeet(tables, places);
}

function* checkHasAddress(host: Loose<HostTable>, index: number): Iterable<Finding> {
  const { address, addresses } = host;
  if (address === null || addresses === null) return;
  const owner = hostOwner(host, index);
  const wanted = 'address = "..." or addresses = { SEGMENT = "...", ... }';
  if (address !== undefined && addresses !== undefined) {
    const fact = "it has address and addresses";
    yield cannotRead(owner, { path: ["host", index, "addresses"], fact, wanted: "one of them" });
  } else if (address === undefined && Object.keys(addresses ?? {}).length === 0) {
    yield cannotRead(owner, { path: ["host", index], fact: "it is in no segment", wanted });
  }
}

function* checkSegmentsOfHosts(tables: LooseTables, places: readonly HostPlaceEntry[]): Iterable<Finding> {
  const segments = (tables.segment ?? []).flatMap((segment) => segment ?? []);
  const areNamesKnown = tables.segment !== null &&
    tables.segment.every((segment) => segment !== null && segment.name !== null);
  const families = new Map<string, 4 | 6>();
  for (const { owner, segment: name, address, path } of places) {
    const segment = segments.find((each) => each.name === name);
    if (segment === undefined && name !== null && areNamesKnown) {
      const known = new Set(segments.flatMap((each) => each.name ?? []));
      const wanted = withHint(name, { known, wanted: `one of ${shortList(known)}` });
      yield cannotUse(name, { as: `segment of ${owner}`, path, fact: "no such segment", wanted, at: "key" });
    }
    if (segment === undefined || name === null || segment.mode === null || segment.address === null) continue;
    // A unicast segment has no address of its own: its first host sets the family.
    const family = segment.mode === "broadcast"
      ? 4
      : segment.address?.family ?? families.get(name) ?? address.family;
    families.set(name, family);
    if (family === address.family) continue;
    yield cannotUse(address.text, {
      as: `address of ${owner}`,
      path,
      fact: `segment "${name}" is IPv${family}`,
      wanted: `an IPv${family} address`,
    });
  }
}

function* checkHostAddressesApart(places: readonly HostPlaceEntry[]): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const { owner, address, path } of places) {
    const before = seen.get(address.text);
    if (before === undefined) seen.set(address.text, owner);
    else {
      const fact = before === owner ? "it is there twice" : `${before} has that address already`;
      yield cannotUse(address.text, { as: `address of ${owner}`, path, fact });
    }
  }
}

// Hosts without a common segment can never hear each other, so each would hold the other's VIPs.
function* checkHostsMeet(tables: LooseTables, places: readonly HostPlaceEntry[]): Iterable<Finding> {
  const known = new Set(tables.segment?.map((segment) => segment?.name ?? null));
  if (places.some(({ segment }) => segment === null || !known.has(segment))) return;
  const segmentsOf = new Map<Loose<HostTable>, Set<string>>();
  const owners = new Map(places.map(({ host, owner }) => [host, owner]));
  for (const { host, segment } of places) {
    segmentsOf.set(host, (segmentsOf.get(host) ?? new Set()).add(segment ?? ""));
  }
  const hosts = [...segmentsOf.entries()];
  for (const [position, [host, segments]] of hosts.entries()) {
    const apart = hosts.slice(0, position).find(([, others]) => segments.isDisjointFrom(others));
    if (apart === undefined) continue;
    const index = (tables.host ?? []).indexOf(host);
    yield cannotRead(owners.get(host) ?? "the host", {
      path: ["host", index],
      fact: `it shares no segment with ${owners.get(apart[0])}`,
      wanted: "a segment in common, or they never hear each other",
    });
  }
}
