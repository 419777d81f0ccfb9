// A host's whole mind: stepNode answers an event, nodeDeadline says when it wants to be woken.
//
//               no leftovers, health known    a VIP-holding past that may be over
//   booting ------------------------> active --------------------------------> fenced
//   (says nothing, removes what       |    ^                                     |
//    it finds on the host)            |    '------------ all VIPs gone ----------'
//                                stop |
//                                     v        handed over in time
//                                  leaving ------------------------> left (farewell said)
//                                     '--not in time--> departing ----^
//
// Every step ends the same way, whatever the event was: suspect who is silent, follow or coordinate, settle the VIPs
// against the view, and say what is news. So no event is needed twice, and a lost one only costs time.

import { confirmView, coordinate, proposalDeadline, receiveReport, repeatInstall } from "./coordinate.ts";
import { catalogOf, differencesBetween, firstOf } from "./catalog.ts";
import type { FenceReason, NodeEffect, NodeEvent, Observed, OperatorRequest } from "./events.ts";
import { forgetContenders, hearConflicts, hearStrangers } from "./conflicts.ts";
import { follow, isLeftOut, receiveInstall, receivePropose } from "./follow.ts";
import {
  answerProbe,
  damp,
  hearMessage,
  isCredible,
  receiveFarewell,
  speak,
  suspectSilentPeers,
} from "./heartbeat.ts";
import {
  announceHeld,
  changeLease,
  giveUpVips,
  hasAcquired,
  hasToGiveUp,
  holdsNothing,
  renewVips,
  replaceVips,
  settleVips,
  vipsAdded,
  vipsAddFailed,
  vipsObserved,
  vipsRemoved,
  vipsRemoveFailed,
} from "./holdings.ts";
import { changeHealth } from "./health.ts";
import { forgetInabilities } from "./inability.ts";
import { linksObserved } from "./links.ts";
import type { Message, Sender } from "./message.ts";
import { collectNeighbours, nobody, shareNeighbours } from "./neighbours.ts";
import { cappedVotes, hasQuorum, quorumDeadline, votesGiven } from "./quorum.ts";
import { doubtPeer, suspectDoubtedPeers } from "./sudden_end.ts";
import { disputeTimeouts, isMutual, Peers, timeoutFor } from "./suspicion.ts";
import { askForLost, forgetReleased, hearProbed } from "./takeover.ts";
import { broadcast, type Node, note, revise, type Turn, update } from "./turn.ts";
import {
  after,
  duration,
  earliest,
  elapsed,
  type Group,
  type HostName,
  type Incarnation,
  type Instant,
  instant,
  sequence,
  sorted,
  type Step,
} from "./vocabulary.ts";
import { askToSay, noWords, say } from "./words.ts";

export type { Node } from "./turn.ts";
export { nodeStatus } from "./status.ts";

/** Between two looks at what is really on the host, besides those after a change was reported. */
const observeInterval = duration(5_000);
/** A stop that has not handed over by then removes its VIPs regardless, in timeouts. */
const stopTimeouts = 3;

/** A node before its first event. */
export function createNode(
  of: {
    readonly group: Group;
    readonly self: HostName;
    readonly incarnation: Incarnation;
    /** Of the program, for other hosts to tell to people. */
    readonly version: string;
    readonly now: Instant;
    /** It takes no part before it has been told of its health. */
    readonly awaitsHealth?: boolean;
  },
): Node {
  const { group, now } = of;
  return {
    group,
    self: { host: of.self, incarnation: of.incarnation },
    version: of.version,
    stage: { kind: "booting", observed: false },
    peers: new Peers(),
    sequence: sequence(0),
    beats: 0,
    said: null,
    heartbeatAt: now,
    owed: new Map(otherHosts(group, of.self).map((host) => [host, after(now, group.timing.timeout)])),
    hearsMore: false,
    extras: 0,
    silenceAt: null,
    doubtAt: null,
    dampAt: null,
    sent: [],
    highest: null,
    promised: null,
    view: null,
    proposal: null,
    deferred: null,
    elected: [],
    electionIsStale: true,
    electedAt: now,
    reconsiderAt: null,
    follows: of.self,
    followsBeyond: of.self,
    waitingSince: now,
    spurned: new Set(),
    holdouts: new Map(),
    mature: false,
    startedAt: now,
    hearsAllAt: now,
    drainReason: null,
    stopBy: null,
    wishes: [],
    words: noWords,
    revision: 1,
    unable: new Map(),
    failing: [],
    isHealthKnown: of.awaitsHealth !== true,
    damped: [],
    addFailures: { count: 0, until: now },
    withoutLink: [],
    isPlaced: true,
    vips: new Map(),
    vipAlarm: null,
    releasing: [],
    acquiring: [],
    allocation: new Map(),
    problems: new Map(),
    lost: new Map(),
    lostAt: null,
    contenders: new Map(),
    strangersTold: [],
    moves: [],
    vacated: new Set(),
    collected: nobody(now),
    former: new Map(),
    changedIn: 1,
    outlasting: null,
    renewAt: now,
    refreshAt: refreshAfter(group, now),
    observeAt: now,
    balanceAt: now,
  };
}

