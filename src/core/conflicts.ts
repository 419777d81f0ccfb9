// Somebody else answers for a VIP that is on this host. If it is a host of the group, the views settle it; a member that
// goes on when they have was given the address by hand. Anybody else is a foreign holder, and there are two ways to meet
// him (RFC 5227, section 2.4):
//
//   foreign_holder = "defend"   announce the VIP against him, at most once in the defend interval, for ever: two that
//                               both do so send a frame each in ten seconds, and do not fight
//   foreign_holder = "yield"    give it up. Other hosts ask before they take it, and find him too
//
// Hardware addresses are cheap: whatever a VIP is met with, and told of, is bounded for the VIP, not for each of them; and
// what the group is told, with a view each time, is bounded for this host.

import type { Conflict, Neighbour, ProbeAnswer, VipProblem } from "./events.ts";
import { becomeUnable } from "./inability.ts";
import { includes } from "./membership.ts";
import { type Node, note, stateOf, type Turn, update } from "./turn.ts";
import { duration, elapsed, type Instant, type VipName } from "./vocabulary.ts";
import { naming, say } from "./words.ts";

/** Somebody who answers for a VIP besides us, or instead of us. */
export interface Contender {
  readonly by: Neighbour;
  readonly lastAt: Instant;
  /** When people were told of somebody last. */
  readonly toldAt: Instant;
  /** When we announced it against anybody last; null: not yet. */
  readonly defendedAt: Instant | null;
}

/** RFC 5227, section 1.1: DEFEND_INTERVAL. */
const defendInterval = duration(10_000);
/** When members of a view have done what it asks of them. */
const settled = duration(2_000);
/** So many words to the group in a defend interval; people are told of the rest by this host's own log. */
const wordsMax = 8;
/** Who has not been heard for so long does not answer any more. */
const remembered = duration(60_000);

/** Somebody else answers for VIPs that are here. */
export function hearConflicts(turn: Turn, conflicts: readonly Conflict[]): void {
  const { node, now } = turn;
  const contenders = new Map(node.contenders);
  const defended: VipName[] = [];
  const given: VipProblem[] = [];
  const told: Conflict[] = [];
  for (const { vip, by } of conflicts) {
    if (stateOf(node, vip).kind !== "held" || isExpected(turn, vip, by)) continue;
    const known = contenders.get(vip);
    const isMember = isInView(turn, by);
    const yields = by.host === null && isYielding(node, vip);
    const isOver = (at: Instant | null | undefined) => at == null || now - at >= defendInterval;
    const defends = (by.host === null || isMember) && !yields && isOver(known?.defendedAt);
    const tells = known?.by.mac !== by.mac && isOver(known?.toldAt);
    if (tells) {
      note(turn, { kind: "foreignHolder", vip, by, isMember, yields });
      told.push({ vip, by });
    }
    if (yields) given.push({ vip, problem: problemOf(by) });
    if (defends) defended.push(vip);
    contenders.set(vip, {
      by,
      lastAt: now,
      toldAt: tells ? now : known?.toldAt ?? now,
      defendedAt: defends ? now : known?.defendedAt ?? null,
    });
  }
  update(turn, { contenders });
  tellGroup(turn, "foreignHolder", told);
  if (defended.length > 0) turn.effects.push({ kind: "announce", vips: defended, isFirst: true });
  if (given.length > 0) becomeUnable(turn, given);
}

/** Of the VIPs that this host would take: those that somebody outside the group has, and that yield to him. */
export function hearStrangers(turn: Turn, answers: readonly ProbeAnswer[]): void {
  const { node, now } = turn;
  const contenders = new Map(node.contenders);
  const left: VipProblem[] = [];
  const told: Conflict[] = [];
  for (const { vip, answer } of answers) {
    if (answer.kind !== "answered" || answer.by.host !== null || !isYielding(node, vip)) continue;
    const { by } = answer;
    if (contenders.get(vip)?.by.mac !== by.mac) {
      note(turn, { kind: "foreignHolder", vip, by, isMember: false, yields: true });
      told.push({ vip, by });
    }
    contenders.set(vip, { by, lastAt: now, toldAt: now, defendedAt: null });
    left.push({ vip, problem: problemOf(by) });
  }
  if (left.length === 0) return;
  update(turn, { contenders });
  tellGroup(turn, "foreignHolder", told);
  becomeUnable(turn, left);
}

/** Forgets who has not been heard for long enough. */
export function forgetContenders(turn: Turn): void {
  const { node: { contenders }, now } = turn;
  const over = [...contenders].filter(([, { lastAt }]) => now - lastAt >= remembered);
  if (over.length === 0) return;
  const left = new Map(contenders);
  for (const [vip, { by }] of over) {
    left.delete(vip);
    note(turn, { kind: "foreignHolderGone", vip, by });
  }
  update(turn, { contenders: left });
  tellGroup(turn, "foreignHolderGone", over.map(([vip, { by }]) => ({ vip, by })));
}

/** One word for each machine, however many VIPs it answers for. */
function tellGroup(
  turn: Turn,
  kind: "foreignHolder" | "foreignHolderGone",
  conflicts: readonly Conflict[],
): void {
  const { now } = turn;
  const lately = turn.node.strangersTold.filter((at) => elapsed(at, now) < defendInterval);
  const words = [...Map.groupBy(conflicts, ({ by }) => by.mac)].slice(0, wordsMax - lately.length);
  for (const [mac, ofOne] of words) say(turn, { kind, mac, ...naming(ofOne.map(({ vip }) => vip)) });
  update(turn, { strangersTold: [...lately, ...words.map(() => now)] });
}

/**
 * Whether the view may not be done yet: its members are asked to release what is not theirs, and those that do so answer
 * until then. On an interface that is no segment's nobody knows them by their hardware addresses.
 */
function isExpected(turn: Turn, vip: VipName, by: Neighbour): boolean {
  const { node: { view, promised }, now } = turn;
  if (view === null) return false;
  const isSettled = promised === null && elapsed(view.installedAt, now) >= settled;
  if (isInView(turn, by)) return !isSettled;
  return by.host === null && !isSettled && (view.allocation.get(vip)?.from.length ?? 0) > 0;
}

const isInView = ({ node: { view, peers } }: Turn, { host }: Neighbour): boolean => {
  const peer = host === null ? undefined : peers.get(host);
  return view !== null && peer !== undefined && includes(view.members, peer);
};

const isYielding = ({ group }: Node, vip: VipName): boolean =>
  group.vips.some(({ name, foreignHolder }) => name === vip && foreignHolder === "yield");

const problemOf = ({ mac }: Neighbour): string => `${mac}, which is no host of the group, answers for it`;
