import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import { encodeDatagrams, PARTS_MAX } from "../../src/codec/datagram.ts";
import {
  createReceiver,
  type DropReason,
  LIVES_MAX,
  type Outcome,
  receiveDatagram,
  type Receiver,
  WINDOW,
  withHosts,
} from "../../src/codec/receiver.ts";
import type { Message, Sender } from "../../src/core/message.ts";
import { hostName, incarnation, sequence } from "../../src/core/vocabulary.ts";
import { createAuthenticator } from "../../src/host/authenticator.ts";
import { examples, heartbeatOf, installOf } from "./example_messages.ts";

const secret = "a secret for these tests";
const authenticator = createAuthenticator([secret], "tudou");
const hosts = ["test00", "test01", "test02"].map(hostName);
const wallTime = Date.UTC(2030, 0, 2);
const self = { host: hostName("test00"), incarnation: incarnation(100) };
const fresh = createReceiver({ group: "tudou", self, hosts });

/** A sender by its host, the number of its life, and its sequence. */
const by = (host: string, life: number, number: number): Sender => ({
  host: hostName(host),
  incarnation: incarnation(life),
  sequence: sequence(number),
});

const datagramsOf = (sender: Sender, message: Message) =>
  encodeDatagrams({ group: "tudou", sender, message, wallTime, authenticator });

/** The only datagram of a short message. */
function datagramOf(sender: Sender, message: Message = examples.farewell): Uint8Array {
  const [only, ...others] = datagramsOf(sender, message);
  assert(only !== undefined && others.length === 0);
  return only;
}

/** Receives all datagrams in order. */
function receiveAll(
  receiver: Receiver,
  datagrams: readonly Uint8Array[],
): { readonly state: Receiver; readonly outcomes: readonly Outcome[] } {
  const outcomes: Outcome[] = [];
  const state = datagrams.reduce((before, datagram) => {
    const { state, outcome } = receiveDatagram(before, datagram, { authenticator });
    outcomes.push(outcome);
    return state;
  }, receiver);
  return { state, outcomes };
}

/** What became of each datagram, in a word. */
const wordsOf = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map((outcome) => outcome.kind === "dropped" ? outcome.why : outcome.kind);

/** A receiver that dropped one more datagram, and is the same apart from it. */
const withDrop = (receiver: Receiver, why: DropReason): Receiver => ({
  ...receiver,
  dropped: { ...receiver.dropped, [why]: receiver.dropped[why] + 1 },
});

/** Claims that the datagram is dropped for the reason and changes nothing but a counter. */
function assertDropped(receiver: Receiver, datagram: Uint8Array, why: DropReason): void {
  const { state, outcome } = receiveDatagram(receiver, datagram, { authenticator });
  assert.deepEqual(outcome, { kind: "dropped", why });
  assert.deepEqual(state, withDrop(receiver, why));
}

/** Claims that the datagram brings nothing new, counts as no drop and changes nothing. */
function assertRepeated(receiver: Receiver, datagram: Uint8Array, sender: Sender): void {
  const { state, outcome } = receiveDatagram(receiver, datagram, { authenticator });
  assert.deepEqual(outcome, { kind: "repeated", sender });
  assert.deepEqual(state, receiver);
}

/** A receiver that has a history: messages delivered of two lives of a host, a message half there. */
const busy = receiveAll(fresh, [
  datagramOf(by("test01", 1, 5)),
  datagramOf(by("test01", 2, 5)),
  datagramOf(by("test02", 3, 8)),
  ...datagramsOf(by("test02", 3, 9), installOf(400)).slice(0, 2),
]).state;

Deno.test("a message is delivered with its sender", () => {
  for (const message of Object.values<Message>(examples)) {
    const { outcome } = receiveDatagram(fresh, datagramOf(by("test01", 1, 1), message), { authenticator });
    assert.deepEqual(outcome, { kind: "message", sender: by("test01", 1, 1), message, wallTime });
  }
});

