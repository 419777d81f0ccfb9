// A text on a screen that may be too small for it, as one string for the terminal. Pure, from values to text.
//
// The terminal is never cleared: each line is written over what was there, and what is left of that is erased behind it,
// so nothing flickers. The last row is for what is not shown, and for the keys.

import { paint } from "./paint.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The part of a text that is shown. */
export interface Frame {
  /** For the terminal: control sequences included. */
  readonly drawing: string;
  /** The first line that is shown, from 0. */
  readonly top: number;
  /** How many lines there is room for. */
  readonly page: number;
}

/** The text from line `top` on, or from as close to it as the text is long. */
export function frameOf(
  text: string,
  { size, top: wanted, colours }: {
    readonly size: Size;
    readonly top: number;
    readonly colours: boolean;
  },
): Frame {
  const lines = text.trimEnd().split("\n");
  const page = Math.max(1, size.rows - 1);
  const top = Math.max(0, Math.min(wanted, lines.length - page));
  const shown = lines.slice(top, top + page).map((line) => cutLine(line, size.columns));
  const foot = footOf({ above: top, below: lines.length - top - shown.length });
  const blank = new Array<string>(page - shown.length).fill("");
  const footer = size.rows < 2
    ? []
    : [colours ? paint(cutLine(foot, size.columns), "faint") : cutLine(foot, size.columns)];
  const rows = [...shown, ...blank, ...footer].map((line) => `${line}\x1b[K`);
  return { drawing: `\x1b[H${rows.join("\r\n")}\x1b[J`, top, page };
}

function footOf({ above, below }: { readonly above: number; readonly below: number }): string {
  const lines = (count: number) => `${count} more line${count === 1 ? "" : "s"}`;
  if (below > 0) return `... ${lines(below)}: arrows, j, k, PgUp, PgDn scroll, q quits`;
  return above > 0 ? `... ${lines(above)} above: arrows, j, k, PgUp, PgDn scroll, q quits` : "q quits";
}

const escape = "\x1b";
const colourOrCharacter = new RegExp(`(${escape}\\[[0-9;]*m)|[^]`, "gu");
const keyOrCharacter = new RegExp(`${escape}\\[[0-9;]*[A-Za-z~]|${escape}O[A-Za-z]|[^]`, "gu");

/** At most so many characters of the line; its colours count for nothing and end with it. */
export function cutLine(line: string, columns: number): string {
  let [cut, width, isPainted] = ["", 0, false];
  for (const [token, colour] of line.matchAll(colourOrCharacter)) {
    if (colour !== undefined) {
      isPainted = colour !== "\x1b[0m";
      cut += colour;
      continue;
    }
    if (width === columns) break;
    // Whatever a host may have said of itself, it does not move the cursor here.
    cut += /[\p{Cc}\p{Bidi_Control}]/u.test(token) ? "?" : token;
    width += 1;
  }
  return isPainted ? `${cut}\x1b[0m` : cut;
}

export type Key = "quit" | "suspend" | "redraw" | "down" | "up" | "pageDown" | "pageUp" | "start" | "end";

const keys: Readonly<Record<string, Key>> = {
  q: "quit",
  Q: "quit",
  "\x03": "quit",
  "\x1a": "suspend",
  "\x0c": "redraw",
  j: "down",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\r": "down",
  k: "up",
  "\x1b[A": "up",
  "\x1bOA": "up",
  " ": "pageDown",
  "\x1b[6~": "pageDown",
  b: "pageUp",
  "\x1b[5~": "pageUp",
  g: "start",
  "\x1b[H": "start",
  "\x1b[1~": "start",
  G: "end",
  "\x1b[F": "end",
  "\x1b[4~": "end",
};

/** The keys in what a terminal sent; those that mean nothing are left out. */
export function keysIn(sent: string): readonly Key[] {
  const pressed = sent.match(keyOrCharacter) ?? [];
  return pressed.flatMap((each) => keys[each] ?? []);
}

/** Where the text is to begin after a key. */
export function scrolled(top: number, key: Key, page: number): number {
  switch (key) {
    case "down":
      return top + 1;
    case "up":
      return top - 1;
    case "pageDown":
      return top + page;
    case "pageUp":
      return top - page;
    case "start":
      return 0;
    case "end":
      return Number.MAX_SAFE_INTEGER;
    default:
      return top;
  }
}
