// An entry of the record as a line for people.
//
//   2026-11-27 03:12:44.123  group  Installed view 12 (coordinator "test00") of 3 hosts: test00, test01, test02

import type { EventEntry } from "../codec/control.ts";
import { type Colour, paint } from "./paint.ts";

/** The line, with its line feed. Times are UTC. */
export function renderEvent(
  { at, scope, level, text }: EventEntry,
  { colours }: { readonly colours: boolean },
): string {
  const time = at.replace("T", " ").replace("Z", "");
  const colour = levelColours[level];
  // What the group says may come from a person: it must not move the reader's cursor, nor turn what he reads.
  const plain = text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "?");
  return `${colours ? paint(time, "faint") : time}  ${scope.padEnd(5)}  ${
    colours && colour !== null ? paint(plain, colour) : plain
  }\n`;
}

const levelColours: Readonly<Record<EventEntry["level"], Colour | null>> = {
  debug: "faint",
  info: null,
  warning: "doubtful",
  error: "bad",
};