const otherHosts = (group: Group, self: HostName): readonly HostName[] =>
  group.hosts.map(({ name }) => name).filter((name) => name !== self);

/** Answers an event. Time may not go backwards between steps. */
export function stepNode(node: Node, event: NodeEvent, now: Instant): Step<Node, NodeEffect> {
  const turn: Turn = { node, now, effects: [], heardFrom: null, vipsConcerned: false };
  if (node.stage.kind === "left") return { state: node, effects: [] };
  if (hasBeenPaused(node, now)) fence(turn, "paused");
  handle(turn, event);
  advanceStage(turn);
  if (turn.node.stage.kind === "active") act(turn);
  else settleVips(turn);
  return { state: turn.node, effects: turn.effects };
}

/** When the node wants a clockTicked; null: never. */
export function nodeDeadline(node: Node): Instant | null {
  if (node.stage.kind === "left") return null;
  if (node.stage.kind !== "active") return earliest([node.vipAlarm, node.observeAt]);
  return earliest([
    node.heartbeatAt,
    node.silenceAt,
    node.doubtAt,
    node.lostAt,
    node.vipAlarm,
    node.observeAt,
    proposalDeadline(node.proposal),
    node.reconsiderAt,
    hasToGiveUp(node) ? quorumDeadline(node) : null,
    node.view?.acquireAt ?? null,
    node.mature ? null : maturityOf(node),
    node.renewAt,
    node.refreshAt,
    node.stopBy,
  ]);
}

/** True once a requested stop is complete: every VIP is released and the farewell is sent. */
export const hasLeft = (node: Node): boolean => node.stage.kind === "left";

function handle(turn: Turn, event: NodeEvent): void {
  switch (event.kind) {
    case "started":
      return note(turn, { kind: "started", ...turn.node.self });
    case "clockTicked":
      return;
    case "messageReceived":
      return receive(turn, event.sender, event.message);
    case "addressesAdded":
      return vipsAdded(turn, event.vips);
    case "addressesAddFailed":
      return vipsAddFailed(turn, event.problems);
    case "addressesRemoved":
      return vipsRemoved(turn, event.vips);
    case "addressesRemoveFailed":
      return vipsRemoveFailed(turn, event.problems);
    case "addressesObserved":
      return observe(turn, event.observed);
    case "addressesProbed":
      hearStrangers(turn, event.answers);
      return hearProbed(turn, event.answers);
    case "conflictsDetected":
      return hearConflicts(turn, event.conflicts);
    case "connectionEnded":
      return doubtPeer(turn, event.member);
    case "operatorRequested":
      return answerOperator(turn, event.request);
    case "neighboursCollected":
      return collectNeighbours(turn, event.neighbours);
    case "healthChanged":
      return changeHealth(turn, event.failing);
    case "configurationChanged":
      return changeConfiguration(turn, event.group);
  }
}

function receive(turn: Turn, sender: Sender, message: Message): void {
  if (!isCredible(turn, sender, message)) return;
  hearMessage(turn, sender, message);
  if (turn.node.peers.get(sender.host)?.state === "disputed") return;
  switch (message.kind) {
    case "heartbeat":
      return confirmView(turn, sender.host);
    case "propose":
      return receivePropose(turn, sender, message);
    case "report":
      return receiveReport(turn, sender, message);
    case "install":
      return receiveInstall(turn, sender, message);
    case "farewell":
      return receiveFarewell(turn, sender);
    case "probe":
      return answerProbe(turn);
    case "neighbours":
      return void turn.effects.push({
        kind: "rememberNeighbours",
        from: sender.host,
        neighbours: message.neighbours,
      });
  }
}

