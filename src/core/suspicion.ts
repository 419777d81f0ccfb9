// Whom do we hear, and who hears us?
//
// Suspicion is a guess: a host that has said nothing for the timeout is taken for dead, although it may only be
// slow or cut off. Everything that follows from the guess must therefore be harmless when it is wrong, and quick
// when it is right. One fixed timeout is used rather than a learned one: an operator can promise "500 ms" to
// others, and nobody can promise what an estimator will think of tonight's backup run.
//
//   silent --any message--> heard --nothing for the timeout--> silent
//                             |------farewell------> left --new incarnation--> heard
//                             '--incarnations take turns--> disputed --one of them for a while--> heard
//
// A dispute is two daemons that were given one name, or a host that restarts again and again: neither can be in a view.

import type { Heard, Heartbeat, Sender } from "./message.ts";
import {
  after,
  type Duration,
  type HostName,
  type Instant,
  isSameMember,
  type Member,
  type Sequence,
} from "./vocabulary.ts";

/** What we know of another host, from what it said itself. */
export interface Peer extends Member {
  readonly state: "heard" | "silent" | "left" | "disputed";
  /** When one incarnation took another's place, lately. */
  readonly turnovers: readonly Instant[];
  readonly lastHeard: Instant;
  /** The newest of its messages. */
  readonly sequence: Sequence;
  /** Its last heartbeat; null when only other messages were heard of this incarnation. */
  readonly heartbeat: Heartbeat | null;
  /** When we sent the newest of our heartbeats that it says it has heard; null when it has heard none. */
  readonly acknowledged: Instant | null;
  /** The same, but only of heartbeats in which it had promised nothing but what we had: its vote is ours until later. */
  readonly vouched: Instant | null;
}

/** So many turnovers within so many timeouts are no restarts any more, or a host not worth following. */
const dispute = { turnovers: 4, timeouts: 10 };

/** The peer after a message of any kind from it. */
export function hearPeer(
  known: Peer | undefined,
  sender: Sender,
  at: { now: Instant; timeout: Duration },
): Peer {
  const before = known?.incarnation === sender.incarnation ? known : undefined;
  const recent = (known?.turnovers ?? []).filter((each) => at.now < each + dispute.timeouts * at.timeout);
  const turnovers = known === before ? recent : [...recent, at.now];
  const hasLeft = before?.state === "left";
  return {
    host: sender.host,
    incarnation: sender.incarnation,
    state: turnovers.length >= dispute.turnovers ? "disputed" : hasLeft ? "left" : "heard",
    turnovers,
    lastHeard: at.now,
    sequence: sender.sequence,
    heartbeat: before?.heartbeat ?? null,
    acknowledged: before?.acknowledged ?? null,
    vouched: before?.vouched ?? null,
  };
}

/** True when nothing was heard of it for the timeout. */
export const isOverdue = (peer: Peer, now: Instant, timeout: Duration): boolean =>
  isInTouch(peer) && now >= after(peer.lastHeard, timeout);

/** When the peer will be suspected unless it says something. */
export const suspicionDeadline = (peer: Peer, timeout: Duration): Instant | null =>
  isInTouch(peer) ? after(peer.lastHeard, timeout) : null;

/** True when something was heard of it within the timeout. */
export const isInTouch = ({ state }: Peer): boolean => state === "heard" || state === "disputed";

/** How the heartbeat lists this member; undefined when its sender does not hear it. */
export const hearingOf = (heartbeat: Heartbeat | null, member: Member): Heard | undefined =>
  heartbeat?.heard.find((heard) => isSameMember(heard, member));

/** True when we hear the peer and the peer hears us: only such hosts can be in one view. */
export const isMutual = (peer: Peer, self: Member): boolean =>
  peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined;

/** True when both peers say that they hear each other. */
export const hearEachOther = (a: Peer, b: Peer): boolean =>
  hearingOf(a.heartbeat, b) !== undefined && hearingOf(b.heartbeat, a) !== undefined;

/** Everyone we hear, for our own heartbeat; sorted by host, as the peers are. */
export function whomWeHear(peers: Iterable<Peer>): Heard[] {
  const heard: Heard[] = [];
  for (const peer of peers) {
    if (peer.state === "heard") {
      heard.push({ host: peer.host, incarnation: peer.incarnation, sequence: peer.sequence });
    }
  }
  return heard;
}

/** Peers by name, always iterated in the order of the configuration's sorted hosts. */
export type Peers = ReadonlyMap<HostName, Peer>;
