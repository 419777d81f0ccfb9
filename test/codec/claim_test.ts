import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arpRequest,
  gratuitousArpReply,
  gratuitousArpRequest,
  neighbourAdvertisement,
  neighbourSolicitation,
  probeFrame,
} from "../../src/codec/announcement.ts";
import { macText, parseClaim } from "../../src/codec/claim.ts";
import { parseIpAddress } from "../../src/core/ip_address.ts";

const mac = Uint8Array.of(2, 0, 0x5e, 0x10, 0, 1);
const bytes = (text: string) => parseIpAddress(text)?.bytes ?? new Uint8Array();
const v4 = { mac, address: bytes("192.168.9.109") };
const v6 = { mac, address: bytes("fd00:9::109") };
const said = { address: "192.168.9.109", mac: "02:00:5e:10:00:01" };

/** The answer of the sender to somebody's question: operation 2, and who asked. */
function replyTo(asker: string): Uint8Array {
  const frame = arpRequest(v4, bytes(asker)).slice();
  frame[21] = 2;
  return frame;
}

/** An advertisement that is sent to one address rather than to all nodes. */
function advertisementTo(asker: string): Uint8Array {
  const frame = neighbourAdvertisement(v6, { router: false }).slice();
  frame.set(bytes(asker), 38);
  return frame;
}

Deno.test("parseClaim() reads announcements, which answer nobody", () => {
  assert.deepEqual(parseClaim(gratuitousArpRequest(v4)), { ...said, to: null });
  assert.deepEqual(parseClaim(gratuitousArpReply(v4)), { ...said, to: null });
  assert.deepEqual(parseClaim(neighbourAdvertisement(v6, { router: true })), {
    ...said,
    address: "fd00:9::109",
    to: null,
  });
});

Deno.test("parseClaim() reads answers, and whose question they answer", () => {
  assert.deepEqual(parseClaim(replyTo("192.168.9.50")), { ...said, to: "192.168.9.50" });
  assert.deepEqual(parseClaim(advertisementTo("fd00:9::50")), {
    ...said,
    address: "fd00:9::109",
    to: "fd00:9::50",
  });
});

Deno.test("parseClaim() reads an answer to a probe, which nobody has asked", () => {
  assert.equal(parseClaim(replyTo("0.0.0.0"))?.address, "192.168.9.109");
});

Deno.test("questions and probes are no claims", () => {
  assert.equal(parseClaim(arpRequest(v4, bytes("192.168.8.1"))), null);
  assert.equal(parseClaim(probeFrame(mac, v4.address)), null);
  assert.equal(parseClaim(neighbourSolicitation(v6, bytes("fd00:9::1"))), null);
  assert.equal(parseClaim(probeFrame(mac, v6.address)), null);
});

Deno.test("an advertisement that a router has passed on, or that names no hardware address, is no claim", () => {
  const frame = neighbourAdvertisement(v6, { router: false });
  assert.equal(parseClaim(frame.with(21, 254)), null);
  assert.equal(parseClaim(frame.subarray(0, frame.length - 8)), null);
  assert.equal(parseClaim(frame.with(14 + 40 + 24 + 1, 0)), null);
});

Deno.test("parseClaim() takes anything, and never reads behind the end", () => {
  const frames = [replyTo("192.168.9.50"), advertisementTo("fd00:9::50")];
  for (const frame of frames) {
    for (let length = 0; length < frame.length; length += 1) parseClaim(frame.subarray(0, length));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom([8, 6], [0x86, 0xdd]), (noise, type) => {
      const frame = Uint8Array.from([...noise.subarray(0, 12), ...type, ...noise.subarray(12)]);
      const claim = parseClaim(frame);
      assert.ok(claim === null || /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(claim.mac));
    }),
  );
});

Deno.test("probeFrame() asks without saying who asks, as RFC 5227 and RFC 4862 have it", () => {
  const four = probeFrame(mac, v4.address);
  assert.equal(macText(four.subarray(0, 6)), "ff:ff:ff:ff:ff:ff");
  assert.deepEqual([...four.subarray(28, 32)], [0, 0, 0, 0]);
  assert.deepEqual([...four.subarray(38, 42)], [192, 168, 9, 109]);
  const six = probeFrame(mac, v6.address);
  assert.equal(macText(six.subarray(0, 6)), "33:33:ff:00:01:09");
  assert.deepEqual([...six.subarray(22, 38)], new Array(16).fill(0));
  // ICMPv6 from the unspecified address must not name a hardware address.
  assert.equal(six.length, 14 + 40 + 24);
});
