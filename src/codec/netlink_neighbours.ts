// Neighbours, as the kernel tells of them: whose hardware address it knows, or has known (rtnetlink(7),
// <linux/neighbour.h>). The fixed part of these messages:
//
//     family 1, nothing 3, index of the interface 4, state 2, flags 1, kind of route 1

import { ipAddressOf, isUnicast } from "../core/ip_address.ts";
import { type Duration, duration } from "../core/vocabulary.ts";
import {
  attributesOf,
  encodeBody,
  type NetlinkMessage,
  type NetlinkRequest,
  NLM_F_DUMP,
  putUint32,
  uint16,
  uint32,
} from "./netlink.ts";

/** A machine on an Ethernet network whose hardware address the kernel has found out. */
export interface KernelNeighbour {
  /** The kernel's number for the interface. */
  readonly index: number;
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  /** It has said that it is a router. Of IPv4 nobody does. */
  readonly isRouter: boolean;
  /** Since the kernel sent something to it, or heard that it is there. */
  readonly age: Duration;
}

/** Asks for all neighbours of both families on an interface. Kernels before 4.4 tell of those on all interfaces. */
export function neighboursOn(index: number): NetlinkRequest {
  const number = new Uint8Array(4);
  putUint32(number, 0, index);
  return {
    type: RTM_GETNEIGH,
    flags: NLM_F_DUMP,
    body: encodeBody(new Uint8Array(FIXED_LENGTH), [[NDA_IFINDEX, number]]),
  };
}

/** The neighbour that a message tells of; null when it tells of none, or of one that does not answer. */
export function kernelNeighbourOf({ type, body }: NetlinkMessage): KernelNeighbour | null {
  if (type !== RTM_NEWNEIGH || body.length < FIXED_LENGTH || (uint16(body, 8) & IS_KNOWN) === 0) return null;
  const attributes = attributesOf(body, FIXED_LENGTH);
  const bytes = attributes.get(NDA_DST);
  const address = bytes === undefined ? null : ipAddressOf(bytes);
  if (address === null || !isUnicast(address) || attributes.get(NDA_LLADDR)?.length !== 6) return null;
  if (body[0] !== (address.family === 4 ? AF_INET : AF_INET6)) return null;
  return {
    index: uint32(body, 4),
    address: address.text,
    family: address.family,
    isRouter: ((body[10] ?? 0) & NTF_ROUTER) !== 0,
    age: ageOf(attributes.get(NDA_CACHEINFO)),
  };
}

/**
 * What is sent to a neighbour that was confirmed lately does not count as use of it, so the newer of both counts. They
 * are in hundredths of a second.
 */
function ageOf(stamps: Uint8Array | undefined): Duration {
  if (stamps === undefined || stamps.length < 8) return duration(0);
  const [confirmed, used] = [uint32(stamps, 0), uint32(stamps, 4)];
  return duration(10 * Math.min(confirmed, used));
}

const RTM_NEWNEIGH = 28, RTM_GETNEIGH = 30;
const FIXED_LENGTH = 12;
const AF_INET = 2, AF_INET6 = 10;
const NDA_DST = 1, NDA_LLADDR = 2, NDA_CACHEINFO = 3, NDA_IFINDEX = 8;
const NTF_ROUTER = 0x80;
/** Reachable, stale, about to be asked, being asked, permanent. Not: unknown yet, failed, in no need of an address. */
const IS_KNOWN = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