Deno.test("every datagram with one bit flipped is dropped and changes nothing but a counter", () => {
  const [part] = datagramsOf(by("test02", 3, 10), installOf(400));
  assert(part !== undefined);
  const short = Object.values<Message>(examples).map((message) => datagramOf(by("test01", 2, 6), message));
  // Of the long one every 7th bit: 7 has no common factor with 8, so every place in a byte is met.
  for (
    const { datagram, step } of [...short.map((datagram) => ({ datagram, step: 1 })), {
      datagram: part,
      step: 7,
    }]
  ) {
    for (let bit = 0; bit < datagram.length * 8; bit += step) {
      const at = Math.floor(bit / 8);
      const flipped = datagram.with(at, (datagram[at] ?? 0) ^ (1 << bit % 8));
      const { state, outcome } = receiveDatagram(busy, flipped, { authenticator });
      assert(outcome.kind === "dropped", `bit ${bit}: ${outcome.kind}`);
      assert.deepEqual(state, withDrop(busy, outcome.why));
    }
  }
});

Deno.test("every datagram cut short or made longer is dropped and changes nothing but a counter", () => {
  for (const message of Object.values<Message>(examples)) {
    const datagram = datagramOf(by("test01", 2, 6), message);
    const cut = Array.from(datagram, (_, length) => datagram.subarray(0, length));
    const longer = [0, 1, 255].map((byte) => Uint8Array.from([...datagram, byte]));
    for (const wrong of [...cut, ...longer]) {
      const { state, outcome } = receiveDatagram(busy, wrong, { authenticator });
      assert(outcome.kind === "dropped", `${wrong.length} of ${datagram.length} bytes: ${outcome.kind}`);
      assert.deepEqual(state, withDrop(busy, outcome.why));
    }
  }
});

