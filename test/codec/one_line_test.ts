import { equal } from "node:assert/strict";
import { lineProblem, MESSAGE, REASON } from "../../src/codec/one_line.ts";
import { MESSAGE_BYTES_MAX } from "../../src/core/limits.ts";

Deno.test("lineProblem() takes one line of any script", () => {
  for (
    const text of [
      "a",
      "replacing the switch in rack 4",
      "\u05e9\u05dc\u05d5\u05dd",
      "\u4e2d".repeat(1_000),
      "a\u200db",
    ]
  ) {
    equal(lineProblem(text, MESSAGE), null, text);
  }
  equal(lineProblem("", REASON), null);
});

Deno.test("lineProblem() says what is wrong", () => {
  const problems = {
    "": "is empty",
    "  \u00a0\u200b": "has only blanks",
    "a\nb": "has U+000A, which ends a line or moves the cursor",
    "a\u001b[2J": "has U+001B, which ends a line or moves the cursor",
    "a\u2028b": "has U+2028, which ends a line or moves the cursor",
    "a\u202eb": "has U+202E, which turns the direction of writing",
    "a\u2066b": "has U+2066, which turns the direction of writing",
    "a\ud83d": "has half a character",
  };
  for (const [text, problem] of Object.entries(problems)) equal(lineProblem(text, MESSAGE), problem);
  equal(lineProblem(" ", REASON), "has only blanks");
});

Deno.test("lineProblem() counts characters as people do, and bytes where they are what is too many", () => {
  equal(lineProblem("a".repeat(1_001), MESSAGE), "has 1001 characters");
  equal(lineProblem("\u{1f600}".repeat(700), MESSAGE), null);
  equal(lineProblem("\u{1f600}".repeat(1_000), MESSAGE), `has 4000 bytes (at most ${MESSAGE_BYTES_MAX})`);
});
