// From the text of keepalived.conf to its statements, as keepalived's own parser would see them on one host:
//
//   lines -> without comments -> those of this host (@main ...) -> parameters put in ($NAME), sequences written out
//   (~SEQ) -> words -> statements, some with a block of statements
//
// What is not followed, included files, definitions over several lines and ~LST, is told where it stands.

import { quotedStretch, unquoted } from "./quoted_words.ts";
import { cannot, type Place, remark, type Report, shownQuoted, type SourceFile } from "./report.ts";

/** A line of the file: its words, and what stands in its braces. */
export interface Statement {
  readonly place: Place;
  readonly words: readonly string[];
  /** Null: it has no braces. */
  readonly body: readonly Statement[] | null;
}

interface Line {
  readonly place: Place;
  readonly text: string;
  /** True when parameters or a condition changed the line: its columns are then not those of the file. */
  readonly changed?: boolean;
}

/** More than any file of a person has; a sequence of sequences could have more. */
const LINES_MAX = 200_000;
const CHARACTERS_MAX = 4_000_000;
/** Parameters are put into no longer lines, and none is longer: together they would make any file a bomb. */
const LINE_LENGTH_MAX = 20_000;
const VALUE_LENGTH_MAX = 2_000;

export interface KeepalivedLines {
  readonly statements: readonly Statement[];
  /** The config-ids that @ lines are for, when it is not known which of them is this host's; else empty. */
  readonly strangers: readonly string[];
}

/** What the file says to one host. `configId` is what @ lines are compared with; null: nobody knows. */
export function keepalivedLines(
  file: SourceFile,
  { configId, report }: { readonly configId: string | null; readonly report: Report },
): KeepalivedLines {
  const { lines, ids } = expanded(linesOf(file), { configId, report });
  return {
    statements: treeOf(wordsOf(lines, report), report),
    strangers: configId !== null && ids.has(configId) ? [] : [...ids.keys()],
  };
}

function linesOf({ name: file, text }: SourceFile): readonly Line[] {
  return text.split("\n").map((line, index) => {
    const bare = withoutComment(line.replace(/\r$/, ""));
    return { place: { file, line: index + 1, column: bare.search(/\S/) + 1 }, text: bare };
  });
}

// "!" and "#" begin a comment anywhere but in double quotes and behind a backslash.
function withoutComment(line: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (char === '"') quoted = !quoted;
    else if (char === "\\") at++;
    else if (!quoted && (char === "!" || char === "#")) return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

interface Expansion {
  readonly configId: string | null;
  readonly report: Report;
  readonly parameters: Map<string, string>;
  readonly lines: Line[];
  characters: number;
  /** The config-ids that lines are for, with the first line of each. */
  readonly ids: Map<string, Place>;
}

function expanded(
  lines: readonly Line[],
  { configId, report }: Pick<Expansion, "configId" | "report">,
): Pick<Expansion, "lines" | "ids"> {
  const parameters = new Map([["_HASH", "#"], ["_BANG", "!"]]);
  if (configId !== null) parameters.set("_INSTANCE", configId);
  const expansion: Expansion = { configId, report, parameters, lines: [], characters: 0, ids: new Map() };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.text.trim() === "") continue;
    if (isContinued(line)) {
      const start = at;
      while (isContinued(lines[at])) at++;
      const isEnd = lines[at]?.text.trim() === "";
      remark(
        report,
        line.place,
        line.text.trim(),
        `a definition over ${
          at - start + (isEnd ? 0 : 1)
        } lines: write out what it stands for, and import again`,
      );
    } else expandLine(line, expansion);
  }
  const [first] = expansion.ids.values();
  if (configId !== null && first !== undefined && !expansion.ids.has(configId)) {
    const ids = [...expansion.ids.keys()].join(", ");
    remark(
      report,
      first,
      `@ lines for ${ids}`,
      `none is for ${configId}: HOST of HOST=FILE is to be the config-id`,
    );
  }
  return expansion;
}

const isContinued = (line: Line | undefined): boolean => line?.text.endsWith("\\") ?? false;

function expandLine({ place, text: whole }: Line, expansion: Expansion): void {
  const text = forThisHost({ place, text: withParameters(whole.trim(), expansion) }, expansion);
  if (text === null || text === "") return;
  const definition = /^\$(\w+)=(.*)$/.exec(text);
  const [, name, value = ""] = definition ?? [];
  if (name !== undefined) return void expansion.parameters.set(name, value.trim().slice(0, VALUE_LENGTH_MAX));
  if (/^include[rmwba]?\s/.test(text)) {
    const why = "included files are not followed: put its text in this place, and import again";
    return remark(expansion.report, place, text, why);
  }
  const unfilled = /(?<!\\)\$(?:\{(\w+)[^}]{0,99}\}|(\w+)(?=\s|$))/.exec(text);
  if (text.startsWith("~")) return expandSequence({ place, text }, expansion);
  if (unfilled !== null && /^\$\S+$/.test(text)) {
    return remark(expansion.report, place, text, "no such definition was read, so the line is left out");
  }
  if (isFull(expansion)) return;
  const changed = whole.trim() !== text;
  expansion.lines.push({ place, text: changed ? text : whole, changed });
  expansion.characters += text.length;
  if (!isFull(expansion)) return;
  const fact =
    `it comes to more than ${LINES_MAX} lines or ${CHARACTERS_MAX} characters when it is written out`;
  cannot(expansion.report, place, { action: "read the file", fact });
}

const isFull = ({ lines, characters }: Expansion): boolean =>
  lines.length > LINES_MAX || characters > CHARACTERS_MAX;

