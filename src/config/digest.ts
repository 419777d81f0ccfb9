// Names the contents of a configuration by 16 hex digits, so that hosts can tell each other whether they read the
// same. Only what the file means counts: comments, spelling, and the order of keys and tables do not.
//
// The hash is FNV-1a with 64 bits (draft-eastlake-fnv). It guards against mistakes, not against malice: that is
// the key file's task.

import type { Group } from "../core/vocabulary.ts";

/** The digest of what a completed configuration says. The keys of these objects have one order, that of complete.ts. */
export const digestOf = ({ settings, vips }: Pick<Group, "settings" | "vips">): string =>
  fnv1a64(JSON.stringify([settings, vips]));

/** FNV-1a, 64 bits, over the UTF-8 bytes of the text; 16 hex digits. */
export function fnv1a64(text: string): string {
  // The hash in four parts of 16 bits, lowest first, so that everything stays within 32 bits and is fast. The prime
  // is 2^40 + 435: its product is 435 times the hash, plus the hash shifted by two parts and 8 bits.
  let [a, b, c, d] = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
  for (const byte of new TextEncoder().encode(text)) {
    a ^= byte;
    d = d * 435 + (b << 8);
    c = c * 435 + (a << 8);
    b = b * 435;
    a = a * 435;
    b += a >>> 16;
    c += b >>> 16;
    d += c >>> 16;
    a &= 0xffff;
    b &= 0xffff;
    c &= 0xffff;
    d &= 0xffff;
  }
  return [d, c, b, a].map((part) => part.toString(16).padStart(4, "0")).join("");
}
