// Reads keepalived.conf: what VRRP does on one host. Only what it says is read here; what it means for Molehill is for
// from_keepalived.ts. What is read by nobody is told with its reason from keepalived_reasons.ts.

import { type IpAddress, parseIpAddress } from "../../core/ip_address.ts";
import { prefixMax } from "../address.ts";
import { type Context, inBlock, lastNumber, tellUnread, type Told, unknownWhy } from "./keepalived_keys.ts";
import { keepalivedLines, type Statement } from "./keepalived_lines.ts";
import { blockReasons, globalReasons, groupReasons, instanceReasons } from "./keepalived_reasons.ts";
import {
  checkOf,
  type Notify,
  notifyOf,
  type Tracked,
  trackedOf,
  userIn,
  type VrrpCheck,
} from "./keepalived_scripts.ts";
import { cannot, type Place, remark, type Report, shown, shownQuoted, type SourceFile } from "./report.ts";

export interface KeepalivedConf {
  readonly file: string;
  readonly routerId: string | null;
  /** As whom scripts run of which nothing else is said; null: nothing is said. */
  readonly scriptUser: string | null;
  /** The config-ids that @ lines are for, when it is not known which of them is this host's; else empty. */
  readonly strangers: readonly string[];
  readonly garpRefresh: Told<number> | null;
  readonly instances: readonly VrrpInstance[];
  readonly groups: readonly VrrpGroup[];
  readonly checks: readonly VrrpCheck[];
}

/** Keys that instances and sync groups share. */
export interface VrrpCommon {
  /** As notify programs are told. */
  readonly kind: "INSTANCE" | "GROUP";
  readonly place: Place;
  readonly name: string;
  readonly tracked: readonly Tracked[];
  readonly notify: readonly Notify[];
}

export interface VrrpInstance extends VrrpCommon {
  readonly state: "MASTER" | "BACKUP" | null;
  readonly interface: string | null;
  readonly routerId: number | null;
  readonly priority: number;
  /** Seconds. */
  readonly advertInt: number;
  readonly downTimerAdverts: number;
  readonly sourceIp: Told<IpAddress> | null;
  readonly isUnicast: boolean;
  readonly peers: readonly Told<IpAddress>[];
  readonly addresses: readonly VrrpAddress[];
  readonly nopreempt: boolean;
  readonly garpRefresh: Told<number> | null;
}

export interface VrrpAddress {
  readonly place: Place;
  readonly ip: IpAddress;
  /** Null: the file gives none. */
  readonly prefix: number | null;
  readonly dev: string | null;
}

export interface VrrpGroup extends VrrpCommon {
  readonly members: readonly string[];
}

/** What the file says of one host; what cannot be understood is in the report. */
export function parseKeepalivedConf(
  file: SourceFile,
  { configId, report }: { readonly configId: string | null; readonly report: Report },
): KeepalivedConf {
  const { statements, strangers } = keepalivedLines(file, { configId, report });
  const context = { report };
  const named = (name: string) => statements.filter(({ words: [first] }) => first === name);
  const global = named("global_defs").flatMap(({ body }) => body ?? []);
  for (const statement of statements) tellTopLevel(statement, context);
  for (const statement of global) {
    tellUnread(statement, { reasons: globalReasons, owner: "global_defs", report });
  }
  const last = (name: string) => global.findLast(({ words: [first] }) => first === name);
  const user = last("script_user");
  return {
    file: file.name,
    routerId: last("router_id")?.words[1] ?? null,
    scriptUser: user === undefined ? null : userIn(user.words.slice(1), { place: user.place, report }),
    strangers,
    garpRefresh: lastNumber(global, "vrrp_garp_master_refresh", context),
    instances: named("vrrp_instance").map((statement) => instanceOf(statement, context)),
    groups: named("vrrp_sync_group").map((statement) => groupOf(statement, context)),
    checks: [...checkBlocks].flatMap(([name, kind]) =>
      named(name).flatMap((each) => checkOf(each, { kind, ...context }))
    ),
  };
}

const checkBlocks: ReadonlyMap<string, VrrpCheck["kind"]> = new Map([
  ["vrrp_script", "script"],
  ["vrrp_track_process", "process"],
  ["track_file", "file"],
  ["vrrp_track_file", "file"],
]);

const readBlocks = new Set(["global_defs", "vrrp_instance", "vrrp_sync_group", ...checkBlocks.keys()]);

function tellTopLevel({ place, words, body }: Statement, { report }: Context): void {
  const [name = ""] = words;
  if (readBlocks.has(name)) {
    if (body !== null) return;
    const fact = "no block follows";
    return cannot(report, place, { action: `read ${shownQuoted(words.join(" "))}`, fact, wanted: '"{"' });
  }
  remark(
    report,
    place,
    words.join(" "),
    blockReasons.get(name) ?? unknownWhy(name, [...blockReasons.keys(), ...readBlocks]),
  );
}

