// From datagrams to messages: a pure state machine that drops whatever is not a whole, new, authentic message
// of another host of the group. A dropped datagram changes nothing but its counter.
//
// New means: of each incarnation every sequence is delivered once. What was delivered is remembered in a window
// behind the newest one, as IPsec does it (RFC 4303 section 3.4.3, RFC 6479):
//
//        stale       |<---------- window --------->|    new
//     ... 66  67  68 | 69  70  71 ... 98  99  100  | 101  102 ...
//                      1   0   1      1   0    1     1: delivered, its next copy is repeated; 0: may still come
//
// So a message that a later one overtook, because it took the slower of two segments, is not lost; and every second
// copy over another segment is nothing to be counted as dropped. A replay is repeated or stale. Which incarnation of
// a host is the living one cannot be told from a datagram: core asks for proof of that (`isCredible` in
// core/heartbeat.ts), and a message from before our own start is news to us only once.
//
// A message of several datagrams is put together in one place for each host. There the newest message of several
// datagrams wins; a single datagram needs no place and disturbs nothing there. A sender that loses a datagram sends a
// newer message anyway, so nothing waits for a part that is lost.

import type { Message, Sender } from "../core/message.ts";
import type { HostName, Incarnation, Sequence } from "../core/vocabulary.ts";
import { type Authenticator, openDatagram, type Part } from "./datagram.ts";
import { messageCodec } from "./message_codec.ts";
import { decode } from "./wire.ts";

/** Why a datagram was dropped, in the order of the checks. */
export const DROP_REASONS = [
  /** Longer than a datagram of ours can be, or one of more parts than a message can have. */
  "oversized",
  /** Not in our format, or its message is not in it. */
  "malformed",
  /** A Molehill with another format. */
  "foreignVersion",
  /** Another group on the same network. */
  "foreignGroup",
  /** Changed on its way, or made with a key we do not have. */
  "unauthenticated",
  /** Our own broadcast, come back. */
  "own",
  /**
   * Authentic, under our name, but not from us: a second daemon runs as this host, or did until we started.
   */
  "namesake",
  /** Authentic, of a host that the configuration does not have. */
  "unknownHost",
  /** Older than the window, so it may be a replay; or a part of a message that a newer one took the place of. */
  "stale",
] as const;

export type DropReason = typeof DROP_REASONS[number];

export type Outcome =
  | {
    readonly kind: "message";
    readonly sender: Sender;
    readonly message: Message;
    /** When it was sent, on the sender's wall clock: see datagram.ts. */
    readonly wallTime: number;
  }
  /** Authentic and new, but further parts are missing. */
  | { readonly kind: "incomplete"; readonly sender: Sender }
  /** Authentic, and nothing new: a further copy of what is here already. */
  | { readonly kind: "repeated"; readonly sender: Sender }
  | { readonly kind: "dropped"; readonly why: DropReason };

