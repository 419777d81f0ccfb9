import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import {
  ascending,
  bool,
  type Codec,
  decode,
  encode,
  fixed,
  list,
  nullable,
  oneOf,
  record,
  union,
  varint,
} from "../../src/codec/wire.ts";
import { following, repeatable, text } from "../../src/codec/wire_text.ts";
import { AssertionFailed } from "../../src/core/assert.ts";

const bytes = (...all: readonly number[]): Uint8Array => Uint8Array.from(all);

function refuses<Value>(codec: Codec<Value>, all: Uint8Array, why: RegExp): void {
  const read = decode(codec, all);
  assert(!read.ok, `read ${JSON.stringify(read)}`);
  assert.match(read.problem, why);
}

Deno.test("varint carries every whole number up to 2^53-1", () => {
  const edges = [7, 14, 21, 28, 31, 32, 35, 42, 49, 53].flatMap((bits) => [2 ** bits - 1, 2 ** bits - 2]);
  const numbers = fc.oneof(fc.maxSafeNat(), fc.constantFrom(...edges));
  fc.assert(
    fc.property(
      numbers,
      (number) => assert.deepEqual(decode(varint, encode(varint, number)), { ok: true, value: number }),
    ),
  );
  assert.deepEqual(encode(varint, 300), bytes(0xac, 0x02));
});

Deno.test("varint refuses what is too large, too long or cut off", () => {
  refuses(varint, bytes(255, 255, 255, 255, 255, 255, 255, 31), /above 2\^53-1/);
  refuses(varint, bytes(255, 255, 255, 255, 255, 255, 255, 255, 1), /above 2\^53-1/);
  refuses(varint, bytes(128, 0), /leading zeros/);
  refuses(varint, bytes(128), /ends early/);
  refuses(varint, bytes(), /ends early/);
  refuses(varint, bytes(1, 1), /1 bytes too many/);
});

Deno.test("a number that cannot go on the wire fails an assertion", () => {
  for (const number of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => encode(varint, number), AssertionFailed);
    assert.throws(() => encode(fixed(6), number), AssertionFailed);
  }
});

Deno.test("fixed() carries every number of its bytes", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.maxSafeNat(), (length, any) => {
    const number = any % 256 ** length;
    const written = encode(fixed(length), number);
    assert.equal(written.length, length);
    assert.deepEqual(decode(fixed(length), written), { ok: true, value: number });
  }));
  assert.deepEqual(encode(fixed(4), 0x4d4f4c45), new TextEncoder().encode("MOLE"));
});

Deno.test("text() carries every text within its limit, a byte order mark too", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 63 }), (value) => {
    assert.deepEqual(decode(text(255), encode(text(255), value)), { ok: true, value });
  }));
  assert.deepEqual(decode(text(9), encode(text(9), "\uFEFFa")), { ok: true, value: "\uFEFFa" });
});

Deno.test("text() refuses what is too long, cut off or not UTF-8", () => {
  refuses(text(3), bytes(4, 97, 97, 97, 97), /text of 4 bytes \(at most 3\)/);
  refuses(text(255), bytes(4, 97), /claims 4 bytes, 1 are left/);
  refuses(text(255), bytes(2, 0xc3, 0x28), /not UTF-8/);
  refuses(text(255), bytes(3, 0xed, 0xa0, 0x80), /not UTF-8/);
  for (const codec of [text(3), following(3)]) {
    for (const long of ["four", "éé", "😀"]) assert.throws(() => encode(codec, long), AssertionFailed);
  }
});

Deno.test("a claimed length or count is refused before anything is allocated for it", () => {
  const huge = encode(varint, 2 ** 53 - 1);
  refuses(text(2 ** 53 - 1), huge, /claims 9007199254740991 bytes, 0 are left/);
  refuses(list(varint, 2 ** 53 - 1), huge, /9007199254740991 items in 0 bytes/);
  refuses(list(varint, 10), bytes(11), /11 items \(at most 10\)/);
});

Deno.test("repeatable() writes a text in full once and by number after that", () => {
  const names = list(repeatable(text(255)), 100);
  assert.deepEqual(encode(names, ["a", "b", "a", "b"]), bytes(4, 0, 1, 97, 0, 1, 98, 1, 2));
  fc.assert(fc.property(fc.array(fc.constantFrom("", "a", "b", "test00"), { maxLength: 100 }), (value) => {
    assert.deepEqual(decode(names, encode(names, value)), { ok: true, value });
  }));
  refuses(names, bytes(2, 0, 1, 97, 2), /text number 2 of 1/);
  refuses(names, bytes(1, 1), /text number 1 of 0/);
});

Deno.test("following() leaves out what the text before began with", () => {
  const names = list(following(255), 100);
  assert.deepEqual(encode(names, ["10.0.4.1", "10.0.4.12"]).length, 1 + 2 + 8 + 2 + 1);
  // The emoji share the first half of their surrogate pairs: a character is never cut.
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom("a", "é", "😀", "😁"), maxLength: 5 })),
      (value) => {
        assert.deepEqual(decode(names, encode(names, value.slice(0, 100))), {
          ok: true,
          value: value.slice(0, 100),
        });
      },
    ),
  );
  refuses(names, bytes(1, 1, 0), /more of the text before than there is/);
  refuses(list(following(3), 9), bytes(2, 0, 3, 97, 97, 97, 3, 1, 97), /text of more than 3 bytes/);
  refuses(names, bytes(2, 0, 4, 0xf0, 0x9f, 0x98, 0x80, 1, 0), /cut inside a character/);
});

Deno.test("ascending() neither writes nor reads a list that is unsorted or names something twice", () => {
  const names = ascending(text(255), { by: (name) => name, countMax: 3 });
  const plain = list(text(255), 9);
  for (const wrong of [["b", "a"], ["a", "a"], ["a", "c", "b"]]) {
    assert.throws(() => encode(names, wrong), AssertionFailed);
    refuses(names, encode(plain, wrong), /not sorted or names something twice/);
  }
  assert.throws(() => encode(names, ["a", "b", "c", "d"]), AssertionFailed);
  assert.deepEqual(decode(names, encode(plain, ["a", "b"])), { ok: true, value: ["a", "b"] });
});

Deno.test("bool, oneOf() and union() refuse numbers that mean nothing", () => {
  refuses(bool, bytes(2), /word number 2/);
  refuses(oneOf({ low: 0, high: 5 }), bytes(1), /word number 1/);
  refuses(nullable(varint), bytes(1), /ends early/);
  type Shape = { readonly kind: "dot" } | { readonly kind: "circle"; readonly radius: number };
  const shape = union<Shape>({
    dot: { number: 3, fields: {} },
    circle: { number: 4, fields: { radius: varint } },
  });
  assert.deepEqual(encode(shape, { kind: "circle", radius: 9 }), bytes(4, 9));
  assert.deepEqual(decode(shape, bytes(3)), { ok: true, value: { kind: "dot" } });
  refuses(shape, bytes(0), /kind number 0/);
});

Deno.test("record() writes its fields in the order of its table, not of the value", () => {
  const pair = record<{ readonly a: number; readonly b: boolean }>({ a: varint, b: bool });
  assert.deepEqual(encode(pair, { b: true, a: 7 }), bytes(7, 1));
});

Deno.test("half a surrogate pair becomes what every reader can read", () => {
  for (const codec of [text(255), following(255)]) {
    for (const [given, read] of [["\ud800", "\ufffd"], ["a\udc00b", "a\ufffdb"]] as const) {
      assert.deepEqual(decode(codec, encode(codec, given)), { ok: true, value: read });
    }
  }
});
