// IP addresses as text and as bytes. Each address has exactly one canonical text, so that two texts name the
// same address when their canonical texts are equal: IPv4 in dotted decimal, IPv6 as RFC 5952 says.
//
// Only the plain forms are addresses here. "010.0.0.1" is not (some programs read it as octal), nor is
// "fe80::1%eth0": a zone belongs to the interface, which a VIP names for itself.

export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 or 16 bytes, in network order. */
  readonly bytes: Uint8Array;
  /** The canonical text. */
  readonly text: string;
}

/** Reads an address in any of its usual spellings; null when the text is not one. */
export function parseIpAddress(text: string): IpAddress | null {
  const bytes = text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
  return bytes === null ? null : ipAddressOf(Uint8Array.from(bytes));
}

/** The address of 4 or 16 bytes in network order; null for any other number of bytes. */
export function ipAddressOf(bytes: Uint8Array): IpAddress | null {
  if (bytes.length === 4) return { family: 4, bytes, text: [...bytes].join(".") };
  if (bytes.length === 16) return { family: 6, bytes, text: ipv6Text(bytes) };
  return null;
}

/** Whether it may be the address of one machine on a network: link-local, too, but no group, and no loopback. */
export function isUnicast({ family, bytes }: IpAddress): boolean {
  const [first = 0] = bytes;
  if (family === 4) {
    const isGroup = (first >= 224 && first < 240) || bytes.every((byte) => byte === 255);
    return first !== 0 && first !== 127 && !isGroup;
  }
  const isIpv4Kept = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 &&
    bytes[11] === 255;
  const isSmall = bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < 2;
  return first !== 255 && !isIpv4Kept && !isSmall;
}

function ipv4Bytes(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => /^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : NaN);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** Reads one text of RFC 4291, section 2.2: eight groups, "::" for zeros, IPv4 as the last two groups. */
function ipv6Bytes(text: string): readonly number[] | null {
  const sides = text.split("::");
  if (sides.length > 2) return null;
  const [before = "", after] = sides;
  const head = groupBytes(before, { last: after === undefined });
  const tail = groupBytes(after ?? "", { last: true });
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  // "::" stands for at least one group; without it nothing may be missing.
  if (after === undefined ? missing !== 0 : missing < 2) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The bytes of groups between colons; the last group of an address may be an IPv4 address. */
function groupBytes(text: string, at: { readonly last: boolean }): readonly number[] | null {
  const bytes: number[] = [];
  const groups = text === "" ? [] : text.split(":");
  for (const [index, group] of groups.entries()) {
    const dotted = at.last && index === groups.length - 1 && group.includes(".");
    const more = dotted ? ipv4Bytes(group) : hexGroupBytes(group);
    if (more === null) return null;
    bytes.push(...more);
    if (bytes.length > 16) return null;
  }
  return bytes;
}

function hexGroupBytes(group: string): readonly number[] | null {
  if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
  const value = parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

/**
 * RFC 5952, section 4: lower case, no leading zeros, the first longest run of two or more zero groups as
 * "::".
 */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, at) => (byteAt(bytes, at * 2) << 8) | byteAt(bytes, at * 2 + 1),
  );
  if (isIpv4Mapped(groups)) return `::ffff:${[...bytes.subarray(12)].join(".")}`;
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(":");
  return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/** RFC 5952, section 5: ::ffff:0:0/96 is known to hold an IPv4 address and is written with it. */
const isIpv4Mapped = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  }
  return best;
}
