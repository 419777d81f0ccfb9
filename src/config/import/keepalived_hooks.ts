// Whom keepalived tells, as hooks: each is for the VIPs whose instances or groups name its program.
//
// An event here knows no FAULT and no STOP: what keepalived told apart is one release, with its reason. And the file is
// the same on every host. A program that counted on either is for a person to look at.

import type { Unit, UnitSet } from "./from_keepalived.ts";
import type { VrrpCommon } from "./keepalived_conf.ts";
import { type Notify, runsAs } from "./keepalived_scripts.ts";
import { callOf, isForShell, shellWhy } from "./quoted_words.ts";
import { remark, type Report } from "./report.ts";
import type { Suggestion } from "./suggestions.ts";
import { inlineTable, list, quoted } from "./toml_text.ts";

const events = ["acquire", "release"] as const;
type Event = typeof events[number];

/** A program that is run for VIPs. */
interface Hook {
  readonly call: readonly string[];
  readonly user: string | null;
  readonly vips: Set<string>;
}

/** The section [hooks] of the files. */
export function hooksOf(vips: readonly UnitSet[], report: Report): readonly Suggestion[] {
  let isClear = true;
  const doubt = ({ place, directive, command }: Notify, why: string) => {
    remark(report, place, `${directive} ${command}`, why);
    isClear = false;
  };
  const lines = events.flatMap((event) => {
    const hooks = new Map<string, Hook>();
    for (const set of vips) addHooks(hooks, { set, event, doubt });
    return hookLines(event, [...hooks.values()], vips.length);
  });
  if (lines.length === 0) return [];
  return [{
    section: "hooks",
    header: "[hooks]",
    why:
      "notify_master is acquire, and what is run when a VIP leaves is release. keepalived ran notify_backup also " +
      "when it started, and waited for its programs for ever; here they end after timeout." +
      (isClear ? "" : " What is to be looked at first is told below."),
    lines: ['timeout = "60s"', ...lines],
    needsHand: !isClear,
  }];
}

type Doubt = (notify: Notify, why: string) => void;

/** What the hosts' files name for one VIP. */
function addHooks(
  hooks: Map<string, Hook>,
  { set: { units, vip }, event, doubt }: {
    readonly set: UnitSet;
    readonly event: Event;
    readonly doubt: Doubt;
  },
): void {
  const hosts = new Set(units.map(({ host }) => host));
  const found = units.flatMap((unit) => callsOf(unit, { event, doubt }));
  for (const { key, notify, call, user } of found) {
    if (isForShell(notify.command)) doubt(notify, shellWhy);
    const missing = [...hosts].filter((each) =>
      !found.some((other) => other.key === key && other.host === each)
    );
    if (missing.length > 0) {
      doubt(
        notify,
        `the file of ${
          missing.join(", ")
        } does not name it, and hooks are the same on every host: have a program look at MOLEHILL_HOST`,
      );
    }
    const hook = hooks.get(key) ?? { call, user, vips: new Set() };
    hook.vips.add(vip.name ?? "");
    hooks.set(key, hook);
  }
}

interface FoundCall {
  /** The same for the same program with the same words and user. */
  readonly key: string;
  readonly notify: Notify;
  readonly call: readonly string[];
  readonly user: string | null;
  readonly host: string;
}

const callsOf = (
  { host, conf, parts }: Unit,
  { event, doubt }: { readonly event: Event; readonly doubt: Doubt },
): readonly FoundCall[] =>
  parts.flatMap((part) => {
    const notifies = event === "acquire" ? mastersOf(part) : releasesOf(part, doubt);
    const plain = notifies.map((notify) => ({ notify, call: callOf(notify.command) }));
    const general = part.notify.filter(({ directive }) => directive === "notify").map((notify) => {
      if (event === "acquire") doubt(notify, generalWhy);
      const state = event === "acquire" ? "MASTER" : "BACKUP";
      return { notify, call: [...callOf(notify.command), part.kind, part.name, state] };
    });
    return [...plain, ...general].map(({ notify, call }): FoundCall => {
      const user = runsAs(notify.user, conf.scriptUser);
      return { key: JSON.stringify([call, user]), notify, call, user, host };
    });
  });

const generalWhy =
  "it was also told FAULT and STOP, and the priority behind all: see that the program does without them, or looks at " +
  "MOLEHILL_REASON";

const mastersOf = ({ notify }: VrrpCommon): readonly Notify[] =>
  notify.filter(({ directive }) => directive === "notify_master");

/** What is run when the VIP leaves: one program, whatever the reason. */
function releasesOf({ notify }: VrrpCommon, doubt: Doubt): readonly Notify[] {
  const backups = notify.filter(({ directive }) => directive === "notify_backup");
  const others = notify.filter(({ directive }) => /^notify_(?:fault|stop)$/.test(directive));
  const release = backups[0] ?? others[0];
  if (release === undefined) return [];
  const isSame = (other: Notify) => other.command === release.command && other.user === release.user;
  for (const other of others) {
    if (backups.length === 0) {
      doubt(other, "it is run here whenever the VIP leaves: MOLEHILL_REASON says why");
    } else if (!isSame(other)) {
      doubt(
        other,
        "release is run instead, as always when the VIP leaves: let its program look at MOLEHILL_REASON",
      );
    }
  }
  return backups.length === 0 ? [release] : backups;
}

function hookLines(event: Event, hooks: readonly Hook[], vipCount: number): readonly string[] {
  const tables = hooks.map(({ call, user, vips }) =>
    inlineTable([
      ["command", list(call)],
      ...(user === null ? [] : [["user", quoted(user)] as const]),
      ...(vips.size === vipCount ? [] : [["vips", list([...vips])] as const]),
    ])
  );
  const [first] = tables;
  if (first === undefined) return [];
  if (tables.length === 1) return [`${event} = ${first}`];
  return [`${event} = [`, ...tables.map((table) => `  ${table},`), "]"];
}
