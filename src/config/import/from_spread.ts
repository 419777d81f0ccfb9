// What spread.conf comes to: hosts, the segments in which they hear each other, and how soon a silent one is missed.
//
// A segment is not the same thing in both. Spread's are parts of one ring: daemons of one segment speak by broadcast
// or multicast, and the segments by unicast. Molehill's are redundant networks, in each of which its hosts hear
// each other. So one Spread_Segment is a segment as it is, and several are together one segment in unicast mode.

import type { IpAddress } from "../../core/ip_address.ts";
import { HOSTS_MAX } from "../../core/limits.ts";
import { addressFact } from "../address.ts";
import { durationText, profiles } from "../timing.ts";
import { hostAddress } from "../values.ts";
import type { DraftHost, DraftLine, DraftSegment } from "./draft.ts";
import type { HostsFile } from "./hosts_file.ts";
import { hostNames } from "./names.ts";
import { cannot, remark, type Report, shown, shownQuoted } from "./report.ts";
import {
  settingOf,
  type SpreadConf,
  type SpreadHost,
  type SpreadInterface,
  type SpreadSegment,
} from "./spread_conf.ts";
import { durationOf, quoted } from "./toml_text.ts";

export interface SpreadPart {
  readonly segments: readonly DraftSegment[];
  /** In the file's order, with the names that spread.conf has. */
  readonly hosts: readonly (DraftHost & { readonly spreadName: string })[];
  readonly timing: readonly DraftLine[];
  /** In milliseconds: how long a host that starts must at least listen. */
  readonly matureLeast: number;
}

/** What the file comes to. Problems and remarks go into the report. */
export function fromSpread(
  conf: SpreadConf,
  { file, hosts: hostsFile, report }: {
    readonly file: string;
    readonly hosts: HostsFile;
    readonly report: Report;
  },
): SpreadPart {
  const [first] = conf.segments;
  const every = conf.segments.flatMap(({ hosts }) => hosts);
  const all = every.slice(0, HOSTS_MAX);
  const [surplus] = every.slice(HOSTS_MAX);
  if (surplus !== undefined) {
    const fact = `there are ${every.length} of them`;
    cannot(report, surplus.place, { action: "use all hosts", fact, wanted: `at most ${HOSTS_MAX}` });
  }
  if (first === undefined || all.length === 0) {
    const fact = first === undefined ? "it has no Spread_Segment" : "its Spread_Segment has no hosts";
    const place = first?.place ?? { file, line: 1, column: 1 };
    cannot(report, place, {
      action: "use the file",
      fact,
      wanted: "Spread_Segment ADDRESS:PORT { NAME ADDRESS ... }",
    });
  }
  checkNamesApart(all, report);
  const segment = segmentOf(conf.segments, report);
  const addresses = all.map((host) => [host, addressOf(host, hostsFile, report)] as const);
  checkAddressesApart(addresses, report);
  const further = furtherSegments(addresses, { port: segment.port, report });
  const names = hostNames(all.map(({ name }) => name));
  const { profile, timing } = timingOf(conf);
  tellSettings(conf, report);
  return {
    segments: [segment, ...further.map(({ segment }) => segment)],
    hosts: addresses.map(([host, address], index) => ({
      spreadName: host.name,
      name: names[index] ?? "",
      addresses: new Map([
        [segment.name, address],
        ...further.flatMap(({ segment: { name }, addresses }) => {
          const other = addresses[index];
          return other === undefined ? [] : [[name, other] as const];
        }),
      ]),
      interfaces: new Map(),
    })),
    timing,
    matureLeast: profiles[profile].timeout + profiles[profile].heartbeat,
  };
}

function checkNamesApart(hosts: readonly SpreadHost[], report: Report): void {
  const seen = new Map<string, number>();
  for (const { name, place } of hosts) {
    const before = seen.get(name);
    seen.set(name, before ?? place.line);
    if (before === undefined) continue;
    cannot(report, place, {
      action: `use ${shownQuoted(name)} as name of a host`,
      fact: `line ${before} has that name`,
    });
  }
}

