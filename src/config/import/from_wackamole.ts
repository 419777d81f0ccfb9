// What wackamole.conf comes to: VIPs and who prefers them, whom to notify, how to balance. Wackamole's files differ
// from host to host in Prefer and in the names of interfaces; the first file given counts for everything else.

import type { IpAddress } from "../../core/ip_address.ts";
import { firstOfBlock, prefixMax } from "../address.ts";
import { durationText } from "../timing.ts";
import { interfaceName, notifyBlock, vipAddress } from "../values.ts";
import type { DraftLine, DraftTarget, DraftVip } from "./draft.ts";
import { asName } from "./names.ts";
import { cannot, type Place, remark, type Report, shown, shownQuoted } from "./report.ts";
import type { Suggestion } from "./suggestions.ts";
import { durationOf, quoted } from "./toml_text.ts";
import type { Dynamic, NotifyEntry, WackamoleAddress, WackamoleConf } from "./wackamole_conf.ts";

/** One file, and whose it is. */
export interface HostConf {
  /** Its name in the new file; null: it is not known, or every host's. */
  readonly host: string | null;
  readonly file: string;
  readonly conf: WackamoleConf;
}

export interface WackamolePart {
  readonly cluster: { readonly name: string; readonly why: string };
  readonly mature: DraftLine;
  readonly vips: readonly DraftVip[];
  /** By host: what it calls an interface of the VIPs. */
  readonly interfaces: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly notify: readonly DraftLine[];
  readonly targets: readonly DraftTarget[];
  readonly balance: readonly DraftLine[];
  readonly suggestions: readonly Suggestion[];
}

interface Context {
  readonly report: Report;
  /** In milliseconds: less than this would be too early for a host to claim. */
  readonly matureLeast: number;
  readonly ownAddresses: ReadonlySet<string>;
  readonly port: number;
}

/** What the files come to; there is at least one. Problems and remarks go into the report. */
export function fromWackamole(files: readonly [HostConf, ...HostConf[]], context: Context): WackamolePart {
  const [first, ...others] = files;
  const { report } = context;
  const { conf } = first;
  if (conf.virtualInterfaces.length === 0) {
    cannot(report, { file: first.file, line: 1, column: 1 }, {
      action: "use the file",
      fact: "it has no VirtualInterfaces",
      wanted: "VirtualInterfaces { { eth0:10.0.0.1/32 } ... }",
    });
  }
  for (const other of others) compareFiles(first, other, report);
  tellSettings(first, context);
  const sets = usableSets(conf, context);
  const preferred = preferring(files);
  return {
    cluster: clusterOf(conf, report),
    mature: matureOf(conf, context),
    vips: sets.map((set): DraftVip => ({
      name: null,
      addresses: set.map(({ ip, interface: on }) => ({ ip, interface: on })),
      prefer: set.slice(0, 1).flatMap(({ ip }) => preferred(ip)),
      hosts: null,
    })),
    interfaces: interfacesOf(files, report),
    ...notifyOf(conf, report),
    balance: balanceOf(conf, report),
    suggestions: hooksOf(conf.dynamics, report),
  };
}

function clusterOf({ settings }: WackamoleConf, report: Report): WackamolePart["cluster"] {
  const group = settings.get("group");
  if (group === undefined) {
    return {
      name: "molehill",
      why: "wackamole.conf names no Group. The name keeps groups on one network apart.",
    };
  }
  const name = asName(group.value, "molehill");
  if (name !== group.value) {
    const why = `names have other letters here, so the group is called ${shownQuoted(name)}`;
    remark(report, group.place, `Group = ${group.value}`, why);
  }
  return { name, why: "Wackamole's Group. The name keeps groups on one network apart." };
}

/** A time interval of Wackamole's in milliseconds; null: it is none, and that is in the report. */
function intervalOf(
  { place, value, name }: { readonly place: Place; readonly value: string; readonly name: string },
  report: Report,
): number | null {
  const [, amount, unit = ""] = /^(\d{1,9})([smh])$/i.exec(value) ?? [];
  if (amount === undefined) {
    const action = `use ${shownQuoted(value)} as ${shown(name)}`;
    cannot(report, place, {
      action,
      fact: "it is no time interval",
      wanted: "a number with a unit, such as 5s or 2m",
    });
    return null;
  }
  if (unit.toLowerCase() === "h") {
    remark(
      report,
      place,
      `${name} = ${value}`,
      "Wackamole knows no hours and took them for seconds; so it is here",
    );
  }
  const ms = Number(amount) * (unit.toLowerCase() === "m" ? 60_000 : 1_000);
  if (ms <= dayMs) return ms;
  remark(report, place, `${name} = ${value}`, "no time is longer than a day here, so it is 24h");
  return dayMs;
}

