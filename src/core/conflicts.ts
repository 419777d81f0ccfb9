// Somebody else answers for a VIP that is on this host. If it is a host of the group, the views settle it. Anybody else
// is a foreign holder, and there are two ways to meet him (RFC 5227, section 2.4):
//
//   foreign_holder = "defend"   announce the VIP against him, at most once in the defend interval, for ever: two that
//                               both do so send a frame each in ten seconds, and do not fight
//   foreign_holder = "yield"    give it up. Other hosts ask before they take it, and find him too

import type { Conflict, Neighbour, ProbeAnswer } from "./events.ts";
import { becomeUnable } from "./inability.ts";
import { includes } from "./membership.ts";
import { note, stateOf, type Turn, update } from "./turn.ts";
import { duration, type Instant, type VipName } from "./vocabulary.ts";

/** Somebody who answers for a VIP besides us, or instead of us. */
export interface Contender {
  readonly by: Neighbour;
  readonly lastAt: Instant;
  /** When we announced it against him last; null: not yet. */
  readonly defendedAt: Instant | null;
}

/** RFC 5227, section 1.1: DEFEND_INTERVAL. */
const defendInterval = duration(10_000);
/** Who has not been heard for so long does not answer any more. */
const remembered = duration(60_000);

/** Somebody else answers for a VIP that is here. */
export function hearConflict(turn: Turn, { vip, by }: Conflict): void {
  const { node, now } = turn;
  if (stateOf(node, vip).kind !== "held" || isInView(turn, by)) return;
  const known = node.contenders.get(vip);
  const isNew = known?.by.mac !== by.mac;
  const yields = by.host === null && isYielding(turn, vip);
  if (isNew) note(turn, { kind: "foreignHolder", vip, by, yields });
  if (yields) return giveWay(turn, vip, by);
  const defendedAt = isNew ? null : known.defendedAt;
  const defends = by.host === null && (defendedAt === null || now - defendedAt >= defendInterval);
  if (defends) turn.effects.push({ kind: "announce", vips: [vip], isFirst: true });
  rememberContender(turn, vip, { by, lastAt: now, defendedAt: defends ? now : defendedAt });
}

/** Of the VIPs that this host would take: those that somebody outside the group has, and that yield to him. */
export function hearStrangers(turn: Turn, answers: readonly ProbeAnswer[]): void {
  for (const { vip, answer } of answers) {
    if (answer.kind !== "answered" || answer.by.host !== null || !isYielding(turn, vip)) continue;
    const { by } = answer;
    if (turn.node.contenders.get(vip)?.by.mac !== by.mac) {
      note(turn, { kind: "foreignHolder", vip, by, yields: true });
    }
    giveWay(turn, vip, by);
  }
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
}

/** Members of the view are asked by the protocol to release what is not theirs. */
const isInView = ({ node: { view, peers } }: Turn, { host }: Neighbour): boolean => {
  const peer = host === null ? undefined : peers.get(host);
  return view !== null && peer !== undefined && includes(view.members, peer);
};

const isYielding = ({ node: { group } }: Turn, vip: VipName): boolean =>
  group.vips.some(({ name, foreignHolder }) => name === vip && foreignHolder === "yield");

function giveWay(turn: Turn, vip: VipName, by: Neighbour): void {
  rememberContender(turn, vip, { by, lastAt: turn.now, defendedAt: null });
  becomeUnable(turn, [{ vip, problem: `${by.mac}, which is no host of the group, answers for it` }]);
}

function rememberContender(turn: Turn, vip: VipName, contender: Contender): void {
  update(turn, { contenders: new Map(turn.node.contenders).set(vip, contender) });
}
