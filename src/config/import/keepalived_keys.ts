// The keys of a block of keepalived.conf: the last of a name counts, and those that nobody reads are told.

import { withHint } from "../reading.ts";
import type { Statement } from "./keepalived_lines.ts";
import { cannot, type Place, remark, type Report, shownQuoted, wantedText } from "./report.ts";

export interface Context {
  readonly report: Report;
}

/** A value with where it stands. */
export interface Told<Value> {
  readonly place: Place;
  readonly value: Value;
}

/** The statements in the blocks of that name. */
export const inBlock = (statements: readonly Statement[], name: string): readonly Statement[] =>
  statements.filter(({ words: [first] }) => first === name).flatMap(({ body }) => body ?? []);

/** The number that the last key of that name has; null: there is none. */
export function lastNumber(
  keys: readonly Statement[],
  name: string,
  { report }: Context,
): Told<number> | null {
  const found = keys.findLast(({ words: [first] }) => first === name);
  if (found === undefined) return null;
  const value = numberIn(found.words[1] ?? "", { place: found.place, as: name, report });
  return value === null ? null : { place: found.place, value };
}

/** Null: it is none, and that is in the report. */
export function numberIn(
  text: string,
  { place, as, report }: Context & { readonly place: Place; readonly as: string },
): number | null {
  const value = /^[+-]?\d{1,12}(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  cannot(report, place, { action: `use ${shownQuoted(text)} as ${as}`, fact: "it is no number" });
  return null;
}

interface Reasons extends Context {
  readonly reasons: ReadonlyMap<string, string | null>;
  readonly owner: string;
}

/** A reason of null: the key is read elsewhere. */
export function tellUnread({ place, words }: Statement, { reasons, owner, report }: Reasons): void {
  const [name = ""] = words;
  const reason = reasons.get(name);
  if (reason === null) return;
  // A password is not repeated.
  const what = name === "authentication" ? name : words.join(" ");
  remark(report, place, `${what} (${owner})`, reason ?? unknownWhy(name, reasons.keys()));
}

/** For what nobody knows. */
export const unknownWhy = (name: string, known: Iterable<string>): string =>
  `unknown, so it is left out ${
    wantedText(withHint(name, { known, wanted: "a keyword of keepalived.conf(5)" }))
  }`;
