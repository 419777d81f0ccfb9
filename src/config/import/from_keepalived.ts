// What keepalived.conf comes to. An instance is a VIP, and so is a sync group with all its instances' addresses; the
// priorities of several hosts' files say who is preferred, in order.

import type { IpAddress } from "../../core/ip_address.ts";
import { prefixMax } from "../address.ts";
import { durationText } from "../timing.ts";
import { interfaceName, vipAddress } from "../values.ts";
import type { Draft, DraftLine, DraftVip } from "./draft.ts";
import type { HostsFile } from "./hosts_file.ts";
import { checksOf } from "./keepalived_checks.ts";
import { hooksOf } from "./keepalived_hooks.ts";
import type { Told } from "./keepalived_keys.ts";
import { type KeepalivedFile, type KeepalivedHosts, keepalivedHosts, topOf } from "./keepalived_hosts.ts";
import type { KeepalivedConf, VrrpAddress, VrrpCommon, VrrpInstance } from "./keepalived_conf.ts";
import { asName, distinct } from "./names.ts";
import { cannot, placeText, remark, type Report, shown, shownQuoted } from "./report.ts";
import { durationOf } from "./toml_text.ts";

/** What moves as one on one host: an instance, or a sync group with its instances. */
export interface Unit {
  /** Name of the host. */
  readonly host: string;
  readonly conf: KeepalivedConf;
  readonly name: string;
  readonly instances: readonly VrrpInstance[];
  /** The group, if there is one, and the instances. */
  readonly parts: readonly VrrpCommon[];
}

/** The same of all hosts. */
export interface UnitSet {
  readonly units: readonly Unit[];
  readonly vip: DraftVip;
}

/** What the files come to, but for what they are called; there is at least one. */
export function draftOfKeepalived(
  files: readonly KeepalivedFile[],
  { hosts: hostsFile, report }: { readonly hosts: HostsFile; readonly report: Report },
): Omit<Draft, "files"> {
  const hosts = keepalivedHosts(files, { hosts: hostsFile, report });
  const units = files.flatMap(({ conf }, index) =>
    unitsOf(conf, { host: hosts.ofFile[index] ?? "", report })
  );
  for (const { conf } of files) tellNoInstances(conf, report);
  const sets = joined(units);
  const context: Context = { hosts, files, report };
  const vips = namedVips(sets, context);
  for (const { conf } of files) tellScriptUser(conf, report);
  return {
    from: "keepalived",
    cluster: {
      name: "molehill",
      why:
        "keepalived has no such name: virtual_router_id kept its groups apart. This one keeps groups on one " +
        "network apart.",
    },
    timing: timingOf(files.flatMap(({ conf }) => conf.instances), report),
    segments: hosts.segments,
    hosts: withInterfaces(hosts, { vips, report }),
    vips: vips.map(({ vip }) => vip),
    notify: notifyOf(files, report),
    targets: [],
    balance: [],
    suggestions: [...checksOf(files.map(({ conf }) => conf), { vips, report }), ...hooksOf(vips, report)],
    remarks: report.remarks,
  };
}

interface Context {
  readonly hosts: KeepalivedHosts;
  readonly files: readonly KeepalivedFile[];
  readonly report: Report;
}

function tellNoInstances({ file, instances }: KeepalivedConf, report: Report): void {
  if (instances.length > 0) return;
  const fact = "it has no vrrp_instance";
  cannot(report, topOf(file), { action: "use the file", fact, wanted: "vrrp_instance NAME { ... }" });
}

/** Once for each file. */
function tellScriptUser({ scriptUser, checks, instances, groups }: KeepalivedConf, report: Report): void {
  const scripts = [
    ...checks.filter(({ kind }) => kind === "script"),
    ...[...instances, ...groups].flatMap(({ notify }) => notify),
  ];
  const found = scripts.find(({ user }) => user === null);
  if (scriptUser !== null || found === undefined) return;
  const why =
    "keepalived ran scripts without a user as keepalived_script if there is one, else as root; here they run " +
    'as the daemon, root as a rule: give them user = "keepalived_script" if it was that';
  remark(report, found.place, "no script_user", why);
}

