// How VIPs must fit together: every address belongs to one VIP and to no host, every VIP has a host that may
// hold it, and a range is one.

import type { IpAddress } from "../core/ip_address.ts";
import { VIPS_MAX } from "../core/limits.ts";
import { addressAfter, prefixMax, rangeSize } from "./address.ts";
import { checkHostNames } from "./check_names.ts";
import { hostPlaces } from "./check_network.ts";
import { cannotRead, cannotUse, type Finding, type Path } from "./problem.ts";
import type { Loose, LooseTables, VipRangeTable, VipTable } from "./schema.ts";

/** What is wrong among VIPs. */
export function* checkVips(tables: LooseTables): Iterable<Finding> {
  const hosts = knownHosts(tables);
  for (const [index, vip] of (tables.vip ?? []).entries()) {
    if (vip !== null) yield* checkVip(vip, { index, hosts });
  }
  for (const [index, range] of (tables.vip_range ?? []).entries()) {
    if (range === null) continue;
    yield* checkWhoMayHold(range, { owner: rangeOwner(range, index), path: ["vip_range", index], hosts });
    yield* checkRange(range, index);
  }
  const entries = vipAddresses(tables);
  if (entries === null) {
    const fact = `it has more than ${VIPS_MAX} addresses of VIPs`;
    const path = tables.vip_range?.length ? ["vip_range", tables.vip_range.length - 1] : ["vip"];
    yield cannotRead("the file", { path, fact, wanted: `at most ${VIPS_MAX}` });
    return;
  }
  yield* checkAddressesApart(entries, tables);
  yield* checkVipNames(entries);
}

/** The hosts that a VIP may name; null when not all names of hosts could be read. */
function knownHosts({ host: hosts }: LooseTables): ReadonlySet<string> | null {
  const names = (hosts ?? [null]).map((host) => host?.name ?? null);
  return names.includes(null) ? null : new Set(names.flatMap((name) => name ?? []));
}

interface VipContext {
  readonly index: number;
  readonly hosts: ReadonlySet<string> | null;
}

function* checkVip(vip: Loose<VipTable>, { index, hosts }: VipContext): Iterable<Finding> {
  const owner = vipOwner(vip, index);
  const path = ["vip", index];
  yield* checkHasAddresses(vip, { owner, path });
  yield* checkHasInterface(vip, { owner, path });
  yield* checkWhoMayHold(vip, { owner, path, hosts });
}

interface Place {
  readonly owner: string;
  readonly path: Path;
}

function* checkHasAddresses(
  { address, addresses }: Loose<VipTable>,
  { owner, path }: Place,
): Iterable<Finding> {
  if (address === null || addresses === null) return;
  const wanted = 'address = "..." or addresses = [ { address = "...", interface = "..." }, ... ]';
  if (address !== undefined && addresses !== undefined) {
    const fact = "it has address and addresses";
    yield cannotRead(owner, { path: [...path, "addresses"], fact, wanted: "one of them" });
  } else if (address === undefined && (addresses ?? []).length === 0) {
    yield cannotRead(owner, { path, fact: "it has no address", wanted });
  }
}

// The interface of a VIP is that of all its addresses which name none.
function* checkHasInterface(vip: Loose<VipTable>, { owner, path }: Place): Iterable<Finding> {
  if (vip.interface !== undefined) return;
  const missing = { fact: "the key interface is missing", wanted: 'interface = "..."' };
  if (vip.address !== undefined) yield cannotRead(owner, { path, ...missing });
  for (const [index, each] of (vip.addresses ?? []).entries()) {
    if (each.interface !== undefined) continue;
    const subject = `"${each.address.ip.text}" of ${owner}`;
    yield cannotRead(subject, { path: [...path, "addresses", index], ...missing });
  }
}

