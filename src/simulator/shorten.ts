// Makes a failing simulation shorter: which of its planned faults does the failure need? First the shortest beginning
// of them that still violates the same checker, then without each single one that makes no difference. Everything
// else about the run stays as its seed says, so that every attempt is a run that can be had again.

import { type FoundViolation, type Outcome, type Setting, simulate } from "./simulate.ts";

export interface Shortened {
  /** The faults that are left, by their places in the plan. */
  readonly faults: readonly number[];
  /** How many were planned. */
  readonly faultsCount: number;
  readonly violation: FoundViolation;
}

/** How many runs may be spent on it. */
export const runsMax = 150;

/** Finds fewer faults that still make the simulation violate the same checker. `failed` is its outcome. */
export function shorten(
  setting: Setting,
  failed: Outcome & { readonly violation: FoundViolation },
): Shortened {
  let best: Shortened = {
    faults: setting.faults ?? upTo(failed.faultsCount),
    faultsCount: failed.faultsCount,
    violation: failed.violation,
  };
  let runs = 0;
  const stillFails = (faults: readonly number[]): boolean => {
    if (runs++ >= runsMax) return false;
    const { violation } = simulate({ ...setting, faults });
    if (violation?.checker !== failed.violation.checker) return false;
    best = { ...best, faults, violation };
    return true;
  };
  shortenToPrefix(best.faults, stillFails);
  // One that was needed may not be, once another is gone.
  for (let before = 0; before !== best.faults.length;) {
    before = best.faults.length;
    for (const fault of best.faults.toReversed()) stillFails(best.faults.filter((each) => each !== fault));
  }
  return best;
}

/** Bisects; then, for a shorter beginning may fail where a longer one does not, tries those that are shorter still. */
function shortenToPrefix(
  faults: readonly number[],
  stillFails: (faults: readonly number[]) => boolean,
): void {
  let [passes, fails] = [-1, faults.length];
  while (fails - passes > 1) {
    const middle = (passes + fails) >> 1;
    if (stillFails(faults.slice(0, middle))) fails = middle;
    else passes = middle;
  }
  for (let count = 0; count < fails; count++) if (stillFails(faults.slice(0, count))) return;
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place);