function unitsOf(
  conf: KeepalivedConf,
  { host, report }: { readonly host: string; readonly report: Report },
): readonly Unit[] {
  const grouped = new Set<VrrpInstance>();
  const groups = conf.groups.map((group): Unit => {
    const instances = group.members.flatMap((name) => {
      const found = conf.instances.find((each) => each.name === name && !grouped.has(each));
      if (found === undefined) {
        remark(report, group.place, `group { ${name} }`, "there is no such vrrp_instance");
      } else grouped.add(found);
      return found ?? [];
    });
    return { host, conf, name: group.name, instances, parts: [group, ...instances] };
  });
  const single = conf.instances.filter((instance) => !grouped.has(instance)).map((instance): Unit => (
    { host, conf, name: instance.name, instances: [instance], parts: [instance] }
  ));
  return [...groups, ...single].filter(({ instances }) => instances.length > 0);
}

const addressesOf = ({ instances }: Unit): readonly VrrpAddress[] =>
  instances.flatMap(({ addresses }) => addresses);

/** Units of different hosts that share an address are one VIP; so are those of one host that share one. */
function joined(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const sets: Unit[][] = [];
  const setOf = new Map<string, Unit[]>();
  for (const unit of units) {
    const found = addressesOf(unit).map(({ ip }) => setOf.get(ip.text)).filter((set) => set !== undefined);
    const [known, ...others] = new Set(found);
    const set = known ?? [];
    if (known === undefined) sets.push(set);
    for (const other of others) {
      set.push(...other);
      sets.splice(sets.indexOf(other), 1);
      for (const { ip } of other.flatMap(addressesOf)) setOf.set(ip.text, set);
    }
    set.push(unit);
    for (const { ip } of addressesOf(unit)) setOf.set(ip.text, set);
  }
  return sets;
}

function namedVips(sets: readonly (readonly Unit[])[], context: Context): readonly UnitSet[] {
  const names = distinct(sets.map(([first], index) => asName(first?.name ?? "", `vip-${index + 1}`)));
  return sets.flatMap((units, index): readonly UnitSet[] => {
    const vip = vipOf(units, { name: names[index] ?? "", ...context });
    return vip === null ? [] : [{ units, vip }];
  });
}

function vipOf(
  units: readonly Unit[],
  { name, ...context }: Context & { readonly name: string },
): DraftVip | null {
  const addresses = new Map<string, { readonly ip: IpAddress; readonly interface: string }>();
  for (const { instances } of units) {
    for (const instance of instances) {
      for (const address of instance.addresses) {
        const known = addresses.get(address.ip.text);
        const usable = known ?? usableAddress(address, instance, context);
        if (usable !== null) addresses.set(address.ip.text, usable);
      }
    }
  }
  tellDifferences(units, context.report);
  const [first] = units;
  if (addresses.size === 0 || first === undefined) {
    const place = first?.parts[0]?.place ?? null;
    remark(context.report, place, first?.name ?? name, "it has no address that could move, so it is no VIP");
    return null;
  }
  const isGroup = first.parts.length > first.instances.length;
  const instances = first.instances.map((each) => shown(each.name)).join(", ");
  return {
    name,
    why: isGroup
      ? `vrrp_sync_group ${shown(first.name)}: ${instances}.`
      : `vrrp_instance ${shown(first.name)}.`,
    addresses: [...addresses.values()],
    prefer: preferOf(units, context),
    hosts: hostsOf(units, context),
  };
}