function* checkWhoMayHold(
  { prefer, hosts: mayHold }: Pick<Loose<VipTable>, "prefer" | "hosts">,
  { owner, path, hosts }: Place & Pick<VipContext, "hosts">,
): Iterable<Finding> {
  const eligible = mayHold ?? undefined;
  if (eligible?.length === 0) {
    const wanted = "at least one host, or no key hosts for all of them";
    yield cannotRead(owner, { path: [...path, "hosts"], fact: "nobody may hold it", wanted });
  }
  yield* checkHostNames(eligible ?? [], { as: `hosts of ${owner}`, path: [...path, "hosts"], known: hosts });
  yield* checkHostNames(prefer ?? [], { as: `prefer of ${owner}`, path: [...path, "prefer"], known: hosts });
  for (const [index, name] of (prefer ?? []).entries()) {
    if (!eligible?.length || eligible.includes(name) || prefer?.indexOf(name) !== index) continue;
    // An unknown host was told already.
    if (hosts !== null && !hosts.has(name)) continue;
    const found = { as: `prefer of ${owner}`, path: [...path, "prefer", index] };
    yield cannotUse(name, {
      ...found,
      fact: "it may not hold the VIP",
      wanted: "a host that is also in hosts",
    });
  }
}

function* checkRange(range: Loose<VipRangeTable>, index: number): Iterable<Finding> {
  const { first, last, prefix } = range;
  const owner = rangeOwner(range, index);
  if (first !== null && prefix !== null && prefix !== undefined && prefix > prefixMax(first.family)) {
    const path = ["vip_range", index, "prefix"];
    const wanted = `a prefix from 1 to ${prefixMax(first.family)}`;
    yield cannotUse(prefix, {
      as: `prefix of ${owner}`,
      path,
      fact: `it is not one of IPv${first.family}`,
      wanted,
    });
  }
  if (first === null || last === null) return;
  const found = { as: `last of ${owner}`, path: ["vip_range", index, "last"] };
  if (first.family !== last.family) {
    const wanted = `an IPv${first.family} address`;
    yield cannotUse(last.text, { ...found, fact: `first is IPv${first.family}`, wanted });
  } else if (rangeSize(first, last) < 1n) {
    yield cannotUse(last.text, { ...found, fact: `it comes before first, ${first.text}` });
  } else if (rangeSize(first, last) > BigInt(VIPS_MAX)) {
    const fact = `that makes ${rangeSize(first, last)} addresses`;
    yield cannotUse(last.text, { ...found, fact, wanted: `at most ${VIPS_MAX} in the whole file` });
  }
}

/** One address of one VIP, and where the file says so. */
interface VipEntry {
  readonly owner: string;
  /** The VIP's name, given or by default; null when it could not be read. */
  readonly name: string | null;
  /** Entries of one table: the addresses of a set, or all of a range. */
  readonly table: string;
  readonly ip: IpAddress;
  readonly path: Path;
  readonly namePath: Path | null;
}

/** Null when there are more than VIPS_MAX: addresses are counted, so that no set of them gets out of hand. */
function vipAddresses({ vip: vips, vip_range: ranges }: LooseTables): readonly VipEntry[] | null {
  const entries = (vips ?? []).flatMap((vip, index) => vip === null ? [] : entriesOfVip(vip, index));
  let count = BigInt(entries.length);
  for (const range of ranges ?? []) count += sizeOf(range);
  if (count > BigInt(VIPS_MAX)) return null;
  return [
    ...entries,
    ...(ranges ?? []).flatMap((range, index) => range === null ? [] : entriesOfRange(range, index)),
  ];
}

/** The names of all VIPs; null when not all of them could be read. */
export function namesOfVips(tables: LooseTables): ReadonlySet<string> | null {
  const { vip: vips, vip_range: ranges } = tables;
  const isWhole = vips?.every((vip) => vip !== null && !Object.values(vip).includes(null)) &&
    ranges?.every((range) => range !== null && sizeOf(range) > 0n);
  const names = isWhole ? vipAddresses(tables)?.map(({ name }) => name) : undefined;
  return names === undefined ? null : new Set(names.flatMap((name) => name ?? []));
}

