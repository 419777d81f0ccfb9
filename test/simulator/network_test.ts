import assert from "node:assert/strict";
import { type HostName, hostName } from "../../src/core/vocabulary.ts";
import { calmWeather, type Disturbance, Network, type Weather } from "../../src/simulator/network.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";

const [a, b, c] = [hostName("a"), hostName("b"), hostName("c")];

interface Arrival {
  readonly at: number;
  readonly to: HostName;
  readonly packet: string;
}

function network(calm: Partial<Weather> = {}) {
  const timeline = new Timeline();
  const arrivals: Arrival[] = [];
  const made = new Network<string>({
    timeline,
    random: new Random("network"),
    calm: { ...calmWeather, ...calm },
    deliver: (to, packet) => arrivals.push({ at: timeline.now, to, packet }),
    corrupt: (packet) => `${packet}!`,
  });
  const sendMany = (count: number, from: HostName, to: HostName) => {
    for (let index = 0; index < count; index++) made.send(String(index), { from, to });
    timeline.runUntil(timeline.now + 100_000);
    return arrivals.splice(0);
  };
  return { made, timeline, sendMany };
}

Deno.test("Network delivers everything, once, within its delays, in order, while all is calm", () => {
  const arrivals = network().sendMany(1_000, a, b);
  assert.deepEqual(
    arrivals.map(({ packet }) => Number(packet)),
    Array.from({ length: 1_000 }, (_, index) => index),
  );
  for (const { at, to } of arrivals) {
    assert.ok(to === b && at >= calmWeather.delayMin && at <= calmWeather.delayMax);
  }
});

Deno.test("Network lets packets overtake each other where the order is not kept", () => {
  const order = network({ ordered: false, delayMax: 50 }).sendMany(100, a, b).map(({ packet }) =>
    Number(packet)
  );
  assert.equal(order.length, 100);
  assert.notDeepEqual(order, order.toSorted((one, other) => one - other));
});

Deno.test("Network loses, repeats and spoils as often as the weather says", () => {
  const lossy = network({ loss: 0.3 }).sendMany(10_000, a, b).length;
  assert.ok(lossy > 6_800 && lossy < 7_200, `${lossy}`);
  const repeated = network({ duplication: 0.3 }).sendMany(10_000, a, b).length;
  assert.ok(repeated > 12_800 && repeated < 13_200, `${repeated}`);
  const spoilt =
    network({ corruption: 0.3 }).sendMany(10_000, a, b).filter(({ packet }) => packet.endsWith("!")).length;
  assert.ok(spoilt > 2_800 && spoilt < 3_200, `${spoilt}`);
});

Deno.test("Network replays packets long after they were sent", () => {
  const late = network({ replay: 1 }).sendMany(100, a, b).filter(({ at }) => at > 99);
  assert.equal(late.length, 100);
});

Deno.test("Network.begin() cuts exactly the links that the disturbance affects, until it ends", () => {
  const { made, sendMany } = network();
  const oneWay: Disturbance = { cut: true, affects: (from, to) => from === a && to === b };
  made.begin(oneWay);
  assert.equal(sendMany(5, a, b).length, 0);
  assert.equal(sendMany(5, b, a).length, 5);
  assert.equal(sendMany(5, a, c).length, 5);
  made.end(oneWay);
  assert.equal(sendMany(5, a, b).length, 5);
});

Deno.test("Network takes the worst of several disturbances, and heal() ends them all", () => {
  const { made, sendMany } = network();
  made.begin({ weather: { loss: 0.1, delayMin: 40, delayMax: 60 }, affects: () => true });
  made.begin({ weather: { loss: 1 }, affects: (_, to) => to === c });
  assert.equal(sendMany(50, a, c).length, 0);
  const early = sendMany(50, a, b);
  assert.ok(early.length > 30);
  made.heal();
  assert.equal(sendMany(50, a, c).length, 50);
});
