// Single values at their limits.

import assert from "node:assert/strict";
import type { Reader } from "../../src/config/reading.ts";
import { closest } from "../../src/config/reading.ts";
import {
  durationFrom,
  durationOrOff,
  hostAddress,
  interfaceName,
  name,
  notifyBlock,
  vipAddress,
} from "../../src/config/values.ts";

function reads<T>(reader: Reader<T>, value: unknown): T | string {
  const reading = reader.read(value);
  return reading.kind === "ok" ? reading.value : reading.fact;
}

Deno.test("durations are numbers with a unit, in whole milliseconds, up to a day", () => {
  const expected: Record<string, number | string> = {
    "0ms": 0,
    "1ms": 1,
    "100ms": 100,
    "5s": 5_000,
    "+5s": 5_000,
    "1.1s": 1_100,
    "0.1s": 100,
    "0.007s": 7,
    "1.1m": 66_000,
    "2m": 120_000,
    "24h": 86_400_000,
    "24.01h": "it is longer than a day",
    "0.0001s": "it is not a whole number of milliseconds",
    "-1ms": "it is negative",
    "100": "it has no unit",
    "5S": 'unknown unit "S"',
    "5 s": "it is not a duration",
    "1m30s": "it is not a duration",
    ".5s": "it is not a duration",
    "1e3ms": "it is not a duration",
    "": "it is empty",
    "ms": "it is not a duration",
  };
  for (const [text, value] of Object.entries(expected)) {
    assert.equal(reads(durationFrom(0), text), value, text);
  }
  assert.equal(reads(durationFrom(1), "0s"), "it is 0");
  assert.equal(reads(durationFrom(5), "4ms"), "it is below 5 ms");
  assert.equal(reads(durationOrOff(1), "off"), "off");
});

Deno.test("names and interface names have their own lengths and characters", () => {
  for (const text of ["a", "0", "Web_a-1.example", "a".repeat(63)]) assert.equal(reads(name, text), text);
  for (const text of ["", "a".repeat(64), "_a", ".a", "a b", "a:b", "ä", "a\n"]) {
    assert.equal(name.read(text).kind, "wrong", JSON.stringify(text));
  }
  for (const text of ["eth0", "eth0.100", "br-lan", "_x", "a".repeat(15)]) {
    assert.equal(reads(interfaceName, text), text);
  }
  for (const text of ["", "a".repeat(16), "..", "-x", "e/0", "e 0", "e;0", 'e"0', "e\t"]) {
    assert.equal(interfaceName.read(text).kind, "wrong", JSON.stringify(text));
  }
});

Deno.test("a VIP's address may have a prefix, and is one that hosts can share", () => {
  const read = (text: string) => {
    const value = reads(vipAddress, text);
    return typeof value === "string" ? value : `${value.ip.text}/${value.prefix}`;
  };
  assert.equal(read("10.0.0.1"), "10.0.0.1/32");
  assert.equal(read("10.0.0.1/1"), "10.0.0.1/1");
  assert.equal(read("FE80::1"), "fe80::1/128");
  assert.equal(read("10.0.0.1/0"), "its prefix is not one of IPv4");
  assert.equal(read("fd00::1/129"), "its prefix is not one of IPv6");
  assert.equal(read("10.0.0.1/"), 'its prefix "" is not a number');
  assert.equal(read("10.0.0.1/8/8"), "it is not an IPv4 or IPv6 address");
  assert.equal(read("010.0.0.1"), "it is not an IPv4 or IPv6 address");
  assert.equal(read("127.0.0.1"), "it is loopback");
  assert.equal(read("::1"), "it is loopback");
  assert.equal(read("0.0.0.0"), "it is unspecified");
  assert.equal(read("255.255.255.255"), "it is the broadcast address");
  assert.equal(read("ff02::1"), "it is a multicast address");
  assert.equal(read("::ffff:10.0.0.1"), "it is an IPv4 address in IPv6 notation");
});

Deno.test("a host's address may be loopback, for a group on one machine, but not link-local IPv6", () => {
  assert.equal(hostAddress.read("127.0.0.2").kind, "ok");
  assert.equal(reads(hostAddress, "fe80::1"), "it is link-local");
  assert.equal(reads(hostAddress, "fe80::1%eth0"), "it is not an IPv4 or IPv6 address");
});

Deno.test("a notify block has at most 65,536 addresses", () => {
  assert.equal(notifyBlock.read("10.0.0.0/16").kind, "ok");
  assert.equal(notifyBlock.read("10.0.0.0/15").kind, "wrong");
  assert.equal(notifyBlock.read("fd00::/112").kind, "ok");
  assert.equal(notifyBlock.read("fd00::/111").kind, "wrong");
  assert.equal(notifyBlock.read("224.0.0.1").kind, "wrong");
});

Deno.test("closest() finds slips and nothing that is only distantly alike", () => {
  const known = ["heartbeat", "timeout", "lease", "name"];
  assert.equal(closest("hartbeat", known), "heartbeat");
  assert.equal(closest("Heartbeat", known), "heartbeat");
  assert.equal(closest("laese", known), "lease");
  assert.equal(closest("nam", known), "name");
  assert.equal(closest("x", known), null);
  assert.equal(closest("interval", known), null);
});
