import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import {
  DATAGRAM_BYTES_MAX,
  encodeDatagrams,
  FORMAT_VERSION,
  openDatagram,
} from "../../src/codec/datagram.ts";
import { NAME_BYTES_MAX } from "../../src/core/limits.ts";
import type { Message, Sender } from "../../src/core/message.ts";
import { hostName, incarnation, sequence } from "../../src/core/vocabulary.ts";
import { createAuthenticator } from "../../src/host/authenticator.ts";
import { anyMessage } from "./arbitrary_messages.ts";
import { examples, heartbeatOf, installOf } from "./example_messages.ts";
import { recorded } from "./recorded_datagrams.ts";

const authenticator = createAuthenticator(["a secret for these tests"], "tudou");
const sender: Sender = {
  host: hostName("test01"),
  incarnation: incarnation(0x8a5b_1234_5678),
  sequence: sequence(5_000_000),
};

const wallTime = Date.UTC(2030, 0, 2, 3, 4, 5);

const datagramsOf = (message: Message) =>
  encodeDatagrams({ group: "tudou", sender, message, wallTime, authenticator });
const sizesOf = (message: Message) => datagramsOf(message).map((datagram) => datagram.length);
const hexOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

Deno.test("the bytes of a datagram are those that were recorded for this format version", () => {
  // Hosts of other versions read these bytes. Who changes them raises FORMAT_VERSION and records anew.
  assert.equal(FORMAT_VERSION, 6);
  const written = Object.values<Message>(examples).map((
    message,
  ) => [message.kind, datagramsOf(message).map(hexOf)]);
  assert.deepEqual(Object.fromEntries(written), recorded);
});

Deno.test("no datagram is longer than DATAGRAM_BYTES_MAX, however long the names are", () => {
  const name = fc.integer({ min: 1, max: NAME_BYTES_MAX }).map((length) => "n".repeat(length));
  fc.assert(fc.property(name, name, anyMessage, (group, host, message) => {
    const datagrams = encodeDatagrams({
      group,
      sender: { ...sender, host: hostName(host), sequence: sequence(Number.MAX_SAFE_INTEGER) },
      message,
      wallTime,
      authenticator,
    });
    assert(datagrams.every((datagram) => datagram.length <= DATAGRAM_BYTES_MAX));
  }));
});

Deno.test("a heartbeat is one datagram in a group of 3 and in a group of 64 hosts", () => {
  assert.deepEqual(sizesOf(heartbeatOf(3)), [164]);
  assert.deepEqual(sizesOf(heartbeatOf(64)), [1146]);
});

Deno.test("an install of 1,000 VIPs takes 11 datagrams", () => {
  assert.deepEqual(sizesOf(installOf(1_000)), [...new Array<number>(10).fill(1230), 526]);
});

Deno.test("what is not a datagram of this format is told apart before its tag is looked at", () => {
  const [good] = datagramsOf(examples.farewell);
  assert(good !== undefined);
  assert.equal(openDatagram(good).kind, "part");
  assert.equal(openDatagram(new Uint8Array()).kind, "malformed");
  assert.equal(openDatagram(good.subarray(0, 30)).kind, "malformed");
  assert.equal(openDatagram(good.with(0, 0)).kind, "malformed");
  assert.equal(openDatagram(good.with(4, 1)).kind, "foreignVersion");
  assert.equal(openDatagram(good.with(5, 1)).kind, "foreignVersion");
  assert.equal(openDatagram(new Uint8Array(DATAGRAM_BYTES_MAX + 1)).kind, "oversized");
});