/** What is found at the start is taken for a leftover of an earlier life. */
function observe(turn: Turn, observed: Observed): void {
  update(turn, { isPlaced: observed.isPlaced });
  if (turn.node.stage.kind === "booting" && !turn.node.stage.observed) {
    update(turn, { stage: { kind: "booting", observed: true } });
    const vips = sorted([...observed.whole, ...observed.partial]);
    if (vips.length > 0) note(turn, { kind: "leftoversFound", vips });
  }
  linksObserved(turn, observed);
  vipsObserved(turn, observed);
  forgetContenders(turn);
}

/** Goes by what the file says now. Hosts that it does not have any more are unknown from now on. */
function changeConfiguration(turn: Turn, group: Group): void {
  const { node, now } = turn;
  if (group.digest === node.group.digest) return;
  const changes = differencesBetween(catalogOf(group, []), catalogOf(node.group, []));
  const { differences, more } = firstOf(changes);
  note(turn, { kind: "configurationChanged", changes: differences, more });
  const hosts = new Set(group.hosts.map(({ name }) => name));
  const votes = cappedVotes(node, { timeout: group.timing.timeout, now });
  update(turn, {
    peers: votes.peers.among(hosts),
    sent: votes.sent,
    owed: votesGiven(node),
    heartbeatAt: earliest([node.heartbeatAt, after(now, group.timing.heartbeat)]) ?? now,
    silenceAt: now,
    // Whoever has reported took our file for the one before.
    proposal: null,
    // What could not be added may be added now, unless there is no link for it.
    unable: new Map(
      [...node.unable].map(([vip, until]) => [vip, node.withoutLink.includes(vip) ? until : now]),
    ),
    refreshAt: refreshAfter(group, now),
    electionIsStale: true,
  });
  if (group.timing.lease !== node.group.timing.lease) changeLease(turn, group.timing);
  replaceVips(turn, group);
}

function answerOperator(turn: Turn, request: OperatorRequest): void {
  const { node } = turn;
  switch (request.kind) {
    case "drain":
      if (node.drainReason === request.reason) return;
      note(turn, { kind: "draining", reason: request.reason });
      say(turn, { kind: "drained", reason: request.reason });
      return revise(turn, { drainReason: request.reason });
    case "resume":
      if (node.drainReason === null) return;
      note(turn, { kind: "resumed", reason: request.reason });
      say(turn, { kind: "resumed", reason: request.reason });
      return revise(turn, { drainReason: null });
    case "move":
      say(turn, { kind: "moveAsked", vip: request.vip, to: request.to });
      return revise(turn, { wishes: [...node.wishes, { kind: "move", vip: request.vip, to: request.to }] });
    case "balance":
      say(turn, { kind: "balanceAsked" });
      return revise(turn, { wishes: [...node.wishes, { kind: "balance" }] });
    case "say":
      return say(turn, request.matter);
    case "stop":
      if (node.stopBy !== null) return;
      note(turn, { kind: "leaving" });
      return revise(turn, { stopBy: after(turn.now, duration(stopTimeouts * node.group.timing.timeout)) });
  }
}

/** Moves on from a stage whose work is done. */
function advanceStage(turn: Turn): void {
  const { node, now } = turn;
  suspectSilentPeers(turn);
  suspectDoubtedPeers(turn);
  if (now >= turn.node.observeAt) {
    turn.effects.push({ kind: "observeAddresses" });
    update(turn, { observeAt: after(now, observeInterval) });
  }
  switch (node.stage.kind) {
    case "active":
      return stopIfDone(turn);
    case "booting":
      return hasBooted(node) ? activate(turn) : undefined;
    case "fenced":
      return holdsNothing(node) ? unfence(turn) : undefined;
    case "departing":
      return holdsNothing(node) ? sayFarewell(turn) : undefined;
    case "left":
      return;
  }
}

/** Who is to stop anyway need not know how well it is. */
const hasBooted = (node: Node): boolean =>
  node.stage.kind === "booting" && node.stage.observed && holdsNothing(node) &&
  (node.isHealthKnown || node.stopBy !== null);

function unfence(turn: Turn): void {
  const { node, now } = turn;
  if (node.stopBy !== null && now >= node.stopBy) return sayFarewell(turn);
  // Nobody would hear it. It has nothing to hand over either, should it be asked to stop.
  if (!node.isPlaced) return node.stopBy === null ? undefined : sayFarewell(turn);
  note(turn, { kind: "unfenced" });
  // It knows nothing of the group any more: it must not take itself for the only one left.
  const { timeout, heartbeat } = node.group.timing;
  update(turn, { mature: false, hearsAllAt: instant(now + timeout + heartbeat) });
  activate(turn);
}