function usableAddress(
  { place, ip, prefix, dev }: VrrpAddress,
  instance: VrrpInstance,
  { hosts, report }: Context,
): { readonly ip: IpAddress; readonly interface: string } | null {
  const owner = hosts.byAddress.get(ip.text);
  if (owner !== undefined) {
    const why = `left out: it is the own address of host ${
      shown(owner)
    }, which cannot move. Give the host another one`;
    remark(report, place, ip.text, why);
    return null;
  }
  const reading = vipAddress.read(ip.text);
  const on = dev ?? instance.interface ?? "";
  const named = interfaceName.read(on);
  if (reading.kind === "wrong") {
    const action = `use ${shownQuoted(ip.text)} as virtual_ipaddress of ${shown(instance.name)}`;
    cannot(report, place, { action, fact: reading.fact, wanted: "an address that one host can have" });
  }
  if (named.kind === "wrong") {
    const action = `use ${shownQuoted(on)} as interface of ${shownQuoted(ip.text)}`;
    const fact = on === "" ? "neither the address nor its instance names one" : named.fact;
    cannot(report, place, { action, fact, wanted: "interface eth0, or dev eth0" });
  }
  if (prefix !== null && prefix !== prefixMax(ip.family)) {
    const single = `/${prefixMax(ip.family)}`;
    const why =
      `VIPs are single addresses here, ${single}, so that the end of one takes no other along. A host without ` +
      `an address of its own in that network needs "${ip.text}/${prefix}"`;
    remark(report, place, `${ip.text}/${prefix}`, why);
  }
  return { ip, interface: on };
}

function tellDifferences(units: readonly Unit[], report: Report): void {
  const [first, ...others] = units;
  if (first === undefined) return;
  const texts = (unit: Unit) => [...new Set(addressesOf(unit).map(({ ip }) => ip.text))].sort().join(", ");
  for (const other of others) {
    if (texts(other) === texts(first)) continue;
    const why = `its addresses are not those that it has in ${
      shown(first.conf.file, 200)
    }; the VIP has all of them`;
    remark(report, other.parts[0]?.place ?? null, other.name, why);
  }
}

const priorityOf = ({ instances }: Unit): number => Math.max(...instances.map(({ priority }) => priority));

function preferOf(units: readonly Unit[], { hosts, files, report }: Context): readonly string[] {
  const lazy = units.flatMap(({ instances }) => instances).find(({ nopreempt }) => nopreempt);
  if (lazy !== undefined) {
    const why = "a host that prefers a VIP gets it back here, so prefer is left out: it stays where it is";
    remark(report, lazy.place, `nopreempt (${lazy.name})`, why);
    return [];
  }
  if (files.length === 1) return preferOfOne(units, hosts);
  const sorted = units.toSorted((a, b) => priorityOf(b) - priorityOf(a));
  const tie = sorted.findIndex((unit, at) => {
    const next = sorted[at + 1];
    return next !== undefined && priorityOf(unit) === priorityOf(next);
  });
  return [...new Set(sorted.slice(0, tie === -1 ? undefined : tie).map(({ host }) => host))];
}

// One file tells who begins; with a single peer that is also who does not.
function preferOfOne([unit]: readonly Unit[], hosts: KeepalivedHosts): readonly string[] {
  const state = unit?.instances[0]?.state;
  if (unit === undefined || state === null) return [];
  if (state === "MASTER") return [unit.host];
  const others = hosts.hosts.filter(({ name }) => name !== unit.host);
  return others.length === 1 ? others.map(({ name }) => name) : [];
}

/** Null: every host. */
function hostsOf(units: readonly Unit[], { hosts, files, report }: Context): readonly string[] | null {
  const instances = units.flatMap((unit) => unit.instances);
  if (files.length === 1 && !instances.some(({ isUnicast }) => isUnicast)) return null;
  const peers = instances.flatMap((instance) =>
    instance.peers.flatMap(({ value }) => hosts.byAddress.get(value.text) ?? [])
  );
  const may = new Set([...units.map(({ host }) => host), ...peers]);
  const all = hosts.hosts.map(({ name }) => name);
  if (all.every((name) => may.has(name))) return null;
  const [first] = units;
  if (may.size === 1 && first !== undefined) {
    remark(
      report,
      first.parts[0]?.place ?? null,
      first.name,
      "only this host has it, so nobody takes it over",
    );
  }
  return all.filter((name) => may.has(name));
}

