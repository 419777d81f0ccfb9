// How long to wait before a helper process that ended is started again: at once the first time, longer and longer
// when it keeps ending, for starting it in a loop helps nobody.

const LONGEST_MS = 5_000;
const FIRST_MS = 50;

export interface Respawn {
  /** Calls `start` after the wait that is due now. */
  schedule(start: () => void): void;
  /** The helper did its work: the next wait is short again. */
  succeeded(): void;
  /** Forgets what is scheduled. */
  cancel(): void;
}

export function createRespawn(): Respawn {
  let wait = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    schedule(start) {
      timer = setTimeout(start, wait);
      wait = Math.min(Math.max(wait * 2, FIRST_MS), LONGEST_MS);
    },
    succeeded() {
      wait = 0;
    },
    cancel: () => clearTimeout(timer),
  };
}
