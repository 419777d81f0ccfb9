// The words of spread.conf and wackamole.conf. Both are read by the same small lexer: words between blanks, braces, an
// equals sign, texts in quotes, which may go on over several lines, and comments from # to the end of the line.
//
// "Group=test" is one word to the originals, which then refuse it; here it is read as it was meant.

import { cannot, type Place, type Report, shownQuoted, type SourceFile } from "./report.ts";

export interface Token {
  readonly kind: "word" | "open" | "close" | "equals" | "end";
  /** A word as it is read, without quotes around it. */
  readonly text: string;
  readonly place: Place;
}

const lexeme = /(\n)|([^\S\n]+)|#[^\n]*|([{}=])|"([^"]*)"|'([^']*)'|([A-Za-z][\w-]*(?==)|[^\s#{}]+)/gy;

/** All tokens of a file; the last one is its end. */
export function tokensOf({ name: file, text }: SourceFile, report: Report): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let start = 0;
  for (const found of text.matchAll(lexeme)) {
    const [all, newline, , sign, double, single, word] = found;
    if (newline !== undefined) {
      line++;
      start = found.index + 1;
      continue;
    }
    const place = { file, line, column: found.index - start + 1 };
    if (sign !== undefined) tokens.push({ kind: signs[sign as keyof typeof signs], text: sign, place });
    else if (double !== undefined || single !== undefined) {
      tokens.push({ kind: "word", text: double ?? single ?? "", place });
      const end = all.lastIndexOf("\n");
      if (end === -1) continue;
      line += all.split("\n").length - 1;
      start = found.index + end + 1;
    } else if (word !== undefined) {
      if (/^["']/.test(all)) {
        const fact = "the quote is not closed";
        cannot(report, place, { action: `read ${shownQuoted(all)}`, fact, wanted: `another ${all[0]}` });
      }
      tokens.push({ kind: "word", text: word, place });
    }
  }
  return [...tokens, { kind: "end", text: "", place: { file, line, column: text.length - start + 1 } }];
}

const signs = { "{": "open", "}": "close", "=": "equals" } as const;

/** A place in a list of tokens. The end is never passed. */
export interface Cursor {
  readonly peek: () => Token;
  readonly take: () => Token;
}

/** From the first of the tokens on. */
export function cursorOver(tokens: readonly Token[]): Cursor {
  let at = 0;
  const end: Token = tokens.at(-1) ?? { kind: "end", text: "", place: { file: "", line: 1, column: 1 } };
  const token = (): Token => tokens[at] ?? end;
  return {
    peek: token,
    take() {
      const taken = token();
      at++;
      return taken;
    },
  };
}

/** What a token is, for messages. */
export function tokenText({ kind, text }: Token): string {
  return kind === "end" ? "the end of the file" : shownQuoted(text);
}

/** What is left of the line of a token, up to a brace. */
export function restOfLine({ peek, take }: Cursor, { place }: Token): readonly Token[] {
  const rest: Token[] = [];
  while ((peek().kind === "word" || peek().kind === "equals") && peek().place.line === place.line) {
    rest.push(take());
  }
  return rest;
}

/** Takes everything up to the brace that closes the one which was taken last. True when there is one. */
export function skipBlock({ peek, take }: Cursor): boolean {
  for (let depth = 1; peek().kind !== "end";) {
    const { kind } = take();
    if (kind === "open") depth++;
    if (kind === "close" && --depth === 0) return true;
  }
  return false;
}

/** Notes that a block that began there has no end. */
export function unclosed(report: Report, opened: Place, what: string): void {
  cannot(report, opened, {
    action: `read ${what}`,
    fact: "the file ends before its brace is closed",
    wanted: '"}"',
  });
}
