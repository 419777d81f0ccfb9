// Control requests that wait for the next entry of the record. Unlike waiters.ts they ask nothing of the node's account,
// and whoever follows the events waits all the time: so nothing is worked out for them until there is news.

import type { ControlResponse } from "../codec/control.ts";
import { earliest, type Instant } from "../core/vocabulary.ts";

export interface Listener {
  /** The last entry that is known already; one that the record does not have is of a record that was thrown away. */
  readonly after: number;
  /** Then it is answered, with news or without. */
  readonly deadline: Instant;
  readonly answer: (response: ControlResponse) => void;
}

/** When the next listener's patience ends; null when nobody listens. */
export const listenersDeadline = (listeners: readonly Listener[]): Instant | null =>
  earliest(listeners.map(({ deadline }) => deadline));

/** Answers those for whom there is news, or whose time is over. Gives back the others. */
export function answerListeners(
  listeners: readonly Listener[],
  { last, now, entriesAfter }: {
    /** The number of the newest entry. */
    readonly last: number;
    readonly now: Instant;
    readonly entriesAfter: (number: number) => ControlResponse;
  },
): readonly Listener[] {
  return listeners.filter(({ after, deadline, answer }) => {
    if (last === after && now < deadline) return true;
    answer(entriesAfter(after));
    return false;
  });
}
