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

Deno.test("neighbours that no machine can be are refused, and more than a message has room for", () => {
  const [four] = examples.neighbours.neighbours.filter(({ address }) => !address.includes(":"));
  assert(four !== undefined);
  const written = (bytes: readonly number[]) => {
    const whole = encode(messageCodec, { kind: "neighbours", neighbours: [four] });
    // Kind, count, then for the interface 0, length 4 and its name; then the family.
    assert.equal(whole[8], 4);
    return Uint8Array.of(...whole.subarray(0, 8), ...bytes, ...whole.subarray(13));
  };
  const isRead = (...bytes: readonly number[]) => decode(messageCodec, written(bytes)).ok;
  const six = (
    first: number,
    second: number,
    last: number,
  ) => [6, first, second, ...new Array<number>(13).fill(0), last];
  assert.equal(isRead(4, 192, 168, 9, 50), true);
  assert.equal(isRead(...six(0xfe, 0x80, 1)), true);
  for (const first of [0, 127, 224, 239]) assert.equal(isRead(4, first, 0, 0, 1), false, `${first}.0.0.1`);
  assert.equal(isRead(4, 255, 255, 255, 255), false);
  assert.equal(isRead(...six(0xff, 2, 1)), false);
  assert.equal(isRead(...six(0, 0, 1)), false);
  assert.equal(isRead(...six(0, 0, 0)), false);
  for (const family of [0, 2, 5, 10]) {
    assert.equal(isRead(family, 192, 168, 9, 50), false, `family ${family}`);
  }
  assert.equal(isRead(6, 192, 168, 9, 50), false);
  const many = encode(messageCodec, { kind: "neighbours", neighbours: new Array(48).fill(four) });
  assert.equal(decode(messageCodec, many).ok, true);
  assert.match(
    JSON.stringify(decode(messageCodec, Uint8Array.of(7, 49, ...many.subarray(2), ...many.subarray(-8)))),
    /49 items \(at most 48\)/,
  );
});

Deno.test("a message of as many IPv6 neighbours as there may be is one datagram of a group with usual names", () => {
  const neighbours = Array.from({ length: 48 }, (_, at) => ({
    interface: "enp1s0f0.1234",
    address: `2001:db8:1:2:a8bb:ccff:fe00:${(at + 1).toString(16)}`,
    age: duration(5_400_000),
  }));
  const { length } = encode(messageCodec, { kind: "neighbours", neighbours });
  assert.ok(length < 1_100, `${length} bytes`);
});
