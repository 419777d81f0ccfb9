// So many in a second: at once, as long as there are any left, and then no more until the second is over.

import { startPatientTimer } from "./patient_timer.ts";

export interface Throttle {
  /** Whether there is one left in this second. If not, `again` is called when it is over. */
  hasLeft(): boolean;
  /** Takes one of those that are left, as hasLeft() has said. The second begins with the first one. */
  take(): void;
  close(): void;
}

export function createThrottle(
  { perSecond, again }: {
    /** Asked anew for each second. */
    readonly perSecond: () => number;
    readonly again: () => void;
  },
): Throttle {
  /** In the second that has begun; when none has, there is as much as the next one will have. */
  let left = 0;
  let stopSecond: (() => void) | null = null;
  return {
    hasLeft() {
      if (stopSecond === null) left = perSecond();
      return left > 0;
    },
    take() {
      left -= 1;
      stopSecond ??= startPatientTimer(1_000, () => {
        stopSecond = null;
        again();
      });
    },
    close: () => stopSecond?.(),
  };
}
