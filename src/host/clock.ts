// The clock: a monotonic one for decisions, the wall's for people, and the daemon's one alarm.
//
// An alarm is a deadline, not a delay. Timers of the machine drift, ring early by a fraction of a millisecond, and
// take at most 2^31 - 1 milliseconds; so when one rings, the deadline is looked at again, and only when it has
// come does the alarm ring. Late it can always be: the node takes the time from the clock, not from the alarm.

import { instant } from "../core/vocabulary.ts";
import type { Instant } from "../core/vocabulary.ts";
import type { Clock } from "../daemon/ports.ts";

/** What the clock is built on. */
export interface Timers {
  /** Milliseconds on a monotonic clock, with fractions. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Calls back once, about `delay` whole milliseconds later. Gives what stops it. */
  start(delay: number, ring: () => void): () => void;
}

const machineTimers: Timers = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  start: (delay, ring) => {
    const timer = setTimeout(ring, delay);
    return () => clearTimeout(timer);
  },
};

/** A longer delay is taken for none by setTimeout. */
const TIMER_DELAY_MAX = 2 ** 31 - 1;

/** The machine's clock, or one on other timers for tests. */
export function createClock(timers: Timers = machineTimers): Clock {
  let deadline: Instant | null = null;
  let ring = () => {};
  let stopTimer = () => {};

  function wait(until: Instant): void {
    const delay = Math.min(Math.max(Math.ceil(until - timers.now()), 0), TIMER_DELAY_MAX);
    stopTimer = timers.start(delay, () => {
      if (timers.now() < until) return wait(until);
      deadline = null;
      ring();
    });
  }

  return {
    now: () => instant(timers.now()),
    wallTime: () => timers.wallTime(),
    setAlarm: (at) => {
      // The daemon sets it after every event, mostly to what it was: that should cost nothing.
      if (at === deadline) return;
      stopTimer();
      deadline = at;
      if (at !== null) wait(at);
    },
    onAlarm: (callBack) => {
      ring = callBack;
    },
    later: (wait, call) => timers.start(Math.ceil(wait), call),
  };
}
