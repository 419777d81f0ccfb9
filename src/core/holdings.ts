// What this host holds, set against what the allocation says it should hold.
//
// Level-triggered: whenever something happened that may matter, every VIP is told again what the view wants of it,
// so that a missed event heals at the next one. Two lists in the heartbeat let the others see how far we are:
// `releasing` (not ours any more, still here) and `acquiring` (ours, not yet here). A new holder waits until the old
// one, in the same view, no longer lists the VIP as releasing; with handover = "overlap" the old one waits until the
// new one no longer lists it as acquiring, and lingers a moment longer.

import type { Observed, VipProblem } from "./events.ts";
import type { HeldVip } from "./message.ts";
import { mergeByName } from "./catalog.ts";
import { hasInstalled, peerIn, type Tenure, type View } from "./membership.ts";
import { hasQuorum, hasWaited } from "./quorum.ts";
import { becomeUnable } from "./inability.ts";
import { isUnreleased } from "./takeover.ts";
import { type Node, note, revise, stateOf, type Turn, update } from "./turn.ts";
import {
  absent,
  isPresent,
  stepVip,
  type VipAction,
  vipDeadline,
  type VipEvent,
  type VipState,
} from "./vip.ts";
import {
  after,
  type Duration,
  duration,
  earliest,
  elapsed,
  type Group,
  type HostName,
  type Instant,
  type Timing,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

/** How late the kernel may be in removing an address whose lease has run out. */
const leaseSlack = duration(1_000);

/** The VIPs of our configuration, and those of earlier ones, which no host may hold, until they are gone. */
export const vipsHere = ({ group, former }: Node): readonly VipSpec[] =>
  mergeByName(group.vips, [...former.values()]);

/** Goes by a new configuration: what it says otherwise has to go first, what it says the same is not touched. */
export function replaceVips(turn: Turn, group: Group): void {
  const { node } = turn;
  const next = new Map(group.vips.map((vip) => [vip.name, vip]));
  const former = vipsHere(node).filter((vip) => {
    const same = next.get(vip.name);
    return same === undefined || node.former.has(vip.name) || !haveSameAddresses(vip, same);
  });
  revise(turn, {
    group,
    former: new Map(former.map((vip) => [vip.name, node.former.get(vip.name) ?? { ...vip, hosts: [] }])),
    changedIn: node.revision + 1,
  });
  turn.vipsConcerned = true;
}

const haveSameAddresses = (a: VipSpec, b: VipSpec): boolean =>
  JSON.stringify(a.addresses) === JSON.stringify(b.addresses);

/** What is held gets the new lease at once. What cannot be renewed any more may have got the old one last. */
export function changeLease(turn: Turn, { lease: to }: Timing): void {
  const { node: { group }, now } = turn;
  const before = group.timing.lease ?? Infinity;
  update(turn, { renewAt: now });
  if (to === null || to >= before) return;
  const outlasting = earlierLease(turn);
  const until = after(now, duration((group.timing.lease ?? to) + leaseSlack));
  update(turn, {
    outlasting: {
      lease: duration(Math.max(before, outlasting?.lease ?? 0)),
      until: outlasting !== null && outlasting.until > until ? outlasting.until : until,
    },
  });
}

/** The one of a configuration before the present one; null when nothing can have that any more. */
function earlierLease({ node: { outlasting, vips }, now }: Turn): Node["outlasting"] {
  if (outlasting === null || now < outlasting.until) return outlasting;
  const counts = [...vips.values()].some((state) =>
    state.kind === "removing" && state.since < outlasting.until
  );
  return counts ? outlasting : null;
}

/** Once they are gone, and a view was agreed on that knows of our configuration, earlier ones do not matter any more. */
function forgetFormer(turn: Turn): void {
  const { former, view, promised, changedIn } = turn.node;
  if (former.size === 0 || view === null || promised !== null || view.reportedIn < changedIn) return;
  const left = new Map([...former].filter(([vip]) => isPresent(stateOf(turn.node, vip))));
  if (left.size === former.size) return;
  const states = new Map(turn.node.vips);
  const known = new Set(turn.node.group.vips.map(({ name }) => name));
  for (const vip of former.keys()) if (!known.has(vip) && !left.has(vip)) states.delete(vip);
  update(turn, { former: left, vips: states });
  turn.vipsConcerned = true;
}

/** True when no address of any VIP can be on this host by our doing. */
export function holdsNothing(node: Node): boolean {
  for (const state of node.vips.values()) if (isPresent(state)) return false;
  return true;
}

/** True when an address of some VIP is on this host, or about to be, and its removal has not been asked for. */
export function hasToGiveUp(node: Node): boolean {
  for (const state of node.vips.values()) if (isPresent(state) && state.kind !== "removing") return true;
  return false;
}

/**
 * Everything that may be on the host, and what the view gave to it, for a report. What was given counts although it
 * may not be here yet: else a view change in the middle of a move would undo the move.
 */
export function heldVips({ node, now }: Turn): HeldVip[] {
  const held: HeldVip[] = [];
  for (const { name } of vipsHere(node)) {
    const tenure = node.view?.allocation.get(name);
    if (tenure?.holder === node.self.host && !node.unable.has(name)) {
      held.push({ vip: name, reason: tenure.reason, age: ageOf(tenure, now) });
    } else if (isPresent(stateOf(node, name))) {
      held.push({ vip: name, reason: "unheld", age: duration(0) });
    }
  }
  return held;
}

/** How long the holder has held the VIP, in whole milliseconds, as it goes on the wire. */
export const ageOf = (tenure: Tenure, now: Instant): Duration =>
  duration(Math.round(elapsed(tenure.since, now)));

/** Tells every VIP what the view wants of it, and lets its deadlines pass. */
export function settleVips(turn: Turn): void {
  const { node, now } = turn;
  const due = node.vipAlarm !== null && now >= node.vipAlarm;
  if (node.view?.acquireAt && now >= node.view.acquireAt) {
    update(turn, { view: { ...node.view, acquireAt: null } });
    turn.vipsConcerned = true;
  }
  if (!turn.vipsConcerned && !due) return;
  turn.vipsConcerned = false;
  const mayTake = hasPermission(turn);
  stepVips(turn, vipsHere(node), (vip) => {
    const wanted = demandOn(turn.node, { vip, mayTake: mayTake && !isUnreleased(turn.node, vip.name, now) });
    const demand = wanted === null ? [] : [wanted];
    return isExpired(turn, vip.name) ? [...expired, ...demand] : [...demand, ...ticked];
  });
  forgetFormer(turn);
  listPending(turn);
}

/** Gives all VIPs up at once, whatever the allocation says. */
export function giveUpVips(turn: Turn): void {
  stepVips(turn, vipsHere(turn.node), () => [{ kind: "unwanted" }]);
  listPending(turn);
}

export function vipsAdded(turn: Turn, vips: readonly VipName[]): void {
  tell(turn, vips, { kind: "added" });
}

export function vipsAddFailed(turn: Turn, problems: readonly VipProblem[]): void {
  const ours = problems.filter(({ vip }) => ["adding", "held"].includes(stateOf(turn.node, vip).kind));
  for (const { vip, problem } of ours) note(turn, { kind: "vipAddFailed", vip, problem });
  if (ours.length > 0) becomeUnable(turn, ours);
  tell(turn, problems.map(({ vip }) => vip), { kind: "addFailed" });
}

export function vipsRemoved(turn: Turn, vips: readonly VipName[]): void {
  tell(turn, vips, { kind: "removed" });
}

export function vipsRemoveFailed(turn: Turn, failed: readonly VipProblem[]): void {
  const problems = new Map(turn.node.problems);
  for (const { vip, problem } of failed) {
    note(turn, { kind: "vipRemoveFailed", vip, problem });
    problems.set(vip, problem);
  }
  update(turn, { problems });
  tell(turn, failed.map(({ vip }) => vip), { kind: "removeFailed" });
}

/** What is really on the host, VIP by VIP; says what somebody else has changed. */
export function vipsObserved(
  turn: Turn,
  observed: Pick<Observed, "whole" | "partial" | "withNewMac">,
): void {
  const whole = new Set(observed.whole);
  const partial = new Set(observed.partial);
  const { node } = turn;
  const linkless = new Set(node.withoutLink);
  const vips = vipsHere(node);
  for (const { name } of vips) {
    const { kind } = stateOf(node, name);
    if (kind === "held" && !whole.has(name) && !linkless.has(name)) {
      note(turn, { kind: "vipVanished", vip: name });
    }
    if (node.stage.kind === "booting" || (kind !== "absent" && kind !== "awaiting")) continue;
    if (whole.has(name) || partial.has(name)) note(turn, { kind: "vipIntruded", vip: name });
  }
  stepVips(turn, vips, ({ name }) => {
    const events: VipEvent[] = [];
    // Without a link it is not put back: it is about to be given up.
    if (!whole.has(name) && !linkless.has(name)) events.push({ kind: "missed" });
    if (!whole.has(name) && !partial.has(name)) events.push({ kind: "gone" });
    // A VIP that is only partly there and ours is added again; one that is not ours is removed.
    if ((whole.has(name) || partial.has(name)) && !isPresent(stateOf(node, name))) {
      events.push({ kind: "found" });
    }
    return events;
  });
  turn.vipsConcerned = true;
  macsChanged(turn, observed.withNewMac);
}

/** Neighbours know what is held here under a hardware address that nobody listens to any more. */
function macsChanged(turn: Turn, vips: readonly VipName[]): void {
  const held = vips.filter((vip) => stateOf(turn.node, vip).kind === "held");
  if (held.length === 0) return;
  note(turn, { kind: "macChanged", vips: held });
  contestHeld(turn, held);
}

/**
 * Takes those of the VIPs, or all, that this host holds by the view for contested: others may have answered for them
 * until just now, so that they are announced again as soon as nobody else has them.
 */
export function contestHeld(turn: Turn, vips?: readonly VipName[]): void {
  const { node } = turn;
  const ours = node.group.vips.filter(({ name }) =>
    stateOf(node, name).kind === "held" && node.view?.allocation.get(name)?.holder === node.self.host &&
    (vips === undefined || vips.includes(name))
  );
  stepVips(turn, ours, () => [{ kind: "expected" }]);
  turn.vipsConcerned = true;
}

/** Announces everything held. */
export function announceHeld(turn: Turn): void {
  const vips = heldIn(turn.node);
  if (vips.length > 0) turn.effects.push({ kind: "announce", vips, isFirst: false });
}

/** Renews the leases of everything held. */
export function renewVips(turn: Turn): void {
  const vips = heldIn(turn.node);
  if (vips.length > 0) turn.effects.push({ kind: "addAddresses", vips });
}

const heldIn = (node: Node): readonly VipName[] =>
  node.group.vips.map(({ name }) => name).filter((vip) => stateOf(node, vip).kind === "held");

/** True when the member has installed the view and the VIP is not (any more) on it. */
export function hasReleased(node: Node, view: View, of: { host: HostName; vip: VipName }): boolean {
  if (of.host === node.self.host) return !node.releasing.includes(of.vip);
  const peer = peerIn(view, node.peers, of.host);
  return peer?.state === "left" || (hasInstalled(peer, view) && !peer?.heartbeat?.releasing.includes(of.vip));
}

/** True when the member has installed the view and has the VIP. */
export function hasAcquired(node: Node, view: View, of: { host: HostName; vip: VipName }): boolean {
  const peer = peerIn(view, node.peers, of.host);
  return hasInstalled(peer, view) && !peer?.heartbeat?.acquiring.includes(of.vip);
}

const ticked: readonly VipEvent[] = [{ kind: "ticked" }];
const expired: readonly VipEvent[] = [{ kind: "gone" }];

/** True when the kernel must have dropped a VIP that could not be removed, because nobody has renewed it for so long. */
function isExpired({ node, now }: Turn, vip: VipName): boolean {
  const at = expiryOf(node, stateOf(node, vip));
  return at !== null && now >= at;
}

/** When a VIP whose removal has failed is gone all the same; null: it is not known. */
function expiryOf({ group, outlasting }: Node, state: VipState): Instant | null {
  const { lease } = group.timing;
  if (lease === null || state.kind !== "removing" || state.retryAt === null) return null;
  const earlier = outlasting !== null && state.since < outlasting.until ? outlasting.lease : 0;
  return after(state.since, duration(Math.max(lease, earlier) + leaseSlack));
}

/** Whether this host may take VIPs that it does not have yet: always, but for quorum. */
const hasPermission = ({ node, now }: Turn): boolean =>
  node.view !== null && hasWaited(node, node.view) && hasQuorum(node, now);

/** What the present view wants of a VIP on this host; null: leave it as it is. */
function demandOn(
  node: Node,
  { vip, mayTake }: { readonly vip: VipSpec; readonly mayTake: boolean },
): VipEvent | null {
  if (node.stage.kind !== "active") return null;
  if (node.former.has(vip.name)) return { kind: "unwanted" };
  if (node.promised !== null || node.view === null) return { kind: "suspended" };
  const tenure = node.view.allocation.get(vip.name);
  if (tenure?.holder === node.self.host) {
    const demand = demandOnHolder(node, node.view, { vip, tenure });
    return mayTake || demand.kind !== "wanted" || isPresent(stateOf(node, vip.name))
      ? demand
      : { kind: "expected" };
  }
  if (tenure?.handover !== "overlap") return { kind: "unwanted" };
  const isSuperseded = hasAcquired(node, node.view, { host: tenure.holder, vip: vip.name });
  return { kind: isSuperseded ? "superseded" : "suspended" };
}

function demandOnHolder(node: Node, view: View, of: { vip: VipSpec; tenure: Tenure }): VipEvent {
  const vip = of.vip.name;
  if (node.unable.has(vip)) return { kind: "unwanted" };
  const alone = of.tenure.from.every((host) => hasReleased(node, view, { host, vip }));
  return alone || of.tenure.handover === "overlap" ? { kind: "wanted", alone } : { kind: "expected" };
}

/** Steps VIPs by the events given for each, and turns their actions into one effect of each kind. */
function stepVips(turn: Turn, vips: readonly VipSpec[], events: (vip: VipSpec) => readonly VipEvent[]): void {
  const states = new Map(turn.node.vips);
  const todo: Record<Exclude<VipAction, "none"> | "announceFirst", VipName[]> = {
    add: [],
    remove: [],
    announceFirst: [],
    announce: [],
  };
  for (const vip of vips) {
    for (const event of events(vip)) {
      const before = states.get(vip.name) ?? absent;
      const { state, action } = stepVip(before, event, turn.now);
      if (state === before) continue;
      states.set(vip.name, state);
      noteChange(turn, vip.name, { before, state });
      const isFirst = action === "announce" && state.kind === "held" && state.announced === 1;
      if (action !== "none") todo[isFirst ? "announceFirst" : action].push(vip.name);
    }
  }
  const deadlines = [...states.values()].flatMap((state) => [vipDeadline(state), expiryOf(turn.node, state)]);
  update(turn, { vips: states, vipAlarm: earliest(deadlines) });
  // Releasing first: others may be waiting for it.
  if (todo.remove.length > 0) turn.effects.push({ kind: "removeAddresses", vips: todo.remove });
  if (todo.add.length > 0) turn.effects.push({ kind: "addAddresses", vips: todo.add });
  if (todo.announceFirst.length > 0) {
    turn.effects.push({ kind: "announce", vips: todo.announceFirst, isFirst: true });
  }
  if (todo.announce.length > 0) turn.effects.push({ kind: "announce", vips: todo.announce, isFirst: false });
}

function noteChange(turn: Turn, vip: VipName, change: { before: VipState; state: VipState }): void {
  const { before, state } = change;
  if (before.kind === "adding" && state.kind === "held") {
    note(turn, { kind: "vipAcquired", vip });
    forgetProblem(turn, vip);
  }
  if (before.kind === "removing" && state.kind === "absent") {
    note(turn, { kind: "vipReleased", vip });
    if (!turn.node.unable.has(vip)) forgetProblem(turn, vip);
  }
}

function forgetProblem(turn: Turn, vip: VipName): void {
  if (!turn.node.problems.has(vip)) return;
  const problems = new Map(turn.node.problems);
  problems.delete(vip);
  update(turn, { problems });
}

function tell(turn: Turn, vips: readonly VipName[], event: VipEvent): void {
  const told = new Set(vips);
  stepVips(turn, vipsHere(turn.node).filter(({ name }) => told.has(name)), () => [event]);
  turn.vipsConcerned = true;
}

/** Recounts what is still to be released and acquired under the installed view. */
function listPending(turn: Turn): void {
  const { node } = turn;
  const { view, former, self } = node;
  const releasing: VipName[] = [];
  for (const { name } of vipsHere(node)) {
    // What our configuration does not have any more is not ours, whatever the view says.
    const isOurs = !former.has(name) && view?.allocation.get(name)?.holder === self.host;
    if (!isOurs && isPresent(stateOf(node, name))) releasing.push(name);
  }
  const acquiring: VipName[] = [];
  for (const [vip, { holder }] of view?.allocation ?? []) {
    if (holder === self.host && (former.has(vip) || stateOf(node, vip).kind !== "held")) acquiring.push(vip);
  }
  update(turn, { releasing, acquiring });
}
