// Control requests whose answer is not there yet. Each waits for something to become true of the node's account and
// has an instant after which it is answered that it did not. No timers: the loop asks after every step, and wakes up
// at the earliest of these instants at the latest.

import type { ControlResponse } from "../codec/control.ts";
import type { NodeStatus } from "../core/status.ts";
import { earliest, type Instant } from "../core/vocabulary.ts";

export interface Waiter {
  readonly until: (status: NodeStatus) => boolean;
  /** Why it will not come true any more; null while it may. */
  readonly failed?: (status: NodeStatus) => string | null;
  readonly late: (status: NodeStatus) => string;
  readonly deadline: Instant;
  readonly answer: (response: ControlResponse) => void;
}

/** When the next waiter's patience ends; null when nobody waits. */
export const waitersDeadline = (waiters: readonly Waiter[]): Instant | null =>
  earliest(waiters.map((waiter) => waiter.deadline));

/**
 * Answers those whose wish came true, by `done`, those whose wish cannot, and those that waited too long. Gives back
 * the others.
 */
export function answerWaiters(
  waiters: readonly Waiter[],
  { status, now, done }: {
    readonly status: NodeStatus;
    readonly now: Instant;
    readonly done: () => ControlResponse;
  },
): readonly Waiter[] {
  return waiters.filter((waiter) => {
    const failure = waiter.failed?.(status) ?? null;
    if (waiter.until(status)) waiter.answer(done());
    else if (failure !== null) waiter.answer({ kind: "refused", http: 409, error: failure });
    else if (now >= waiter.deadline) waiter.answer(tooLate(waiter.late(status)));
    else return true;
    return false;
  });
}

/** Answers all of them that nobody is here any more to make it come true. */
export function dismissWaiters(waiters: readonly Pick<Waiter, "answer">[], error: string): void {
  for (const waiter of waiters) waiter.answer({ kind: "refused", http: 503, error });
}

const tooLate = (error: string): ControlResponse => ({ kind: "refused", http: 504, error });
