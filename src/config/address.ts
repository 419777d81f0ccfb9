// Arithmetic on addresses: what kind one is, the first of a block, all of a range. Addresses are bytes here,
// most significant first, so IPv4 and IPv6 are one case.

import { type IpAddress, ipAddressOf } from "../core/ip_address.ts";
import { assert } from "../core/assert.ts";

/** The prefix of a single address. */
export const prefixMax = (family: 4 | 6): 32 | 128 => (family === 4 ? 32 : 128);

/** What makes the address special (RFC 6890, RFC 4291); null for an ordinary one. */
export function addressFact({ family, bytes }: IpAddress): AddressFact | null {
  return family === 4 ? ipv4Fact(bytes) : ipv6Fact(bytes);
}

export type AddressFact =
  | "unspecified"
  | "loopback"
  | "link-local"
  | "a multicast address"
  | "the broadcast address"
  | "an IPv4 address in IPv6 notation";

function ipv4Fact(bytes: Uint8Array): AddressFact | null {
  const first = bytes[0] ?? 0;
  if (first === 0) return "unspecified";
  if (first === 127) return "loopback";
  if (bytes.every((byte) => byte === 255)) return "the broadcast address";
  return first >= 224 && first < 240 ? "a multicast address" : null;
}

function ipv6Fact(bytes: Uint8Array): AddressFact | null {
  const [first = 0, second = 0] = bytes;
  const isZeroUpTo = (end: number) => bytes.subarray(0, end).every((byte) => byte === 0);
  if (isZeroUpTo(16)) return "unspecified";
  if (isZeroUpTo(15) && bytes[15] === 1) return "loopback";
  if (isZeroUpTo(10) && bytes[10] === 255 && bytes[11] === 255) return "an IPv4 address in IPv6 notation";
  if (first === 0xff) return "a multicast address";
  return first === 0xfe && (second & 0xc0) === 0x80 ? "link-local" : null;
}

/** The address with every bit after the prefix cleared. */
export function firstOfBlock(address: IpAddress, prefix: number): IpAddress {
  const bits = BigInt(prefixMax(address.family) - prefix);
  return fromNumber(toNumber(address) >> bits << bits, address.family);
}

/** How many addresses lie from first to last, both counted; negative or 0 when last comes before first. */
export const rangeSize = (first: IpAddress, last: IpAddress): bigint => toNumber(last) - toNumber(first) + 1n;

/** The address `offset` places after the first. */
export const addressAfter = (first: IpAddress, offset: number): IpAddress =>
  fromNumber(toNumber(first) + BigInt(offset), first.family);

function toNumber({ bytes }: IpAddress): bigint {
  let value = 0n;
  for (const byte of bytes) value = value << 8n | BigInt(byte);
  return value;
}

function fromNumber(value: bigint, family: 4 | 6): IpAddress {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = value;
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  const address = ipAddressOf(bytes);
  assert(address !== null, "4 and 16 bytes are an address");
  return address;
}
