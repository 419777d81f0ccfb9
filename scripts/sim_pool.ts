// Simulates many seeds on several workers, and tells of each as it is done.

import type { Answer, Order } from "./sim_worker.ts";

export interface Job extends Omit<Order, "seeds"> {
  /** The next seeds to simulate; null: no more. Asked again and again. */
  readonly next: () => readonly number[] | null;
  readonly workers: number;
  /** Told of each seed. Answers false when no further seeds are to be begun. */
  readonly done: (answer: Answer) => boolean;
}

/** Resolves when every seed that was begun is done. */
export async function simulateAll(job: Job): Promise<void> {
  let goesOn = true;
  const done = (answer: Answer) => {
    if (!job.done(answer)) goesOn = false;
  };
  const next = () => (goesOn ? job.next() : null);
  await Promise.all(Array.from({ length: job.workers }, () => employ({ ...job, next }, done)));
}

/** Lets one worker do share after share. */
function employ(
  { next, change, explains }: Omit<Job, "done">,
  done: (answer: Answer) => void,
): Promise<void> {
  const worker = new Worker(new URL("./sim_worker.ts", import.meta.url), { type: "module" });
  return new Promise<void>((resolve, reject) => {
    const proceed = () => {
      const seeds = next();
      if (seeds === null) return resolve();
      worker.postMessage({ seeds, change, explains } satisfies Order);
    };
    worker.onmessage = ({ data: answers }: MessageEvent<readonly Answer[]>) => {
      answers.forEach(done);
      proceed();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    proceed();
  }).finally(() => worker.terminate());
}
