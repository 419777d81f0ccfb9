// The Ethernet frames that tell a network where an address now is.
//
//   IPv4   gratuitous ARP, as a request and as a reply           RFC 826, RFC 5227 section 3, RFC 5944 section 4.6
//   IPv6   unsolicited neighbour advertisement, override set     RFC 4861 sections 4.4 and 7.2.6
//   both   a question to one neighbour, asked by the address     RFC 826, RFC 4861 section 4.3
//
// Both forms of gratuitous ARP are needed, for some systems listen to one only. Linux ignores a gratuitous reply
// whose target hardware address is ff:ff:ff:ff:ff:ff for a second after it last confirmed its old entry; the
// reply here names the sender, which is taken at any time. A question makes its target learn the asker and
// answer; the answer is proof that it learned.

import { assert } from "../core/assert.ts";
import { internetChecksum } from "./internet_checksum.ts";

/** An address and the hardware address behind which it is. */
export interface Sender {
  /** 6 bytes. */
  readonly mac: Uint8Array;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
}

/** What tells all neighbours on the link: two frames for IPv4, one for IPv6. `router`: see advertisement(). */
export function announcementFrames(
  sender: Sender,
  { router }: { readonly router: boolean },
): readonly Uint8Array[] {
  if (sender.address.length === 16) return [neighbourAdvertisement(sender, { router })];
  return [gratuitousArpRequest(sender), gratuitousArpReply(sender)];
}

/** What asks one neighbour, so that it learns the asker. Both addresses are of one family. */
export function questionFrame(sender: Sender, target: Uint8Array): Uint8Array {
  return target.length === 16 ? neighbourSolicitation(sender, target) : arpRequest(sender, target);
}

/**
 * "Does anybody have the address?", without saying that it is ours: RFC 5227, section 2.1.1, and for IPv6 as in
 * duplicate address detection, RFC 4862, section 5.4.2.
 */
export function probeFrame(mac: Uint8Array, address: Uint8Array): Uint8Array {
  const nobody = { mac, address: new Uint8Array(address.length) };
  if (address.length === 4) return arpRequest(nobody, address);
  return icmp6Frame(nobody, { to: solicitedNode(address), body: solicitation(address) });
}

/** "I am looking for my own address": every neighbour that has an entry for it corrects the entry. */
export const gratuitousArpRequest = (sender: Sender): Uint8Array => arpRequest(sender, sender.address);

/** "My address is at my hardware address", told to everybody. */
export const gratuitousArpReply = (sender: Sender): Uint8Array =>
  arpFrame(sender, { operation: ARP_REPLY, targetMac: sender.mac, target: sender.address });

/** "Who has the target? Tell the sender." Broadcast, for nobody is trusted to know where the target is. */
export const arpRequest = (sender: Sender, target: Uint8Array): Uint8Array =>
  arpFrame(sender, { operation: ARP_REQUEST, targetMac: UNKNOWN_MAC, target });

/**
 * "My address is at my hardware address; replace what you had", to all nodes. `router` must say whether this host
 * forwards IPv6: neighbours that believed it to be a router drop their routes through it when told otherwise.
 */
export function neighbourAdvertisement(
  { mac, address }: Sender,
  { router }: { readonly router: boolean },
): Uint8Array {
  const flags = NA_OVERRIDE | (router ? NA_ROUTER : 0);
  const head = Uint8Array.of(NEIGHBOUR_ADVERTISEMENT, 0, 0, 0, flags, 0, 0, 0);
  const body = joined([head, address, Uint8Array.of(OPTION_TARGET_LINK_ADDRESS, 1), mac]);
  return icmp6Frame({ mac, address }, { to: ALL_NODES, body });
}

/** "Who has the target? Tell the sender", to the target's solicited-node group (RFC 4291, section 2.7.1). */
export function neighbourSolicitation({ mac, address }: Sender, target: Uint8Array): Uint8Array {
  const body = joined([solicitation(target), Uint8Array.of(OPTION_SOURCE_LINK_ADDRESS, 1), mac]);
  return icmp6Frame({ mac, address }, { to: solicitedNode(target), body });
}

const solicitedNode = (target: Uint8Array): Uint8Array =>
  joined([SOLICITED_NODE_PREFIX, target.subarray(13)]);

const solicitation = (target: Uint8Array): Uint8Array =>
  joined([Uint8Array.of(NEIGHBOUR_SOLICITATION, 0, 0, 0, 0, 0, 0, 0), target]);

/** The EtherType of a frame: what the kernel wants to be told once more when it sends one. */
export function etherType(frame: Uint8Array): number {
  return uint16(frame, 12);
}

const BROADCAST_MAC = new Uint8Array(6).fill(0xff);
const UNKNOWN_MAC = new Uint8Array(6);
const ETHERTYPE_ARP = Uint8Array.of(0x08, 0x06);
const ETHERTYPE_IPV6 = Uint8Array.of(0x86, 0xdd);

const ARP_REQUEST = 1, ARP_REPLY = 2;
const ARP_FOR_IPV4_ON_ETHERNET = Uint8Array.of(0, 1, 0x08, 0x00, 6, 4);

const NEIGHBOUR_SOLICITATION = 135, NEIGHBOUR_ADVERTISEMENT = 136;
const OPTION_SOURCE_LINK_ADDRESS = 1, OPTION_TARGET_LINK_ADDRESS = 2;
const NA_ROUTER = 0x80, NA_OVERRIDE = 0x20;
const ALL_NODES = Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const SOLICITED_NODE_PREFIX = Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff);
const ICMP6 = 58;
/** Receivers drop neighbour discovery with any other: a router would have lowered it (RFC 4861, section 7.1). */
const HOP_LIMIT = 255;

interface Arp {
  readonly operation: number;
  readonly targetMac: Uint8Array;
  readonly target: Uint8Array;
}

function arpFrame({ mac, address }: Sender, { operation, targetMac, target }: Arp): Uint8Array {
  assert(mac.length === 6 && address.length === 4 && target.length === 4, "ARP is for IPv4 on Ethernet");
  const header = [BROADCAST_MAC, mac, ETHERTYPE_ARP];
  const kind = [ARP_FOR_IPV4_ON_ETHERNET, Uint8Array.of(0, operation)];
  return joined([...header, ...kind, mac, address, targetMac, target]);
}

/** The frame of an ICMPv6 message to a multicast group; the message's checksum is filled in here. */
function icmp6Frame(
  { mac, address }: Sender,
  { to, body }: { readonly to: Uint8Array; readonly body: Uint8Array },
): Uint8Array {
  assert(mac.length === 6 && address.length === 16, "neighbour discovery is for IPv6 on Ethernet");
  const checksum = icmp6Checksum(address, { to, body });
  const header = [Uint8Array.of(0x33, 0x33), to.subarray(12), mac, ETHERTYPE_IPV6];
  const ipv6 = [Uint8Array.of(0x60, 0, 0, 0, 0, body.length, ICMP6, HOP_LIMIT), address, to];
  const message = [body.subarray(0, 2), Uint8Array.of(checksum >> 8, checksum & 0xff), body.subarray(4)];
  return joined([...header, ...ipv6, ...message]);
}

/** RFC 4443, section 2.3: over a pseudo-header of both addresses, length and next header, and the message. */
function icmp6Checksum(
  from: Uint8Array,
  { to, body }: { readonly to: Uint8Array; readonly body: Uint8Array },
): number {
  const covered = joined([from, to, Uint8Array.of(0, 0, 0, body.length, 0, 0, 0, ICMP6), body]);
  return internetChecksum(covered);
}

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
