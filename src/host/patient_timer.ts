// A timer for what a host must not do that wakes from a pause and does not know it yet. When this process was kept
// from running, all else that fell due meanwhile comes first: the daemon's alarm is among it, and that is where a
// pause is noticed and the VIPs are given up.

/** A busy machine is rarely later than this, and waiting once more costs nothing. */
const LATE_MS = 10;

/** Calls back after so many milliseconds. Gives what stops it. */
export function startPatientTimer(ms: number, call: () => void): () => void {
  const due = performance.now() + ms;
  let timer = setTimeout(() => {
    if (performance.now() - due < LATE_MS) return call();
    timer = setTimeout(call, 0);
  }, ms);
  return () => clearTimeout(timer);
}
