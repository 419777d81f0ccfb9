// What the daemon answers to "plan": what would be if some hosts were gone, with why nobody would hold a VIP in words,
// and what the answering host cannot know.

import type { Plan } from "../codec/control.ts";
import type { HostName } from "../core/vocabulary.ts";
import type { Barred, VipOutlook, WhatIf } from "../core/what_if.ts";
import { counted, listed } from "./words.ts";

export interface PlanFacts {
  readonly version: string;
  readonly group: string;
  /** Who answers. */
  readonly host: HostName;
  readonly without: readonly HostName[];
  /** The group is about to agree on another view. */
  readonly isChanging: boolean;
}

/** The answer to "plan". */
export function reportPlan(whatIf: WhatIf, { version, group, host, without, isChanging }: PlanFacts): Plan {
  const { view, absent, remaining, needed, serves, vips, loads, balanceMoves } = whatIf;
  return {
    version,
    group,
    host,
    view: {
      number: view.number,
      coordinator: view.coordinator,
      members: view.members.map((member) => member.host),
    },
    without,
    not_members: absent,
    remaining,
    needed,
    serves,
    covered: vips.every(({ then }) => then !== null),
    hosts: loads.map((load) => ({ name: load.host, now: load.now, then: load.then })),
    vips: vips.map((vip) => ({
      name: vip.vip,
      now: vip.now,
      then: vip.then,
      reason: vip.reason,
      problem: vip.then === null ? problemOf(vip, whatIf) : null,
    })),
    balance_moves: balanceMoves,
    notes: notesOn(whatIf, isChanging),
  };
}

/** Why nobody would hold the VIP. */
export function problemOf({ barred, isKnown }: VipOutlook, { remaining, needed, serves }: WhatIf): string {
  if (remaining.length === 0) return "no host would be left";
  if (!serves) {
    return `${counted(remaining.length, "host")} would be left, and it takes ${needed} to hold VIPs`;
  }
  if (!isKnown) return "it is not in the answering host's file: that host cannot tell who may hold it";
  if (barred.length === 0) return "no host that knows it would be left";
  return [...groupedBy(barred)].map(([because, hosts]) => barredText[because](hosts)).join(", ");
}

const barredText: Readonly<Record<Barred["because"], (hosts: readonly HostName[]) => string>> = {
  gone: (hosts) => `${listed(hosts)} would be gone`,
  draining: (hosts) => `${listed(hosts)} ${hosts.length === 1 ? "drains" : "drain"}`,
  unable: (hosts) => `${listed(hosts)} could not add it`,
};

function groupedBy(barred: readonly Barred[]): ReadonlyMap<Barred["because"], readonly HostName[]> {
  const groups = new Map<Barred["because"], HostName[]>();
  for (const { host, because } of barred) groups.set(because, [...groups.get(because) ?? [], host]);
  return groups;
}

function notesOn({ absent, isWhole, isMixed, view }: WhatIf, isChanging: boolean): readonly string[] {
  return [
    ...(absent.length === 0 ? [] : [`Not in the view, so that nothing is lost with it: ${listed(absent)}`]),
    ...(isWhole ? [] : [
      `This host is not the coordinator and does not know what the other members' files say: ask on ` +
      `${view.coordinator}`,
    ]),
    ...(isMixed
      ? ["The members' configurations differ: who is asked, and who is lost, may change the answer"]
      : []),
    ...(isChanging ? ["The group is agreeing on another view just now: ask again in a moment"] : []),
  ];
}