const dayMs = 24 * 3_600_000;

function matureOf({ settings }: WackamoleConf, { report, matureLeast }: Context): DraftLine {
  const said = settings.get("mature");
  const ms = said === undefined ? 5_000 : intervalOf(said, report) ?? 5_000;
  const why =
    "A group that starts cold waits so long for further hosts before it claims VIPs, or until all are there.";
  if (ms >= matureLeast) return { key: "mature", value: durationOf(ms), why };
  const least = Math.ceil(matureLeast / 1_000) * 1_000;
  const what = said === undefined ? "mature (5s when it is not said)" : `mature = ${said.value}`;
  const place = said?.place ?? null;
  remark(
    report,
    place,
    what,
    `shorter than the timeout and a heartbeat of this profile, so it is ${durationText(least)}`,
  );
  return { key: "mature", value: durationOf(least), why };
}

/** The sets of addresses that Molehill can hold, each address once. */
function usableSets(
  { virtualInterfaces }: WackamoleConf,
  { report, ownAddresses }: Context,
): readonly (readonly WackamoleAddress[])[] {
  const seen = new Set<string>();
  const sets = virtualInterfaces.map((set) =>
    set.filter((address) => {
      const { place, ip, prefix, net } = address;
      if (seen.has(ip.text)) {
        remark(report, place, ip.text, "it is there twice, and is taken once");
        return false;
      }
      seen.add(ip.text);
      checkUsable(address, { report, ownAddresses });
      if (prefix !== 32) {
        const why =
          "its prefix was for the interface; VIPs are single addresses here, /32, so that the end of one " +
          `takes no other along. A host without an address of its own in that network needs "${ip.text}/${prefix}"`;
        remark(report, place, `${ip.text}/${prefix}`, why);
      }
      if (net !== null) {
        const why =
          "a hint in which network neighbours are told; here the whole link of the interface hears it";
        remark(report, place, `${ip.text}/${prefix}n${net}`, why);
      }
      return true;
    })
  );
  return sets.filter((set) => set.length > 0);
}

function checkUsable(
  { place, ip, interface: on }: WackamoleAddress,
  { report, ownAddresses }: Pick<Context, "report" | "ownAddresses">,
): void {
  const reading = vipAddress.read(ip.text);
  const fact = reading.kind === "wrong"
    ? reading.fact
    : ownAddresses.has(ip.text)
    ? "it is a host's own address in spread.conf"
    : null;
  if (fact !== null) {
    const wanted = "an address that belongs to no host";
    cannot(report, place, { action: `use ${shownQuoted(ip.text)} as a virtual address`, fact, wanted });
  }
  const named = interfaceName.read(on);
  if (named.kind === "ok") return;
  const action = `use ${shownQuoted(on)} as interface of ${shownQuoted(ip.text)}`;
  cannot(report, place, { action, fact: named.fact, wanted: "one such as in eth0:10.0.0.1/32" });
}

/** Who prefers a VIP, by its first address, in the order of the files. */
function preferring(files: readonly HostConf[]): (head: IpAddress) => readonly string[] {
  const prefers = files.map(({ host, conf: { prefer } }) => {
    const blocks = new Map<number, Set<string>>();
    for (const { ip, prefix } of prefer ?? []) {
      blocks.set(prefix, (blocks.get(prefix) ?? new Set()).add(firstOfBlock(ip, prefix).text));
    }
    return { host, blocks };
  });
  return (head) =>
    prefers.flatMap(({ host, blocks }) => {
      const does = [...blocks].some(([prefix, firsts]) => firsts.has(firstOfBlock(head, prefix).text));
      return host !== null && does ? [host] : [];
    });
}

