// What keepalived watches, as checks. A check here has no weight: a host that fails it gives the VIPs up, whoever else
// there is.

import type { UnitSet } from "./from_keepalived.ts";
import type { KeepalivedConf } from "./keepalived_conf.ts";
import { runsAs, type Tracked, type VrrpCheck } from "./keepalived_scripts.ts";
import { asName, distinct } from "./names.ts";
import { basename, callOf, isForShell, shellWhy } from "./quoted_words.ts";
import { remark, type Report, shown } from "./report.ts";
import type { Suggestion } from "./suggestions.ts";
import { durationOf, list, quoted } from "./toml_text.ts";

interface Context {
  readonly vips: readonly UnitSet[];
  readonly report: Report;
}

/** One thing that is tracked, for which VIPs and by whom. */
interface Watch {
  readonly tracked: Tracked;
  readonly check: VrrpCheck | null;
  /** Of its script, unless it says one itself. */
  readonly scriptUser: string | null;
  readonly vips: Set<string>;
  readonly hosts: Set<string>;
}

/** As one host's file has it. */
type Seen = Omit<Watch, "vips" | "hosts">;

/** The sections [[check]] of the files. */
export function checksOf(
  confs: readonly KeepalivedConf[],
  { vips, report }: Context,
): readonly Suggestion[] {
  const watches = watchesOf(vips);
  tellUntracked(confs, { watches, report });
  const usable = watches.filter((watch) => isUsable(watch, { vips, report }));
  const names = distinct(
    usable.map(({ tracked: { kind, name } }) =>
      asName(kind === "interface" ? `link-${name}` : name, "check")
    ),
  );
  return usable.map((watch, index) => checkOf(watch, { name: names[index] ?? "", vips, report }));
}

function watchesOf(vips: readonly UnitSet[]): readonly Watch[] {
  const watches = new Map<string, Watch>();
  for (const { units, vip } of vips) {
    for (const { host, conf, parts } of units) {
      for (const tracked of parts.flatMap((part) => part.tracked)) {
        const check = conf.checks.findLast(({ kind, name }) =>
          kind === tracked.kind && name === tracked.name
        ) ?? null;
        const seen = { tracked, check, scriptUser: conf.scriptUser };
        // What hosts' files have by one name and see otherwise are several checks.
        const key = JSON.stringify([tracked.kind, tracked.name, ...lookOf(seen).lines, ...paceLines(seen)]);
        const watch = watches.get(key) ?? { ...seen, vips: new Set(), hosts: new Set() };
        watches.set(key, watch);
        watch.vips.add(vip.name ?? "");
        watch.hosts.add(host);
      }
    }
  }
  return [...watches.values()];
}

function tellUntracked(
  confs: readonly KeepalivedConf[],
  { watches, report }: { readonly watches: readonly Watch[]; readonly report: Report },
): void {
  const names = new Set(watches.map(({ tracked: { kind, name } }) => `${kind} ${name}`));
  for (const { kind, name, place } of confs.flatMap(({ checks }) => checks)) {
    if (!names.has(`${kind} ${name}`)) {
      remark(report, place, name, "no instance tracks it, so it is left out");
    }
  }
}

function isUsable({ tracked, check }: Watch, { vips, report }: Context): boolean {
  const { kind, name, place } = tracked;
  if (kind === "bfd") {
    remark(
      report,
      place,
      `track_bfd ${name}`,
      "BFD is not spoken: hosts notice each other's death by heartbeats",
    );
    return false;
  }
  if (kind === "interface") {
    const isWatched = tracked.isReversed !== true &&
      vips.some(({ vip }) => vip.addresses.some((address) => address.interface === name));
    if (isWatched) {
      remark(report, place, `track_interface ${name}`, "the interface of a VIP is watched by itself");
    }
    return !isWatched;
  }
  if (check === null) remark(report, place, `track_${kind} ${name}`, "it is not defined, so it is left out");
  return check !== null;
}

function checkOf(
  watch: Watch,
  { name, vips, report }: Context & { readonly name: string },
): Suggestion {
  const { tracked, check, vips: tracking, hosts } = watch;
  const weight = weightOf(watch);
  if (weight !== 0) {
    const why = "checks have no weight: a host that fails it gives its VIPs up, if others can hold them";
    remark(report, tracked.place, `weight ${weight} (${tracked.name})`, why);
  }
  if (tracked.kind === "script" && check !== null) {
    if (isForShell(check.what)) remark(report, check.place, `script of ${check.name}`, shellWhy);
    tellPace(check, report);
  }
  const isForAll = vips.every(({ vip }) => tracking.has(vip.name ?? ""));
  const isEverywhere = vips.every(({ units }) => units.every(({ host }) => hosts.has(host)));
  const look = lookOf(watch);
  return {
    section: "check",
    header: "[[check]]",
    why: `${tracked.kind === "script" ? "vrrp_script" : `track_${tracked.kind}`} ${
      shown(tracked.name)
    }.${look.why}`,
    lines: [
      `name = ${quoted(name)}`,
      ...look.lines,
      ...paceLines(watch),
      ...(isForAll ? [] : [`vips = ${list([...tracking])}`]),
      ...(isEverywhere ? [] : [`hosts = ${list([...hosts])}`]),
    ],
    needsHand: look.needsHand,
  };
}

const weightOf = ({ tracked, check }: Pick<Watch, "tracked" | "check">): number =>
  tracked.weight ?? check?.weight ?? 0;

