// Sends many frames no faster than networks take them. A thousand broadcast frames in one go overflow the queues of
// switches, and of the kernels of all neighbours, and what is lost then is not only ours: heartbeats are among it.

import { startPatientTimer } from "./patient_timer.ts";

/** So many frames at once, and again after each pause: a thousand take less than twenty milliseconds. */
const BURST = 64;
const PAUSE_MS = 1;

export interface Pacer {
  /** Carries the jobs out in order, a few at once, the rest soon. Gives what ends when the last one is done. */
  run(jobs: readonly (() => void)[]): Promise<void>;
  /** Forgets what waits. */
  close(): void;
}

export function createPacer(): Pacer {
  let waiting: (() => void)[] = [];
  let left = BURST;
  let stopPause: (() => void) | null = null;

  return {
    run(jobs) {
      if (jobs.length === 0) return Promise.resolve();
      return new Promise((done) => {
        waiting.push(...jobs.slice(0, -1), () => {
          jobs.at(-1)?.();
          done();
        });
        proceed();
      });
    },
    close() {
      stopPause?.();
      waiting = [];
    },
  };

  function proceed(): void {
    const now = waiting.splice(0, left);
    left -= now.length;
    now.forEach((job) => job());
    stopPause ??= startPatientTimer(PAUSE_MS, () => {
      stopPause = null;
      left = BURST;
      if (waiting.length > 0) proceed();
    });
  }
}
