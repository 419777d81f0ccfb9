// What keepalived watches and whom it tells, as checks and hooks. A check here has no weight: a host that fails it
// gives the VIPs up, whoever else there is.

import { basename, commandWords, shellWords } from "./command_words.ts";
import type { UnitSet } from "./from_keepalived.ts";
import type { KeepalivedConf, Notify, Tracked, VrrpCheck } from "./keepalived_conf.ts";
import { asName, distinct } from "./names.ts";
import { remark, type Report, shown } from "./report.ts";
import type { Suggestion } from "./suggestions.ts";
import { durationOf, list, quoted } from "./toml_text.ts";

interface Context {
  readonly vips: readonly UnitSet[];
  readonly report: Report;
}

/** The sections [[check]] and [hooks] of the files. */
export function suggestionsOf(confs: readonly KeepalivedConf[], context: Context): readonly Suggestion[] {
  return [...checksOf(confs, context), ...hooksOf(context)];
}

/** One thing that is tracked, and by which VIPs. */
interface Watch {
  readonly tracked: Tracked;
  readonly check: VrrpCheck | null;
  readonly vips: Set<string>;
}

function checksOf(confs: readonly KeepalivedConf[], { vips, report }: Context): readonly Suggestion[] {
  const watches = watchesOf({ vips, report });
  tellUntracked(confs, { watches, report });
  const usable = watches.filter((watch) => isUsable(watch, { vips, report }));
  const names = distinct(
    usable.map(({ tracked: { kind, name } }) =>
      asName(kind === "interface" ? `link-${name}` : name, "check")
    ),
  );
  return usable.map((watch, index) => checkOf(watch, { name: names[index] ?? "", vips, report }));
}

