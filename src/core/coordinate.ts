// The coordinator's side of a view change: propose, gather reports, allocate, install.
//
// Everything that changes who should hold what is a view change, also among the same members: a host lost or found,
// a drain, an operator's move, an address that could not be added, a balance round. There is one way to agree.

import { allocate, type AllocationInput, failedOpen, isUnbalanced } from "./allocator.ts";
import { agree } from "./catalog.ts";
import { failingIn, unfitBy } from "./health.ts";
import type { HeldVip, Install, Report, Sender } from "./message.ts";
import {
  areSameMembers,
  type Basis,
  electMembers,
  highestNumber,
  includes,
  mayServe,
  type Proposal,
  type View,
} from "./membership.ts";
import { waitFor } from "./quorum.ts";
import { VIPS_TOLD_MAX } from "./limits.ts";
import { findHost } from "./ordered.ts";
import { isMutual } from "./suspicion.ts";
import { ageOf, hasReleased } from "./holdings.ts";
import { installView } from "./install.ts";
import { broadcast, type Node, note, send, type Turn, update } from "./turn.ts";
import { reportFor } from "./follow.ts";
import { assignmentsOf, remainderOf } from "./takeover.ts";
import {
  after,
  type Duration,
  duration,
  type HostName,
  type Member,
  sameView,
  type ViewId,
  viewNumber,
} from "./vocabulary.ts";
import { withPromise, wordsOf } from "./words.ts";

/** How long a member that did not answer a proposal is left out, in timeouts. */
const holdoutTimeouts = 5;

/** Does what a coordinator has to do now; a host that follows another one drops what it had begun. */
export function coordinate(turn: Turn): void {
  forgetHoldouts(turn);
  if (turn.node.reconsiderAt !== null) update(turn, { reconsiderAt: null });
  if (turn.node.follows !== turn.node.self.host) {
    if (turn.node.proposal) update(turn, { proposal: null });
    return;
  }
  if (isPromisedToAnother(turn)) return;
  const members = elect(turn);
  if (turn.node.proposal) pursue(turn, turn.node.proposal, members);
  else if (needsNewView(turn, members) && knowsEnough(turn, members)) propose(turn, members);
}

/** Whom the next view should have. Looking at all pairs of hosts is dear, and seldom needed. */
function elect(turn: Turn): readonly Member[] {
  const { node, now } = turn;
  if (!node.electionIsStale) return node.elected;
  const members = electMembers(node.self, node.peers, {
    present: node.view?.members ?? [],
    excluded: new Set(node.holdouts.keys()),
  });
  update(turn, { electionIsStale: false });
  if (!areSameMembers(members, node.elected)) update(turn, { elected: members, electedAt: now });
  return turn.node.elected;
}

/** A member's report; one that answers no open proposal of ours is too late to matter. */
export function receiveReport(turn: Turn, sender: Sender, report: Report): void {
  const { proposal } = turn.node;
  if (!proposal || !sameView(proposal.view, report.view) || !includes(proposal.members, sender)) return;
  update(turn, { proposal: { ...proposal, reports: new Map(proposal.reports).set(sender.host, report) } });
}

/** Says the view again to members that have not shown it in a heartbeat. Called once a heartbeat. */
export function repeatInstall(turn: Turn): void {
  const { view, self } = turn.node;
  if (!view || view.id.coordinator !== self.host) return;
  for (const { host } of view.members) {
    if (host !== self.host && !view.confirmed.has(host)) send(turn, host, installOf(turn, view));
  }
}

/** Takes note of which members have shown the view. */
export function confirmView(turn: Turn, host: HostName): void {
  const { view, self, peers } = turn.node;
  if (!view || view.id.coordinator !== self.host || view.confirmed.has(host)) return;
  if (!sameView(peers.get(host)?.heartbeat?.view ?? null, view.id)) return;
  update(turn, { view: { ...view, confirmed: new Set(view.confirmed).add(host) } });
}

/** When the coordinator has something to do besides answering. */
export const proposalDeadline = (proposal: Proposal | null) =>
  proposal === null ? null : proposal.resendAt < proposal.closesAt ? proposal.resendAt : proposal.closesAt;

