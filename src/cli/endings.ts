// Signals and uncaught errors while the daemon is still being put together: what comes before it listens is kept for
// it, so that a SIGTERM during the start is a clean stop as well, and a SIGHUP then is no end.

import type { Signals } from "../daemon/ports.ts";
import { onFatal, onReload, onStop } from "../host/signals.ts";

/** Listens from now on. */
export function listenForEndings(): Signals {
  const stops = createRelay<string>();
  const reloads = createRelay<void>();
  const failures = createRelay<unknown>();
  onStop(stops.tell);
  onReload(reloads.tell);
  onFatal(failures.tell);
  return { onStop: stops.listen, onReload: reloads.listen, onFatal: failures.listen };
}

/** Passes on what it is told; until somebody listens it keeps it. */
function createRelay<Word>() {
  const kept: Word[] = [];
  let listener: ((word: Word) => void) | null = null;
  return {
    tell(word: Word): void {
      if (listener === null) kept.push(word);
      else listener(word);
    },
    listen(call: (word: Word) => void): void {
      listener = call;
      for (const word of kept.splice(0)) call(word);
    },
  };
}
