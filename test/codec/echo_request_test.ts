import assert from "node:assert/strict";
import { echoRequestFrame } from "../../src/codec/echo_request.ts";
import { internetChecksum } from "../../src/codec/internet_checksum.ts";
import { parseIpAddress } from "../../src/core/ip_address.ts";

const bytesOf = (address: string) => parseIpAddress(address)?.bytes ?? new Uint8Array();
const at = (last: number, address: string) => ({
  mac: Uint8Array.of(2, 0, 0, 0, 0, last),
  address: bytesOf(address),
});
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

Deno.test("a ping of IPv4 is, byte for byte, what RFC 791 and RFC 792 say", () => {
  const frame = echoRequestFrame(at(1, "192.168.9.109"), at(2, "192.168.9.50"));
  assert.equal(
    hex(frame),
    "020000000002" + "020000000001" + "0800" +
      "45000024" + "00004000" + "4001a6e9" + "c0a8096d" + "c0a80932" +
      "0800fc0b" + "4d480001" + "6d6f6c6568696c6c",
  );
});

Deno.test("the checksums of pings add up, of IPv6 with both addresses, length and kind", () => {
  const four = echoRequestFrame(at(1, "192.168.9.109"), at(2, "192.168.9.50"));
  assert.equal(internetChecksum(four.subarray(14, 34)), 0);
  assert.equal(internetChecksum(four.subarray(34)), 0);
  const six = echoRequestFrame(at(1, "fd00:9::109"), at(2, "fe80::1"));
  const message = six.subarray(54);
  assert.equal(hex(six.subarray(12, 22)), "86dd" + "600000000010" + "3a40");
  assert.equal(hex(message.subarray(0, 2)), "8000");
  const pseudo = Uint8Array.of(...six.subarray(22, 54), 0, 0, 0, message.length, 0, 0, 0, 58, ...message);
  assert.equal(internetChecksum(pseudo), 0);
});

Deno.test("internetChecksum() is that of RFC 1071, also of an odd number of bytes", () => {
  assert.equal(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), 0x220d);
  assert.equal(internetChecksum(Uint8Array.of(0x12)), 0xedff);
});
