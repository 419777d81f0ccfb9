// When members read different configurations, as in the middle of a rolling change: what does the group go by?
//
// A member whose configuration is not the coordinator's sends its contents, the catalog, with its report. The
// coordinator then allocates what any member knows:
//
//   - a VIP goes only to members that know it, and that may hold it by their own configuration and by that of most;
//   - two names for one address are one thing: as long as any member has the address under one name, by its present
//     configuration or by an earlier one, nobody is given the other, and of two names that nobody has, only one is
//     given away;
//   - the stricter word on partitions counts.
//
// So nobody drops what all agree on, and what only some know is held by one of those.

import type { Catalog, Difference, Differing, Report } from "./message.ts";
import {
  compareText,
  type Group,
  type HostName,
  type Setting,
  sorted,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

/** What the members of a view go by together. */
export interface Agreement extends Pick<Group, "partition" | "vips"> {
  /** Of the configuration that has the most hosts. */
  readonly hostsCount: number;
  readonly differing: readonly Differing[];
  /** What is on a member still, though no other host may be given it, and stands in the way of another name. */
  readonly awaited: readonly Awaited[];
}

export interface Awaited {
  readonly host: HostName;
  readonly vip: VipName;
}

/** A member and what it reported. */
export interface Reported {
  readonly host: HostName;
  readonly report: Pick<Report, "catalog" | "held" | "releasing" | "draining" | "unable">;
}

/** How many differences of a member are named. */
export const DIFFERENCES_MAX = 16;
/** How much of a setting's text travels, in UTF-16 units. */
export const SETTING_LENGTH_MAX = 250;

/** What this host's configuration says, for others. */
export const catalogOf = (group: Group, former: readonly VipSpec[]): Catalog => ({
  partition: group.partition,
  hosts: group.hosts.map(({ name }) => name),
  vips: group.vips,
  settings: group.settings.map(({ name, value }) => ({ name, value: cut(value) })),
  former: former.map(({ name, addresses }) => ({ name, addresses })),
});

/** The first list with those of the second whose names it does not have; sorted by name, as both are. */
export function mergeByName<Item extends { readonly name: string }>(
  items: readonly Item[],
  further: readonly Item[],
): readonly Item[] {
  if (further.length === 0) return items;
  const names = new Set(items.map(({ name }) => name));
  return [...items, ...further.filter(({ name }) => !names.has(name))]
    .sort((a, b) => compareText(a.name, b.name));
}

/** What the members go by. `group` is the coordinator's own, and that of every member without a catalog. */
export function agree(group: Group, members: readonly Reported[]): Agreement {
  if (members.every(({ report }) => report.catalog === null)) {
    const { partition, vips, hosts } = group;
    return { partition, vips, hostsCount: hosts.length, differing: [], awaited: [] };
  }
  const own = catalogOf(group, []);
  const files = members.map(({ host, report }): File => ({
    host,
    catalog: report.catalog ?? own,
    can: (vip) => !report.draining && !report.unable.includes(vip),
  }));
  const common = mostCommon(own, files);
  const claims = claimsOf(members);
  const { open, awaited } = withoutRivals(unionOf(files, common), { claims, remains: remainsOf(files) });
  return {
    partition: files.some(({ catalog }) => catalog.partition === "quorum") ? "quorum" : "serve",
    vips: open,
    hostsCount: Math.max(...files.map(({ catalog }) => catalog.hosts.length)),
    differing: files.flatMap((file) => differingFrom(common, file)),
    awaited,
  };
}

/** A member's configuration. */
interface File {
  readonly host: HostName;
  readonly catalog: Catalog;
  /** Whether the member is able to hold the VIP, and wants to. */
  readonly can: (vip: VipName) => boolean;
}

/** A VIP that some members know. */
interface Known {
  /** As the members go by it; `hosts` are those that may hold it. */
  readonly spec: VipSpec;
  /** Under any of the configurations. */
  readonly addresses: readonly string[];
  readonly isCommon: boolean;
  /** Whether some member that may hold it also can. */
  readonly isHoldable: boolean;
}

/** What one member's configuration says of a VIP. */
interface Version {
  readonly host: HostName;
  readonly spec: VipSpec;
  readonly can: boolean;
}

/** Who has each VIP, and whether anybody means to keep it. */
type Claims = ReadonlyMap<VipName, { readonly hosts: readonly HostName[]; readonly isKept: boolean }>;

/** The configuration that most members have; of equals the coordinator's own. */
function mostCommon(own: Catalog, files: readonly File[]): Catalog {
  const counts = new Map([[JSON.stringify(own), { catalog: own, count: 0 }]]);
  for (const { catalog } of files) {
    const present = { ...catalog, former: [] };
    const text = JSON.stringify(present);
    const known = counts.get(text) ?? { catalog: present, count: 0 };
    counts.set(text, { ...known, count: known.count + 1 });
  }
  return [...counts.values()].reduce((best, each) => each.count > best.count ? each : best).catalog;
}

function unionOf(files: readonly File[], common: Catalog): Known[] {
  const all = files.flatMap(({ host, catalog, can }) =>
    catalog.vips.map((spec): Version => ({ host, spec, can: can(spec.name) }))
  );
  const versions = Map.groupBy(all, ({ spec }) => spec.name);
  const usual = new Map(common.vips.map((spec) => [spec.name, spec]));
  return sorted(versions.keys()).map((name) => {
    const known = versions.get(name) ?? [];
    return merged(known, usual.get(name));
  });
}

function merged(versions: readonly Version[], usual: VipSpec | undefined): Known {
  const byOwn = versions.filter(({ host, spec }) => spec.hosts.includes(host));
  const byBoth = byOwn.filter(({ host }) => usual === undefined || usual.hosts.includes(host));
  const allowed = byBoth.some(({ can }) => can) ? byBoth : byOwn;
  const reference = usual ?? versions[0]?.spec;
  if (reference === undefined) throw new RangeError("Cannot merge a VIP that nobody knows");
  return {
    spec: {
      ...reference,
      hosts: sorted(allowed.map(({ host }) => host)),
      handover: versions.every(({ spec }) => spec.handover === "overlap") ? "overlap" : "exclusive",
      takeover: versions.every(({ spec }) => spec.takeover === "at-once") ? "at-once" : "after-lease",
    },
    addresses: [...new Set(versions.flatMap(({ spec }) => spec.addresses.map(({ address }) => address)))],
    isCommon: usual !== undefined,
    isHoldable: allowed.some(({ can }) => can),
  };
}

function claimsOf(members: readonly Reported[]): Claims {
  const claims = new Map<VipName, { readonly hosts: HostName[]; isKept: boolean }>();
  for (const { host, report: { held, releasing } } of members) {
    for (const { vip } of held) {
      const claim = claims.get(vip) ?? { hosts: [], isKept: false };
      claim.hosts.push(host);
      claim.isKept ||= !releasing.includes(vip);
      claims.set(vip, claim);
    }
  }
  return claims;
}

/** By address, where an earlier configuration has left it. */
function remainsOf(files: readonly File[]): ReadonlyMap<string, readonly Awaited[]> {
  const all = files.flatMap(({ host, catalog }) =>
    catalog.former.flatMap(({ name, addresses }) =>
      addresses.map(({ address }) => ({ address, host, vip: name }))
    )
  );
  return Map.groupBy(all, ({ address }) => address);
}

/**
 * Leaves of the names that share an address only one, of those that can be held if there is one: what is kept, else
 * what is there still, else the usual name.
 */
function withoutRivals(
  known: readonly Known[],
  { claims, remains }: { readonly claims: Claims; readonly remains: ReadonlyMap<string, readonly Awaited[]> },
): { readonly open: readonly VipSpec[]; readonly awaited: readonly Awaited[] } {
  const sharing = Map.groupBy(
    known.flatMap(({ spec: { name }, addresses }) => addresses.map((address) => ({ name, address }))),
    ({ address }) => address,
  );
  if (remains.size === 0 && [...sharing.values()].every(({ length }) => length === 1)) {
    return { open: known.map(({ spec }) => spec), awaited: [] };
  }
  const rank = ({ spec: { name }, isCommon, isHoldable }: Known): number => {
    const claim = claims.get(name);
    return (isHoldable ? 0 : 8) + (claim === undefined ? 4 : claim.isKept ? 0 : 2) + (isCommon ? 0 : 1);
  };
  const taken = new Map<string, VipName>();
  const open = new Set<VipName>();
  const awaited: Awaited[] = [];
  for (const each of [...known].sort((a, b) => rank(a) - rank(b))) {
    const { name } = each.spec;
    const rivals = new Set(each.addresses.flatMap((address) => namesOf(sharing.get(address))));
    rivals.delete(name);
    const isFirst = each.addresses.every((address) => !taken.has(address));
    if (isFirst) { for (const address of each.addresses) taken.set(address, name); }
    const remaining = each.addresses.flatMap((address) => remains.get(address) ?? [])
      .filter(({ vip }) => vip !== name);
    awaited.push(...remaining);
    const isFree = remaining.length === 0 && [...rivals].every((rival) => !claims.has(rival));
    if (isFirst && isFree) open.add(name);
    const isGivenAway = open.has(name) && each.isHoldable;
    if (rivals.size > 0 && !isGivenAway) {
      for (const host of claims.get(name)?.hosts ?? []) awaited.push({ host, vip: name });
    }
  }
  return { open: known.filter(({ spec }) => open.has(spec.name)).map(({ spec }) => spec), awaited };
}

const namesOf = (sharing: readonly { readonly name: VipName }[] = []): readonly VipName[] =>
  sharing.map(({ name }) => name);

function differingFrom(common: Catalog, { host, catalog }: File): Differing[] {
  const differences = differencesBetween(catalog, common);
  if (differences.length === 0) return [];
  return [{ host, ...firstOf(differences) }];
}

/** So many differences as are named, and how many there are besides. */
export const firstOf = (differences: readonly Difference[]): Pick<Differing, "differences" | "more"> => ({
  differences: differences.slice(0, DIFFERENCES_MAX),
  more: Math.max(0, differences.length - DIFFERENCES_MAX),
});

/** What the one says otherwise than the other; sorted by name. */
export function differencesBetween(here: Catalog, elsewhere: Catalog): Difference[] {
  const ours = textsOf(here);
  const theirs = textsOf(elsewhere);
  return sorted(new Set([...ours.keys(), ...theirs.keys()])).flatMap((name) => {
    const [one, other] = [ours.get(name) ?? null, theirs.get(name) ?? null];
    return one === other ? [] : [{ name, here: one, elsewhere: other }];
  });
}

function textsOf({ settings, vips, hosts }: Catalog): ReadonlyMap<string, string> {
  const texts = vips.map((vip): Setting => ({
    name: `vip ${vip.name}`,
    value: vipText(vip, vip.hosts.length === hosts.length),
  }));
  return new Map([...settings, ...texts].map(({ name, value }) => [name, value]));
}

/** "10.0.0.1/32 on eth0; hosts a, b; prefers a; overlap; after-lease; yields", as far as there is something to say. */
function vipText(
  { addresses, hosts, prefer, handover, takeover, foreignHolder }: VipSpec,
  isForAll: boolean,
): string {
  const parts = [
    addresses.map((each) => `${each.address}/${each.prefix} on ${each.interface}`).join(", "),
    ...(isForAll ? [] : [`hosts ${hosts.join(", ")}`]),
    ...(prefer.length > 0 ? [`prefers ${prefer.join(", ")}`] : []),
    ...(handover === "overlap" ? ["overlap"] : []),
    ...(takeover === "after-lease" ? ["after-lease"] : []),
    ...(foreignHolder === "yield" ? ["yields"] : []),
  ];
  return cut(parts.join("; "));
}

const cut = (text: string): string => text.slice(0, SETTING_LENGTH_MAX).toWellFormed();