Deno.test("random bytes are dropped, also behind a good beginning", () => {
  const good = datagramOf(by("test01", 2, 6));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1_500 }),
    fc.tuple(fc.nat({ max: good.length - 1 }), fc.uint8Array({ maxLength: 200 }))
      .map(([kept, others]) => Uint8Array.from([...good.subarray(0, kept), ...others])),
  );
  fc.assert(
    fc.property(bytes, (datagram) => {
      const { state, outcome } = receiveDatagram(busy, datagram, { authenticator });
      assert(outcome.kind === "dropped");
      assert.deepEqual(state, withDrop(busy, outcome.why));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a datagram of another group, key or name is dropped for its reason", () => {
  const message = examples.farewell;
  const sender = by("test01", 2, 6);
  const foreign = encodeDatagrams({ group: "other", sender, message, wallTime, authenticator });
  const otherKey = createAuthenticator(["another secret of tests"], "tudou");
  const forged = encodeDatagrams({ group: "tudou", sender, message, wallTime, authenticator: otherKey });
  for (const datagram of foreign) assertDropped(busy, datagram, "foreignGroup");
  for (const datagram of forged) assertDropped(busy, datagram, "unauthenticated");
  assertDropped(busy, datagramOf(by("test00", 100, 1)), "own");
  assertDropped(busy, datagramOf(by("test00", 101, 1)), "namesake");
  assertDropped(busy, datagramOf(by("test09", 1, 1)), "unknownHost");
});

Deno.test("authentic bytes that are no message are dropped as malformed, and the sender's next message counts", () => {
  const broken = resigned(datagramOf(by("test01", 2, 6)), (signed) => signed.with(signed.length - 1, 99));
  assertDropped(busy, broken, "malformed");
  assert.deepEqual(wordsOf(receiveAll(busy, [broken, datagramOf(by("test01", 2, 6))]).outcomes), [
    "malformed",
    "message",
  ]);
});

Deno.test("authentic datagrams with impossible numbers are dropped", () => {
  const datagram = datagramOf(by("test01", 2, 6));
  // The farewell's datagram ends, before the tag, with: sequence, wall time, part, parts, one byte of payload.
  const withEnd = (sequence: number, ...end: readonly number[]) =>
    resigned(datagram, (signed) => {
      const [head, time] = [signed.subarray(0, signed.length - 10), signed.subarray(-9, -3)];
      return Uint8Array.from([...head, sequence, ...time, ...end]);
    });
  assertDropped(busy, withEnd(0, 0, 1, 5), "malformed");
  assertDropped(busy, withEnd(6, 1, 1, 5), "malformed");
  assertDropped(busy, withEnd(6, 0, 0, 5), "malformed");
  assertDropped(busy, withEnd(6, 0, 1), "malformed");
  assertDropped(busy, withEnd(6, 0, PARTS_MAX % 128 + 1 + 128, PARTS_MAX / 128, 5), "oversized");
});

Deno.test("a part that disagrees with the others on how many there are is dropped", () => {
  const [first] = datagramsOf(by("test01", 2, 6), installOf(400));
  assert(first !== undefined);
  const { state } = receiveAll(busy, [first]);
  const other = datagramsOf(by("test01", 2, 6), installOf(1_000))[1];
  assert(other !== undefined);
  assertDropped(state, other, "malformed");
});

Deno.test("the second copy of a datagram is repeated and no drop, of a whole message and of a part", () => {
  const sender = by("test01", 2, 6);
  const parts = datagramsOf(sender, installOf(400));
  let receiver = busy;
  for (const [at, part] of parts.entries()) {
    const first = receiveDatagram(receiver, part, { authenticator });
    assert.equal(first.outcome.kind, at < parts.length - 1 ? "incomplete" : "message");
    assertRepeated(first.state, part, sender);
    receiver = first.state;
  }
});

Deno.test("everything that was ever delivered is repeated when it is replayed, from every earlier life too", () => {
  const said = [1, 2, 3].flatMap((life) =>
    [1, 2, 3].flatMap((number) => {
      const sender = by("test01", life, number);
      return datagramsOf(sender, installOf(200)).map((datagram) => ({ sender, datagram }));
    })
  );
  const { state } = receiveAll(fresh, said.map(({ datagram }) => datagram));
  for (const { sender, datagram } of said) assertRepeated(state, datagram, sender);
  assert.deepEqual(wordsOf(receiveAll(state, [datagramOf(by("test01", 3, 4))]).outcomes), ["message"]);
});

Deno.test("a message that later ones overtook is delivered, once, as long as it is inside the window", () => {
  const newest = WINDOW + 10;
  const oldest = newest - WINDOW + 1;
  const { state } = receiveAll(fresh, [datagramOf(by("test01", 1, newest))]);
  for (const number of [newest - 1, newest - 2, oldest]) {
    const late = datagramOf(by("test01", 1, number));
    const { state: then, outcomes } = receiveAll(state, [late]);
    assert.deepEqual(outcomes, [{
      kind: "message",
      sender: by("test01", 1, number),
      message: examples.farewell,
      wallTime,
    }]);
    assertRepeated(then, late, by("test01", 1, number));
  }
  assertDropped(state, datagramOf(by("test01", 1, oldest - 1)), "stale");
});

Deno.test("the window moves on with the newest message, by any step, and forgets nothing inside it", () => {
  for (const step of [1, 2, WINDOW - 2, WINDOW - 1, WINDOW, WINDOW + 1, 2 ** 31, 2 ** 32, 2 ** 40]) {
    const newest = 100 + step;
    const { state } = receiveAll(
      fresh,
      [98, 100, newest].map((number) => datagramOf(by("test01", 1, number))),
    );
    const fates = [98, 99, 100].map((number) => {
      const { outcome } = receiveDatagram(state, datagramOf(by("test01", 1, number)), { authenticator });
      return outcome.kind;
    });
    const wanted = [98, 99, 100].map((number) =>
      newest - number >= WINDOW ? "dropped" : number === 99 ? "message" : "repeated"
    );
    assert.deepEqual(fates, wanted, `a step of ${step}`);
  }
});

Deno.test("a message of another life, late or replayed, does not make the living one unheard", () => {
  const recorded = datagramsOf(by("test01", 9, 1), installOf(400));
  const { state, outcomes } = receiveAll(busy, [...recorded, datagramOf(by("test01", 2, 6)), ...recorded]);
  assert.deepEqual(wordsOf(outcomes).filter((word) => word !== "incomplete").slice(0, 2), [
    "message",
    "message",
  ]);
  for (const datagram of recorded) assertRepeated(state, datagram, by("test01", 9, 1));
});

Deno.test("a message put together yields to a newer one and not to an older one", () => {
  const older = datagramsOf(by("test01", 2, 6), installOf(400));
  const newer = datagramsOf(by("test01", 2, 8), installOf(401));
  const between = datagramOf(by("test01", 2, 7), heartbeatOf(3));
  const { outcomes } = receiveAll(busy, [
    ...older.slice(0, 1),
    ...newer.slice(0, 1),
    ...older.slice(1),
    between,
  ]);
  assert.deepEqual(wordsOf(outcomes), [
    "incomplete",
    "incomplete",
    ...older.slice(1).map(() => "stale"),
    "message",
  ]);
  const rest = receiveAll(receiveAll(busy, [...newer.slice(0, 1), between]).state, newer.slice(1));
  assert.deepEqual(rest.outcomes.at(-1), {
    kind: "message",
    sender: by("test01", 2, 8),
    message: installOf(401),
    wallTime,
  });
});

Deno.test("single datagrams disturb no message that is put together, until it falls out of the window", () => {
  const parts = datagramsOf(by("test01", 2, 6), installOf(400));
  const begun = receiveAll(busy, parts.slice(0, 1)).state;
  const overtaking = (newest: number) =>
    receiveAll(begun, [datagramOf(by("test01", 2, 7)), datagramOf(by("test01", 2, newest))]).state;
  const { outcomes } = receiveAll(overtaking(6 + WINDOW - 1), parts.slice(1));
  assert.deepEqual(outcomes.at(-1), {
    kind: "message",
    sender: by("test01", 2, 6),
    message: installOf(400),
    wallTime,
  });
  const tooFar = overtaking(6 + WINDOW);
  assert.equal(tooFar.peers[1]?.assembly, null);
  for (const part of parts) assertDropped(tooFar, part, "stale");
});

Deno.test("a single datagram of another life, late or replayed, disturbs no message that is put together", () => {
  const parts = datagramsOf(by("test01", 2, 6), installOf(400));
  const { outcomes } = receiveAll(busy, [
    ...parts.slice(0, 1),
    datagramOf(by("test01", 9, 1)),
    ...parts.slice(1),
  ]);
  assert.equal(outcomes.at(-1)?.kind, "message");
});

Deno.test("memory stays bounded, whatever a host of the group sends", () => {
  const lives = Array.from({ length: 200 }, (_, life) => life + 1);
  const flood = lives.flatMap((life) => [
    datagramOf(by("test01", life, 1)),
    ...datagramsOf(by("test01", life, 2), installOf(400)).slice(0, 1),
  ]);
  const { state } = receiveAll(fresh, flood);
  const peer = state.peers[1];
  assert.equal(peer?.lives.length, LIVES_MAX);
  assert.equal(peer?.assembly?.payloads.filter((payload) => payload !== null).length, 1);
  assert.equal(state.peers.length, hosts.length);
});

/** What two hosts say over three lives each, some of it in several datagrams, in the order of saying it. */
const anySaying = fc.array(
  fc.record({
    host: fc.constantFrom("test01", "test02"),
    vips: fc.constantFrom(0, 1, 200, 400),
    restarts: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  }),
  { minLength: 1, maxLength: 12 },
).map((sayings) => {
  const last = new Map<string, Sender>();
  return sayings.map(({ host, vips, restarts }) => {
    const before = last.get(host) ?? by(host, 1, 0);
    const sender = restarts
      ? by(host, before.incarnation + 1, 1)
      : by(host, before.incarnation, before.sequence + 1);
    last.set(host, sender);
    return { sender, message: installOf(vips) };
  });
});

Deno.test("datagrams in order and any of them again later deliver every message once", () => {
  fc.assert(
    fc.property(anySaying, fc.infiniteStream(fc.nat({ max: 3 })), (sayings, again) => {
      const network: Uint8Array[] = [];
      for (const { sender, message } of sayings) {
        for (const datagram of datagramsOf(sender, message)) {
          network.push(datagram);
          const [ago] = again.take(1);
          const earlier = network.at(-1 - (ago ?? 0));
          if (earlier !== undefined) network.push(earlier);
        }
      }
      const delivered = receiveAll(fresh, network).outcomes.filter((outcome) => outcome.kind === "message");
      assert.deepEqual(delivered, sayings.map((saying) => ({ kind: "message", ...saying, wallTime })));
    }),
    { numRuns: 50 },
  );
});

/** What one life says within a window, each message in one datagram, each of them once or more in any order. */
const anyOrder = fc.uniqueArray(fc.integer({ min: 1, max: WINDOW }), { minLength: 1 }).chain((numbers) =>
  fc.tuple(
    fc.shuffledSubarray(numbers, { minLength: numbers.length }),
    fc.array(fc.record({ number: fc.constantFrom(...numbers), at: fc.nat() }), { maxLength: 40 }),
  ).map(([order, again]) =>
    again.reduce((whole, { number, at }) => whole.toSpliced(at % (whole.length + 1), 0, number), order)
  )
);

Deno.test("any order and repetition of deliveries within the window delivers each exactly once", () => {
  fc.assert(
    fc.property(anyOrder, (network) => {
      const { state, outcomes } = receiveAll(
        fresh,
        network.map((number) => datagramOf(by("test01", 1, number))),
      );
      const wanted = network.map((number, at) => network.indexOf(number) === at ? "message" : "repeated");
      assert.deepEqual(wordsOf(outcomes), wanted);
      assert.deepEqual(state.dropped, fresh.dropped);
    }),
    { numRuns: 300 },
  );
});

Deno.test("any sequences get the fate that a slow receiver, which remembers all of them, would give", () => {
  const anySequences = fc.array(fc.integer({ min: 1, max: 4 * WINDOW }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(anySequences, (network) => {
      const { outcomes } = receiveAll(fresh, network.map((number) => datagramOf(by("test01", 1, number))));
      const delivered = new Set<number>();
      const wanted = network.map((number) => {
        if (number <= Math.max(0, ...delivered) - WINDOW) return "stale";
        if (delivered.has(number)) return "repeated";
        delivered.add(number);
        return "message";
      });
      assert.deepEqual(wordsOf(outcomes), wanted);
    }),
    { numRuns: 300 },
  );
});

Deno.test("withHosts() hears a new host, drops what is of a host that is gone, and knows what it had of the others", () => {
  const heard = [
    datagramOf(by("test01", 1, 5)),
    datagramOf(by("test02", 1, 5)),
    datagramOf(by("test03", 1, 5)),
  ];
  const before = receiveAll(fresh, heard);
  assert.deepEqual(wordsOf(before.outcomes), ["message", "message", "unknownHost"]);
  const changed = withHosts(before.state, ["test00", "test02", "test03"].map(hostName));
  assert.deepEqual(wordsOf(receiveAll(changed, heard).outcomes), ["unknownHost", "repeated", "message"]);
  assert.deepEqual(changed.dropped, before.state.dropped);
});

Deno.test("datagrams lost, doubled and out of order deliver true messages only, each once", () => {
  const anyNetwork = anySaying.chain((sayings) => {
    const datagrams = sayings.flatMap(({ sender, message }) => datagramsOf(sender, message));
    const picks = fc.array(fc.nat({ max: datagrams.length - 1 }), { maxLength: datagrams.length * 3 });
    return picks.map((order) => ({ sayings, network: order.flatMap((at) => datagrams.slice(at, at + 1)) }));
  });
  fc.assert(
    fc.property(anyNetwork, ({ sayings, network }) => {
      const delivered = receiveAll(fresh, network).outcomes.filter((outcome) => outcome.kind === "message");
      for (const { sender, message } of delivered) {
        const said = sayings.find((each) => isSameSender(each.sender, sender));
        assert.deepEqual(message, said?.message);
        assert.equal(delivered.filter((each) => isSameSender(each.sender, sender)).length, 1);
      }
    }),
    { numRuns: 100 },
  );
});

const isSameSender = (a: Sender, b: Sender): boolean =>
  a.host === b.host && a.incarnation === b.incarnation && a.sequence === b.sequence;

/** The datagram with other contents, signed as a host of the group would. */
function resigned(datagram: Uint8Array, change: (signed: Uint8Array) => Uint8Array): Uint8Array {
  const signed = change(datagram.slice(0, -32));
  return Uint8Array.from([...signed, ...authenticator.tag(signed)]);
}
