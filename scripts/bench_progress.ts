// How far a long piece of work is, in one line that the next one replaces; on a terminal only.

export interface Progress {
  /** What is done now. */
  at(what: string): void;
  /** That so much more of the work is done. */
  done(weight: number): void;
  end(): void;
}

/** Of work of this weight: the unit is what is expected to take a second, and how wrong that is shows as it goes on. */
export function startProgress(weight: number, now: () => number = () => performance.now()): Progress {
  const began = now();
  let done = 0;
  const say = (text: string) => {
    if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  };
  return {
    at: (what) => say(`${remaining({ done, weight, elapsedMs: now() - began })}  ${what}`),
    done: (more) => void (done += more),
    end: () => say(""),
  };
}

/** The time that is left, in words, as it has gone so far. */
export function remaining(
  { done, weight, elapsedMs }: { readonly done: number; readonly weight: number; readonly elapsedMs: number },
): string {
  // Until something is known, the expectation is as good as the first few measurements.
  const pace = (elapsedMs / 1_000 + 10) / (done + 10);
  const seconds = Math.max(0, weight - done) * pace;
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
}