function compareFiles(first: HostConf, other: HostConf, report: Report): void {
  const place = { file: other.file, line: 1, column: 1 };
  const lists = [first.conf, other.conf].map(({ virtualInterfaces }) =>
    JSON.stringify(virtualInterfaces.map((set) => set.map(({ ip }) => ip.text)))
  );
  if (lists[0] !== lists[1]) {
    cannot(report, place, {
      action: `use its VirtualInterfaces beside those of ${shown(first.file, 200)}`,
      fact: "their addresses are not the same in the same order, as Wackamole needs them",
    });
  }
  const differing = [...new Set([...first.conf.settings.keys(), ...other.conf.settings.keys()])].filter((
    name,
  ) =>
    !["control", "spread", "spreadretryinterval", "moduledir"].includes(name) &&
    first.conf.settings.get(name)?.value !== other.conf.settings.get(name)?.value
  );
  for (const name of differing) {
    const setting = other.conf.settings.get(name);
    const what = setting === undefined ? name : `${setting.name} = ${setting.value}`;
    remark(report, setting?.place ?? place, what, `${shown(first.file, 200)} says otherwise, and counts`);
  }
  const rest = [first.conf, other.conf].map(({ notify, acquisitionsPerRound, balanceInterval }) =>
    JSON.stringify([
      notify.map((entry) => entry.kind === "arpCache" ? "" : [entry.block.ip.text, entry.block.prefix]),
      acquisitionsPerRound?.count,
      balanceInterval?.value,
    ])
  );
  if (rest[0] !== rest[1]) {
    remark(report, place, "Notify and balance", `they differ from ${shown(first.file, 200)}, which counts`);
  }
}

/** What each host calls the interfaces that the first file names. */
function interfacesOf(
  [first, ...others]: readonly [HostConf, ...HostConf[]],
  report: Report,
): WackamolePart["interfaces"] {
  const named = first.conf.virtualInterfaces.flat();
  return new Map(others.flatMap(({ host, conf }) => {
    const names = new Map<string, string>();
    for (const [index, address] of conf.virtualInterfaces.flat().entries()) {
      const here = named[index]?.interface;
      if (here === undefined || here === "") continue;
      const known = names.get(here);
      if (known === undefined) names.set(here, address.interface);
      else if (known !== address.interface) {
        cannot(report, address.place, {
          action: `use ${shownQuoted(address.interface)} as this host's name of ${shownQuoted(here)}`,
          fact: `it calls it ${shownQuoted(known)} elsewhere`,
        });
      }
    }
    for (const [here, there] of names) if (here === there) names.delete(here);
    return host === null || names.size === 0 ? [] : [[host, names] as const];
  }));
}

function tellSettings({ host, conf }: HostConf, { report, port }: Context): void {
  const { settings, prefer } = conf;
  const tell = (name: string, why: string) => {
    const setting = settings.get(name);
    if (setting !== undefined) remark(report, setting.place, `${setting.name} = ${setting.value}`, why);
  };
  const spread = settings.get("spread");
  const spreadPort = Number(/^(\d+)(@|$)/.exec(spread?.value ?? "")?.[1] ?? port);
  if (spreadPort === port) tell("spread", "there is one daemon, and no other to connect to");
  else tell("spread", `there is one daemon; spread.conf says port ${port}, which counts`);
  tell("spreadretryinterval", "there is no other daemon to connect to");
  tell(
    "control",
    "the control socket is /run/molehill/control.sock: molehill status, drain, move instead of wackatrl",
  );
  tell("moduledir", "no modules are loaded: hooks run programs");
  if (host !== null || prefer === null) return;
  for (const { place, ip, prefix } of prefer) {
    const why =
      "a preference is one host's: say whose file this is, --wackamole HOST=FILE, once for each host";
    remark(report, place, `Prefer ${ip.text}/${prefix}`, why);
  }
}