function segmentOf(segments: readonly SpreadSegment[], report: Report): DraftSegment {
  const [first, ...others] = segments;
  if (first === undefined) return { name: "lan", mode: "unicast", address: null, port: 4803, why: "" };
  if (others.length === 0) return singleSegment(first);
  for (const { port, place } of others) {
    if (port === first.port) continue;
    remark(
      report,
      place,
      `port ${port}`,
      `all hosts use one port here, that of the first segment, ${first.port}`,
    );
  }
  const each = segments.every(({ hosts }) => hosts.length <= 1)
    ? `Spread had ${segments.length} segments of one host each, which spoke to each other by unicast.`
    : `Spread had ${segments.length} segments: parts of one ring, that spoke to each other by unicast.`;
  return {
    name: "ring",
    mode: "unicast",
    address: null,
    port: first.port,
    why:
      `${each} Here a segment is a network in which its hosts hear each other, and several are redundant paths; so ` +
      "all hosts are in one, and each sends to each: they must reach each other on this port, by UDP and TCP.",
  };
}

function singleSegment({ address, port, hosts }: SpreadSegment): DraftSegment {
  const fact = addressFact(address);
  const isOwn = hosts.some((host) => host.address?.text === address.text);
  if (fact === "a multicast address") {
    const why =
      "As in Spread: one multicast group for all hosts. Where multicast is not carried: unicast, no address.";
    return { name: "lan", mode: "multicast", address, port, why };
  }
  if (address.family === 6 || fact === "loopback" || fact === "unspecified" || isOwn) {
    const why = `${
      shown(address.text)
    } is no broadcast or multicast address: each host sends to each instead.`;
    return { name: "lan", mode: "unicast", address: null, port, why };
  }
  return {
    name: "lan",
    mode: "broadcast",
    address,
    port,
    why: "As in Spread: one broadcast domain for all hosts.",
  };
}

function addressOf(host: SpreadHost, hostsFile: HostsFile, report: Report): IpAddress | null {
  const { name, place } = host;
  const listed = hostsFile.addressOf(name);
  const daemons = host.interfaces.filter(({ uses }) => uses.length === 0 || uses.includes("D"));
  // Its own address, unless that is for clients only.
  const isForOthers = host.interfaces.some(({ address, uses }) =>
    address.text === host.address?.text && uses.length > 0 && !uses.includes("D")
  );
  const address = isForOthers
    ? daemons[0]?.address ?? host.address
    : host.address ?? listed ?? daemons[0]?.address;
  if (address === undefined || address === null) {
    // What stands where its address is has been told.
    if (report.troubles.some((told) => told.place.line === place.line && told.place.file === place.file)) {
      return null;
    }
    cannot(report, place, {
      action: `use host ${shownQuoted(name)}`,
      fact: "it has no address, and no hosts file gives it one other than the loopback",
      wanted: "an address behind its name, or --hosts FILE",
    });
    return null;
  }
  const reading = hostAddress.read(address.text);
  if (reading.kind === "wrong") {
    const action = `use ${shownQuoted(address.text)} as address of host ${shownQuoted(name)}`;
    cannot(report, place, { action, fact: reading.fact, wanted: hostAddress.wanted });
  }
  if (listed !== null && host.address !== null && listed.text !== host.address.text) {
    const why =
      `the hosts file gives it ${listed.text}; here the address of spread.conf counts, and no names are looked up`;
    remark(report, place, `${name} ${host.address.text}`, why);
  }
  return address;
}

