// Codecs for bytes, made by combining small ones. A codec writes and reads the same value, so a message that
// is declared once, as a table of codecs, cannot be encoded one way and decoded another.
//
// What a length or a count claims is compared with the bytes that are left before anything is allocated, and
// nothing may follow the end. Bytes that are wrong are the sender's problem and come back from `decode` as a
// value; a value that is out of a codec's bounds is our own error and fails an assertion.

import { assert } from "../core/assert.ts";
import { compareText } from "../core/vocabulary.ts";
import { Malformed, Reader, Writer } from "./bytes.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";

export interface Codec<Value> {
  write(writer: Writer, value: Value): void;
  /** Throws Malformed, and nothing else. */
  read(reader: Reader): Value;
}

/** A codec for each field of a record. */
export type Fields<Of> = { readonly [Field in keyof Of]-?: Codec<Of[Field]> };

/** For each kind of a union its number on the wire, which is its for good, and its other fields. */
export type Variants<Union extends { readonly kind: string }> = {
  readonly [Kind in Union["kind"]]: {
    readonly number: number;
    readonly fields: Fields<Omit<Extract<Union, { readonly kind: Kind }>, "kind">>;
  };
};

export function encode<Value>(codec: Codec<Value>, value: Value): Uint8Array {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.finish();
}

/** Reads exactly one value; bytes after it are a problem. Never throws, whatever the bytes are. */
export function decode<Value>(codec: Codec<Value>, bytes: Uint8Array): Parsed<Value> {
  const reader = new Reader(bytes);
  try {
    const value = codec.read(reader);
    return reader.remaining === 0 ? parsed(value) : problem(`${reader.remaining} bytes too many`);
  } catch (error) {
    if (error instanceof Malformed) return problem(error.message);
    throw error;
  }
}

/** From 0 to 2^53-1: seven bits in each byte, lowest first, the high bit set in all but the last. */
export const varint: Codec<number> = {
  write(writer, value) {
    assert(Number.isSafeInteger(value) && value >= 0, "a number for the wire is whole and not negative");
    let left = value;
    // Divided, not shifted: a shift would cut the number to 32 bits.
    for (; left >= 128; left = Math.floor(left / 128)) writer.byte(left % 128 + 128);
    writer.byte(left);
  },
  read(reader) {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = reader.byte();
      value += byte % 128 * scale;
      if (byte >= 128) continue;
      // One number, one encoding.
      if (byte === 0 && scale > 1) throw new Malformed("a number with leading zeros");
      if (Number.isSafeInteger(value)) return value;
      break;
    }
    throw new Malformed("a number above 2^53-1");
  },
};

/** A whole number in exactly `length` bytes, at most 6, highest first. */
export function fixed(length: number): Codec<number> {
  return {
    write(writer, value) {
      assert(Number.isInteger(value) && value >= 0 && value < 256 ** length, "a number fits its bytes");
      for (let scale = 256 ** (length - 1); scale >= 1; scale /= 256) {
        writer.byte(Math.floor(value / scale) % 256);
      }
    },
    read(reader) {
      let value = 0;
      for (let left = length; left > 0; left--) value = value * 256 + reader.byte();
      return value;
    },
  };
}

/** All bytes up to the end. */
export const remainder: Codec<Uint8Array> = {
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(reader.remaining),
};

/** At most `countMax` items, each of which takes a byte or more. */
export function list<Item>(item: Codec<Item>, countMax: number): Codec<readonly Item[]> {
  return {
    write(writer, items) {
      assert(items.length <= countMax, "a list for the wire is not longer than its limit");
      varint.write(writer, items.length);
      for (const each of items) item.write(writer, each);
    },
    read(reader) {
      const count = varint.read(reader);
      if (count > countMax) throw new Malformed(`${count} items (at most ${countMax})`);
      if (count > reader.remaining) throw new Malformed(`${count} items in ${reader.remaining} bytes`);
      return Array.from({ length: count }, () => item.read(reader));
    },
  };
}

/** A list sorted by a name that no two items share: who reads it can rely on both. */
export function ascending<Item>(
  item: Codec<Item>,
  of: { readonly by: (item: Item) => string; readonly countMax: number },
): Codec<readonly Item[]> {
  const items = list(item, of.countMax);
  const isAscending = (all: readonly Item[]): boolean =>
    all.map(of.by).every((name, at, names) => at === 0 || compareText(names[at - 1] ?? "", name) < 0);
  return {
    write(writer, value) {
      assert(isAscending(value), "a sorted list for the wire is sorted and names nothing twice");
      items.write(writer, value);
    },
    read(reader) {
      const value = items.read(reader);
      if (!isAscending(value)) throw new Malformed("a list is not sorted or names something twice");
      return value;
    },
  };
}

/** One of some words, as its number, which is its for good. */
export function oneOf<Word extends string>(numbers: Readonly<Record<Word, number>>): Codec<Word> {
  const words = new Map(Object.entries<number>(numbers).map(([word, number]) => [number, word as Word]));
  return mapped(varint, {
    write: (word) => numbers[word],
    read(number) {
      const word = words.get(number);
      if (word === undefined) throw new Malformed(`word number ${number}`);
      return word;
    },
  });
}

export const bool: Codec<boolean> = mapped(oneOf({ no: 0, yes: 1 }), {
  write: (value) => value ? "yes" : "no",
  read: (word) => word === "yes",
});

/** The value, or null. */
export function nullable<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    write(writer, value) {
      bool.write(writer, value !== null);
      if (value !== null) codec.write(writer, value);
    },
    read: (reader) => bool.read(reader) ? codec.read(reader) : null,
  };
}

/** The fields one after the other, in the table's order. */
export function record<Value extends object>(fields: Fields<Value>): Codec<Value> {
  const table = Object.entries(fields) as [keyof Value, Codec<Value[keyof Value]>][];
  return {
    write(writer, value) {
      for (const [field, codec] of table) codec.write(writer, value[field]);
    },
    read(reader) {
      const value: Partial<Value> = {};
      for (const [field, codec] of table) value[field] = codec.read(reader);
      return value as Value;
    },
  };
}

/** The number of the kind, then the fields of that kind. */
export function union<Value extends { readonly kind: string }>(variants: Variants<Value>): Codec<Value> {
  const table = Object.entries(variants as Readonly<Record<string, Variant>>)
    .map(([kind, { number, fields }]) => ({ kind, number, body: record(fields) }));
  const byKind = new Map(table.map((row) => [row.kind, row]));
  const byNumber = new Map(table.map((row) => [row.number, row]));
  return {
    write(writer, value) {
      const row = byKind.get(value.kind);
      assert(row !== undefined, "a value of a union has one of its kinds");
      varint.write(writer, row.number);
      row.body.write(writer, value);
    },
    read(reader) {
      const number = varint.read(reader);
      const row = byNumber.get(number);
      if (row === undefined) throw new Malformed(`kind number ${number}`);
      return { kind: row.kind, ...row.body.read(reader) } as Value;
    },
  };
}

/** Another codec's values under another type: `write` turns ours into it, `read` turns it into ours. */
export function mapped<Outer, Inner>(
  codec: Codec<Inner>,
  by: { readonly write: (value: Outer) => Inner; readonly read: (value: Inner) => Outer },
): Codec<Outer> {
  return {
    write: (writer, value) => codec.write(writer, by.write(value)),
    read: (reader) => by.read(codec.read(reader)),
  };
}

interface Variant {
  readonly number: number;
  readonly fields: Fields<object>;
}
