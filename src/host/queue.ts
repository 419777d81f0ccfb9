// Work that must be done one piece at a time, in the order in which it was asked for.

export interface Queue {
  /** Does the work when everything asked for before has ended, well or not. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
  };
}