function watchesOf({ vips, report }: Context): readonly Watch[] {
  const watches = new Map<string, Watch>();
  for (const { units, vip } of vips) {
    for (const { conf, parts } of units) {
      for (const tracked of parts.flatMap((part) => part.tracked)) {
        const check = conf.checks.findLast(({ kind, name }) =>
          kind === tracked.kind && name === tracked.name
        ) ?? null;
        const key = `${tracked.kind} ${tracked.name}`;
        const known = watches.get(key);
        if (known === undefined) {
          watches.set(key, { tracked, check, vips: new Set([vip.name ?? ""]) });
          continue;
        }
        known.vips.add(vip.name ?? "");
        if (check !== null && known.check !== null && check.what !== known.check.what) {
          remark(
            report,
            check.place,
            check.name,
            `another host's file runs ${shown(known.check.what)}, which counts`,
          );
        }
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
    const isWatched = vips.some(({ vip }) => vip.addresses.some((address) => address.interface === name));
    if (isWatched) {
      remark(report, place, `track_interface ${name}`, "the interface of a VIP is watched by itself");
    }
    return !isWatched;
  }
  if (check === null) remark(report, place, `track_${kind} ${name}`, "it is not defined, so it is left out");
  return check !== null;
}

function checkOf(
  { tracked, check, vips: tracking }: Watch,
  { name, vips, report }: Context & { readonly name: string },
): Suggestion {
  const weight = tracked.weight ?? check?.weight ?? 0;
  if (weight !== 0) {
    const why = "checks have no weight: a host that fails it gives its VIPs up, if others can hold them";
    remark(report, tracked.place, `weight ${weight} (${tracked.name})`, why);
  }
  const isForAll = vips.every(({ vip }) => tracking.has(vip.name ?? ""));
  return {
    section: "check",
    header: "[[check]]",
    why: `${tracked.kind === "script" ? "vrrp_script" : `track_${tracked.kind}`} ${shown(tracked.name)}.`,
    lines: [
      `name = ${quoted(name)}`,
      whatLine(tracked, check),
      ...(tracked.kind === "script" && check !== null ? paceLines(check) : []),
      ...(isForAll ? [] : [`vips = ${list([...tracking])}`]),
    ],
    needsHand: false,
  };
}

function whatLine({ kind, name }: Tracked, check: VrrpCheck | null): string {
  const what = check?.what ?? "";
  if (kind === "interface") {
    return `exec = ${list(["/bin/grep", "-q", "^1", `/sys/class/net/${name.replaceAll("/", "")}/carrier`])}`;
  }
  if (kind === "process") return `process = ${quoted(basename(commandWords(what)[0] ?? what))}`;
  if (kind === "file") return `file = ${quoted(what)}`;
  // The usual way to see whether a program runs.
  const alive = /^(?:\S*\/)?(?:killall\s+-(?:0|s\s+0)|pidof(?:\s+-s)?|pgrep\s+-x)\s+([\w.-]+)$/.exec(
    what.trim(),
  );
  return alive?.[1] === undefined ? `exec = ${list(shellWords(what))}` : `process = ${quoted(alive[1])}`;
}

function paceLines({ interval, timeout, rise, fall }: VrrpCheck): readonly string[] {
  const pace = bounded(interval ?? 1);
  return [
    `interval = ${durationOf(pace)}`,
    `timeout = ${durationOf(bounded(timeout ?? pace / 1_000))}`,
    ...(rise === null ? [] : [`rise = ${Math.max(1, Math.round(rise))}`]),
    ...(fall === null ? [] : [`fall = ${Math.max(1, Math.round(fall))}`]),
  ];
}

/** Seconds as milliseconds, as far as a duration goes. */
const bounded = (seconds: number): number =>
  Math.min(Math.max(Math.round(seconds * 1_000), 1_000), 86_400_000);

const hookOf: Readonly<Record<string, "acquire" | "release">> = {
  notify_master: "acquire",
  notify_backup: "release",
  notify_fault: "release",
  notify_stop: "release",
};

interface HookCall extends Pick<Notify, "place" | "directive"> {
  readonly command: readonly string[];
  readonly user: string | null;
}

function hooksOf({ vips, report }: Context): readonly Suggestion[] {
  const calls = { acquire: [] as HookCall[], release: [] as HookCall[] };
  for (const { conf, parts } of vips.flatMap(({ units }) => units)) {
    for (const { name, notify } of parts) {
      for (const { place, directive, command, user } of notify) {
        const words = shellWords(command);
        const asked = { place, directive, user: user ?? conf.scriptUser };
        const hook = hookOf[directive];
        if (hook !== undefined) calls[hook].push({ ...asked, command: words });
        else {
          calls.acquire.push({ ...asked, command: [...words, "INSTANCE", name, "MASTER"] });
          calls.release.push({ ...asked, command: [...words, "INSTANCE", name, "BACKUP"] });
        }
      }
    }
  }
  const hooks = (["acquire", "release"] as const).flatMap((hook) => {
    const [first] = calls[hook];
    if (first === undefined) return [];
    const others = calls[hook].filter(({ command }) => command.join(" ") !== first.command.join(" "));
    for (const { place, directive, command } of others) {
      const why = `there is one hook ${hook} for all VIPs and reasons, and it already runs ` +
        `${shown(first.command.join(" "))}: write one program that calls both`;
      remark(report, place, `${directive} ${command.join(" ")}`, why);
    }
    const user = first.user === null ? "" : `, user = ${quoted(first.user)}`;
    const line = `${hook} = { command = ${list(first.command)}, timeout = "5s"${user} }`;
    return [{ line, isClear: others.length === 0 && first.directive !== "notify" }];
  });
  if (hooks.length === 0) return [];
  return [{
    section: "hooks",
    header: "[hooks]",
    why:
      "notify_master is acquire; notify_backup, notify_fault and notify_stop are release. Hooks are run for every VIP " +
      "and told which: see that the programs do not count on one.",
    lines: hooks.map(({ line }) => line),
    needsHand: hooks.some(({ isClear }) => !isClear),
  }];
}
