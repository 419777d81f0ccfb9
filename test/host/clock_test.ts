import { deepEqual, equal, ok } from "node:assert/strict";
import { duration, instant } from "../../src/core/vocabulary.ts";
import { createClock, type Timers } from "../../src/host/clock.ts";

/** Timers whose time is set by hand, with the one timer that runs. */
function handTimers() {
  const state = { now: 1_000, running: null as { readonly delay: number; readonly ring: () => void } | null };
  const timers: Timers = {
    now: () => state.now,
    wallTime: () => 86_400_000,
    start: (delay, ring) => {
      equal(state.running, null, "only one timer may run");
      state.running = { delay, ring };
      return () => state.running = null;
    },
  };
  const ringTimer = () => {
    const { running } = state;
    state.running = null;
    running?.ring();
  };
  return { state, timers, ringTimer };
}

Deno.test("what is to be called later is called once, unless it is called off", () => {
  const { state, timers, ringTimer } = handTimers();
  const clock = createClock(timers);
  const calls: string[] = [];
  clock.later(duration(99.5), () => calls.push("first"));
  equal(state.running?.delay, 100);
  ringTimer();
  clock.later(duration(50), () => calls.push("second"))();
  equal(state.running, null);
  deepEqual(calls, ["first"]);
});

function clockByHand() {
  const { state, timers, ringTimer } = handTimers();
  const clock = createClock(timers);
  const rings: number[] = [];
  clock.onAlarm(() => rings.push(state.now));
  return { clock, rings, state, ringTimer };
}

Deno.test("the alarm rings once, at its deadline", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  clock.setAlarm(instant(1_100));
  equal(state.running?.delay, 100);
  state.now = 1_100;
  ringTimer();
  deepEqual(rings, [1_100]);
  equal(state.running, null);
});

Deno.test("a timer that rings early does not ring the alarm", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  clock.setAlarm(instant(1_100));
  state.now = 1_099.7;
  ringTimer();
  deepEqual(rings, []);
  equal(state.running?.delay, 1);
  state.now = 1_100.2;
  ringTimer();
  deepEqual(rings, [1_100.2]);
});

Deno.test("a deadline in the past rings soon, but not at once", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  clock.setAlarm(instant(400));
  deepEqual(rings, []);
  equal(state.running?.delay, 0);
  ringTimer();
  deepEqual(rings, [1_000]);
});

Deno.test("a later setting replaces an earlier one", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  clock.setAlarm(instant(1_100));
  clock.setAlarm(instant(1_050));
  equal(state.running?.delay, 50);
  clock.setAlarm(instant(1_500));
  equal(state.running?.delay, 500);
  state.now = 1_500;
  ringTimer();
  deepEqual(rings, [1_500]);
});

Deno.test("no alarm is left after it was set to null", () => {
  const { clock, state } = clockByHand();
  clock.setAlarm(instant(1_100));
  clock.setAlarm(null);
  equal(state.running, null);
});

Deno.test("the same deadline can be set again after it rang", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  clock.setAlarm(instant(1_000));
  ringTimer();
  clock.setAlarm(instant(1_000));
  ringTimer();
  deepEqual(rings, [1_000, 1_000]);
  equal(state.running, null);
});

Deno.test("an alarm can be set while it rings", () => {
  const { timers, state, ringTimer } = handTimers();
  const clock = createClock(timers);
  clock.onAlarm(() => clock.setAlarm(instant(1_200)));
  clock.setAlarm(instant(1_000));
  ringTimer();
  equal(state.running?.delay, 200);
});

Deno.test("a deadline months away is waited for in parts", () => {
  const { clock, rings, state, ringTimer } = clockByHand();
  const monthsAway = 1_000 + 3 * 2 ** 31;
  clock.setAlarm(instant(monthsAway));
  for (let parts = 0; state.running !== null; parts++) {
    ok(parts < 4);
    ok(state.running.delay < 2 ** 31);
    state.now += state.running.delay;
    ringTimer();
  }
  deepEqual(rings, [monthsAway]);
});

Deno.test("the machine's alarm is never early", async () => {
  const clock = createClock();
  const deadline = instant(clock.now() + 5.5);
  const rangAt = await new Promise<number>((resolve) => {
    clock.onAlarm(() => resolve(clock.now()));
    clock.setAlarm(deadline);
  });
  ok(rangAt >= deadline);
});

Deno.test("the wall time is the machine's", () => {
  const before = Date.now();
  const told = createClock().wallTime();
  ok(before <= told && told <= Date.now());
});
