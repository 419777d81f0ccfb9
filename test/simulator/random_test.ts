import assert from "node:assert/strict";
import { Random } from "../../src/simulator/random.ts";

const draws = (random: Random, count = 1_000): number[] => Array.from({ length: count }, () => random.next());

Deno.test("Random gives the same draws for the same seed, and others for another", () => {
  assert.deepEqual(draws(new Random(7)), draws(new Random(7)));
  assert.notDeepEqual(draws(new Random(7)), draws(new Random(8)));
});

Deno.test("Random.fork() depends on the seed and the label, not on what was drawn before", () => {
  const fresh = new Random(7);
  const used = new Random(7);
  draws(used);
  assert.deepEqual(draws(used.fork("network")), draws(fresh.fork("network")));
  assert.notDeepEqual(draws(fresh.fork("network")), draws(fresh.fork("host a")));
});

Deno.test("Random.next() is spread evenly over 0 to 1", () => {
  const tenths = new Array<number>(10).fill(0);
  for (const draw of draws(new Random("even"), 100_000)) {
    tenths[Math.floor(draw * 10)] = (tenths[Math.floor(draw * 10)] ?? 0) + 1;
  }
  for (const count of tenths) assert.ok(count > 9_600 && count < 10_400, `${tenths}`);
});

Deno.test("Random.chance() happens as often as it says", () => {
  const random = new Random("chance");
  const times =
    Array.from({ length: 100_000 }, () => random.chance(0.2)).filter((happened) => happened).length;
  assert.ok(times > 19_500 && times < 20_500, `${times}`);
});

Deno.test("Random.whole() reaches both ends and nothing beyond", () => {
  const random = new Random("whole");
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.whole(2, 5)));
  assert.deepEqual([...drawn].sort(), [2, 3, 4, 5]);
});

Deno.test("Random.sample() takes as many different items as asked, in their order", () => {
  const random = new Random("sample");
  const taken = Array.from({ length: 200 }, () => random.sample(["a", "b", "c", "d"], 2));
  for (const items of taken) assert.deepEqual(items, [...new Set(items)].sort());
  assert.ok(taken.every((items) => items.length === 2));
  assert.equal(new Set(taken.map(String)).size, 6);
  assert.deepEqual(random.sample(["a"], 3), ["a"]);
});