function activate(turn: Turn): void {
  update(turn, { stage: { kind: "active" }, heartbeatAt: turn.now, waitingSince: turn.now });
}

function stopIfDone(turn: Turn): void {
  const { node, now } = turn;
  if (node.stopBy === null) return;
  if (holdsNothing(node) && (hasHandedOver(node) || now >= node.stopBy)) return sayFarewell(turn);
  if (now < node.stopBy) return;
  update(turn, { ...withoutViews, stage: { kind: "departing" } });
  giveUpVips(turn);
}

/** True when those who were to take over from this host have done so: they need not hear more from it. */
function hasHandedOver(node: Node): boolean {
  const { view, self } = node;
  if (view === null) return true;
  return [...view.allocation].every(([vip, { holder, from }]) =>
    !from.includes(self.host) || hasAcquired(node, view, { host: holder, vip })
  );
}

function sayFarewell(turn: Turn): void {
  broadcast(turn, { kind: "farewell" });
  update(turn, { stage: { kind: "left" } });
  note(turn, { kind: "left" });
}

/** What an active node does at the end of every step. */
function act(turn: Turn): void {
  if (!turn.node.isPlaced) return fence(turn, "addressLost");
  if (isLeftOut(turn)) return fence(turn, "leftOut");
  if (turn.node.view && hasToGiveUp(turn.node) && !hasQuorum(turn.node, turn.now)) {
    return fence(turn, "quorumLost");
  }
  mature(turn);
  forgetInabilities(turn);
  damp(turn);
  follow(turn);
  coordinate(turn);
  forgetReleased(turn);
  settleVips(turn);
  askForLost(turn);
  renew(turn);
  refresh(turn);
  const isBeat = turn.now >= turn.node.heartbeatAt;
  if (isBeat) askToSay(turn);
  speak(turn);
  // After the heartbeat: a message that another one overtakes is dropped, and this is the one that matters.
  if (!isBeat) return;
  repeatInstall(turn);
  shareNeighbours(turn);
}

function mature(turn: Turn): void {
  if (turn.node.mature || turn.now < maturityOf(turn.node)) return;
  note(turn, { kind: "matured" });
  revise(turn, { mature: true });
}

/**
 * When this host is mature by itself. Whoever is not heard by those whom it hears waits for longer: they may take its
 * name for a disputed one.
 */
function maturityOf({ startedAt, hearsAllAt, peers, self, group: { timing } }: Node): Instant {
  const deaf = peers.list.filter((peer) => peer.state === "heard" && !isMutual(peer, self));
  const waits = deaf.map((peer) => disputeTimeouts * timeoutFor(peer, timing));
  return instant(Math.max(startedAt + Math.max(timing.mature, ...waits), hearsAllAt));
}

function renew(turn: Turn): void {
  const { node: { renewAt, group }, now } = turn;
  if (renewAt === null || now < renewAt) return;
  renewVips(turn);
  const { lease } = group.timing;
  update(turn, { renewAt: lease === null ? null : after(now, duration(lease / 3)) });
}

const refreshAfter = ({ refresh }: Group, now: Instant): Instant | null =>
  refresh === null ? null : after(now, refresh);

/** Announces what is held once more, if the configuration asks for that. */
function refresh(turn: Turn): void {
  const { node: { refreshAt, group, view, promised }, now } = turn;
  if (refreshAt === null || now < refreshAt) return;
  // In the middle of a view change another host may be about to announce what is ours.
  if (view !== null && promised === null) announceHeld(turn);
  update(turn, { refreshAt: refreshAfter(group, now) });
}

/**
 * True when our last heartbeat is older than the timeout that it told: this host was stopped or starved, and the others
 * may have suspected it. They cannot have suspected it earlier than that.
 */
function hasBeenPaused(node: Node, now: Instant): boolean {
  return node.stage.kind === "active" && node.said !== null &&
    elapsed(node.said.at, now) > node.said.heartbeat.timeout;
}

/** Gives all VIPs up and says nothing until they are gone. */
function fence(turn: Turn, because: FenceReason): void {
  note(turn, { kind: "fenced", because });
  update(turn, { ...withoutViews, stage: { kind: "fenced", because }, said: null });
  giveUpVips(turn);
}

const withoutViews = { electionIsStale: true, view: null, promised: null, proposal: null, deferred: null };
