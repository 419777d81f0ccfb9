// How one value of the file is read: a reader either understands it or says what is so. A reader never knows
// where the value stands or what it is for; schema.ts knows the place and problem.ts writes the sentence.

import * as v from "valibot";

export type Reading<T> =
  | { readonly kind: "ok"; readonly value: T }
  /** `fact` says what is so, as "it has no unit". `wanted` is more exact than what the reader always wants. */
  | { readonly kind: "wrong"; readonly fact: string; readonly wanted?: string };

export interface Reader<T> {
  /** What the reader always wants, as "a duration such as "100ms"". */
  readonly wanted: string;
  readonly read: (value: unknown) => Reading<T>;
}

export const ok = <T>(value: T): Reading<T> => ({ kind: "ok", value });
export const wrong = (fact: string, wanted?: string): Reading<never> => ({ kind: "wrong", fact, wanted });

/** A valibot schema of one value; its issues carry the fact as `message` and what was wanted as `expected`. */
export function leaf<T>(reader: Reader<T>): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const reading = reader.read(dataset.value);
      if (reading.kind === "ok") return reading.value;
      addIssue({ message: reading.fact, expected: reading.wanted ?? reader.wanted });
      return NEVER;
    }),
  );
}

/** A reader of text: any other type is wrong. */
export function ofText<T>(wanted: string, read: (text: string) => Reading<T>): Reader<T> {
  return { wanted, read: (value) => typeof value === "string" ? read(value) : wrong(typeFact(value)) };
}

/** A reader of numbers: any other type is wrong, and so are nan and inf. */
export function ofNumber(wanted: string, read: (value: number) => Reading<number>): Reader<number> {
  return {
    wanted,
    read: (value) => {
      if (typeof value !== "number") return wrong(typeFact(value));
      return Number.isFinite(value) ? read(value) : wrong("it is not a finite number");
    },
  };
}

/** A reader of whole numbers between two bounds, which are allowed too. */
export function wholeNumber(from: number, to: number): Reader<number> {
  return ofNumber(
    to === Infinity ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
    (value) => {
      if (!Number.isInteger(value)) return wrong("it is not a whole number");
      if (value < from) return wrong(`it is below ${from}`);
      return value > to ? wrong(`it is above ${to}`) : ok(value);
    },
  );
}

/** A reader of a few known words. */
export function oneOf<const Words extends readonly string[]>(...words: Words): Reader<Words[number]> {
  const quoted = words.map((word) => `"${word}"`);
  const wanted = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return ofText(wanted, (text) => {
    const word = words.find((each) => each === text);
    return word === undefined ? wrong("unknown value", withHint(text, { known: words, wanted })) : ok(word);
  });
}

export const trueOrFalse: Reader<boolean> = {
  wanted: "true or false",
  read: (value) => typeof value === "boolean" ? ok(value) : wrong(typeFact(value)),
};

/** What kind of value it is, in the words of TOML. */
export function typeFact(value: unknown): string {
  if (typeof value === "string") return "it is text";
  if (typeof value === "number") return "it is a number";
  if (typeof value === "boolean") return "it is true or false";
  if (value instanceof Date) return "it is a date";
  return Array.isArray(value) ? "it is a list" : "it is a table";
}

/** What was wanted, led by the known word that is closest to what was found, if one is close. */
export function withHint(
  found: string,
  { known, wanted }: { readonly known: Iterable<string>; readonly wanted: string },
): string {
  const close = closest(found, known);
  return close === null ? wanted : `did you mean "${close}"? wanted ${wanted}`;
}

/** The known word that needs the fewest changed letters; null when it would need too many to be a slip. */
export function closest(found: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(found.length / 3)) + 1;
  for (const word of known) {
    const changes = changedLetters(found.toLowerCase(), word.toLowerCase());
    if (changes < least) [best, least] = [word, changes];
  }
  return best;
}

// Letters changed, added, left out, or swapped with the next one (optimal string alignment distance).
function changedLetters(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