/** What each host calls the interfaces of the VIPs. */
function withInterfaces(
  { hosts }: KeepalivedHosts,
  { vips, report }: { readonly vips: readonly UnitSet[]; readonly report: Report },
): Draft["hosts"] {
  const interfaceOf = new Map(
    vips.flatMap(({ vip }) => vip.addresses.map((each) => [each.ip.text, each.interface] as const)),
  );
  return hosts.map((host) => {
    const units = vips.flatMap((each) => each.units).filter((unit) => unit.host === host.name);
    return { ...host, interfaces: ownNames(units, { interfaceOf, report }) };
  });
}

function ownNames(
  units: readonly Unit[],
  { interfaceOf, report }: { readonly interfaceOf: ReadonlyMap<string, string>; readonly report: Report },
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const instance of units.flatMap((unit) => unit.instances)) {
    for (const { place, ip, dev } of instance.addresses) {
      const here = dev ?? instance.interface;
      const there = interfaceOf.get(ip.text);
      if (here === null || there === undefined) continue;
      const known = names.get(there);
      names.set(there, known ?? here);
      if (known === undefined || known === here) continue;
      const action = `use ${shownQuoted(here)} as this host's name of ${shownQuoted(there)}`;
      cannot(report, place, { action, fact: `it calls it ${shownQuoted(known)} elsewhere` });
    }
  }
  return new Map([...names].filter(([there, here]) => there !== here));
}

function timingOf(instances: readonly VrrpInstance[], report: Report): readonly DraftLine[] {
  const [first] = instances.toSorted((a, b) => a.advertInt - b.advertInt);
  if (first === undefined) return [{ key: "profile", value: '"lan"' }];
  for (const each of instances) {
    if (each.advertInt === first.advertInt) continue;
    const why = `there is one heartbeat for all VIPs: the shortest, of ${shown(first.name)} (${
      placeText(first.place)
    })`;
    remark(report, each.place, `advert_int ${each.advertInt} (${each.name})`, why);
  }
  const heartbeat = Math.min(Math.max(Math.round(first.advertInt * 1_000), 10), 255_000);
  if (heartbeat !== Math.round(first.advertInt * 1_000)) {
    remark(report, first.place, `advert_int ${first.advertInt}`, `taken for ${durationText(heartbeat)}`);
  }
  const adverts = Math.min(Math.max(Math.round(first.downTimerAdverts), 3), 100);
  if (adverts !== first.downTimerAdverts) {
    const why =
      `a host is missed after ${adverts} heartbeats: with fewer, a lost datagram would be a dead host`;
    remark(report, first.place, `down_timer_adverts ${first.downTimerAdverts}`, why);
  }
  const isSlow = heartbeat >= 200;
  return [
    {
      key: "heartbeat",
      value: durationOf(heartbeat),
      why:
        `advert_int, and ${adverts} of them until a host is missed, as in VRRP, where a skew of up to one more comes ` +
        `on top.${
          isSlow ? ' Without these two lines: a heartbeat every "100ms", missed after "500ms".' : ""
        }`,
    },
    { key: "timeout", value: durationOf(adverts * heartbeat) },
  ];
}

function notifyOf(files: readonly KeepalivedFile[], report: Report): readonly DraftLine[] {
  const refreshes = files.flatMap((
    { conf },
  ) => [conf.garpRefresh, ...conf.instances.map((each) => each.garpRefresh)])
    .filter((each): each is Told<number> => each !== null && each.value > 0);
  const [first, ...others] = refreshes.toSorted((a, b) => a.value - b.value);
  if (first === undefined) return [];
  for (const { place, value } of others) {
    if (value !== first.value) {
      remark(report, place, `garp_master_refresh ${value}`, "the shortest counts, for all VIPs");
    }
  }
  const seconds = Math.min(Math.max(Math.round(first.value), 1), 86_400);
  return [{ key: "refresh", value: durationOf(seconds * 1_000), why: "garp_master_refresh." }];
}
