import { deepEqual, equal, ok } from "node:assert/strict";
import { fc } from "../support/property.ts";
import { WallClocks } from "../../src/daemon/clocks.ts";
import { test01, test02 } from "./values.ts";

Deno.test("the difference of two clocks is told to within half of what the ways differ", () => {
  const way = fc.double({ min: 0.1, max: 40, noNaN: true });
  const skew = fc.integer({ min: -5_000, max: 5_000 });
  fc.assert(fc.property(fc.array(way, { minLength: 1, maxLength: 60 }), skew, (ways, ahead) => {
    const clocks = new WallClocks();
    ways.forEach((took, at) => {
      const sent = 1_000_000 + at * 100;
      clocks.hear(test01, { sent: sent + ahead, received: sent + took });
    });
    const roundTrip = 2 * Math.min(...ways.slice(-16));
    const told = clocks.differenceOf(test01, roundTrip);
    ok(told !== null && Math.abs(told - ahead) < 40, `${told} for ${ahead}`);
    const quick = Math.min(...ways.slice(-31));
    ok(told - ahead <= roundTrip / 2 - quick + 1e-6);
  }));
});

Deno.test("of a host that was not heard, or without a round trip, nothing is told", () => {
  const clocks = new WallClocks();
  equal(clocks.differenceOf(test01, 1), null);
  clocks.hear(test01, { sent: 5, received: 6 });
  equal(clocks.differenceOf(test01, null), null);
  deepEqual([clocks.differenceOf(test01, 2), clocks.differenceOf(test02, 2)], [0, null]);
});

Deno.test("a clock that is set is told anew after at most 31 messages", () => {
  const clocks = new WallClocks();
  for (let at = 0; at < 100; at++) clocks.hear(test01, { sent: at * 100 + 3_000, received: at * 100 + 1 });
  equal(clocks.differenceOf(test01, 2), 3_000);
  for (let at = 100; at < 131; at++) clocks.hear(test01, { sent: at * 100, received: at * 100 + 1 });
  equal(clocks.differenceOf(test01, 2), 0);
});
