import assert from "node:assert/strict";
import { hostName } from "../../src/core/vocabulary.ts";
import { calmWeather, Network } from "../../src/simulator/network.ts";
import { Random } from "../../src/simulator/random.ts";
import { Segments } from "../../src/simulator/segments.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const [a, b, c] = [hostName("a"), hostName("b"), hostName("c")];
const cut = { cut: true, affects: () => true };

/** a and b are on both segments, c is on the first. */
function two() {
  const timeline = new Timeline();
  const arrivals: string[] = [];
  const networks = [0, 1].map((number) =>
    new Network<string>({
      timeline,
      random: new Random(number),
      calm: calmWeather,
      deliver: (to, packet) => arrivals.push(`${packet} to ${to} over ${number}`),
      corrupt: (packet) => packet,
    })
  );
  const made = new Segments(networks, new Map([[a, [0, 1]], [b, [0, 1]], [c, [0]]]));
  const arrivalsOf = (from: typeof a, to: typeof a) => {
    made.send("x", { from, to });
    timeline.runUntil(timeline.now + 10);
    return arrivals.splice(0).sort();
  };
  return { made, arrivalsOf };
}

Deno.test("Segments sends a copy over each segment that both hosts are on", () => {
  const { arrivalsOf } = two();
  assert.deepEqual(arrivalsOf(a, b), ["x to b over 0", "x to b over 1"]);
  assert.deepEqual(arrivalsOf(a, c), ["x to c over 0"]);
});

Deno.test("Segments cuts one segment alone, or all", () => {
  const { made, arrivalsOf } = two();
  made.begin(cut, 0);
  assert.deepEqual(arrivalsOf(a, b), ["x to b over 1"]);
  assert.deepEqual(arrivalsOf(a, c), []);
  made.end(cut, 0);
  made.begin(cut, undefined);
  assert.deepEqual(arrivalsOf(a, b), []);
  made.heal();
  assert.equal(arrivalsOf(a, b).length, 2);
});

Deno.test("Segments.areJoined() while one way is well, areApart() when there is none left", () => {
  const { made } = two();
  const oneWay = { cut: true, affects: (from: typeof a) => from === a };
  const told = (one: typeof a, other: typeof a) => [made.areJoined(one, other), made.areApart(one, other)];
  assert.deepEqual(told(a, b), [true, false]);
  made.begin(oneWay, 0);
  assert.deepEqual(told(a, b), [true, false]);
  assert.deepEqual(told(a, c), [false, false]);
  made.begin(oneWay, 1);
  assert.deepEqual(told(a, b), [false, false]);
  made.begin(cut, undefined);
  assert.deepEqual(told(a, b), [false, true]);
});