function needsNewView(turn: Turn, members: readonly Member[]): boolean {
  const { node, now } = turn;
  const { view } = node;
  if (view === null || node.promised !== null || view.id.coordinator !== node.self.host) return true;
  if (!areSameMembers(view.members, members)) return !mayGrowFurther(turn, { view, members });
  if (!view.mature && isMature(node, members)) return true;
  if (members.some((member) => isOutOfStep(turn, view, member))) return true;
  if (view.basis?.agreement.awaited.some((each) => hasReleased(node, view, each))) return true;
  return view.mature && now >= node.balanceAt && mayBalance(turn, view);
}

/**
 * True while only newcomers are to be added to a view that is younger than a heartbeat: others may be about to come, and
 * in a large group that starts, a view for each of them would keep everybody busy.
 */
function mayGrowFurther(
  turn: Turn,
  { view, members }: { readonly view: View; readonly members: readonly Member[] },
): boolean {
  const { hosts, timing } = turn.node.group;
  const until = after(view.installedAt, timing.heartbeat);
  if (turn.now >= until || members.length >= hosts.length) return false;
  if (!view.members.every((member) => includes(members, member))) return false;
  update(turn, { reconsiderAt: until });
  return true;
}

/** True while another coordinator may still install what this host has promised. */
function isPromisedToAnother({ node, now }: Turn): boolean {
  if (node.promised === null || node.promised.view.coordinator === node.self.host) return false;
  const { timeout, heartbeat } = node.group.timing;
  return node.peers.get(node.promised.view.coordinator)?.state === "heard" &&
    now < after(node.promised.at, duration(timeout + heartbeat));
}

/**
 * False while the members hear somebody whom this host has still to hear: one heartbeat later it will know whether
 * that host belongs to the view too. A host that starts would otherwise tear the first one it hears out of its view.
 */
function knowsEnough(turn: Turn, members: readonly Member[]): boolean {
  const { node, now } = turn;
  const until = after(node.electedAt, node.group.timing.heartbeat);
  if (now >= until || hearNobodyElse(node, members)) return true;
  update(turn, { reconsiderAt: until });
  return false;
}

/** True when no member hears somebody of whom this host knows less. */
function hearNobodyElse(node: Node, members: readonly Member[]): boolean {
  return members.every(({ host }) =>
    (node.peers.get(host)?.heartbeat?.heard ?? []).every((heard) => {
      if (findHost(members, heard.host) !== undefined) return true;
      const known = node.peers.get(heard.host);
      // The member has heard nothing newer than we have: it only has still to suspect that host, as we do.
      return known !== undefined && known.state !== "heard" && known.incarnation === heard.incarnation &&
        heard.sequence <= known.sequence;
    })
  );
}

const isMature = (node: Node, members: readonly Member[]): boolean =>
  node.mature || members.length === node.group.hosts.length;

/** A member whose report is no longer true, or that has not installed the view in time, or that has dropped it. */
function isOutOfStep(turn: Turn, view: View, { host }: Member): boolean {
  const { node, now } = turn;
  const reported = view.basis?.reports.get(host)?.revision;
  if (host === node.self.host) return reported !== node.revision;
  const heartbeat = node.peers.get(host)?.heartbeat;
  if (!heartbeat) return false;
  // It has promised another view, and acts on none until one comes.
  if ((heartbeat.promised?.number ?? 0) > view.id.number) return true;
  if (sameView(heartbeat.view, view.id)) return heartbeat.revision !== reported;
  return view.confirmed.has(host) || now >= after(view.installedAt, node.group.timing.timeout);
}

function propose(turn: Turn, members: readonly Member[]): void {
  const { node, now } = turn;
  const above = highestNumber(node.highest?.number ?? viewNumber(0), node.peers);
  const { host, incarnation } = node.self;
  const view: ViewId = { number: viewNumber(above + 1), coordinator: host, incarnation };
  const { timeout, heartbeat } = node.group.timing;
  const balances = node.view !== null && node.view.mature && areSameMembers(node.view.members, members) &&
    now >= node.balanceAt;
  const { digest } = node.group;
  const report = reportFor(turn, { view, members, digest });
  update(turn, {
    proposal: {
      view,
      members,
      reports: new Map([[node.self.host, report]]),
      resendAt: after(now, resendInterval(node)),
      closesAt: after(now, duration(timeout + heartbeat)),
      balances,
    },
    highest: view,
    promised: { view, report, at: now },
    words: withPromise(node, { view, report, now }),
    deferred: null,
  });
  turn.vipsConcerned = true;
  note(turn, { kind: "viewProposed", view, members });
  if (members.length > 1) broadcast(turn, { kind: "propose", view, members, digest });
  complete(turn);
}

