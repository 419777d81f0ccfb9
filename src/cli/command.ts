// What a command is: a name, a parser whose value is the action to take, and the help that a person reads. Every
// command's help is laid out in the same way, so that examples and exit codes are always where one looks for them.

import { lineBreak, type Message, text } from "@optique/core/message";
import type { Parser } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import { exitCode } from "./exit_codes.ts";
import type { Terminal } from "./terminal.ts";

/** What a command does once its options are known. Answers the exit code. */
export type Action = (terminal: Terminal) => number | Promise<number>;

export interface CommandText {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Paragraphs that say more; blank lines part them. */
  readonly description: string;
  /** Command lines, each with what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Exit codes with what they mean; those that every command has are added. */
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
}

export type Command = CommandText & { readonly parser: Parser<"sync", Action, unknown> };

/** The command with its help; `options` parses what follows the name. */
export function defineCommand(texts: CommandText, options: Parser<"sync", Action, unknown>): Command {
  const parser = command(texts.name, options, {
    brief: [text(texts.summary)],
    description: [text(texts.description)],
    footer: verbatim([
      "Examples:",
      ...inColumns(texts.examples),
      "",
      "Exit codes:",
      ...inColumns(
        [...texts.exitCodes, ...commonCodes].sort(([a], [b]) => a - b).map((
          [code, meaning],
        ) => [String(code), meaning]),
      ),
    ]),
  });
  return { ...texts, parser };
}

const commonCodes = [
  [exitCode.usage, "the command line is wrong"],
  [exitCode.unwritten, "standard output cannot be written"],
] as const;

/** Lines that stay as they are. */
export const verbatim = (lines: readonly string[]): Message =>
  lines.flatMap((line, number) => (number === 0 ? [text(line)] : [lineBreak(), text(line)]));

/** Pairs as two aligned, indented columns. */
export function inColumns(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}
