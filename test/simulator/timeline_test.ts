import assert from "node:assert/strict";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

Deno.test("Timeline lets everything happen in the order of time, as sorting would", () => {
  const random = new Random("timeline");
  const timeline = new Timeline();
  const times = Array.from({ length: 500 }, () => random.whole(0, 100));
  const happened: number[] = [];
  for (const time of times) timeline.at(time, () => happened.push(timeline.now));
  timeline.runUntil(100);
  assert.deepEqual(happened, times.toSorted((a, b) => a - b));
});

Deno.test("Timeline keeps the order of things set for the same time", () => {
  const timeline = new Timeline();
  const happened: number[] = [];
  for (let index = 0; index < 100; index++) timeline.at(5, () => happened.push(index));
  timeline.runUntil(5);
  assert.deepEqual(happened, Array.from({ length: 100 }, (_, index) => index));
});

Deno.test("Timeline.runUntil() stops where it is told, and what is set for the past happens now", () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.at(10, () => {
    happened.push("ten");
    timeline.at(3, () => happened.push(`late, at ${timeline.now}`));
  });
  timeline.at(21, () => happened.push("not yet"));
  timeline.runUntil(20);
  assert.deepEqual(happened, ["ten", "late, at 10"]);
  assert.equal(timeline.now, 20);
});