/** Brings an open proposal on: installs it, starts again without those who are lost, or asks again. */
function pursue(turn: Turn, proposal: Proposal, members: readonly Member[]): void {
  const lost = proposal.members.filter((member) => !includes(members, member));
  if (lost.length > 0) return propose(turn, members);
  if (complete(turn)) return;
  const missing = proposal.members.filter(({ host }) => !proposal.reports.has(host));
  if (missing.some(({ host }) => hasPromisedElsewhere(turn.node, host, proposal))) {
    return propose(turn, members);
  }
  if (turn.now >= proposal.closesAt) return leaveOut(turn, missing, members);
  if (turn.now < proposal.resendAt) return;
  const { view, members: asked } = proposal;
  const { digest } = turn.node.group;
  for (const { host } of missing) send(turn, host, { kind: "propose", view, members: asked, digest });
  update(turn, { proposal: { ...proposal, resendAt: after(turn.now, resendInterval(turn.node)) } });
}

/** True when the member follows us but cannot promise our number any more: a higher one will do. */
function hasPromisedElsewhere(node: Node, host: HostName, { view }: Proposal): boolean {
  const heartbeat = node.peers.get(host)?.heartbeat;
  if (heartbeat?.follows !== node.self.host || sameView(heartbeat.promised, view)) return false;
  return (heartbeat.promised?.number ?? 0) >= view.number;
}

function leaveOut(turn: Turn, missing: readonly Member[], members: readonly Member[]): void {
  const { node, now } = turn;
  const view = node.proposal?.view.number ?? viewNumber(0);
  const until = after(now, duration(holdoutTimeouts * node.group.timing.timeout));
  const holdouts = new Map(node.holdouts);
  for (const { host } of missing) {
    holdouts.set(host, until);
    note(turn, { kind: "memberUnanswering", host, view });
  }
  update(turn, { holdouts, electionIsStale: true });
  propose(turn, members.filter((member) => !includes(missing, member)));
}

/** Installs the proposal if everyone has reported. */
function complete(turn: Turn): boolean {
  const { proposal, group } = turn.node;
  if (!proposal || proposal.reports.size < proposal.members.length) return false;
  const { view, members, balances } = proposal;
  const reports = [...proposal.reports.values()];
  const reported = reportedBy(members, proposal.reports);
  const basis = { reports: proposal.reports, agreement: agree(group, reported) };
  const mature = reports.some((report) => report.mature) || members.length === group.hosts.length;
  const serves = mature && mayServe(basis.agreement, members.length);
  const input = allocationInput(turn.node, { members, basis, balances });
  const allocation = assignmentsOf(serves ? allocate(input) : [], reported);
  const install: Install = {
    kind: "install",
    view,
    members,
    mature,
    wait: basis.agreement.partition === "quorum" ? waitFor(members, reports) : duration(0),
    allocation,
    differing: basis.agreement.differing,
    words: wordsOf(turn.node, proposal),
    failing: failingIn(reported),
    failedOpen: serves ? failedOpen(input) : [],
    unable: unableIn(reported),
  };
  update(turn, { proposal: null });
  if (members.length > 1) broadcast(turn, install);
  installView(turn, install, basis);
  return true;
}

/** What members cannot hold, as everybody is told of it: no more than a view has room for. */
function unableIn(
  reported: readonly { readonly host: HostName; readonly report: Report }[],
): Install["unable"] {
  const some = reported.filter(({ report }) => report.unable.length > 0);
  const each = Math.max(1, Math.floor(VIPS_TOLD_MAX / some.length));
  return some.map(({ host, report }) => ({ host, vips: report.unable.slice(0, each) }));
}

/** The members with what each of them reported. */
export function reportedBy(
  members: readonly Member[],
  reports: ReadonlyMap<HostName, Report>,
): readonly { readonly host: HostName; readonly report: Report }[] {
  return members.flatMap(({ host }) => {
    const report = reports.get(host);
    return report ? [{ host, report }] : [];
  });
}

