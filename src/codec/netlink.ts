// How a program and the kernel speak of the network (RFC 3549, netlink(7), rtnetlink(7)). A datagram holds messages, a
// message has a head, and after a fixed part of its own attributes; each begins at a multiple of 4 bytes:
//
//     length 4, type 2, flags 2, sequence 4, port 4 │ fixed part │ length 2, type 2, value │ length 2, type 2, value ...
//
// Numbers are as the machine has them, little-endian on all that there are executables for; addresses are in network
// order. What comes is not believed: a length that cannot be ends the reading, and what was whole before it counts.

/** What the kernel is asked for. */
export interface NetlinkRequest {
  readonly type: number;
  /** Beside those that every request has. */
  readonly flags: number;
  /** The fixed part and the attributes. */
  readonly body: Uint8Array;
}

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** Of the request that it answers. */
  readonly sequence: number;
  /** All after the head: a part of the datagram, not a copy. */
  readonly body: Uint8Array;
}

/** By number, which says what the value means in a message of some type. */
export type Attributes = ReadonlyMap<number, Uint8Array>;

/**
 * Requests as they are sent, in one datagram, numbered from `sequence` on. The kernel always tells what it refused; with
 * `confirmed` it tells of the last one also that it is done, and with it of all before.
 */
export function encodeRequests(
  requests: readonly NetlinkRequest[],
  { sequence, confirmed }: { readonly sequence: number; readonly confirmed: boolean },
): Uint8Array {
  const bytes = new Uint8Array(
    requests.reduce((sum, { body }) => sum + aligned(HEAD_LENGTH + body.length), 0),
  );
  let at = 0;
  for (const [number, { type, flags, body }] of requests.entries()) {
    const ack = confirmed && number === requests.length - 1 ? NLM_F_ACK : 0;
    putUint32(bytes, at, HEAD_LENGTH + body.length);
    putUint16(bytes, at + 4, type);
    putUint16(bytes, at + 6, NLM_F_REQUEST | flags | ack);
    putUint32(bytes, at + 8, sequence + number);
    bytes.set(body, at + HEAD_LENGTH);
    at += aligned(HEAD_LENGTH + body.length);
  }
  return bytes;
}

/** A fixed part with attributes after it. */
export function encodeBody(
  fixed: Uint8Array,
  attributes: readonly (readonly [type: number, value: Uint8Array])[],
): Uint8Array {
  const length = attributes.reduce(
    (sum, [, value]) => sum + aligned(ATTRIBUTE_HEAD_LENGTH + value.length),
    aligned(fixed.length),
  );
  const bytes = new Uint8Array(length);
  bytes.set(fixed);
  let at = aligned(fixed.length);
  for (const [type, value] of attributes) {
    putUint16(bytes, at, ATTRIBUTE_HEAD_LENGTH + value.length);
    putUint16(bytes, at + 2, type);
    bytes.set(value, at + ATTRIBUTE_HEAD_LENGTH);
    at += aligned(ATTRIBUTE_HEAD_LENGTH + value.length);
  }
  return bytes;
}

/** The messages of a datagram, up to the first that is not whole. */
export function messagesOf(datagram: Uint8Array): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (datagram.length - at >= HEAD_LENGTH) {
    const length = uint32(datagram, at);
    if (length < HEAD_LENGTH || length > datagram.length - at) break;
    messages.push({
      type: uint16(datagram, at + 4),
      flags: uint16(datagram, at + 6),
      sequence: uint32(datagram, at + 8),
      body: datagram.subarray(at + HEAD_LENGTH, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** The attributes from this byte of a body on, up to the first that is not whole. */
export function attributesOf(body: Uint8Array, from: number): Attributes {
  const attributes = new Map<number, Uint8Array>();
  let at = from;
  while (body.length - at >= ATTRIBUTE_HEAD_LENGTH) {
    const length = uint16(body, at);
    if (length < ATTRIBUTE_HEAD_LENGTH || length > body.length - at) break;
    const type = uint16(body, at + 2) & NLA_TYPE_MASK;
    attributes.set(type, body.subarray(at + ATTRIBUTE_HEAD_LENGTH, at + length));
    at += aligned(length);
  }
  return attributes;
}

// Numbers in bytes. A DataView would be slower: to make one for each message costs more than to read it.

export const uint16 = (bytes: Uint8Array, at: number): number =>
  byteAt(bytes, at) | byteAt(bytes, at + 1) << 8;

export const uint32 = (bytes: Uint8Array, at: number): number =>
  (uint16(bytes, at) | uint16(bytes, at + 2) << 16) >>> 0;

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

export function putUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  putUint16(bytes, at, value);
  putUint16(bytes, at + 2, value >>> 16);
}

/** The text of an attribute, which ends with its first zero. */
export function textOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}

/** Asks for everything of a kind. */
export const NLM_F_DUMP = 0x300;
/** In an answer to that: what was told changed meanwhile, so that a part may be missing. */
export const NLM_F_DUMP_INTR = 0x10;
/** Adds what is not there, changes what is. */
export const NLM_F_REPLACE = 0x100, NLM_F_CREATE = 0x400;

const HEAD_LENGTH = 16, ATTRIBUTE_HEAD_LENGTH = 4;
const NLM_F_REQUEST = 0x1, NLM_F_ACK = 0x4;
/** The two highest bits say how the value is to be read. */
const NLA_TYPE_MASK = 0x3fff;

const aligned = (length: number): number => (length + 3) & ~3;
