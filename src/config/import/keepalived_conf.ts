// Reads keepalived.conf: what VRRP does on one host. Only what it says is read here; what it means for Molehill is for
// from_keepalived.ts. What is read by nobody is told with its reason from keepalived_reasons.ts.

import { type IpAddress, parseIpAddress } from "../../core/ip_address.ts";
import { prefixMax } from "../address.ts";
import { withHint } from "../reading.ts";
import { type Statement, statementsOf } from "./keepalived_lines.ts";
import {
  blockReasons,
  globalReasons,
  groupReasons,
  instanceReasons,
  scriptReasons,
} from "./keepalived_reasons.ts";
import {
  cannot,
  type Place,
  remark,
  type Report,
  shown,
  shownQuoted,
  type SourceFile,
  wantedText,
} from "./report.ts";

export interface KeepalivedConf {
  readonly file: string;
  readonly routerId: string | null;
  readonly scriptUser: string | null;
  readonly garpRefresh: Told<number> | null;
  readonly instances: readonly VrrpInstance[];
  readonly groups: readonly VrrpGroup[];
  readonly checks: readonly VrrpCheck[];
}

/** A value with where it stands. */
export interface Told<Value> {
  readonly place: Place;
  readonly value: Value;
}

/** Keys that instances and sync groups share. */
export interface VrrpCommon {
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

export interface Tracked {
  readonly place: Place;
  readonly kind: "script" | "process" | "file" | "interface" | "bfd";
  readonly name: string;
  readonly weight: number | null;
}

export interface Notify {
  readonly place: Place;
  readonly directive: string;
  readonly command: string;
  readonly user: string | null;
}

export interface VrrpCheck {
  readonly place: Place;
  readonly kind: "script" | "process" | "file";
  readonly name: string;
  /** The command line, the process's name, or the file. */
  readonly what: string;
  /** Seconds; null: not said. */
  readonly interval: number | null;
  readonly timeout: number | null;
  readonly rise: number | null;
  readonly fall: number | null;
  readonly weight: number;
}

interface Context {
  readonly report: Report;
}

/** What the file says of one host; what cannot be understood is in the report. */
export function parseKeepalivedConf(
  file: SourceFile,
  { configId, report }: { readonly configId: string | null; readonly report: Report },
): KeepalivedConf {
  const statements = statementsOf(file, { configId, report });
  const context = { report };
  const named = (name: string) => statements.filter(({ words: [first] }) => first === name);
  const global = named("global_defs").flatMap(({ body }) => body ?? []);
  for (const statement of statements) tellTopLevel(statement, context);
  for (const statement of global) {
    tellUnread(statement, { reasons: globalReasons, owner: "global_defs", report });
  }
  const value = (name: string) => global.findLast(({ words: [first] }) => first === name)?.words[1] ?? null;
  return {
    file: file.name,
    routerId: value("router_id"),
    scriptUser: value("script_user"),
    garpRefresh: lastNumber(global, "vrrp_garp_master_refresh", context),
    instances: named("vrrp_instance").map((statement) => instanceOf(statement, context)),
    groups: named("vrrp_sync_group").map((statement) => groupOf(statement, context)),
    checks: [
      ...named("vrrp_script").flatMap((each) => checkOf(each, { kind: "script", key: "script", ...context })),
      ...named("vrrp_track_process").flatMap((each) =>
        checkOf(each, { kind: "process", key: "process", ...context })
      ),
      ...["track_file", "vrrp_track_file"].flatMap(named).flatMap((each) =>
        checkOf(each, { kind: "file", key: "file", ...context })
      ),
    ],
  };
}

const readBlocks = new Set([
  "global_defs",
  "vrrp_instance",
  "vrrp_sync_group",
  "vrrp_script",
  "vrrp_track_process",
  "track_file",
  "vrrp_track_file",
]);

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

interface Reasons {
  readonly reasons: ReadonlyMap<string, string | null>;
  readonly owner: string;
  readonly report: Report;
}

// A reason of null: the key is read elsewhere.
function tellUnread({ place, words }: Statement, { reasons, owner, report }: Reasons): void {
  const [name = ""] = words;
  const reason = reasons.get(name);
  if (reason === null) return;
  // A password is not repeated.
  const what = name === "authentication" ? name : words.join(" ");
  remark(report, place, `${what} (${owner})`, reason ?? unknownWhy(name, reasons.keys()));
}

const unknownWhy = (name: string, known: Iterable<string>): string =>
  `unknown, so it is left out ${
    wantedText(withHint(name, { known, wanted: "a keyword of keepalived.conf(5)" }))
  }`;

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
    place,
    name,
    tracked: trackedOf(keys, context),
    notify: notifyOf(keys),
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
    place,
    name,
    tracked: trackedOf(keys, context),
    notify: notifyOf(keys),
    members: inBlock(keys, "group").flatMap(({ words }) => words),
  };
}

