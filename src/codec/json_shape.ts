// JSON text from outside against the shape it must have. A shape is a function from any value to a typed one;
// an object's shape is declared by a table of its fields, which the compiler compares with the type.

import { type LineLimits, lineProblem, lineWanted } from "./one_line.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";

/** Throws Mismatch, and nothing else; `at` says where in the text the value is. */
export type Shape<Value> = (value: unknown, at: string) => Value;

/** A shape for each field of an object. */
export type FieldShapes<Of> = { readonly [Field in keyof Of]-?: Shape<Of[Field]> };

/** Reads JSON of one shape. The problem says what is where, and what was wanted. Never throws. */
export function parseJson<Value>(text: string, shape: Shape<Value>): Parsed<Value> {
  const json = anyJson(text);
  if (!json.ok) return json;
  try {
    return parsed(shape(json.value, ""));
  } catch (error) {
    if (error instanceof Mismatch) return problem(error.message);
    throw error;
  }
}

/** An object with these fields. Others are left out: a later version may say more. */
export function object<Value extends object>(fields: FieldShapes<Value>): Shape<Value> {
  const table = Object.entries(fields) as [keyof Value & string, Shape<Value[keyof Value & string]>][];
  return (value, at) => {
    const given = anyObject(value, at);
    const read: Partial<Value> = {};
    for (const [field, shape] of table) {
      read[field] = shape(own(given, field), at === "" ? field : `${at}.${field}`);
    }
    return read as Value;
  };
}

/** An object with no other fields than these: what a person types may be mistyped. */
export function strictObject<Value extends object>(fields: FieldShapes<Value>): Shape<Value> {
  const shape = object<Value>(fields);
  const names = Object.keys(fields).sort();
  return (value, at) => {
    const unknown = Object.keys(anyObject(value, at)).find((name) => !names.includes(name));
    if (unknown === undefined) return shape(value, at);
    const known = names.length === 0 ? "no fields" : names.map((name) => JSON.stringify(name)).join(" or ");
    throw new Mismatch(`unknown field ${excerpt(unknown)}, wanted ${known}`);
  };
}

/** An object with any fields, all of one shape. */
export function dictionary<Value>(shape: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(anyObject(value, at)).map(([name, each]) => [name, shape(each, `${at}.${name}`)]),
    );
}

export function array<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw mismatch({ value, at, wanted: "a list" });
    return value.map((each, index) => item(each, `${at}[${index}]`));
  };
}

export const string: Shape<string> = (value, at) => {
  if (typeof value === "string") return value;
  throw mismatch({ value, at, wanted: "a text" });
};

/** A text for one line on a screen, of limited length. */
export function line(limits: LineLimits): Shape<string> {
  const wanted = lineWanted(limits);
  return (value, at) => {
    if (typeof value !== "string") throw mismatch({ value, at, wanted });
    const problem = lineProblem(value, limits);
    if (problem === null) return value;
    throw new Mismatch(`${nameOf(at)} ${problem}, wanted ${wanted}`);
  };
}

export const number: Shape<number> = (value, at) => {
  if (typeof value === "number") return value;
  throw mismatch({ value, at, wanted: "a number" });
};

/** A whole number in a range, both ends included. */
export function wholeNumber(of: { readonly min: number; readonly max: number }): Shape<number> {
  return (value, at) => {
    if (Number.isInteger(value) && number(value, at) >= of.min && number(value, at) <= of.max) {
      return number(value, at);
    }
    throw mismatch({ value, at, wanted: `a whole number from ${of.min} to ${of.max}` });
  };
}

export const boolean: Shape<boolean> = (value, at) => {
  if (typeof value === "boolean") return value;
  throw mismatch({ value, at, wanted: "true or false" });
};

export function word<Word extends string>(...words: readonly Word[]): Shape<Word> {
  return (value, at) => {
    const found = words.find((each) => each === value);
    if (found !== undefined) return found;
    throw mismatch({ value, at, wanted: words.map((each) => JSON.stringify(each)).join(" or ") });
  };
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value, at) => value === null ? null : shape(value, at);
}

/** A field that may be missing, and what it then is. */
export function optional<Value, Otherwise>(
  shape: Shape<Value>,
  otherwise: Otherwise,
): Shape<Value | Otherwise> {
  return (value, at) => value === undefined ? otherwise : shape(value, at);
}

/** Text from outside for an error message: quoted, and cut where it is long. */
export function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length <= EXCERPT_MAX ? text : `${text.slice(0, EXCERPT_MAX - 3).toWellFormed()}...`;
}

/** What a shape throws: what is where, and what was wanted. */
export function mismatch(
  { value, at, wanted }: { readonly value: unknown; readonly at: string; readonly wanted: string },
): Error {
  return new Mismatch(`${nameOf(at)} is ${excerpt(value)}, wanted ${wanted}`);
}

const nameOf = (at: string): string => at === "" ? "it" : excerpt(at);

class Mismatch extends Error {
  override readonly name = "Mismatch";
}

const EXCERPT_MAX = 80;

/** Only the object's own fields: "constructor" is not one. */
const own = (given: Readonly<Record<string, unknown>>, field: string): unknown =>
  Object.hasOwn(given, field) ? given[field] : undefined;

function anyObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw mismatch({ value, at, wanted: "an object" });
  }
  return value as Readonly<Record<string, unknown>>;
}

function anyJson(text: string): Parsed<unknown> {
  try {
    return parsed(JSON.parse(text));
  } catch {
    // What the parser says differs from runtime to runtime; the text itself helps more.
    return problem(text.trim() === "" ? "it is empty, wanted JSON" : `it is not JSON: ${excerpt(text)}`);
  }
}