/** What the coordinator allocates by in a view of these members. */
export function allocationInput(node: Node, of: {
  readonly members: readonly Member[];
  readonly basis: Basis;
  readonly balances: boolean;
}): AllocationInput {
  const weights = new Map(node.group.hosts.map(({ name, weight }) => [name, weight]));
  const reports = reportedBy(of.members, of.basis.reports);
  const wishes = reports.flatMap(({ report }) => report.wishes);
  const balances = of.balances || wishes.some(({ kind }) => kind === "balance");
  const { movesPerRound } = node.group.balance;
  const isDamped = (host: HostName) =>
    2 * reports.filter(({ report }) => report.damped.includes(host)).length > reports.length - 1;
  const given = givenUnheard(node, of.members, reports);
  return {
    vips: of.basis.agreement.vips,
    candidates: reports.map(({ host, report }) => ({
      host,
      weight: weights.get(host) ?? 1,
      draining: report.draining,
      damped: isDamped(host),
      held: [...report.held, ...given.get(host) ?? []],
      releasing: report.releasing,
      unable: report.unable,
      unfit: unfitBy(report.failing),
    })),
    wishes,
    previous: new Map([...node.allocation].map(([vip, { holder }]) => [vip, holder])),
    balanceMovesMax: !balances ? 0 : movesPerRound === "all" ? Infinity : movesPerRound,
  };
}

/**
 * What our view gives to members that seem not to have heard of it, for nobody means to keep it: it is theirs as if they
 * had said so, or a move that was agreed on would be undone because one message was lost.
 */
function givenUnheard(
  { view }: Node,
  members: readonly Member[],
  reports: readonly { readonly host: HostName; readonly report: Report }[],
): ReadonlyMap<HostName, HeldVip[]> {
  const given = new Map<HostName, HeldVip[]>();
  if (view === null) return given;
  const spokenFor = new Set(reports.flatMap(({ host, report: { held, releasing } }) => {
    const taken = new Set(releasing);
    return held.flatMap(({ vip }) =>
      taken.has(vip) && view.allocation.get(vip)?.holder !== host ? [] : [vip]
    );
  }));
  for (const [vip, { holder, reason }] of view.allocation) {
    const member = spokenFor.has(vip) ? undefined : findHost(view.members, holder);
    if (member === undefined || !includes(members, member)) continue;
    given.set(holder, [...given.get(holder) ?? [], { vip, reason, age: duration(0) }]);
  }
  return given;
}

/** Whether evening out what the view has allocated would move anything. */
function mayBalance(turn: Turn, view: View): boolean {
  const { node, now } = turn;
  const { members, basis } = view;
  update(turn, { balanceAt: after(now, node.group.balance.interval) });
  if (basis === null || !mayServe(basis.agreement, members.length)) return false;
  const reports = new Map(
    [...basis.reports].map((
      [host, report],
    ) => [host, { ...report, held: heldIn(view, host), releasing: [] }]),
  );
  const unbalanced = isUnbalanced({
    ...allocationInput(node, { members, basis: { ...basis, reports }, balances: true }),
    wishes: [],
  });
  if (unbalanced) update(turn, { balanceAt: now });
  return unbalanced;
}

/** What the view gives to the host, as the host would report it. */
export function heldIn(view: Pick<View, "allocation">, host: HostName): HeldVip[] {
  const held: HeldVip[] = [];
  for (const [vip, { holder, reason }] of view.allocation) {
    if (holder === host) held.push({ vip, reason, age: duration(0) });
  }
  return held;
}

function installOf(turn: Turn, view: View): Install {
  return {
    kind: "install",
    view: view.id,
    members: view.members,
    mature: view.mature,
    // Never none for a view that waits: the member, too, has to see that a majority has waited.
    wait: view.waits
      ? duration(Math.max(1, Math.ceil((view.acquireAt ?? turn.now) - turn.now)))
      : duration(0),
    allocation: [...view.allocation].map(([vip, tenure]) => {
      const { holder, reason, from, handover } = tenure;
      const unreleased = remainderOf(turn.node.lost.get(vip), turn.now);
      return { vip, holder, reason, age: ageOf(tenure, turn.now), from, handover, unreleased };
    }),
    differing: view.differing,
    words: view.words,
    failing: view.failing,
    failedOpen: view.failedOpen,
    unable: view.unable,
  };
}

function forgetHoldouts(turn: Turn): void {
  const { holdouts, peers, self } = turn.node;
  const left = [...holdouts].filter(([host, until]) => {
    const peer = peers.get(host);
    if (peer === undefined || !isMutual(peer, self)) return false;
    // While it follows a lower-named host it would not answer this time either.
    return turn.now < until || (peer.heartbeat?.follows ?? self.host) < self.host;
  });
  if (left.length < holdouts.size) update(turn, { holdouts: new Map(left), electionIsStale: true });
}

const resendInterval = (node: Node): Duration => duration(node.group.timing.heartbeat / 2);
