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
// A dispute is two daemons that were given one name, or one that restarts several times in a second: neither can be in a
// view. What tells them apart is that a life that is over does not speak again.

import { type Measure, unmeasured } from "./measure.ts";
import type { Heard, Heartbeat, Sender } from "./message.ts";
import { findHost, placeOf } from "./ordered.ts";
import {
  after,
  type Duration,
  duration,
  type HostName,
  type Incarnation,
  type Instant,
  type Member,
  type Sequence,
  sequence,
  type Timing,
} from "./vocabulary.ts";

/** What we know of another host, from what it said itself. */
export interface Peer extends Member {
  readonly state: "heard" | "silent" | "left" | "disputed";
  /** Incarnations whose place another one took, the last one first. */
  readonly replaced: readonly Incarnation[];
  /** When one incarnation took another's place, lately, and whether it had been replaced itself before. */
  readonly turnovers: readonly { readonly at: Instant; readonly isReturn: boolean }[];
  /** How often it came back lately, each return counting half as much after each half-life; as of the last one. */
  readonly unrest: number;
  readonly unrestAt: Instant;
  /** Until when it is damped for that, on this host's clock. */
  readonly calmAt: Instant;
  readonly lastHeard: Instant;
  /** The newest of its messages, and when it came. */
  readonly sequence: Sequence;
  readonly sequenceAt: Instant;
  /** Its newest heartbeat; null when only other messages were heard of this incarnation. */
  readonly heartbeat: Heartbeat | null;
  /** The sequence of that heartbeat. */
  readonly told: Sequence;
  /** The newest of our messages that it, or an earlier life of it, has acknowledged; 0: none. */
  readonly acknowledged: Sequence;
  /** The newest vote of it that we know of; null when there is none. */
  readonly vouched: Vouched | null;
  /** It was asked whether it is there, and has not answered; null: it was not, or has. See sudden_end.ts. */
  readonly probe: { readonly sequence: Sequence; readonly until: Instant } | null;
  /** What this life of it shows of the way to it, and how often another life took the place of one: for people. */
  readonly measure: Measure;
  readonly restarts: number;
}

/**
 * A peer's vote for us: it acknowledged a heartbeat of ours while it had promised nothing but what we had. The vote is
 * ours from the sending of that one on, for the longer of two timeouts.
 */
export interface Vouched {
  readonly at: Instant;
  /** Ours, as that heartbeat told it. */
  readonly ours: Duration;
  /** The voter's. */
  readonly theirs: Duration;
}

/** A heartbeat of ours. */
export interface Sent {
  readonly sequence: Sequence;
  readonly at: Instant;
  /** As the heartbeat told it. */
  readonly timeout: Duration;
}

/**
 * So many returns, or turnovers of any kind, within so many timeouts make a dispute; so many lives are remembered. Late
 * words of a life that has just ended may make it return, and the living one after it, once.
 */
const dispute = { returns: 3, turnovers: 8, timeouts: 10, lives: 8 };
/** After so many timeouts, by the timing of those who dispute it, a host that speaks alone under its name is heard. */
export const disputeTimeouts = dispute.timeouts + 1;

type Unrest = Pick<Peer, "unrest" | "unrestAt" | "calmAt">;

/**
 * A host that returned to us three times in a short time is damped: it is given nothing that another one can hold until
 * it has been here for a while. The same rule, with a penalty that decays, damps routes that flap in BGP (RFC 2439).
 * The half-life is in timeouts.
 */
const damping = { halfLife: 20, from: 2.5, until: 1, most: 4 };

/** The peer after a message of any kind from it. */
export function hearPeer(
  known: Peer | undefined,
  sender: Sender,
  at: { now: Instant; timeout: Duration },
): Peer {
  const before = known?.incarnation === sender.incarnation ? known : undefined;
  const recent = (known?.turnovers ?? []).filter((each) => at.now < each.at + dispute.timeouts * at.timeout);
  const isReturn = known?.replaced.includes(sender.incarnation) ?? false;
  const turnovers = known === before ? recent : [...recent, { at: at.now, isReturn }];
  const hasLeft = before?.state === "left";
  const isNewest = before === undefined || sender.sequence >= before.sequence;
  const isNewLife = known !== undefined && known !== before && !isReturn;
  const hasReturned = known !== undefined && !hasLeft && (before === undefined || before.state === "silent");
  return {
    ...(hasReturned ? returned(known, at) : unrestOf(known, at.now)),
    host: sender.host,
    incarnation: sender.incarnation,
    state: isDispute(turnovers) ? "disputed" : hasLeft ? "left" : "heard",
    replaced: known === undefined || known === before ? known?.replaced ?? [] : replacedBy(sender, known),
    turnovers,
    lastHeard: at.now,
    sequence: isNewest ? sender.sequence : before.sequence,
    sequenceAt: isNewest ? at.now : before.sequenceAt,
    heartbeat: before?.heartbeat ?? null,
    told: before?.told ?? sequence(0),
    acknowledged: known?.acknowledged ?? sequence(0),
    vouched: before?.vouched ?? null,
    probe: before === undefined || before.state === "silent" ? null : before.probe,
    measure: before?.measure ?? unmeasured,
    restarts: (known?.restarts ?? 0) + (isNewLife ? 1 : 0),
  };
}