function checkAddressesApart(
  hosts: readonly (readonly [SpreadHost, IpAddress | null])[],
  report: Report,
): void {
  const seen = new Map<string, SpreadHost>();
  for (const [host, address] of hosts) {
    if (address === null) continue;
    const before = seen.get(address.text);
    if (before === undefined) seen.set(address.text, host);
    else {
      const action = `use ${shownQuoted(address.text)} as address of host ${shownQuoted(host.name)}`;
      cannot(report, host.place, { action, fact: `host ${shownQuoted(before.name)} has it already` });
    }
  }
}

interface FurtherSegment {
  readonly segment: DraftSegment;
  /** One for each host, in order. */
  readonly addresses: readonly IpAddress[];
}

/** Where every daemon has a second address for the others, there is a second path; and so on. */
function furtherSegments(
  hosts: readonly (readonly [SpreadHost, IpAddress | null])[],
  { port, report }: { readonly port: number; readonly report: Report },
): readonly FurtherSegment[] {
  const others = hosts.map(([{ interfaces }, own]) =>
    interfaces.filter(({ uses, address }) =>
      (uses.length === 0 || uses.includes("D")) && address.text !== own?.text
    )
  );
  const further = others.flat();
  const own = new Set(hosts.map(([, address]) => address?.text));
  const apart = new Set(further.map(({ address }) => address.text)).size === further.length &&
    further.every(({ address: { text } }) => hostAddress.read(text).kind === "ok" && !own.has(text));
  const ofOneKind = (index: number) => new Set(others.map((each) => each[index]?.address.family)).size === 1;
  let count = hosts.length > 1 && apart ? Math.min(...others.map((each) => each.length)) : 0;
  while (count > 0 && !Array.from({ length: count }, (_, index) => ofOneKind(index)).every(Boolean)) count--;
  const used = new Set(others.flatMap((each) => each.slice(0, count)));
  for (const [{ interfaces }, address] of hosts) {
    for (const each of interfaces) {
      if (each.address.text !== address?.text && !used.has(each)) tellUnused(each, report);
    }
  }
  return Array.from({ length: count }, (_, index) => ({
    segment: {
      name: `net${index + 2}`,
      mode: "unicast",
      address: null,
      port,
      why:
        "Every daemon had a further address for the others (D): a redundant path. Remove it if it is none.",
    },
    addresses: others.flatMap((each) => each[index]?.address ?? []),
  }));
}

function tellUnused({ place, address, uses }: SpreadInterface, report: Report): void {
  const why = uses.includes("C") || uses.includes("M")
    ? "for clients of Spread; molehill status, drain and so on ask over the socket in /run/molehill"
    : "not every host has a further address for the others, so it makes no segment";
  remark(report, place, `${uses.join(" ")} ${address.text}`.trim(), why);
}

const timeoutNames = new Set([
  "tokentimeout",
  "hurrytimeout",
  "alivetimeout",
  "jointimeout",
  "reptimeout",
  "segtimeout",
  "gathertimeout",
  "formtimeout",
  "lookuptimeout",
]);

function timingOf(
  conf: SpreadConf,
): { readonly profile: keyof typeof profiles; readonly timing: readonly DraftLine[] } {
  const token = Number(settingOf(conf, "TokenTimeout")?.value);
  const isWide = conf.segments.length > 1;
  if (!(token > 0)) {
    const profile = isWide ? "wan" : "lan";
    const { heartbeat, timeout } = profiles[profile];
    const now = `a host is suspected after ${durationText(timeout)}, with a heartbeat every ${
      durationText(heartbeat)
    }`;
    const why = isWide
      ? `Several segments made Spread use its slow timeouts. Here ${now}; hosts in one building can have "lan" or "fast".`
      : `spread.conf sets no timeouts: Spread then misses a dead host after seconds. Here ${now}; "fast" is 20ms and 80ms.`;
    return { profile, timing: [{ key: "profile", value: quoted(profile), why }] };
  }
  const profile = token <= 150 ? "fast" : token <= 3_000 ? "lan" : "wan";
  const { heartbeat, timeout } = profiles[profile];
  const gather = Number(settingOf(conf, "GatherTimeout")?.value);
  const least = token + (gather > 0 ? gather : 0);
  const ms = Math.min(Math.max(Math.round(token), 15), 3_600_000);
  const isSame = ms === timeout;
  return {
    profile,
    timing: [
      {
        key: "profile",
        value: quoted(profile),
        why:
          `Spread took a lost token for a dead host after ${
            durationText(Math.round(token))
          } (TokenTimeout), and its ` +
          `hosts had agreed after ${
            durationText(Math.round(least))
          } at the earliest. Here a host is suspected after ` +
          `${durationText(timeout)}, with a heartbeat every ${durationText(heartbeat)}.${
            isSame ? "" : " To wait as long as Spread did:"
          }`,
      },
      ...(isSame ? [] : [
        { key: "timeout", value: durationOf(ms), off: true },
        { key: "heartbeat", value: durationOf(Math.floor(ms / 5)), off: true },
      ]),
    ],
  };
}

