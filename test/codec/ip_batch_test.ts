import assert from "node:assert/strict";
import { parseBatchProblems, saysNotThere } from "../../src/codec/ip_batch.ts";

Deno.test("parseBatchProblems() gives each line that failed the reason before its mark", () => {
  const stderr = [
    'Cannot find device "nope"',
    "Command failed -:2",
    "Error: ipv4: Address not found.",
    "Command failed -:5",
    "RTNETLINK answers: Cannot assign requested address",
    "Command failed -:6",
    "",
  ].join("\n");
  assert.deepEqual(parseBatchProblems(stderr, { count: 6, code: 1 }), [
    null,
    'Cannot find device "nope"',
    null,
    null,
    "ipv4: Address not found.",
    "Cannot assign requested address",
  ]);
});

Deno.test("parseBatchProblems() counts every line as failed when ip stopped before the end", () => {
  const stderr = 'Cannot find device "nope"\nCommand failed -:1\n' +
    'Error: any valid prefix is expected rather than "10.0.0.300/32".\n';
  assert.deepEqual(parseBatchProblems(stderr, { count: 3, code: 1 }), [
    'Cannot find device "nope"',
    'any valid prefix is expected rather than "10.0.0.300/32".',
    'any valid prefix is expected rather than "10.0.0.300/32".',
  ]);
});

Deno.test("parseBatchProblems() counts every line as failed when ip ended badly without a word", () => {
  assert.deepEqual(parseBatchProblems("", { count: 2, code: 137 }), [
    "ip ended with code 137",
    "ip ended with code 137",
  ]);
});

Deno.test("parseBatchProblems() trusts nothing when a line is marked that was never given", () => {
  const stderr = "no\nCommand failed -:1\nnever\nCommand failed -:9\n";
  assert.deepEqual(parseBatchProblems(stderr, { count: 2, code: 1 }), ["no", "never"]);
});

Deno.test("parseBatchProblems() trusts nothing when ip was killed on its way", () => {
  const stderr = "no\nCommand failed -:1\n";
  assert.deepEqual(parseBatchProblems(stderr, { count: 2, code: 137 }), ["no", "ip ended with code 137"]);
});

for (
  const problem of [
    "ipv4: Address not found.",
    "ipv6: address not found.",
    "Cannot assign requested address",
    'Cannot find device "eth9"',
    "ipv6: IPv6 is disabled on this device.",
  ]
) {
  Deno.test(`saysNotThere() takes "${problem}" for an address that is gone`, () => {
    assert.equal(saysNotThere(problem), true);
  });
}

Deno.test("saysNotThere() takes a refusal for a refusal", () => {
  assert.equal(saysNotThere("Operation not permitted"), false);
  assert.equal(saysNotThere("no answer within 2000 ms"), false);
});
