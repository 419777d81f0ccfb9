// A ping in the name of an address (RFC 792, RFC 4443 section 4.1), as a whole Ethernet frame to one neighbour whose
// hardware address is known. To answer, the neighbour has to send an IP packet to the address, by the way that all its
// packets will take.

import { assert } from "../core/assert.ts";
import type { Sender } from "./announcement.ts";
import { internetChecksum } from "./internet_checksum.ts";

/** Both addresses are of one family. */
export function echoRequestFrame(from: Sender, to: Sender): Uint8Array {
  assert(from.address.length === to.address.length, "a ping goes to an address of its own family");
  const isIpv6 = from.address.length === 16;
  const packet = isIpv6 ? ipv6Packet(from, to) : ipv4Packet(from, to);
  return Uint8Array.of(...to.mac, ...from.mac, ...(isIpv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4), ...packet);
}

function ipv4Packet({ address: from }: Sender, { address: to }: Sender): Uint8Array {
  const message = Uint8Array.of(ECHO_REQUEST, 0, 0, 0, ...IDENTIFIER, ...PAYLOAD);
  putChecksum(message, 2, internetChecksum(message));
  const length = IPV4_HEADER_LENGTH + message.length;
  const header = Uint8Array.of(
    0x45,
    0,
    0,
    length,
    0,
    0,
    ...DONT_FRAGMENT,
    HOP_LIMIT,
    ICMP,
    0,
    0,
    ...from,
    ...to,
  );
  putChecksum(header, 10, internetChecksum(header));
  return Uint8Array.of(...header, ...message);
}

function ipv6Packet({ address: from }: Sender, { address: to }: Sender): Uint8Array {
  const message = Uint8Array.of(ECHO_REQUEST_6, 0, 0, 0, ...IDENTIFIER, ...PAYLOAD);
  const length = message.length;
  // RFC 8200, section 8.1: both addresses, length and next header count, too.
  const covered = Uint8Array.of(...from, ...to, 0, 0, 0, length, 0, 0, 0, ICMP_6, ...message);
  putChecksum(message, 2, internetChecksum(covered));
  return Uint8Array.of(0x60, 0, 0, 0, 0, length, ICMP_6, HOP_LIMIT, ...from, ...to, ...message);
}

function putChecksum(bytes: Uint8Array, at: number, checksum: number): void {
  bytes[at] = checksum >> 8;
  bytes[at + 1] = checksum & 0xff;
}

const ETHERTYPE_IPV4 = [0x08, 0x00], ETHERTYPE_IPV6 = [0x86, 0xdd];
const ICMP = 1, ICMP_6 = 58;
const ECHO_REQUEST = 8, ECHO_REQUEST_6 = 128;
const IPV4_HEADER_LENGTH = 20;
const DONT_FRAGMENT = [0x40, 0];
const HOP_LIMIT = 64;
/** "MH", and the first of its kind: nobody waits for the answer. */
const IDENTIFIER = [0x4d, 0x48, 0, 1];
/** What people see in a capture. */
const PAYLOAD = new TextEncoder().encode("molehill");
