// Addresses of interfaces: how the kernel is told to add, renew and remove them, and how it tells of them
// (rtnetlink(7), <linux/if_addr.h>). The fixed part of these messages:
//
//     family 1, prefix 1, flags 1, scope 1, index of the interface 4

import { ipAddressOf } from "../core/ip_address.ts";
import type { Duration } from "../core/vocabulary.ts";
import {
  attributesOf,
  encodeBody,
  type NetlinkMessage,
  type NetlinkRequest,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_REPLACE,
  putUint32,
  uint32,
} from "./netlink.ts";

/** An address on an interface. */
export interface KernelAddress {
  /** The kernel's number for the interface. */
  readonly index: number;
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
}

/** An address that is to be changed. */
export interface WantedAddress {
  readonly index: number;
  /** 4 or 16 bytes, in network order. */
  readonly bytes: Uint8Array;
  readonly prefix: number;
}

/**
 * Adds an address, or renews one that is there. `lease` is rounded up to whole seconds, which is what the kernel counts
 * in; null: it stays until it is removed.
 *
 * A new IPv6 address is usable at once, for the group has already made sure that nobody else has it, and it is
 * "deprecated" (not preferred), so that the host does not pick it for connections of its own, which would break when the
 * VIP moves (RFC 6724, rule 3).
 */
export function additionRequest(wanted: WantedAddress, lease: Duration | null): NetlinkRequest {
  const isIpv6 = wanted.bytes.length === 16;
  const valid = lease === null ? FOREVER : Math.ceil(lease / 1000);
  const lifetimes = new Uint8Array(CACHEINFO_LENGTH);
  putUint32(lifetimes, 0, isIpv6 ? 0 : valid);
  putUint32(lifetimes, 4, valid);
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    body: encodeBody(fixedPart(wanted, isIpv6 ? IFA_F_NODAD : 0), [
      ...addressAttributes(wanted),
      [IFA_CACHEINFO, lifetimes],
    ]),
  };
}

/** Removes exactly this address: one with another prefix is somebody else's. */
export const removalRequest = (wanted: WantedAddress): NetlinkRequest => ({
  type: RTM_DELADDR,
  flags: 0,
  body: encodeBody(fixedPart(wanted, 0), addressAttributes(wanted)),
});

/** Asks for all addresses of all interfaces. */
export const everyAddress = (): NetlinkRequest => ({
  type: RTM_GETADDR,
  flags: NLM_F_DUMP,
  body: new Uint8Array(FIXED_LENGTH),
});

/** The address that a message tells of; null when it tells of none, or of one of another family. */
export function kernelAddressOf({ type, body }: NetlinkMessage): KernelAddress | null {
  if ((type !== RTM_NEWADDR && type !== RTM_DELADDR) || body.length < FIXED_LENGTH) return null;
  const attributes = attributesOf(body, FIXED_LENGTH);
  // Where an interface has a peer, IFA_ADDRESS is the peer's.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  const address = bytes === undefined ? null : ipAddressOf(bytes);
  if (address === null || body[0] !== familyNumber(address.bytes)) return null;
  return { index: uint32(body, 4), address: address.text, family: address.family, prefix: body[1] ?? 0 };
}

function fixedPart({ index, bytes, prefix }: WantedAddress, flags: number): Uint8Array {
  const fixed = Uint8Array.of(familyNumber(bytes), prefix, flags, SCOPE_GLOBAL, 0, 0, 0, 0);
  putUint32(fixed, 4, index);
  return fixed;
}

/** Both, for an interface without a peer: without IFA_ADDRESS the kernel would not look at the prefix. */
const addressAttributes = ({ bytes }: WantedAddress) => [[IFA_LOCAL, bytes], [IFA_ADDRESS, bytes]] as const;

const familyNumber = ({ length }: Uint8Array): number => length === 4 ? AF_INET : AF_INET6;

export const RTM_NEWADDR = 20, RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const FIXED_LENGTH = 8;
const AF_INET = 2, AF_INET6 = 10;
const IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_CACHEINFO = 6;
const IFA_F_NODAD = 0x02;
const SCOPE_GLOBAL = 0;
/** Preferred and valid lifetime in seconds, and two stamps that are the kernel's. */
const CACHEINFO_LENGTH = 16;
const FOREVER = 0xffff_ffff;