/** What is looked at. */
interface Look {
  readonly lines: readonly string[];
  /** A further sentence for its comment, behind a blank; or nothing. */
  readonly why: string;
  readonly needsHand: boolean;
}

function lookOf({ tracked, check, scriptUser }: Seen): Look {
  const { kind, name } = tracked;
  const what = check?.what ?? "";
  const isReversed = tracked.isReversed ?? check?.isReversed ?? false;
  if (kind === "script") {
    return scriptLook(what, { user: runsAs(check?.user ?? null, scriptUser), isReversed });
  }
  if (kind === "process") return processLook(basename(what), isReversed);
  if (kind === "file") return fileLook(what, { weight: weightOf({ tracked, check }), isReversed });
  const carrier = ["/bin/grep", "-q", "^1", `/sys/class/net/${name.replaceAll("/", "")}/carrier`];
  return execLook(carrier, { isReversed });
}

function execLook(
  call: readonly string[],
  { isReversed, user = null, why }: {
    readonly isReversed: boolean;
    readonly user?: string | null;
    /** Instead of the usual sentence. */
    readonly why?: string;
  },
): Look {
  const command = isReversed ? ["/bin/sh", "-c", '! "$@"', "sh", ...call] : call;
  return {
    lines: [`exec = ${list(command)}`, ...(user === null ? [] : [`user = ${quoted(user)}`])],
    why: why ?? (isReversed ? " Reversed: it passes when the program fails." : ""),
    needsHand: false,
  };
}

function scriptLook(
  command: string,
  { user, isReversed }: { readonly user: string | null; readonly isReversed: boolean },
): Look {
  // The usual way to see whether a program runs.
  const alive = /^(?:\S*\/)?(?:killall\s+-(?:0|s\s+0)|pidof(?:\s+-s)?|pgrep\s+-x)\s+([\w.-]+)$/.exec(
    command.trim(),
  );
  if (isForShell(command)) {
    const why = " keepalived 2 starts no shell: see that this one does what was meant.";
    return { ...execLook(callOf(command), { isReversed, user, why }), needsHand: true };
  }
  if (alive?.[1] === undefined || isReversed) return execLook(callOf(command), { isReversed, user });
  return { lines: [`process = ${quoted(alive[1])}`], why: "", needsHand: false };
}

function processLook(name: string, isReversed: boolean): Look {
  if (!isReversed) return { lines: [`process = ${quoted(name)}`], why: "", needsHand: false };
  const why = " It is well when no such process runs: see that pgrep is there on every host.";
  return { ...execLook(["/usr/bin/pgrep", "-x", name.slice(0, 15)], { isReversed, why }), needsHand: true };
}

/** The number in a file: one that is not there, or has none, counts as 0. */
function fileLook(
  file: string,
  { weight, isReversed }: { readonly weight: number; readonly isReversed: boolean },
): Look {
  const found = (sign: string) => ["/bin/grep", "-Eqs", `^[[:space:]]*${sign}0*[1-9]`, file];
  if (weight === 0) {
    const why = isReversed
      ? " It passes when the number in the file is not 0."
      : " It passes while the number in the file is 0, or there is none.";
    return execLook(found("[-+]?"), { isReversed: !isReversed, why });
  }
  const isLow = (weight > 0) !== isReversed;
  const why =
    ` The number in the file, times ${weight}, was added to the priority. Here it passes unless that is ` +
    "below 0: see whether it does what you had in mind.";
  return { ...execLook(found(isLow ? "-" : "[+]?"), { isReversed: true, why }), needsHand: true };
}

function paceLines({ tracked, check }: Pick<Watch, "tracked" | "check">): readonly string[] {
  const { interval, timeout, rise, fall } = tracked.kind === "script" && check !== null
    ? paceOf(check)
    : atOnce;
  return [
    `interval = ${durationOf(interval * 1_000)}`,
    ...(timeout === null ? [] : [`timeout = ${durationOf(timeout * 1_000)}`]),
    `rise = ${rise}`,
    `fall = ${fall}`,
  ];
}

interface Pace {
  /** Seconds. */
  readonly interval: number;
  /** Seconds; null: the usual. */
  readonly timeout: number | null;
  readonly rise: number;
  readonly fall: number;
}

/** The kernel told keepalived of processes, files and links. */
const atOnce: Pace = { interval: 1, timeout: null, rise: 1, fall: 1 };

const dayS = 86_400;

function paceOf(check: VrrpCheck): Pace {
  const interval = within(check.interval ?? 1, dayS);
  return {
    interval,
    // 0 is as not said: as long as the interval.
    timeout: within(check.timeout || interval, interval),
    rise: within(check.rise ?? 1, 100),
    fall: within(check.fall ?? 1, 100),
  };
}

const within = (value: number, most: number): number => Math.min(Math.max(Math.floor(value), 1), most);

function tellPace(check: VrrpCheck, report: Report): void {
  const pace = paceOf(check);
  const tell = (key: "interval" | "timeout" | "rise" | "fall", why: string) => {
    if (check[key] === null || check[key] === pace[key] || (key === "timeout" && check[key] === 0)) return;
    remark(report, check.place, `${key} ${check[key]} (${check.name})`, `${why}, so it is ${pace[key]}`);
  };
  tell("interval", "keepalived counts whole seconds, from 1 on, and no interval is longer than a day here");
  tell("timeout", "a look ends before the next one begins, and no timeout is longer than the interval");
  tell("rise", "a whole number from 1 to 100 here");
  tell("fall", "a whole number from 1 to 100 here");
}
