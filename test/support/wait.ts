// Waiting is always for a condition, with a bound so generous that only a real fault reaches it.

export interface Patience {
  /** What is waited for, for the error message. */
  readonly what: string;
  readonly atMostMs?: number;
  readonly everyMs?: number;
  /** Asked for once, when the bound was reached: whatever helps to see why. */
  readonly diagnosis?: () => Promise<string> | string;
}

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** Waits until the problems found are none; throws with the last ones found when that takes too long. */
export async function waitUntilNone(
  findProblems: () => Promise<readonly string[]>,
  { what, atMostMs = 30_000, everyMs = 25, diagnosis }: Patience,
): Promise<void> {
  const deadline = performance.now() + atMostMs;
  let problems = await findProblems();
  while (problems.length > 0) {
    if (performance.now() > deadline) {
      const found = problems.map((problem) => `\n  - ${problem}`).join("");
      const more = diagnosis === undefined ? "" : `\n${await diagnosis()}`;
      throw new Error(`Waited ${atMostMs / 1000} s in vain for ${what}:${found}${more}`);
    }
    await sleep(everyMs);
    problems = await findProblems();
  }
}

/** Waits until the question is answered with true. */
export async function waitUntil(
  question: () => Promise<boolean> | boolean,
  patience: Patience,
): Promise<void> {
  await waitUntilNone(async () => (await question()) ? [] : ["it is not so"], patience);
}
