import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import {
  array,
  boolean,
  dictionary,
  excerpt,
  line,
  nullable,
  number,
  object,
  optional,
  parseJson,
  type Shape,
  strictObject,
  string,
  wholeNumber,
  word,
} from "../../src/codec/json_shape.ts";

function problemOf<Value>(text: string, shape: Shape<Value>): string {
  const read = parseJson(text, shape);
  assert(!read.ok, `read ${JSON.stringify(read)}`);
  return read.problem;
}

Deno.test("a problem says where it is, what is there and what was wanted", () => {
  const hosts = object({ hosts: array(object({ name: string, weight: wholeNumber({ min: 1, max: 9 }) })) });
  const weight = (given: string) => problemOf(`{"hosts": [{"name": "a", "weight": ${given}}]}`, hosts);
  assert.equal(weight("10"), '"hosts[0].weight" is 10, wanted a whole number from 1 to 9');
  assert.equal(weight("1.5"), '"hosts[0].weight" is 1.5, wanted a whole number from 1 to 9');
  assert.equal(weight('"1"'), '"hosts[0].weight" is "1", wanted a whole number from 1 to 9');
  assert.equal(problemOf('{"hosts": [{"weight": 1}]}', hosts), '"hosts[0].name" is missing, wanted a text');
  assert.equal(problemOf('{"hosts": {}}', hosts), '"hosts" is {}, wanted a list');
  assert.equal(problemOf("[]", hosts), "it is [], wanted an object");
  assert.equal(problemOf("null", hosts), "it is null, wanted an object");
});

Deno.test("each shape takes its values and refuses all others", () => {
  const values: readonly (readonly [Shape<unknown>, string, string])[] = [
    [string, '"a"', "1"],
    [number, "1.5", '"1.5"'],
    [boolean, "false", "0"],
    [word("up", "down"), '"down"', '"left"'],
    [nullable(string), "null", "1"],
    [array(string), '["a", "b"]', '["a", 1]'],
    [dictionary(number), '{"a": 1, "__proto__": 2}', '{"a": "1"}'],
    [line({ lengthMin: 1, lengthMax: 3 }), '"abc"', '"abcd"'],
    [line({ lengthMin: 1, lengthMax: 3 }), '"a b"', '"a\\nb"'],
    [line({ lengthMin: 1, lengthMax: 9 }), '"é"', '"\\u001b[31m"'],
  ];
  for (const [shape, good, bad] of values) {
    assert.deepEqual(parseJson(good, shape), { ok: true, value: JSON.parse(good) });
    assert.match(problemOf(bad, shape), / (is|has) .*, wanted /);
  }
});

Deno.test("object() leaves out fields it does not know, strictObject() names them", () => {
  const fields = { a: number, b: optional(number, 0) };
  assert.deepEqual(parseJson('{"a": 1, "c": 2}', object(fields)), { ok: true, value: { a: 1, b: 0 } });
  assert.equal(problemOf('{"a": 1, "c": 2}', strictObject(fields)), 'unknown field "c", wanted "a" or "b"');
  assert.equal(problemOf('{"c": 2}', strictObject({})), 'unknown field "c", wanted no fields');
});

Deno.test("a field that every object inherits is missing all the same", () => {
  const shape = object({ constructor: optional(string, "none") });
  assert.deepEqual(parseJson("{}", shape), { ok: true, value: { constructor: "none" } });
});

Deno.test("text that is not JSON is a problem that quotes its beginning", () => {
  assert.equal(problemOf("", string), "it is empty, wanted JSON");
  assert.equal(problemOf("{a}", string), 'it is not JSON: "{a}"');
  assert.equal(problemOf("x".repeat(10_000), string).length, 96);
  assert.equal(problemOf("[".repeat(1_000_000), string).length, 96);
});

Deno.test("any text is read or a problem, and never throws", () => {
  const shape = object({ a: array(nullable(wholeNumber({ min: 0, max: 9 }))) });
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.equal(typeof parseJson(text, shape).ok, "boolean");
  }));
});

Deno.test("excerpt() cuts no character in two", () => {
  for (let before = 70; before < 80; before += 1) {
    const text = excerpt(`${"x".repeat(before)}😀😀😀😀`);
    assert.equal(text.isWellFormed(), true, text);
  }
});
