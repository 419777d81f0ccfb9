// Saying that we are alive, and what the others must know at all times.
//
// Heartbeats go out at absolute deadlines, so that a slow machine does not drift, and at once when their contents
// change in a way that somebody may wait for: a new peer, a new view, a VIP released or acquired, a new revision.

import type { Heartbeat, Message, Sender } from "./message.ts";
import type { Note } from "./events.ts";
import { contestHeld } from "./holdings.ts";
import { withBeat, withSample } from "./measure.ts";
import { broadcast, isDraining, type Node, note, revise, type Turn, update } from "./turn.ts";
import { isPledgedWith } from "./quorum.ts";
import { loseHolder } from "./takeover.ts";
import {
  hearingOf,
  hearPeer,
  isInTouch,
  isOver,
  isOverdue,
  type Peer,
  type Sent,
  suspicionDeadline,
  whomWeHear,
} from "./suspicion.ts";
import {
  after,
  duration,
  earliest,
  type HostName,
  type Instant,
  isSameMember,
  sameView,
  type Sequence,
} from "./vocabulary.ts";

/** For how many timeouts a host remembers when it sent what: an acknowledgement that is older proves nothing. */
const remembered = 2;
/** So many heartbeats may go out between two that are due only to say that we hear somebody new. */
const extrasForHearing = 4;

/**
 * Whether a message may be believed to be from now, and not delayed or replayed from an earlier time. Proof of it is a
 * heartbeat that acknowledges one that we sent lately. It is asked for where belief would do harm: of a
 * heartbeat that claims to hear us, and of another life of a host with which we are in touch. That must know more of
 * us than the life we know: what is said after a death is newer than what was said before.
 */
export function isCredible({ node, now }: Turn, sender: Sender, message: Message): boolean {
  const claims = message.kind === "heartbeat" ? acknowledgedBy(node, message) : undefined;
  if (claims !== undefined && sentBefore(node, claims) === null) return false;
  const known = node.peers.get(sender.host);
  if (known?.incarnation === sender.incarnation) {
    return !isOver(known, now, node.group.timing) || isAlive(known, message, claims);
  }
  if (known === undefined || !isInTouch(known)) return true;
  return claims !== undefined && claims > known.acknowledged;
}

/** What a life that is taken to be over says counts if it has heard the probe, or takes leave. */
const isAlive = ({ probe }: Peer, { kind }: Message, acknowledged: Sequence | undefined): boolean =>
  kind === "farewell" || (probe !== null && acknowledged !== undefined && acknowledged >= probe.sequence);

/** Takes note that a host is alive; every message says so, a heartbeat says more. */
export function hearMessage(turn: Turn, sender: Sender, message: Message): void {
  const known = turn.node.peers.get(sender.host);
  const { timeout } = turn.node.group.timing;
  const heard = measured(turn, hearPeer(known, sender, { now: turn.now, timeout }), message);
  if (known && known.incarnation !== sender.incarnation) {
    update(turn, { spurned: without(turn.node.spurned, sender.host) });
  }
  turn.heardFrom = sender.host;
  if (heard.calmAt > (known?.calmAt ?? turn.now)) update(turn, { dampAt: turn.now });
  noteHearing(turn, known, heard);
  // One that a newer heartbeat has overtaken tells only that the host was alive.
  const isNews = message.kind === "heartbeat" && sender.sequence > heard.told;
  if (isNews) receiveHeartbeat(turn, { ...heard, told: sender.sequence }, message);
  else rememberPeer(turn, heard);
}

/** What the message shows of the way to its sender. */
function measured({ node, now }: Turn, peer: Peer, message: Message): Peer {
  if (message.kind !== "heartbeat") return peer;
  const measure = withBeat(peer.measure, message.beat);
  const hearing = hearingOf(message, node.self);
  const sent = node.sent.find(({ sequence }) => sequence === hearing?.sequence);
  if (hearing === undefined || sent === undefined) return { ...peer, measure };
  const roundTrip = withSample(measure.roundTrip, now - sent.at - hearing.age);
  return { ...peer, measure: { ...measure, roundTrip } };
}

function noteHearing(turn: Turn, before: Peer | undefined, { host, state, incarnation }: Peer): void {
  if (state === "disputed") {
    if (before?.state !== "disputed") note(turn, { kind: "hostDisputed", host });
  } else if (before && before.incarnation !== incarnation) {
    note(turn, { kind: "hostRestarted", host });
  } else if (before?.state !== "heard" && state === "heard") {
    note(turn, { kind: "hostHeard", host });
  }
}

