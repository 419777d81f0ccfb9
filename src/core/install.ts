// A view takes effect on this host, with who holds what in it.

import { noteHealth } from "./health.ts";
import type { Differing, Install, MoveReason } from "./message.ts";
import { contestHeld } from "./holdings.ts";
import { areSameMembers, type Basis, includes, tenuresOf } from "./membership.ts";
import { shareAgain } from "./neighbours.ts";
import { findHost } from "./ordered.ts";
import type { Move } from "./status.ts";
import { adoptUnreleased } from "./takeover.ts";
import { isDraining, type Node, note, stateOf, type Turn, update } from "./turn.ts";
import { isPresent } from "./vip.ts";
import { after, duration, type HostName, instant, type Member, sorted, type VipName } from "./vocabulary.ts";
import { hearWords } from "./words.ts";

/** How many moves a host remembers, for people. */
const movesKept = 100;

/** Installs what the coordinator has decided. Only the coordinator itself has the basis of it. */
export function installView(turn: Turn, install: Install, basis: Basis | null): void {
  const { node, now } = turn;
  const allocation = tenuresOf(install.allocation, (each) => {
    const known = node.allocation.get(each.vip);
    // A tenure that goes on keeps our own instant of it, or it would jitter with every view.
    const goesOn = known !== undefined && known.holder === each.holder && each.age > 0;
    return goesOn ? known.since : instant(now - each.age);
  });
  const moves = movesTo(node, install, turn);
  // What was asked for, and who is well, before what came of it.
  hearWords(turn, install);
  noteHealth(turn, install);
  for (const { vip, from, to, reason } of moves) note(turn, { kind: "vipMoved", vip, from, to, reason });
  note(turn, { kind: "viewInstalled", view: install.view, members: install.members, mature: install.mature });
  if (install.mature && !node.mature) note(turn, { kind: "matured" });
  noteDiffering(turn, install.differing);
  if (install.members.some((member) => isNew(node, member))) shareAgain(turn);
  update(turn, {
    view: {
      id: install.view,
      members: install.members,
      mature: install.mature,
      installedAt: now,
      reportedIn: node.promised?.report.revision ?? node.revision,
      waits: install.wait > 0,
      acquireAt: install.wait > 0 ? after(now, install.wait) : null,
      allocation,
      counterparts: counterpartsOf(install, node.self.host),
      differing: install.differing,
      words: install.words,
      failing: install.failing,
      failedOpen: install.failedOpen,
      unable: install.unable,
      basis,
      confirmed: new Set([node.self.host]),
    },
    electionIsStale: true,
    // Whoever has a view in common with us is neither unhelpful nor unanswering any more.
    spurned: new Set([...node.spurned].filter((host) => !isMember(install, host))),
    holdouts: new Map([...node.holdouts].filter(([host]) => !isMember(install, host))),
    promised: null,
    allocation,
    mature: node.mature || install.mature,
    // Wishes that came after the report wait for the next view.
    wishes: node.wishes.slice(node.promised?.report.wishes.length ?? 0),
    waitingSince: now,
    balanceAt: isTheSame(node, install) && moves.length === 0 && now < node.balanceAt
      ? node.balanceAt
      : after(now, node.group.balance.interval),
    vacated: new Set(
      [...node.vacated, ...moves.flatMap(({ vip, to }) => to === null ? [vip] : [])].filter((vip) =>
        !allocation.has(vip)
      ),
    ),
    moves: [...moves.reverse(), ...node.moves].slice(0, movesKept),
  });
  adoptUnreleased(turn, install.allocation);
  turn.vipsConcerned = true;
  contestHeld(turn, hasSeenItComing(node, install) ? returnedBy(install, node) : undefined);
}

function counterpartsOf({ allocation }: Install, self: HostName): ReadonlySet<HostName> {
  const hosts = new Set<HostName>();
  for (const { holder, from } of allocation) {
    if (holder === self) { for (const host of from) hosts.add(host); }
    else if (from.includes(self)) hosts.add(holder);
  }
  return hosts;
}

function noteDiffering(turn: Turn, differing: readonly Differing[]): void {
  const known = turn.node.view?.differing ?? [];
  if (JSON.stringify(known) === JSON.stringify(differing)) return;
  for (const each of differing) note(turn, { kind: "configurationDiffers", differing: each });
  if (differing.length === 0) note(turn, { kind: "configurationsAgree" });
}

/** Whether it was not in our view before. */
const isNew = ({ self, view }: Node, member: Member): boolean =>
  member.host !== self.host && (view === null || !includes(view.members, member));

const isMember = ({ members }: Install, host: HostName): boolean => findHost(members, host) !== undefined;

/** True when the view goes on from ours, with nobody new: nobody took anything elsewhere in between. */
const hasSeenItComing = ({ view }: Node, install: Install): boolean =>
  view !== null && install.view.number === view.id.number + 1 &&
  install.members.every((member) => includes(view.members, member));

/** What was on its way to another host, is still here, and stays after all: that host may have answered for it. */
const returnedBy = ({ allocation }: Install, node: Node): readonly VipName[] =>
  allocation.filter(({ vip, holder }) =>
    holder === node.self.host && node.view?.allocation.get(vip)?.holder !== holder &&
    isPresent(stateOf(node, vip))
  ).map(({ vip }) => vip);

/** A view that says something and changes nothing: balance does not wait for longer because of it. */
const isTheSame = ({ view }: Node, { members, mature }: Install): boolean =>
  view !== null && view.mature === mature && areSameMembers(view.members, members);

/**
 * What differs from the newest allocation that this host knows. A newcomer learns tenures, it saw no moves; but where it
 * was told that nobody had a VIP, as in the lesser part of a group, it is told who has it.
 */
function movesTo(node: Node, install: Install, turn: Turn): Move[] {
  const moves: Move[] = [];
  const next = new Map(install.allocation.map((each) => [each.vip, each]));
  const known = new Set(node.group.vips.map(({ name }) => name));
  for (const vip of sorted(new Set([...known, ...next.keys(), ...node.allocation.keys()]))) {
    const from = node.allocation.get(vip)?.holder ?? null;
    const assigned = next.get(vip);
    const to = assigned?.holder ?? null;
    const isLearned = from === null && !node.vacated.has(vip) && assigned && assigned.age > duration(0);
    if (from === to || isLearned) continue;
    // It was taken out of the file: nobody has lost it.
    if (to === null && !known.has(vip)) continue;
    moves.push({ at: turn.now, vip, from, to, reason: assigned?.reason ?? lossOf(node, from) });
  }
  return moves;
}

/** Why a VIP has no holder any more. */
function lossOf(node: Node, from: HostName | null): MoveReason {
  const isSelfDraining = from === node.self.host && isDraining(node);
  const isPeerDraining = from !== null && node.peers.get(from)?.heartbeat?.draining === true;
  return isSelfDraining || isPeerDraining ? "drained" : "holderGone";
}
