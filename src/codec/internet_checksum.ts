// The checksum of IPv4, ICMP and ICMPv6 (RFC 1071).

/** Over bytes in which the checksum's own are zero; of an odd number the last counts with a zero after it. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
  return ~sum & 0xffff;
}
