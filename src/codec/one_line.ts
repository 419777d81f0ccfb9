// What people write for other people to read on a screen: one line, of which nothing can take hold of that screen or show
// itself as something else. The same rule for whoever asks and whoever is asked.

import { MESSAGE_BYTES_MAX } from "../core/limits.ts";

/** In characters, as Unicode counts them. */
export interface LineLimits {
  readonly lengthMin: number;
  readonly lengthMax: number;
}

/** Of a message to the group, and of a reason. */
export const MESSAGE: LineLimits = { lengthMin: 1, lengthMax: 1_000 };
export const REASON: LineLimits = { lengthMin: 0, lengthMax: 1_000 };

/** What is wanted, for people. */
export const lineWanted = ({ lengthMin, lengthMax }: LineLimits): string =>
  `one line of ${lengthMin} to ${lengthMax} characters`;

/** What is wrong with the text, for people, to go on with after its name: "has 1001 characters". Null: nothing. */
export function lineProblem(text: string, { lengthMin, lengthMax }: LineLimits): string | null {
  if (text.length === 0) return lengthMin > 0 ? "is empty" : null;
  if (!text.isWellFormed()) return "has half a character";
  const [ending] = text.match(/[\p{Cc}\p{Zl}\p{Zp}]/u) ?? [];
  if (ending !== undefined) return `has ${codeOf(ending)}, which ends a line or moves the cursor`;
  const [turning] = text.match(/\p{Bidi_Control}/u) ?? [];
  if (turning !== undefined) return `has ${codeOf(turning)}, which turns the direction of writing`;
  if (/^[\s\p{Default_Ignorable_Code_Point}]+$/u.test(text)) return "has only blanks";
  const length = [...text].length;
  if (length < lengthMin || length > lengthMax) return `has ${length} characters`;
  const bytes = new TextEncoder().encode(text).length;
  return bytes > MESSAGE_BYTES_MAX ? `has ${bytes} bytes (at most ${MESSAGE_BYTES_MAX})` : null;
}

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