function receiveHeartbeat(turn: Turn, peer: Peer, heartbeat: Heartbeat): void {
  const { node } = turn;
  const { host, heartbeat: before } = peer;
  const claims = acknowledgedBy(node, heartbeat);
  const acknowledged = claims === undefined ? null : sentBefore(node, claims);
  const vouched = isPledgedWith(node, heartbeat) && acknowledged !== null
    ? { at: acknowledged.at, ours: acknowledged.timeout, theirs: heartbeat.timeout }
    : peer.vouched;
  const newest = claims !== undefined && claims > peer.acknowledged ? claims : peer.acknowledged;
  const isAnswered = peer.probe !== null && claims !== undefined && claims >= peer.probe.sequence;
  const probe = isAnswered ? null : peer.probe;
  rememberPeer(turn, { ...peer, heartbeat, vouched, acknowledged: newest, probe });
  // Whoever has released one of ours has answered for it, though it should not have had it.
  const released = before?.releasing.filter((vip) => !heartbeat.releasing.includes(vip)) ?? [];
  if (released.length > 0) contestHeld(turn, released);
  if (node.acquiring.length > 0 || node.view?.counterparts.has(host)) turn.vipsConcerned = true;
  // It may be of more help than when we gave it up.
  if (heartbeat.follows !== before?.follows) update(turn, { spurned: without(turn.node.spurned, host) });
  // Only on the change: a host that never answers us must not be asked at once each time it follows us.
  if (heartbeat.follows === node.self.host && before?.follows !== node.self.host) {
    update(turn, { holdouts: withoutKey(node.holdouts, host), electionIsStale: true });
  }
}

/** Somebody wonders whether we are there: the next heartbeat acknowledges the question, and goes out at once. */
export function answerProbe(turn: Turn): void {
  update(turn, { said: null });
}

/** A clean stop: the host holds nothing and is not waited for. */
export function receiveFarewell(turn: Turn, sender: Sender): void {
  const peer = turn.node.peers.get(sender.host);
  if (!peer || peer.state === "left") return;
  rememberPeer(turn, { ...peer, state: "left" });
  note(turn, { kind: "hostLeft", host: sender.host });
  turn.vipsConcerned = true;
}

/** Peers that have been silent for the timeout are suspected from now on. */
export function suspectSilentPeers(turn: Turn): void {
  const { node, now } = turn;
  if (node.silenceAt === null || now < node.silenceAt) return;
  const { timing } = node.group;
  for (const peer of node.peers.list) {
    if (!isOverdue(peer, now, timing)) continue;
    suspect(turn, { ...peer, probe: null }, {
      kind: "hostSilent",
      host: peer.host,
      silentFor: duration(now - peer.lastHeard),
    });
  }
  const { list } = turn.node.peers;
  update(turn, { silenceAt: earliest(list.map((peer) => suspicionDeadline(peer, timing))) });
}

/** From now on the peer is taken for dead, for the reason that the note gives. */
export function suspect(turn: Turn, peer: Peer, why: Note & { kind: "hostSilent" | "hostEnded" }): void {
  loseHolder(turn, peer, { hasEnded: why.kind === "hostEnded" });
  rememberPeer(turn, { ...peer, state: "silent" });
  update(turn, { spurned: without(turn.node.spurned, peer.host) });
  note(turn, why);
  turn.vipsConcerned = true;
}

/** Takes note of who came back too often, or has been here for long enough; reports tell of it. */
export function damp(turn: Turn): void {
  const { node, now } = turn;
  if (node.dampAt === null || now < node.dampAt) return;
  const restless = node.peers.list.filter(({ calmAt }) => now < calmAt);
  const damped = restless.map(({ host }) => host);
  update(turn, { dampAt: earliest(restless.map(({ calmAt }) => calmAt)) });
  if (areSame(damped, node.damped)) return;
  for (const host of damped) if (!node.damped.includes(host)) note(turn, { kind: "hostDamped", host });
  for (const host of node.damped) if (!damped.includes(host)) note(turn, { kind: "hostCalm", host });
  revise(turn, { damped });
}