function instanceOf(statement: Statement, context: Context): VrrpInstance {
  const { place, words: [, name = ""], body } = statement;
  const keys = body ?? [];
  const { report } = context;
  for (const key of keys) {
    tellUnread(key, { reasons: instanceReasons, owner: `vrrp_instance ${shown(name)}`, report });
  }
  const last = (key: string) => keys.findLast(({ words: [first] }) => first === key);
  const state = last("state")?.words[1]?.toUpperCase() ?? null;
  const source = keys.findLast(({ words: [first] }) =>
    first === "unicast_src_ip" || first === "mcast_src_ip"
  );
  const peers = inBlock(keys, "unicast_peer");
  return {
    kind: "INSTANCE",
    place,
    name,
    tracked: trackedOf(keys, context),
    notify: notifyOf(keys, context),
    state: state === "MASTER" || state === "BACKUP" ? state : null,
    interface: last("interface")?.words[1] ?? null,
    routerId: lastNumber(keys, "virtual_router_id", context)?.value ?? null,
    priority: lastNumber(keys, "priority", context)?.value ?? (state === "MASTER" ? 150 : 100),
    advertInt: lastNumber(keys, "advert_int", context)?.value ?? 1,
    downTimerAdverts: lastNumber(keys, "down_timer_adverts", context)?.value ?? 3,
    sourceIp: source === undefined
      ? null
      : addressOf(source, { at: 1, as: source.words[0] ?? "", ...context }),
    isUnicast: peers.length > 0,
    peers: peers.flatMap((peer) => peersIn(peer, context)),
    addresses: [...inBlock(keys, "virtual_ipaddress"), ...inBlock(keys, "virtual_ipaddress_excluded")]
      .flatMap(
        (each) =>
          splitAtAddresses(each).flatMap((one) => vrrpAddress(one, { instance: name, ...context }) ?? []),
      ),
    nopreempt: last("nopreempt") !== undefined,
    garpRefresh: lastNumber(keys, "garp_master_refresh", context),
  };
}

function groupOf({ place, words: [, name = ""], body }: Statement, context: Context): VrrpGroup {
  const keys = body ?? [];
  const { report } = context;
  for (const key of keys) {
    tellUnread(key, { reasons: groupReasons, owner: `vrrp_sync_group ${shown(name)}`, report });
  }
  return {
    kind: "GROUP",
    place,
    name,
    tracked: trackedOf(keys, context),
    notify: notifyOf(keys, context),
    members: inBlock(keys, "group").flatMap(({ words }) => words),
  };
}

function addressOf(
  { place, words }: Statement,
  { at, as, report }: Context & { readonly at: number; readonly as: string },
): Told<IpAddress> | null {
  const text = words[at] ?? "";
  const value = parseIpAddress(text);
  if (value !== null) return { place, value };
  cannot(report, place, {
    action: `use ${shownQuoted(text)} as ${as}`,
    fact: "it is no IPv4 or IPv6 address",
  });
  return null;
}

// One on each line; several on one line are read as well.
function peersIn({ place, words }: Statement, context: Context): readonly Told<IpAddress>[] {
  const ttl = words.findIndex((word) => /^(min|max)_ttl$/.test(word));
  const addresses = ttl === -1 ? words : words.slice(0, ttl);
  if (ttl !== -1) {
    remark(context.report, place, words.join(" "), "nothing is said of how far a datagram may have come");
  }
  return addresses.flatMap((word) =>
    addressOf({ place, words: [word], body: null }, { at: 0, as: "unicast_peer", ...context }) ?? []
  );
}

/** A line with several addresses as one line for each. */
function splitAtAddresses({ place, words, body }: Statement): readonly Statement[] {
  const starts = words.flatMap((word, at) => {
    const isValue = addressOptions.get(words[at - 1] ?? "") === 1 || words[at - 1] === "dev";
    return at === 0 || (!isValue && parseIpAddress(word.split("/")[0] ?? "") !== null) ? [at] : [];
  });
  return starts.map((start, index) => ({ place, words: words.slice(start, starts[index + 1]), body }));
}

/** What only names or tunes the address on its interface. */
const addressOptions: ReadonlyMap<string, number> = new Map([
  ["brd", 1],
  ["scope", 1],
  ["label", 1],
  ["peer", 1],
  ["preferred_lft", 1],
  ["track_group", 1],
  ["home", 0],
  ["-nodad", 0],
  ["mngtmpaddr", 0],
  ["noprefixroute", 0],
  ["autojoin", 0],
  ["no_track", 0],
  ["use_vmac", 0],
]);

function vrrpAddress(
  { place, words: [text = "", ...options] }: Statement,
  { instance, report }: Context & { readonly instance: string },
): VrrpAddress | null {
  const [before = "", after, ...more] = text.split("/");
  const ip = parseIpAddress(before);
  const prefix = after === undefined ? null : /^\d{1,3}$/.test(after) ? Number(after) : NaN;
  if (
    ip === null || more.length > 0 || (prefix !== null && !(prefix >= 1 && prefix <= prefixMax(ip.family)))
  ) {
    const action = `use ${shownQuoted(text)} as virtual_ipaddress of ${shown(instance)}`;
    const wanted = "an address such as 192.168.1.100/32 dev eth0";
    cannot(report, place, { action, fact: ip === null ? "it is no address" : "its prefix is none", wanted });
    return null;
  }
  let dev: string | null = null;
  const ignored: string[] = [];
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? "";
    if (option === "dev") dev = options[++at] ?? null;
    else {
      const values = addressOptions.get(option) ?? 0;
      ignored.push(option, ...options.slice(at + 1, at + 1 + values));
      at += values;
    }
  }
  if (ignored.length > 0) {
    remark(
      report,
      place,
      `${text} ${ignored.join(" ")}`,
      "the address is added plainly, without these words",
    );
  }
  return { place, ip, prefix, dev };
}
