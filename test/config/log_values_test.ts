// The values of [log] at their limits.

import assert from "node:assert/strict";
import { logFile, logFileOf, sizeOrOff, sizeText, syslogFacility } from "../../src/config/log_values.ts";
import type { Reader } from "../../src/config/reading.ts";
import { hostName } from "../../src/core/vocabulary.ts";

function reads<T>(reader: Reader<T>, value: unknown): T | string {
  const reading = reader.read(value);
  return reading.kind === "ok" ? reading.value : reading.fact;
}

Deno.test("sizes are numbers with a unit, from 100 KB to 1,000 GB", () => {
  const expected: Record<string, number | string> = {
    "100KB": 100_000,
    "10MB": 10_000_000,
    "10 MB": 10_000_000,
    "1.5GB": 1_500_000_000,
    "1000GB": 1e12,
    "off": "off",
    "1001GB": "it is above 1,000 GB",
    "99KB": "it is below 100 KB",
    "0MB": "it is below 100 KB",
    "10": "it has no unit",
    "10mb": 'unknown unit "mb"',
    "-10MB": "it is not a size",
    "": "it is empty",
    "big": "it is not a size",
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(reads(sizeOrOff, text), value, text);
  assert.equal(reads(sizeOrOff, 10), "it is a number");
});

Deno.test("a size is written with the largest unit that fits it", () => {
  assert.deepEqual([1e5, 1e7, 2.5e6, 3e9, 123_456].map(sizeText), [
    "100KB",
    "10MB",
    "2500KB",
    "3GB",
    "123.456KB",
  ]);
});

Deno.test("%h in the path of the log file is the host's name, and %% a percent sign", () => {
  assert.equal(logFileOf("/var/log/%h/%h-%%h.log", hostName("test00")), "/var/log/test00/test00-%h.log");
  for (const text of ["/l/%%", "/l/%h%%%h", "/l"]) assert.equal(reads(logFile, text), text);
  for (const text of ["/l/%", "/l/%H", "/l/%%%", "l", "/l/", "/l\n"]) {
    assert.equal(logFile.read(text).kind, "wrong", text);
  }
});

Deno.test("the system log has a facility when it is wanted", () => {
  assert.equal(reads(syslogFacility, true), "daemon");
  assert.equal(reads(syslogFacility, false), null);
  assert.equal(reads(syslogFacility, "local7"), "local7");
  for (const value of ["kern", "local8", "", 3]) assert.equal(syslogFacility.read(value).kind, "wrong");
});