/** Sends a heartbeat when one is due or the last one is no longer true. */
export function speak(turn: Turn): void {
  const due = turn.now >= turn.node.heartbeatAt;
  if (!due && turn.node.said && !hasNews(turn.node, turn.node.said.heartbeat)) return;
  const heartbeat = heartbeatOf(turn);
  const said = broadcast(turn, heartbeat);
  const { node, now } = turn;
  const { heartbeat: interval, timeout } = node.group.timing;
  update(turn, {
    said: { heartbeat, at: now },
    beats: heartbeat.beat,
    hearsMore: false,
    extras: due ? 0 : node.extras + 1,
    sent: [...node.sent.filter(({ at }) => now - at <= remembered * timeout), {
      sequence: said,
      at: now,
      timeout,
    }],
    heartbeatAt: due ? nextBeat(node.heartbeatAt, { interval, now }) : node.heartbeatAt,
  });
}

/** The next deadline on the grid that `from` is on; beats that were missed are not made up for. */
function nextBeat(from: Instant, of: { interval: number; now: Instant }): Instant {
  const missed = Math.floor((of.now - from) / of.interval);
  return after(from, duration((missed + 1) * of.interval));
}

function heartbeatOf({ node, now }: Turn): Heartbeat {
  return {
    kind: "heartbeat",
    view: node.view?.id ?? null,
    promised: node.highest,
    follows: node.follows,
    revision: node.revision,
    mature: node.mature,
    draining: isDraining(node),
    waits: isWaiting(node),
    heard: whomWeHear(node.peers, now),
    releasing: node.releasing,
    acquiring: node.acquiring,
    digest: node.group.digest,
    timeout: node.group.timing.timeout,
    beat: node.beats + 1,
    version: node.version,
  };
}

/** Whether the wait of the view is not over yet. */
const isWaiting = ({ view }: Node): boolean => view !== null && view.acquireAt !== null;

/**
 * Whether somebody may be waiting to hear what has changed. That we hear one host more can wait for the next heartbeat
 * if many have come since the last: in a large group that starts, everybody would answer everybody at once.
 */
function hasNews(node: Node, before: Heartbeat): boolean {
  return !sameView(before.view, node.view?.id ?? null) || before.follows !== node.follows ||
    before.revision !== node.revision || before.mature !== node.mature || before.waits !== isWaiting(node) ||
    !areSame(before.releasing, node.releasing) || !areSame(before.acquiring, node.acquiring) ||
    (node.hearsMore && node.extras < extrasForHearing);
}

/** The newest of our messages that the sender says it has heard. */
const acknowledgedBy = ({ self }: Node, heartbeat: Heartbeat): Sequence | undefined =>
  hearingOf(heartbeat, self)?.sequence;

/** Our newest heartbeat that is not newer than the message acknowledged; null: it was sent too long ago. */
function sentBefore(node: Node, acknowledged: Sequence): Sent | null {
  let newest: Sent | null = null;
  for (const sent of node.sent) if (sent.sequence <= acknowledged) newest = sent;
  return newest;
}

/** Keeps what is known of a peer now. */
export function rememberPeer(turn: Turn, peer: Peer): void {
  const { node } = turn;
  const known = node.peers.get(peer.host);
  const isSame = known !== undefined && known.state === peer.state && known.incarnation === peer.incarnation;
  update(turn, {
    peers: node.peers.with(peer),
    silenceAt: earliest([node.silenceAt, suspicionDeadline(peer, node.group.timing)]),
    hearsMore: node.hearsMore || (!isSame && peer.state === "heard"),
    // Only a coordinator chooses members; whoever becomes one looks at everybody anew.
    electionIsStale: node.electionIsStale || !isSame || node.follows !== node.self.host ||
      !hearTheSame(known, peer),
  });
}

/** True when both states of a peer tell of the same hosts heard. Both lists are sorted, so one look at each pair is enough. */
function hearTheSame(before: Peer, now: Peer): boolean {
  const heard = before.heartbeat?.heard ?? [];
  const hears = now.heartbeat?.heard ?? [];
  return heard.length === hears.length && heard.every((each, at) => {
    const other = hears[at];
    return other !== undefined && isSameMember(each, other);
  });
}

const areSame = <Name extends string>(a: readonly Name[], b: readonly Name[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

function without(hosts: ReadonlySet<HostName>, host: HostName): ReadonlySet<HostName> {
  return hosts.has(host) ? new Set([...hosts].filter((each) => each !== host)) : hosts;
}

function withoutKey<Value>(
  hosts: ReadonlyMap<HostName, Value>,
  host: HostName,
): ReadonlyMap<HostName, Value> {
  return hosts.has(host) ? new Map([...hosts].filter(([each]) => each !== host)) : hosts;
}