export interface Receiver {
  readonly group: string;
  readonly self: { readonly host: HostName; readonly incarnation: Incarnation };
  /** Where each configured host's place in `peers` is. */
  readonly places: ReadonlyMap<HostName, number>;
  readonly peers: readonly Peer[];
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** What is remembered of one host. */
export interface Peer {
  /** The incarnations that messages were delivered of, the last one first; at most LIVES_MAX. */
  readonly lives: readonly Life[];
  readonly assembly: Assembly | null;
}

/** What was delivered of one incarnation. */
export interface Life {
  readonly incarnation: Incarnation;
  readonly newest: Sequence;
  /** Bit n: the message n before the newest was delivered. So the lowest bit is always set. */
  readonly delivered: number;
}

/** A message of which some parts have arrived. */
export interface Assembly {
  readonly incarnation: Incarnation;
  readonly sequence: Sequence;
  /** By number; null: has not arrived. */
  readonly payloads: readonly (Uint8Array | null)[];
}

/** How many messages the window spans: the bits of one number. */
export const WINDOW = 32;

/** How many incarnations of a host are remembered. */
export const LIVES_MAX = 64;

export function createReceiver(
  of: {
    readonly group: string;
    readonly self: { readonly host: HostName; readonly incarnation: Incarnation };
    /** All configured hosts. */
    readonly hosts: readonly HostName[];
  },
): Receiver {
  return {
    group: of.group,
    self: of.self,
    places: new Map(of.hosts.map((host, place) => [host, place])),
    peers: of.hosts.map(() => ({ lives: [], assembly: null })),
    dropped: Object.fromEntries(DROP_REASONS.map((why) => [why, 0])) as Record<DropReason, number>,
  };
}

/** Answers one datagram, which may come from anybody. */
export function receiveDatagram(
  receiver: Receiver,
  bytes: Uint8Array,
  by: { readonly authenticator: Authenticator },
): { readonly state: Receiver; readonly outcome: Outcome } {
  const opened = openDatagram(bytes);
  if (opened.kind !== "part") return dropped(receiver, opened.kind);
  const { part, signed, tag } = opened;
  if (part.group !== receiver.group) return dropped(receiver, "foreignGroup");
  // From here on the datagram is from somebody with our key; before, nothing in it may count.
  if (!by.authenticator.accepts(signed, tag)) return dropped(receiver, "unauthenticated");
  if (part.host === receiver.self.host) return dropped(receiver, isOwn(receiver, part) ? "own" : "namesake");
  const place = receiver.places.get(part.host);
  const peer = place === undefined ? undefined : receiver.peers[place];
  if (place === undefined || peer === undefined) return dropped(receiver, "unknownHost");
  const answer = receivePart(peer, part);
  if (answer.outcome.kind === "dropped") return dropped(receiver, answer.outcome.why);
  return { state: { ...receiver, peers: receiver.peers.with(place, answer.peer) }, outcome: answer.outcome };
}

function dropped(
  receiver: Receiver,
  why: DropReason,
): { readonly state: Receiver; readonly outcome: Outcome } {
  const counters = { ...receiver.dropped, [why]: receiver.dropped[why] + 1 };
  return { state: { ...receiver, dropped: counters }, outcome: { kind: "dropped", why } };
}

const isOwn = (receiver: Receiver, part: Part): boolean => part.incarnation === receiver.self.incarnation;

interface PeerAnswer {
  readonly peer: Peer;
  readonly outcome: Outcome;
}

/** Answers an authentic part of a configured host. */
function receivePart(peer: Peer, part: Part): PeerAnswer {
  const freshness = freshnessOf(peer.lives, part);
  if (freshness !== "new") return answerOld(peer, part, freshness);
  return part.parts === 1 ? deliver(peer, part, part.payload) : assemble(peer, part);
}

type Freshness = "new" | "repeated" | "stale";

/** Whether the message that it names may still be delivered. */
function freshnessOf(
  lives: readonly Life[],
  { incarnation, sequence }: Pick<Part, "incarnation" | "sequence">,
): Freshness {
  const life = lives.find((each) => each.incarnation === incarnation);
  if (life === undefined || sequence > life.newest) return "new";
  const age = life.newest - sequence;
  if (age >= WINDOW) return "stale";
  return (life.delivered >>> age & 1) === 1 ? "repeated" : "new";
}

const answerOld = (peer: Peer, part: Part, freshness: Exclude<Freshness, "new">): PeerAnswer => ({
  peer,
  outcome: freshness === "repeated"
    ? { kind: "repeated", sender: senderOf(part) }
    : { kind: "dropped", why: "stale" },
});

/** Puts the part into its place, and delivers the message when that was the last one. */
function assemble(peer: Peer, part: Part): PeerAnswer {
  const begun = assemblyFor(peer.assembly, part);
  if (begun === null) return answerOld(peer, part, "stale");
  // Two parts that disagree on how many there are: the sender is broken.
  if (begun.payloads.length !== part.parts) return { peer, outcome: { kind: "dropped", why: "malformed" } };
  if ((begun.payloads[part.part] ?? null) !== null) return answerOld(peer, part, "repeated");
  // A copy: the network's buffer may be used again.
  const payloads = begun.payloads.with(part.part, part.payload.slice());
  if (!payloads.includes(null)) return deliver(peer, part, joined(payloads));
  return {
    peer: { ...peer, assembly: { ...begun, payloads } },
    outcome: { kind: "incomplete", sender: senderOf(part) },
  };
}

/** Where the part belongs: what was begun, or a new place. Null when a newer message of that life has the place. */
function assemblyFor(begun: Assembly | null, part: Part): Assembly | null {
  const { incarnation, sequence, parts } = part;
  if (begun?.incarnation === incarnation && begun.sequence >= sequence) {
    return begun.sequence === sequence ? begun : null;
  }
  return { incarnation, sequence, payloads: new Array<null>(parts).fill(null) };
}

/** Reads a whole message. Only now is it remembered as delivered. */
function deliver({ lives: before, assembly }: Peer, part: Part, whole: Uint8Array): PeerAnswer {
  const message = decode(messageCodec, whole);
  if (!message.ok) {
    return { peer: { lives: before, assembly }, outcome: { kind: "dropped", why: "malformed" } };
  }
  const lives = remember(before, part);
  const goesOn = assembly !== null && freshnessOf(lives, assembly) === "new";
  return {
    peer: { lives, assembly: goesOn ? assembly : null },
    outcome: {
      kind: "message",
      sender: senderOf(part),
      message: message.value,
      wallTime: part.wallTime,
    },
  };
}

/** The lives after the message was delivered; its own first. */
function remember(lives: readonly Life[], { incarnation, sequence }: Part): readonly Life[] {
  const life = lives.find((each) => each.incarnation === incarnation);
  const others = lives.filter((each) => each !== life);
  return [{ incarnation, ...advanced(life, sequence) }, ...others].slice(0, LIVES_MAX);
}

function advanced(life: Life | undefined, sequence: Sequence): Pick<Life, "newest" | "delivered"> {
  if (life === undefined) return { newest: sequence, delivered: 1 };
  const { newest, delivered } = life;
  const ahead = sequence - newest;
  if (ahead <= 0) return { newest, delivered: (delivered | 1 << -ahead) >>> 0 };
  // A shift by 32 would be a shift by nothing.
  return { newest: sequence, delivered: ahead < WINDOW ? (delivered << ahead | 1) >>> 0 : 1 };
}

const senderOf = ({ host, incarnation, sequence }: Part): Sender => ({ host, incarnation, sequence });

function joined(payloads: readonly (Uint8Array | null)[]): Uint8Array {
  const whole = new Uint8Array(payloads.reduce((total, each) => total + (each?.length ?? 0), 0));
  let at = 0;
  for (const each of payloads) {
    if (each === null) continue;
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

/** The receiver for another list of configured hosts. What is remembered of those that stay is kept. */
export function withHosts(receiver: Receiver, hosts: readonly HostName[]): Receiver {
  const peerOf = (host: HostName): Peer | undefined => {
    const place = receiver.places.get(host);
    return place === undefined ? undefined : receiver.peers[place];
  };
  return {
    ...receiver,
    places: new Map(hosts.map((host, place) => [host, place])),
    peers: hosts.map((host) => peerOf(host) ?? { lives: [], assembly: null }),
  };
}
