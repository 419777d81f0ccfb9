// What is to be said about the files that are taken over. A problem is something that cannot be understood: then
// nothing is converted. A remark is something that was understood and has no counterpart, or another one than one
// would expect: it is told, at its line, and never dropped.

/** A file as its reader gets it. */
export interface SourceFile {
  /** What messages call it. */
  readonly name: string;
  readonly text: string;
}

/** Where something stands. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface Remark {
  /** Null: it is about the command line, or about all of the files. */
  readonly place: Place | null;
  /** The directive, as the file has it. */
  readonly what: string;
  /** Why it has no counterpart, and what to do. */
  readonly why: string;
}

export interface Trouble {
  readonly place: Place;
  /** "Cannot read ...: what is so (wanted ...)". */
  readonly message: string;
}

/** Filled while files are read. */
export interface Report {
  readonly troubles: Trouble[];
  readonly remarks: Remark[];
}

/** A report of nothing yet. */
export const createReport = (): Report => ({ troubles: [], remarks: [] });

/** So many say that a file is not what it was taken for; further ones are not kept. */
export const TROUBLES_MAX = 1_000;

/** Notes that what stands there cannot be understood. */
export function cannot(
  { troubles }: Report,
  place: Place,
  { action, fact, wanted }: { readonly action: string; readonly fact: string; readonly wanted?: string },
): void {
  const more = wanted === undefined ? "" : ` ${wantedText(wanted)}`;
  if (troubles.length < TROUBLES_MAX) troubles.push({ place, message: `Cannot ${action}: ${fact}${more}` });
}

/** Notes what has no counterpart. */
export function remark({ remarks }: Report, place: Place | null, what: string, why: string): void {
  remarks.push({ place, what: shown(what), why });
}

/** FILE:LINE:COLUMN, as editors understand it. */
export const placeText = ({ file, line, column }: Place): string => `${shown(file, 200)}:${line}:${column}`;

/** Text of somebody else's file on one short line, without what a terminal or TOML would trip over. */
export function shown(text: string, most = 60): string {
  const line = text.replace(/[\s\u0085\u2028\u2029]+/g, " ").trim();
  const short = line.length > most ? `${line.slice(0, most - 3)}...` : line;
  // deno-lint-ignore no-control-regex
  return short.replace(/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/gu, "?");
}

/** The same in quotes. */
export const shownQuoted = (text: string): string => `"${shown(text)}"`;

/** Remarks and troubles in the order of the files, and in each file from top to bottom. */
export function inOrder<Told extends { readonly place: Place | null }>(
  told: readonly Told[],
  files: readonly string[],
): readonly Told[] {
  const rank = ({ place }: Told): readonly [number, number, number] =>
    place === null ? [-1, 0, 0] : [files.indexOf(place.file), place.line, place.column];
  return [...told].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}

/** A remark with every place of which the same is to be said. */
export interface Remarks extends Omit<Remark, "place"> {
  readonly places: readonly Place[];
}

/** What is said of several places in the same words is said once, at the first of them. */
export function gathered(remarks: readonly Remark[]): readonly Remarks[] {
  const all = new Map<string, { readonly what: string; readonly why: string; readonly places: Place[] }>();
  for (const { place, what, why } of remarks) {
    const key = `${what}\n${why}`;
    const known = all.get(key) ?? { what, why, places: [] };
    if (place !== null) known.places.push(place);
    all.set(key, known);
  }
  return [...all.values()];
}

/** What was wanted, as a sentence ends: "(wanted ...)". */
export const wantedText = (wanted: string): string =>
  `(${wanted.startsWith("did you mean") ? "" : "wanted "}${wanted})`;