// A range that is wrong by itself was reported already and counts for nothing.
function sizeOf(range: Loose<VipRangeTable> | null): bigint {
  if (!range?.first || !range.last || range.first.family !== range.last.family) return 0n;
  const size = rangeSize(range.first, range.last);
  return size < 1n || size > BigInt(VIPS_MAX) ? 0n : size;
}

function entriesOfVip(vip: Loose<VipTable>, index: number): readonly VipEntry[] {
  const table = ["vip", index] as const;
  const single = vip.address ? [{ ip: vip.address.ip, path: [...table, "address"] }] : [];
  const several = (vip.addresses ?? []).map((each, position) => (
    { ip: each.address.ip, path: [...table, "addresses", position, "address"] }
  ));
  const addresses = [...single, ...several];
  const byDefault = addresses[0]?.ip.text ?? null;
  return addresses.map(({ ip, path }) => ({
    owner: vipOwner(vip, index),
    name: vip.name === undefined ? byDefault : vip.name,
    table: `vip ${index}`,
    ip,
    path,
    namePath: vip.name === undefined ? null : [...table, "name"],
  }));
}

function entriesOfRange(range: Loose<VipRangeTable>, index: number): readonly VipEntry[] {
  const { first } = range;
  if (first === null) return [];
  return Array.from({ length: Number(sizeOf(range)) }, (_, offset): VipEntry => {
    const ip = addressAfter(first, offset);
    const owner = rangeOwner(range, index);
    const path = ["vip_range", index, "first"];
    return { owner, name: ip.text, table: `vip_range ${index}`, ip, path, namePath: null };
  });
}

// Two ranges may overlap in thousands of addresses: each pair of tables is told once, with the first of them.
function* checkAddressesApart(entries: readonly VipEntry[], tables: LooseTables): Iterable<Finding> {
  const taken = new Map<string, { readonly owner: string; readonly table: string }>();
  for (const { owner, address } of hostPlaces(tables)) taken.set(address.text, { owner, table: owner });
  const told = new Set<string>();
  for (const { owner, table, ip, path } of entries) {
    const before = taken.get(ip.text);
    if (before === undefined) {
      taken.set(ip.text, { owner, table });
      continue;
    }
    const pair = `${before.table}, ${table}`;
    if (told.has(pair)) continue;
    told.add(pair);
    const fact = before.table === table
      ? "it is there twice"
      : before.owner === before.table
      ? `it is the own address of ${before.owner}`
      : `${before.owner} has that address already`;
    yield cannotUse(ip.text, { as: `address of ${owner}`, path, fact });
  }
}

// Two default names are the same only where two addresses are, and that is told already.
function* checkVipNames(entries: readonly VipEntry[]): Iterable<Finding> {
  const seen = new Map<string, VipEntry>();
  for (const entry of entries) {
    const { name, table, namePath } = entry;
    const before = name === null ? undefined : seen.get(name);
    if (name === null || before?.table === table) continue;
    if (before === undefined) seen.set(name, entry);
    else if (namePath !== null || before.namePath !== null) {
      yield cannotUse(name, {
        as: `name of ${numbered(entry)}`,
        path: namePath ?? entry.path,
        fact: `${numbered(before)} has that name already`,
      });
    }
  }
}

const numbered = ({ path: [section, index] }: VipEntry): string =>
  `${section === "vip" ? "VIP" : section} number ${Number(index) + 1}`;

function vipOwner(vip: Loose<VipTable>, index: number): string {
  const name = vip.name ?? vip.address?.ip.text ?? vip.addresses?.[0]?.address.ip.text;
  return name === undefined ? `VIP number ${index + 1}` : `VIP "${name}"`;
}

const rangeOwner = (range: Loose<VipRangeTable>, index: number): string =>
  range.first === null ? `vip_range number ${index + 1}` : `vip_range "${range.first.text}"`;