/** Why settings of spread.conf have no counterpart, by lower-case name; null: they are read. */
const settingReasons: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ["eventlogfile", null],
  ["eventpriority", null],
  ["tokentimeout", null],
  ["daemonuser", "one daemon, as root: it adds addresses. Remove the user when nothing else uses it"],
  ["daemongroup", "one daemon, as root: it adds addresses. Remove the group when nothing else uses it"],
  ["runtimedir", "/run/molehill, or --runtime-dir; the unit of systemd makes it"],
  ["debugflags", "there are no kinds of events to choose from: molehill run --verbose tells more"],
  ["eventtimestamp", "every line of the log has its time"],
  ["eventprecisetimestamp", "every line of the log has its time, with milliseconds"],
  ["debuginitialsequence", "a test of Spread's own sequence numbers"],
  ["dangerousmonitor", "nobody can harm the group from afar: the control socket is local, and root's"],
  ["socketportreuse", "a second daemon on the port is refused"],
  [
    "requiredauthmethods",
    "there are no clients: datagrams between hosts are signed with the secret of key_file",
  ],
  [
    "allowedauthmethods",
    "there are no clients: datagrams between hosts are signed with the secret of key_file",
  ],
  ["accesscontrolpolicy", "there are no clients that could be let in or kept out"],
  ["maxsessionmessages", "there are no client sessions"],
  ["linkprotocol", "hosts speak to each other directly, over UDP"],
  ["link_protocol", "hosts speak to each other directly, over UDP"],
  ["window", "flow control of Spread's messages; hosts say one small thing each heartbeat"],
  ["personalwindow", "flow control of Spread's messages; hosts say one small thing each heartbeat"],
  ["accelerationwindow", "flow control of Spread's messages; hosts say one small thing each heartbeat"],
  ["acceleratedwindow", "flow control of Spread's messages; hosts say one small thing each heartbeat"],
  ["acceleratedring", "there is no ring and no token"],
  ["widearenetwork", "choose a profile in [timing]"],
  ["wideareanetwork", "choose a profile in [timing]"],
  ["activeipversion", "each address says which it is"],
  ["virtualid", "[cluster] name keeps groups on one network apart"],
  ["excludesegaddrsfromhash", "what makes hosts one group is [cluster] name and the secret"],
  ["ignoremulticastjoinerrors", "a segment that cannot be used is told by status"],
]);

function tellSettings({ settings }: SpreadConf, report: Report): void {
  for (const { place, name, value } of settings) {
    const lower = name.toLowerCase();
    const why = timeoutNames.has(lower) && lower !== "tokentimeout"
      ? "there is no token and no ring to form: heartbeat and timeout of [timing] say all"
      : settingReasons.get(lower);
    if (why === null) continue;
    const what = value === "" ? name : `${name} = ${value}`;
    remark(report, place, what, why ?? "unknown, so it is left out (wanted a setting of spread.conf)");
  }
}
