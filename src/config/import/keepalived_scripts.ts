// Reads what keepalived watches and runs: vrrp_script and its like, who tracks them, notify scripts, and as which user
// they run.

import { userName } from "../values.ts";
import { type Context, inBlock, lastNumber, numberIn, tellUnread } from "./keepalived_keys.ts";
import type { Statement } from "./keepalived_lines.ts";
import { scriptReasons } from "./keepalived_reasons.ts";
import { commandWords } from "./quoted_words.ts";
import { cannot, type Place, remark, type Report, shown, shownQuoted } from "./report.ts";

export interface Tracked {
  readonly place: Place;
  readonly kind: "script" | "process" | "file" | "interface" | "bfd";
  readonly name: string;
  /** Null, as for isReversed: it is as the check itself says. */
  readonly weight: number | null;
  readonly isReversed: boolean | null;
}

export interface Notify {
  readonly place: Place;
  readonly directive: string;
  readonly command: string;
  /** Null: the file does not say. */
  readonly user: string | null;
}

export interface VrrpCheck {
  readonly place: Place;
  readonly kind: "script" | "process" | "file";
  readonly name: string;
  /** The command, the process's name, or the file. */
  readonly what: string;
  /** Null: the file does not say. */
  readonly user: string | null;
  /** Seconds; null: not said. */
  readonly interval: number | null;
  readonly timeout: number | null;
  readonly rise: number | null;
  readonly fall: number | null;
  readonly weight: number;
  /** True: it is well when it fails. */
  readonly isReversed: boolean;
}

const trackKinds = ["script", "process", "file", "interface", "bfd"] as const;

/** What the keys of an instance or a group say of who is watched. */
export const trackedOf = (keys: readonly Statement[], context: Context): readonly Tracked[] =>
  trackKinds.flatMap((kind) =>
    inBlock(keys, `track_${kind}`).flatMap((each) => trackedIn(each, kind, context))
  );

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
    if (last !== undefined && word === "weight") {
      const as = `weight of ${shown(last.name)}`;
      tracked.splice(-1, 1, { ...last, weight: numberIn(words[++at] ?? "", { place, as, ...context }) });
    } else if (last !== undefined && /^(no_?)?reverse$/.test(word)) {
      tracked.splice(-1, 1, { ...last, isReversed: word === "reverse" });
    } else tracked.push({ place, kind, name: word, weight: null, isReversed: null });
  }
  return tracked;
}

const notifyNames = new Set(["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"]);

/** What the keys of an instance or a group say of what is run. */
export const notifyOf = (keys: readonly Statement[], { report }: Context): readonly Notify[] =>
  keys.filter(({ words: [name = ""] }) => notifyNames.has(name)).flatMap((
    { place, words: [directive = "", command = "", ...user] },
  ) => {
    if (commandWords(command).length > 0) {
      return [{ place, directive, command, user: userIn(user, { place, report }) }];
    }
    remark(report, place, directive, "it names no program, so it is left out");
    return [];
  });

/** The user of the words USER [GROUP]; null: there are none. */
export function userIn(
  [user, group]: readonly string[],
  { place, report }: { readonly place: Place; readonly report: Report },
): string | null {
  if (user === undefined) return null;
  const reading = userName.read(user);
  if (reading.kind === "wrong") {
    cannot(report, place, {
      action: `use ${shownQuoted(user)} as user`,
      fact: reading.fact,
      wanted: reading.wanted ?? userName.wanted,
    });
    return user;
  }
  if (user !== "root") remark(report, place, `user ${user}`, otherUserWhy);
  if (group !== undefined && group !== user) {
    const why = `a program has the groups of its user, and no other: see that ${shown(group)} is one of them`;
    remark(report, place, `user ${user} ${group}`, why);
  }
  return user;
}

const otherUserWhy =
  "with the unit file of systemd this takes CAP_SETUID CAP_SETGID CAP_KILL besides: see CapabilityBoundingSet in it";

/** As whom a script runs; null: as the daemon, which is root as a rule. */
export function runsAs(own: string | null, common: string | null): string | null {
  const user = own ?? common;
  return user === "root" ? null : user;
}

/** A vrrp_script, vrrp_track_process or track_file. */
export function checkOf(
  { place, words: [, name = ""], body }: Statement,
  { kind, report }: Context & { readonly kind: VrrpCheck["kind"] },
): readonly VrrpCheck[] {
  const keys = body ?? [];
  const owner = `${kind === "script" ? "vrrp_script" : `track ${kind}`} ${shown(name)}`;
  for (const each of keys) tellUnread(each, { reasons: scriptReasons, owner, report });
  const last = (key: string) => keys.findLast(({ words: [first] }) => first === key);
  const found = last(kind);
  const [, what = "", ...further] = found?.words ?? [];
  if (found === undefined || commandWords(what).length === 0) {
    const fact = `it has no ${kind}`;
    cannot(report, place, { action: `read ${shownQuoted(owner)}`, fact, wanted: `${kind} ...` });
    return [];
  }
  if (further.length > 0) {
    const why = kind === "process"
      ? "a process is looked for by its name alone; write a script for more, and use it as exec"
      : "keepalived takes the first word alone, and so it is here: with quotes around all it is one";
    remark(report, found.place, `${found.words.join(" ")} (${owner})`, why);
  }
  const number = (named: string) => lastNumber(keys, named, { report })?.value ?? null;
  const user = last("user");
  return [{
    place,
    kind,
    name,
    what,
    user: user === undefined ? null : userIn(user.words.slice(1), { place: user.place, report }),
    interval: number("interval"),
    timeout: number("timeout"),
    rise: number("rise"),
    fall: number("fall"),
    // A script brings the instance down unless it has a weight; a process or file weighs 1 unless told otherwise.
    weight: number("weight") ?? (kind === "script" ? 0 : 1),
    // No process may be there at all.
    isReversed: (last("weight")?.words.includes("reverse") ?? false) !== (number("quorum_max") === 0),
  }];
}