/** The statements in the blocks of that name. */
const inBlock = (statements: readonly Statement[], name: string): readonly Statement[] =>
  statements.filter(({ words: [first] }) => first === name).flatMap(({ body }) => body ?? []);

const trackKinds = ["script", "process", "file", "interface", "bfd"] as const;

function trackedOf(keys: readonly Statement[], context: Context): readonly Tracked[] {
  return trackKinds.flatMap((kind) =>
    inBlock(keys, `track_${kind}`).flatMap((each) => trackedIn(each, kind, context))
  );
}

// One on each line; several on one line are read as well.
function trackedIn(
  { place, words }: Statement,
  kind: Tracked["kind"],
  context: Context,
): readonly Tracked[] {
  const tracked: Tracked[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const last = tracked.at(-1);
    if (word === "weight" && last !== undefined) {
      const as = `weight of ${shown(last.name)}`;
      tracked.splice(-1, 1, { ...last, weight: numberIn(words[++at] ?? "", { place, as, ...context }) });
    } else if (/^(no_?)?reverse$/.test(word)) {
      remark(
        context.report,
        place,
        words.join(" "),
        "a check that fails when it passes: turn its command round",
      );
    } else tracked.push({ place, kind, name: word, weight: null });
  }
  return tracked;
}

const notifyOf = (keys: readonly Statement[]): readonly Notify[] =>
  keys.filter(({ words: [name = ""] }) => notifyNames.has(name)).map((
    { place, words: [directive = "", command = "", user] },
  ) => ({ place, directive, command, user: user ?? null }));

const notifyNames = new Set(["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"]);

function checkOf(
  { place, words: [, name = ""], body }: Statement,
  { kind, key, report }: Context & { readonly kind: VrrpCheck["kind"]; readonly key: string },
): readonly VrrpCheck[] {
  const keys = body ?? [];
  const owner = `${kind === "script" ? "vrrp_script" : `track ${kind}`} ${shown(name)}`;
  for (const each of keys) tellUnread(each, { reasons: scriptReasons, owner, report });
  const found = keys.findLast(({ words: [first] }) => first === key);
  const [, ...what] = found?.words ?? [];
  if (what.length === 0) {
    cannot(report, place, {
      action: `read ${shownQuoted(owner)}`,
      fact: `it has no ${key}`,
      wanted: `${key} ...`,
    });
    return [];
  }
  const number = (named: string) => lastNumber(keys, named, { report })?.value ?? null;
  return [{
    place,
    kind,
    name,
    what: what.join(" "),
    interval: number("interval"),
    timeout: number("timeout"),
    rise: number("rise"),
    fall: number("fall"),
    // A script brings the instance down unless it has a weight; a process or file weighs 1 unless told otherwise.
    weight: number("weight") ?? (kind === "script" ? 0 : 1),
  }];
}

function lastNumber(keys: readonly Statement[], name: string, context: Context): Told<number> | null {
  const found = keys.findLast(({ words: [first] }) => first === name);
  if (found === undefined) return null;
  const value = numberIn(found.words[1] ?? "", { place: found.place, as: name, ...context });
  return value === null ? null : { place: found.place, value };
}

function numberIn(
  text: string,
  { place, as, report }: Context & { readonly place: Place; readonly as: string },
): number | null {
  const value = /^[+-]?\d{1,12}(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  cannot(report, place, { action: `use ${shownQuoted(text)} as ${as}`, fact: "it is no number" });
  return null;
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