const isDispute = (turnovers: Peer["turnovers"]): boolean =>
  turnovers.length >= dispute.turnovers ||
  turnovers.filter(({ isReturn }) => isReturn).length >= dispute.returns;

const replacedBy = ({ incarnation }: Sender, known: Peer): readonly Incarnation[] =>
  [known.incarnation, ...known.replaced.filter((life) => life !== incarnation)].slice(0, dispute.lives);

/** What a return makes of a peer's unrest. */
function returned(
  known: Peer,
  { now, timeout }: { readonly now: Instant; readonly timeout: Duration },
): Unrest {
  const halfLife = damping.halfLife * timeout;
  const remains = known.unrest * 2 ** -((now - known.unrestAt) / halfLife);
  const unrest = Math.min(damping.most, remains + 1);
  const isDamped = unrest >= damping.from || now < known.calmAt;
  const calmAt = isDamped ? after(now, duration(halfLife * Math.log2(unrest / damping.until))) : now;
  return { unrest, unrestAt: now, calmAt };
}

const unrestOf = (known: Peer | undefined, now: Instant): Unrest => ({
  unrest: known?.unrest ?? 0,
  unrestAt: known?.unrestAt ?? now,
  calmAt: known?.calmAt ?? now,
});

/** The longer of our timeout and its own: two hosts whose configurations differ suspect each other equally late. */
export const timeoutFor = ({ heartbeat }: Peer, { timeout }: Timing): Duration =>
  heartbeat !== null && heartbeat.timeout > timeout ? heartbeat.timeout : timeout;

/** True when nothing was heard of it for the timeout. */
export const isOverdue = (peer: Peer, now: Instant, timing: Timing): boolean =>
  isInTouch(peer) && now >= after(peer.lastHeard, timeoutFor(peer, timing));

/** When the peer will be suspected unless it says something. */
export const suspicionDeadline = (peer: Peer, timing: Timing): Instant | null =>
  isInTouch(peer) ? after(peer.lastHeard, timeoutFor(peer, timing)) : null;

/** True when something was heard of it within the timeout. */
export const isInTouch = ({ state }: Peer): boolean => state === "heard" || state === "disputed";

/**
 * True when this life of it was asked whether it is there, and was suspected because it did not answer: for a timeout,
 * after which nothing that it said before can still come. Two hosts that doubt each other wrongly would else be waiting
 * for each other's acknowledgement for ever.
 */
export const isOver = (peer: Peer, now: Instant, timing: Timing): boolean =>
  peer.state === "silent" && peer.probe !== null &&
  now < after(peer.probe.until, timeoutFor(peer, timing));

/** The member in a list; undefined when it is not there in this life. */
function listed<Item extends Member>(items: readonly Item[] | undefined, member: Member): Item | undefined {
  const item = items && findHost(items, member.host);
  return item?.incarnation === member.incarnation ? item : undefined;
}

/** How the heartbeat lists this member; undefined when its sender does not hear it. */
export const hearingOf = (heartbeat: Heartbeat | null, member: Member): Heard | undefined =>
  listed(heartbeat?.heard, member);

/** True when we hear the peer and the peer hears us: only such hosts can be in one view. */
export const isMutual = (peer: Peer, self: Member): boolean =>
  peer.state === "heard" && hearingOf(peer.heartbeat, self) !== undefined;

/** Everyone we hear, for our own heartbeat; sorted by host, as the peers are. */
export function whomWeHear(peers: Peers, now: Instant): Heard[] {
  const heard: Heard[] = [];
  for (const peer of peers.list) {
    if (peer.state === "heard") {
      heard.push({
        host: peer.host,
        incarnation: peer.incarnation,
        sequence: peer.sequence,
        age: duration(now - peer.sequenceAt),
      });
    }
  }
  return heard;
}

/** All peers that were ever heard. Never changed: `with` and `among` make others. */
export class Peers {
  /** Sorted by host. */
  constructor(readonly list: readonly Peer[] = []) {}

  get(host: HostName): Peer | undefined {
    return findHost(this.list, host);
  }

  with(peer: Peer): Peers {
    const place = placeOf(this.list, peer.host);
    const isKnown = this.list[place]?.host === peer.host;
    return new Peers(isKnown ? this.list.with(place, peer) : this.list.toSpliced(place, 0, peer));
  }

  among(hosts: ReadonlySet<HostName>): Peers {
    return new Peers(this.list.filter(({ host }) => hosts.has(host)));
  }
}
