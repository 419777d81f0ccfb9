// What a terminal shows after what was written to it: the part of ECMA-48 and of xterm's private modes that a screen of
// this program uses. Anything else is an error, so that nothing is used that is not understood here.

import type { TerminalSize } from "./pseudo_terminal.ts";

const escape = "\x1b";
/** A control sequence, the beginning of one, or a character. */
const sequenceOrCharacter = new RegExp(
  `${escape}\\[([?0-9;]*)([A-Za-z])|${escape}(?:\\[[?0-9;]*)?$|[^]`,
  "gu",
);

export class ScreenImage {
  isAlternate = false;
  isCursorShown = true;
  wraps = true;
  #size: TerminalSize;
  #rows: string[][] = [];
  #row = 0;
  #column = 0;
  #rest = "";

  constructor(size: TerminalSize) {
    this.#size = size;
  }

  /** What is there stays, as far as there is room for it. */
  resize(size: TerminalSize): void {
    this.#size = size;
  }

  /** The rows as text, without blanks at their ends. */
  text(): string {
    const { rows, columns } = this.#size;
    return Array.from(
      { length: rows },
      (_, row) =>
        Array.from(this.#rows[row] ?? [], (each) => each ?? " ").slice(0, columns).join("").trimEnd(),
    ).join("\n");
  }

  write(text: string): void {
    const whole = this.#rest + text;
    this.#rest = "";
    for (const [token, parameters = "", final] of whole.matchAll(sequenceOrCharacter)) {
      if (final !== undefined) this.#control(parameters, final);
      else if (token.startsWith("\x1b")) this.#rest = token;
      else this.#print(token);
    }
  }

  #control(parameters: string, final: string): void {
    switch (parameters + final) {
      case "H":
        [this.#row, this.#column] = [0, 0];
        return;
      case "K":
        this.#line().splice(this.#column);
        return;
      case "J":
        this.#line().splice(this.#column);
        this.#rows.splice(this.#row + 1);
        return;
      case "?1049h":
      case "?1049l":
        this.isAlternate = final === "h";
        this.#rows = [];
        [this.#row, this.#column] = [0, 0];
        return;
      case "?25h":
      case "?25l":
        this.isCursorShown = final === "h";
        return;
      case "?7h":
      case "?7l":
        this.wraps = final === "h";
        return;
    }
    if (final !== "m") throw new Error(`Cannot understand ESC [${parameters}${final}`);
  }

  #print(token: string): void {
    if (token === "\n") this.#row += 1;
    else if (token === "\r") this.#column = 0;
    else {
      if (token < " ") throw new Error(`Cannot understand ${JSON.stringify(token)}`);
      this.#line()[Math.min(this.#column, this.#size.columns - 1)] = token;
      this.#column += 1;
    }
    if (this.#row >= this.#size.rows && this.isAlternate) {
      throw new Error("The screen was scrolled by what was drawn");
    }
  }

  #line(): string[] {
    return this.#rows[this.#row] ??= [];
  }
}
