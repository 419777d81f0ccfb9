// From datagrams to messages: a pure state machine that drops whatever is not a whole, new, authentic message
// of another host of the group. A dropped datagram changes nothing but its counter.
//
// New means: of each incarnation only sequences above its newest delivered one count. So a replayed datagram is
// stale, and so is every second copy that arrives over another segment. Which incarnation of a host is the living
// one cannot be told from a datagram: core asks for proof of that (`isCredible` in core/heartbeat.ts), and a message
// from before our own start is news to us only once.
//
// A message of several datagrams is put together in one place for each host; there the newest message wins. A
// sender that loses a datagram sends a newer message anyway, so nothing waits for a part that is lost.

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
  /** A replay, a second copy, or overtaken by something newer. */
  "stale",
] as const;

export type DropReason = typeof DROP_REASONS[number];

export type Outcome =
  | { readonly kind: "message"; readonly sender: Sender; readonly message: Message }
  /** Authentic and new, but further parts are missing. */
  | { readonly kind: "incomplete" }
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
  readonly lives: readonly { readonly incarnation: Incarnation; readonly delivered: Sequence }[];
  readonly assembly: Assembly | null;
}

/** A message of which some parts have arrived. */
export interface Assembly {
  readonly incarnation: Incarnation;
  readonly sequence: Sequence;
  /** By number; null: has not arrived. */
  readonly payloads: readonly (Uint8Array | null)[];
}

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
  if (isStale(peer, part)) return { peer, outcome: { kind: "dropped", why: "stale" } };
  if (part.parts === 1) return deliver(peer, part, part.payload);
  const begun = assemblyOf(peer.assembly, part);
  // Two parts that disagree on how many there are: the sender is broken.
  if (begun.payloads.length !== part.parts) return { peer, outcome: { kind: "dropped", why: "malformed" } };
  // A copy: the network's buffer may be used again.
  const payloads = begun.payloads.with(part.part, part.payload.slice());
  if (payloads.includes(null)) {
    return { peer: { ...peer, assembly: { ...begun, payloads } }, outcome: { kind: "incomplete" } };
  }
  return deliver(peer, part, joined(payloads));
}

function isStale({ lives, assembly }: Peer, part: Part): boolean {
  const life = lives.find(({ incarnation }) => incarnation === part.incarnation);
  if (life !== undefined && part.sequence <= life.delivered) return true;
  // A single datagram needs no place, so a message of later that is being put together does not stand in its
  // way.
  if (assembly?.incarnation !== part.incarnation || part.parts === 1) return false;
  if (part.sequence !== assembly.sequence) return part.sequence < assembly.sequence;
  return (assembly.payloads[part.part] ?? null) !== null;
}

/** The assembly message that the part belongs to; a new one, if it is not of the one that was begun. */
function assemblyOf(begun: Assembly | null, part: Part): Assembly {
  const { incarnation, sequence, parts } = part;
  if (begun?.incarnation === incarnation && begun.sequence === sequence) return begun;
  return { incarnation, sequence, payloads: new Array<null>(parts).fill(null) };
}

/** Reads a whole message. Only now does its sender's freshness advance. */
function deliver(peer: Peer, part: Part, whole: Uint8Array): PeerAnswer {
  const message = decode(messageCodec, whole);
  if (!message.ok) return { peer, outcome: { kind: "dropped", why: "malformed" } };
  const { host, incarnation, sequence } = part;
  const next: Peer = {
    lives: [
      { incarnation, delivered: sequence },
      ...peer.lives.filter((life) => life.incarnation !== incarnation),
    ].slice(0, LIVES_MAX),
    assembly: isNewer(peer.assembly, part) ? peer.assembly : null,
  };
  return {
    peer: next,
    outcome: { kind: "message", sender: { host, incarnation, sequence }, message: message.value },
  };
}

const isNewer = (assembly: Assembly | null, part: Part): boolean =>
  assembly !== null && assembly.incarnation === part.incarnation && assembly.sequence > part.sequence;

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
