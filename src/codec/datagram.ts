// One message as one or more datagrams. Each datagram stands for itself: it says which group and host it is
// from and carries a tag over all of its bytes, so that a receiver believes none of a message's parts before
// it has checked that part.
//
//   "MOLE" | version | flags 0 | group | host | incarnation | sequence | time | part | parts | payload | tag
//      4        1         1      text    text       6         varint     6    varint  varint             32
//
// The time is that of the sender's wall clock, in milliseconds since 1970: people are told whose clock is off. No decision
// is made by it, and it is no part of a message.

import { assert } from "../core/assert.ts";
import { NAME_BYTES_MAX } from "../core/limits.ts";
import type { Message, Sender } from "../core/message.ts";
import { type HostName, hostName } from "../core/vocabulary.ts";
import { incarnationCodec, messageCodec, sequenceCodec } from "./message_codec.ts";
import { type Codec, decode, encode, fixed, mapped, record, remainder, varint } from "./wire.ts";
import { text } from "./wire_text.ts";

/**
 * The smallest MTU of IPv6 (RFC 8200, section 5) less its header and UDP's: no datagram is ever fragmented,
 * also in a tunnel.
 */
export const DATAGRAM_BYTES_MAX = 1_280 - 40 - 8;
/** A message takes at most this many datagrams: more than the largest group with the longest names needs. */
export const PARTS_MAX = 4_096;
/** Another version is another format: nothing behind it can be understood. */
export const FORMAT_VERSION = 6;
/** HMAC-SHA-256. */
export const TAG_BYTES = 32;

/** Signs and checks. The codec knows no keys; the host ring brings them. */
export interface Authenticator {
  /** The TAG_BYTES that go with these bytes. */
  tag(bytes: Uint8Array): Uint8Array;
  /**
   * Whether somebody who has a key of ours made this tag for these bytes. Takes the same time for any wrong
   * tag.
   */
  accepts(bytes: Uint8Array, tag: Uint8Array): boolean;
}

/** A datagram's contents before its tag. */
export interface Part {
  readonly group: string;
  readonly host: HostName;
  readonly incarnation: Sender["incarnation"];
  readonly sequence: Sender["sequence"];
  /** On the sender's wall clock, in milliseconds since 1970. */
  readonly wallTime: number;
  /** From 0. */
  readonly part: number;
  readonly parts: number;
  readonly payload: Uint8Array;
}

/** The datagrams of a message, each at most DATAGRAM_BYTES_MAX long. */
export function encodeDatagrams(
  from: {
    readonly group: string;
    readonly sender: Sender;
    readonly message: Message;
    /** Milliseconds since 1970. */
    readonly wallTime: number;
    readonly authenticator: Authenticator;
  },
): readonly Uint8Array[] {
  const { group, sender, wallTime, authenticator } = from;
  const head = { group, ...sender, wallTime };
  const whole = encode(messageCodec, from.message);
  const longestHead = bytesBeforeTag({ ...head, part: PARTS_MAX, parts: PARTS_MAX, payload: EMPTY });
  const room = DATAGRAM_BYTES_MAX - TAG_BYTES - longestHead.length;
  const parts = Math.ceil(whole.length / room);
  assert(parts <= PARTS_MAX, "a message fits into the datagrams that a message may take");
  return Array.from({ length: parts }, (_, part) => {
    const payload = whole.subarray(part * room, (part + 1) * room);
    return sealed(bytesBeforeTag({ ...head, part, parts, payload }), authenticator);
  });
}

/** What a datagram is before anything in it is believed. */
export type Opened =
  | { readonly kind: "part"; readonly part: Part; readonly signed: Uint8Array; readonly tag: Uint8Array }
  | { readonly kind: "malformed" | "foreignVersion" | "oversized" };

/** Takes a datagram apart. Does not check the tag. */
export function openDatagram(bytes: Uint8Array): Opened {
  if (bytes.length > DATAGRAM_BYTES_MAX) return { kind: "oversized" };
  const prefix = decode(prefixCodec, bytes.subarray(0, PREFIX_BYTES));
  if (!prefix.ok || prefix.value.magic !== MAGIC || bytes.length < PREFIX_BYTES + TAG_BYTES) {
    return { kind: "malformed" };
  }
  // A flag that we do not know may change the meaning of everything, just as another version does.
  if (prefix.value.version !== FORMAT_VERSION || prefix.value.flags !== 0) return { kind: "foreignVersion" };
  const signed = bytes.subarray(0, bytes.length - TAG_BYTES);
  const part = decode(partCodec, signed.subarray(PREFIX_BYTES));
  if (!part.ok || !isPossible(part.value)) return { kind: "malformed" };
  if (part.value.parts > PARTS_MAX) return { kind: "oversized" };
  return { kind: "part", part: part.value, signed, tag: bytes.subarray(bytes.length - TAG_BYTES) };
}

/** Numbers that a sender of ours never makes are as wrong as bytes that cannot be read. */
const isPossible = ({ sequence, part, parts, payload }: Part): boolean =>
  sequence >= 1 && part < parts && payload.length > 0;

function sealed(signed: Uint8Array, authenticator: Authenticator): Uint8Array {
  const tag = authenticator.tag(signed);
  assert(tag.length === TAG_BYTES, "a tag has the length of the format");
  const datagram = new Uint8Array(signed.length + TAG_BYTES);
  datagram.set(signed);
  datagram.set(tag, signed.length);
  return datagram;
}

const MAGIC = 0x4d4f4c45;
const PREFIX_BYTES = 6;
const EMPTY = new Uint8Array();

const prefixCodec = record({ magic: fixed(4), version: fixed(1), flags: fixed(1) });

const hostInFull: Codec<HostName> = mapped(text(NAME_BYTES_MAX), { write: (name) => name, read: hostName });

/** Whole milliseconds. A clock that shows a time before 1970 is as wrong as can be told. */
const wallTimeCodec: Codec<number> = mapped(fixed(6), {
  write: (ms) => Math.min(Math.max(0, Math.floor(ms)), 2 ** 48 - 1),
  read: (ms) => ms,
});

const partCodec: Codec<Part> = record<Part>({
  group: text(NAME_BYTES_MAX),
  host: hostInFull,
  incarnation: incarnationCodec,
  sequence: sequenceCodec,
  wallTime: wallTimeCodec,
  part: varint,
  parts: varint,
  payload: remainder,
});

const beforeTagCodec = record({ prefix: prefixCodec, part: partCodec });

const bytesBeforeTag = (part: Part): Uint8Array =>
  encode(beforeTagCodec, { prefix: { magic: MAGIC, version: FORMAT_VERSION, flags: 0 }, part });
