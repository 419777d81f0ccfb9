import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import { messageCodec } from "../../src/codec/message_codec.ts";
import { decode, encode } from "../../src/codec/wire.ts";
import type { Message } from "../../src/core/message.ts";
import { duration, hostName } from "../../src/core/vocabulary.ts";
import { messagesByKind } from "./arbitrary_messages.ts";
import { examples } from "./example_messages.ts";

for (const [kind, messages] of Object.entries<fc.Arbitrary<Message>>(messagesByKind)) {
  Deno.test(`every ${kind} is read as it was written`, () => {
    fc.assert(fc.property(messages, (message) => {
      assert.deepEqual(decode(messageCodec, encode(messageCodec, message)), { ok: true, value: message });
    }));
  });
}

Deno.test("whatever can be read can be written and is read the same again", () => {
  const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.constantFrom(...Object.values<Message>(examples)), changes, (message, all) => {
      const bytes = encode(messageCodec, message);
      for (const { at, to } of all) bytes[at % bytes.length] = to;
      const read = decode(messageCodec, bytes);
      if (!read.ok) return;
      const again = decode(messageCodec, encode(messageCodec, read.value));
      assert.deepEqual(again, read);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("random bytes are refused or read, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.equal(typeof decode(messageCodec, bytes).ok, "boolean");
    }),
    { numRuns: 3000 },
  );
});

Deno.test("every beginning of a message is refused", () => {
  for (const message of Object.values<Message>(examples)) {
    const bytes = encode(messageCodec, message);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(
        decode(messageCodec, bytes.subarray(0, length)).ok,
        false,
        `${message.kind}, ${length} bytes`,
      );
    }
  }
});

Deno.test("a message of an unknown kind is refused", () => {
  for (const number of [0, 8, 255]) {
    assert.deepEqual(
      decode(messageCodec, encode(messageCodec, examples.farewell).map(() => number)).ok,
      false,
    );
  }
});

Deno.test("ages are cut to whole milliseconds", () => {
  const [held] = examples.report.held;
  assert(held !== undefined);
  const reportAt = (age: number): Message => ({
    ...examples.report,
    held: [{ ...held, age: duration(age) }],
  });
  assert.deepEqual(decode(messageCodec, encode(messageCodec, reportAt(1.9))), {
    ok: true,
    value: reportAt(1),
  });
});

Deno.test("what somebody has to wait for is never cut short", () => {
  const installIn = (wait: number): Message => ({ ...examples.install, wait: duration(wait) });
  assert.deepEqual(decode(messageCodec, encode(messageCodec, installIn(1.1))), {
    ok: true,
    value: installIn(2),
  });
  const vouchedFor = (remaining: number): Message => ({
    ...examples.report,
    vouching: [{ host: hostName("test01"), remaining: duration(remaining) }],
  });
  assert.deepEqual(decode(messageCodec, encode(messageCodec, vouchedFor(1.1))), {
    ok: true,
    value: vouchedFor(2),
  });
});
