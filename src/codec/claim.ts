// What others say on an Ethernet network of where addresses are: "this address is at my hardware address".
//
//   ARP reply, and a request of a machine for its own address    RFC 826, RFC 5227 section 3
//   neighbour advertisement                                      RFC 4861 section 4.4
//
// A claim proves different things to those who read it: that a neighbour has learned where the address is whose question
// it answers; that somebody has an address which nobody should have; who of the neighbours is who.

import { ipAddressOf } from "../core/ip_address.ts";

export interface Claim {
  /** Canonical text. */
  readonly address: string;
  /** Where it is said to be, as "02:00:5e:10:00:01". */
  readonly mac: string;
  /** The address whose question it answers, canonical; null: it answers none, or it was said to all. */
  readonly to: string | null;
}

/** Reads a frame from its Ethernet header on. Null for every other frame, and for one that cannot be read. */
export function parseClaim(frame: Uint8Array): Claim | null {
  if (frame.length < ETHERNET_BYTES) return null;
  const payload = frame.subarray(ETHERNET_BYTES);
  const etherType = uint16(frame, 12);
  if (etherType === ARP) return arpClaim(payload);
  return etherType === IPV6 ? advertisementClaim(payload) : null;
}

/** "02:00:5e:10:00:01" */
export const macText = (mac: Uint8Array): string =>
  [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");

/** The bytes of such a text. */
export const macBytes = (text: string): Uint8Array =>
  Uint8Array.from(text.split(":"), (byte) => parseInt(byte, 16));

const ETHERNET_BYTES = 14;
const ARP = 0x0806, IPV6 = 0x86dd;
const ARP_BYTES = 28, ARP_REPLY = 2;
/** Ethernet, IPv4, addresses of 6 and 4 bytes. */
const ARP_KIND = [0, 1, 0x08, 0x00, 6, 4];

function arpClaim(packet: Uint8Array): Claim | null {
  if (packet.length < ARP_BYTES || ARP_KIND.some((byte, at) => packet[at] !== byte)) return null;
  const [sender, target] = [addressAt(packet, 14, 4), addressAt(packet, 24, 4)];
  const isReply = uint16(packet, 6) === ARP_REPLY;
  if (sender === null || sender === "0.0.0.0" || (!isReply && sender !== target)) return null;
  return { address: sender, mac: macText(packet.subarray(8, 14)), to: sender === target ? null : target };
}

const IPV6_BYTES = 40, ICMP6 = 58, HOP_LIMIT = 255;
const NEIGHBOUR_ADVERTISEMENT = 136, ADVERTISEMENT_BYTES = 24;
const TARGET_LINK_ADDRESS = 2;

function advertisementClaim(packet: Uint8Array): Claim | null {
  const message = packet.subarray(IPV6_BYTES);
  // Receivers drop what a router has passed on (RFC 4861, section 7.1.2).
  if (packet[6] !== ICMP6 || packet[7] !== HOP_LIMIT || message.length < ADVERTISEMENT_BYTES) return null;
  if (message[0] !== NEIGHBOUR_ADVERTISEMENT || message[1] !== 0) return null;
  const address = addressAt(message, 8, 16);
  const mac = linkAddressOf(message.subarray(ADVERTISEMENT_BYTES));
  const to = addressAt(packet, 24, 16);
  if (address === null || mac === null) return null;
  return { address, mac: macText(mac), to: to?.startsWith("ff") ? null : to };
}

/** The first option of its type; options are counted in eights of bytes. */
function linkAddressOf(options: Uint8Array): Uint8Array | null {
  for (let rest = options; rest.length >= 8;) {
    const length = 8 * (rest[1] ?? 0);
    if (length === 0) return null;
    if (rest[0] === TARGET_LINK_ADDRESS && length === 8) return rest.subarray(2, 8);
    rest = rest.subarray(length);
  }
  return null;
}

function addressAt(bytes: Uint8Array, from: number, length: number): string | null {
  return ipAddressOf(bytes.slice(from, from + length))?.text ?? null;
}

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