/** The line without its @ condition; null when it is another host's. */
function forThisHost({ place, text }: Line, { configId, report, ids }: Expansion): string | null {
  const condition = /^@(\^?)(\S+)\s*(.*)$/.exec(text);
  if (condition === null) return text;
  const [, negated, id = "", rest = ""] = condition;
  if (!ids.has(id)) ids.set(id, place);
  if (configId === null) {
    const why = "only for one config-id, and whose file this is is not known: say --keepalived HOST=FILE";
    remark(report, place, text, why);
    return null;
  }
  return (id === configId) === (negated === "") ? rest.trim() : null;
}

// A parameter's value may hold parameters in turn.
function withParameters(text: string, { parameters }: Pick<Expansion, "parameters">): string {
  let now = text;
  if (now.length > LINE_LENGTH_MAX) return now;
  for (let round = 0; round < 10 && now.includes("$"); round++) {
    const head = /^(?:@\S+\s+)?\$\w+=/.exec(now)?.[0] ?? "";
    const next = head + now.slice(head.length).replace(
      /\$(?:\{(\w+)\}|(\w+)(?=\s|$))/g,
      (found, braced, plain) => parameters.get(braced ?? plain) ?? found,
    );
    if (next === now || next.length > LINE_LENGTH_MAX) break;
    now = next;
  }
  return now;
}

// ~SEQ(var, start, step, end) REST, where start and step may be missing.
function expandSequence({ place, text }: Line, expansion: Expansion): void {
  const parts = /^~SEQ(x?)\(\s*(\w+)\s*((?:,\s*-?(?:0x)?[0-9a-fA-F]+\s*){1,3})\)\s*(.*)$/.exec(text);
  const [, hex, name = "", given = "", rest = ""] = parts ?? [];
  const numbers = given.split(",").slice(1).map((each) => Number(each.trim().replace(/^-0x/, "0x")));
  const values = parts === null ? null : sequence(numbers);
  if (values === null || values.length > LINES_MAX) {
    const why = "it is not written out by the importer: write its lines yourself, and import again";
    return remark(expansion.report, place, text, why);
  }
  const before = expansion.parameters.get(name);
  for (const value of values) {
    if (isFull(expansion)) break;
    expansion.parameters.set(name, hex === "x" ? value.toString(16) : String(value));
    expandLine({ place, text: rest }, expansion);
  }
  if (before === undefined) expansion.parameters.delete(name);
  else expansion.parameters.set(name, before);
}

function sequence(numbers: readonly number[]): readonly number[] | null {
  const end = numbers.at(-1) ?? NaN;
  const start = numbers.length === 1 ? (end > 0 ? 1 : -1) : numbers[0] ?? NaN;
  const step = numbers.length === 3 ? numbers[1] ?? NaN : end >= start ? 1 : -1;
  if (![start, step, end].every(Number.isSafeInteger) || step === 0) return null;
  const count = Math.max(0, Math.floor((end - start) / step) + 1);
  return count > LINES_MAX ? null : Array.from({ length: count }, (_, at) => start + at * step);
}

interface Word {
  readonly kind: "word" | "open" | "close";
  readonly text: string;
  readonly place: Place;
}

const lexeme = new RegExp(
  String.raw`([{}])|((?:\$\{[^}]{0,99}\}|${quotedStretch}|[^\s{}"\\])+)|".*|\\`,
  "gu",
);

/** The words of each line, without quotes and backslashes. */
function wordsOf(lines: readonly Line[], report: Report): readonly (readonly Word[])[] {
  return lines.map(({ place, text, changed = false }) =>
    [...text.matchAll(lexeme)].map(({ 0: all, 1: brace, 2: word, index }): Word => {
      const at = changed ? place : { ...place, column: index + 1 };
      if (brace !== undefined) return { kind: brace === "{" ? "open" : "close", text: brace, place: at };
      if (word !== undefined) return { kind: "word", text: unquoted(word), place: at };
      if (all !== "\\") {
        const fact = "the quote is not closed on its line";
        cannot(report, at, { action: `read ${shownQuoted(all)}`, fact, wanted: 'another "' });
      }
      return { kind: "word", text: all, place: at };
    })
  );
}

interface OpenStatement {
  readonly place: Place;
  readonly words: readonly string[];
  body: OpenStatement[] | null;
}

function treeOf(lines: readonly (readonly Word[])[], report: Report): readonly Statement[] {
  const root: OpenStatement[] = [];
  const opened: OpenStatement[] = [];
  const here = (): OpenStatement[] => opened.at(-1)?.body ?? root;
  for (const line of lines) {
    let current: { place: Place; words: string[]; body: OpenStatement[] | null } | null = null;
    for (const { kind, text, place } of line) {
      if (kind === "word") {
        if (current === null) here().push(current = { place, words: [], body: null });
        current.words.push(text);
        continue;
      }
      current = null;
      if (kind === "close") {
        if (opened.pop() !== undefined) continue;
        cannot(report, place, { action: 'read "}"', fact: "there is no block that it could close" });
        continue;
      }
      const owner = here().at(-1);
      if (owner === undefined || owner.body !== null) {
        cannot(report, place, { action: 'read "{"', fact: "nothing stands before it that has a block" });
        opened.push({ place, words: [], body: [] });
      } else {
        owner.body = [];
        opened.push(owner);
      }
    }
  }
  for (const { place, words } of opened) {
    const action = `read ${shownQuoted(words.join(" "))}`;
    cannot(report, place, { action, fact: "the file ends before its brace is closed", wanted: '"}"' });
  }
  return root;
}
