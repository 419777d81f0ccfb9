// Which hosts are well enough to hold what: what their health checks say, and what follows from it.
//
// A host that fails a check is unfit for the VIPs that the check is for, or for all. A VIP goes from an unfit holder to
// a fit one as in a drain. Where every host that can hold it is unfit, health does not count for this VIP, which stays
// where it is: bad service is better than none, and what all hosts fail together is likely to be the check's own fault.
//
// What counts is what a host reports of itself. That a check fails only once, or that it comes and goes, is nothing that
// core sees: rise and fall are counted where the checks are run.

import { SETTING_LENGTH_MAX } from "./catalog.ts";
import { FAILING_TOLD_MAX, PROBLEMS_TOLD_MAX, VIPS_TOLD_MAX } from "./limits.ts";
import type { Failing, FailingCheck, Install, Report } from "./message.ts";
import { findHost } from "./ordered.ts";
import { type Node, note, revise, type Turn, update } from "./turn.ts";
import { compareText, type HostName, sorted, type VipName } from "./vocabulary.ts";

/** The VIPs that a host should not hold; "all": none whatever. */
export type Unfit = readonly VipName[] | "all";

/** What checks that fail make their host unfit for. */
export function unfitBy(failing: readonly FailingCheck[]): Unfit {
  const vips = new Set<VipName>();
  for (const check of failing) {
    if (check.vips === null) return "all";
    for (const vip of check.vips) vips.add(vip);
  }
  return [...vips];
}

/** The checks of this host have come to other results, or to their first. */
export function changeHealth(turn: Turn, failing: readonly FailingCheck[]): void {
  const { failing: before } = turn.node;
  const now = failing.map(tidied).sort((a, b) => compareText(a.check, b.check));
  update(turn, { isHealthKnown: true });
  for (const each of now) {
    if (!before.some(({ check }) => check === each.check)) note(turn, { kind: "checkFails", ...each });
  }
  for (const { check } of before) {
    if (!now.some((each) => each.check === check)) note(turn, { kind: "checkPasses", check });
  }
  update(turn, { failing: now });
  // Another text for the same problem is nothing that the group has to agree on.
  if (JSON.stringify(now.map(effectOf)) !== JSON.stringify(before.map(effectOf))) revise(turn, {});
}

const tidied = ({ check, vips, problem }: FailingCheck): FailingCheck => ({
  check,
  vips: vips && sorted(new Set(vips)),
  problem: problem.slice(0, SETTING_LENGTH_MAX).toWellFormed(),
});

const effectOf = ({ check, vips }: FailingCheck) => [check, vips];

/** What everybody is told of the checks that members fail: no more than a view has room for. Members are sorted by host. */
export function failingIn(
  members: readonly { readonly host: HostName; readonly report: Pick<Report, "failing"> }[],
): readonly Failing[] {
  const unwell = members.filter(({ report }) => report.failing.length > 0);
  const told = unwell.flatMap(({ host, report }) =>
    report.failing.slice(0, checksToldOf(unwell.length)).map((check) => ({ host, check }))
  );
  const room = {
    vips: Math.max(1, Math.floor(VIPS_TOLD_MAX / told.length)),
    characters: Math.max(32, Math.floor(PROBLEMS_TOLD_MAX / told.length)),
  };
  return told.map(({ host, check }) => toldOf(host, check, room));
}

/** So many checks everybody is told of each host that fails any. */
const checksToldOf = (hostsCount: number): number => Math.max(1, Math.floor(FAILING_TOLD_MAX / hostsCount));

/** The check as everybody is told of it. */
export const toldOf = (
  host: HostName,
  { check, vips, problem }: FailingCheck,
  room: { readonly vips: number; readonly characters: number },
): Failing => ({
  host,
  check,
  vips: vips && vips.slice(0, room.vips),
  problem: problem.slice(0, room.characters).toWellFormed(),
  more: Math.max(0, (vips?.length ?? 0) - room.vips),
});

/** Says what has changed since the last view: every member says the same, also of itself. */
export function noteHealth(turn: Turn, { members, failing, failedOpen }: Install): void {
  const { view } = turn.node;
  const before = view?.failing ?? [];
  for (const each of failing) {
    if (!before.some((one) => isSameCheck(one, each))) note(turn, { kind: "hostFails", ...each });
  }
  const toldEach = checksToldOf(new Set(failing.map(({ host }) => host)).size);
  for (const { host, check } of before) {
    // Of a host that is gone nobody knows, nor what is wrong with one besides what there was room for.
    const isKnown = findHost(members, host) && failing.filter((one) => one.host === host).length < toldEach;
    if (isKnown && !failing.some((one) => isSameCheck(one, { host, check }))) {
      note(turn, { kind: "hostPasses", host, check });
    }
  }
  const [opened, closed] = [
    without(failedOpen, view?.failedOpen ?? []),
    without(view?.failedOpen ?? [], failedOpen),
  ];
  if (opened.length > 0) note(turn, { kind: "failedOpen", vips: opened });
  if (closed.length > 0) note(turn, { kind: "healthCounts", vips: closed });
}

const isSameCheck = (a: Pick<Failing, "host" | "check">, b: Pick<Failing, "host" | "check">): boolean =>
  a.host === b.host && a.check === b.check;

function without(vips: readonly VipName[], others: readonly VipName[]): readonly VipName[] {
  const known = new Set(others);
  return vips.filter((vip) => !known.has(vip));
}

/** What this host knows of the checks that a member fails; of itself it knows all. */
export function failingOf({ self, failing, view }: Node, host: HostName): readonly Failing[] {
  const room = { vips: Infinity, characters: Infinity };
  if (host === self.host) return failing.map((each) => toldOf(host, each, room));
  return view?.failing.filter((each) => each.host === host) ?? [];
}