function notifyOf(
  conf: WackamoleConf,
  report: Report,
): { readonly notify: readonly DraftLine[]; readonly targets: readonly DraftTarget[] } {
  const arpCache = conf.notify.find((entry) => entry.kind === "arpCache");
  const said = conf.settings.get("arp-cache");
  const ms = said === undefined ? 60_000 : intervalOf(said, report) ?? 60_000;
  if (arpCache === undefined && said !== undefined) {
    const why = "Notify does not list arp-cache, so nobody was notified by it: arp_cache is off";
    remark(report, said.place, `${said.name} = ${said.value}`, why);
  }
  if (arpCache?.ping) {
    remark(report, arpCache.place, "arp-cache ping", "collected neighbours are notified without a ping");
  }
  const why =
    "Neighbours are collected this often and shared by all hosts, which notify them when a VIP moves.";
  return {
    notify: arpCache === undefined
      ? []
      : [{ key: "arp_cache", value: ms < 1_000 ? '"off"' : durationOf(ms), why }],
    targets: conf.notify.flatMap((entry) => entry.kind === "block" ? targetsOf(entry, report) : []),
  };
}

function targetsOf(
  { block, throttle, ping, place }: Extract<NotifyEntry, { kind: "block" }>,
  report: Report,
): readonly DraftTarget[] {
  const { ip, prefix, interface: on } = block;
  const text = `${ip.text}/${prefix}`;
  const named = interfaceName.read(on);
  if (named.kind === "wrong") {
    const action = `use ${shownQuoted(on)} as interface of notify target ${shownQuoted(text)}`;
    cannot(report, place, { action, fact: named.fact, wanted: "one such as in eth0:10.0.0.1/32" });
  }
  const reading = notifyBlock.read(text);
  if (reading.kind === "wrong") {
    remark(report, place, text, `left out: ${reading.fact} (wanted ${reading.wanted ?? notifyBlock.wanted})`);
    return [];
  }
  if (throttle !== null && (throttle < 1 || throttle > 100_000)) {
    remark(report, place, `throttle ${throttle}`, "left out: the usual throttle is 128 a second");
    return [{ ip, prefix, interface: on, throttle: null, ping }];
  }
  if (throttle === null && prefix !== prefixMax(ip.family)) {
    remark(
      report,
      place,
      text,
      "Wackamole told all of the block at once; here it is 128 a second, see throttle",
    );
  }
  return [{ ip, prefix, interface: on, throttle, ping }];
}

function balanceOf(
  { acquisitionsPerRound, balanceInterval }: WackamoleConf,
  report: Report,
): readonly DraftLine[] {
  const count = acquisitionsPerRound?.count ?? 1;
  if (acquisitionsPerRound !== null && count === 0) {
    remark(
      report,
      acquisitionsPerRound.place,
      "AcquisitionsPerRound = 0",
      "balancing cannot be turned off: one a round",
    );
  }
  const isUnsaid = acquisitionsPerRound === null ? " Wackamole's own, as its file does not say." : "";
  const given = balanceInterval === null ? 4_000 : intervalOf(balanceInterval, report) ?? 4_000;
  return [
    {
      key: "moves_per_round",
      value: count === "all" ? quoted(count) : String(Math.max(1, count)),
      why: `How many VIPs a round of balancing may move (AcquisitionsPerRound).${isUnsaid}`,
    },
    { key: "interval", value: durationOf(Math.max(given, 1_000)) },
  ];
}

const hookOf: Readonly<Record<string, string>> = {
  "on up": "acquire",
  "post up": "acquire",
  "on down": "release",
  "post down": "release",
};

function hooksOf(dynamics: readonly Dynamic[], report: Report): readonly Suggestion[] {
  for (const { place, directive, what, event } of dynamics) {
    const why = event === null
      ? "no modules are loaded: hooks run programs"
      : `code within the daemon is not run: write a program that does the same, and make it the hook ${
        hookOf[event]
      }`;
    remark(report, place, [directive, what, event].filter((word) => word !== null).join(" "), why);
  }
  const hooks = [...new Set(dynamics.flatMap(({ event }) => hookOf[event ?? ""] ?? []))].sort();
  if (hooks.length === 0) return [];
  const program = (hook: string) =>
    `${hook} = { command = [${quoted(`/usr/local/sbin/molehill-${hook}`)}], timeout = "5s" }`;
  const told = dynamics.filter(({ event }) => event !== null).map(({ what, event }) =>
    `${shown(what)} ${event}`
  );
  return [{
    section: "hooks",
    header: "[hooks]",
    why: `Wackamole called ${told.join(", ")}. Here hooks are programs: write them, then take this in.`,
    lines: hooks.map(program),
    needsHand: true,
  }];
}
