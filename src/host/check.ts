// A health check on this host: what it looks at, and what may come of one look. Each kind has a file of its own, which
// knows how to look once; when and how often is checks.ts's business, and what follows from it core's.

import type { Check } from "../core/check.ts";

export type { Probe } from "../core/check.ts";

/** A health check that this host runs. */
export type PlacedCheck = Omit<Check, "hosts">;

/** Looks at one thing, again and again. */
export interface Looker {
  /**
   * Looks once: null when all is well, or what is wrong, for people. When it is told to give up, it ends whatever it has
   * begun, and then comes back with what it has learned so far, or "".
   */
  look(when: Look): Promise<string | null>;
  close(): void;
}

export interface Look {
  readonly giveUp: AbortSignal;
  /** After so many milliseconds it is told to give up. */
  readonly timeout: number;
}

/** Calls back when it is time to give up, at once if it is already. Gives what forgets it. */
export function onGiveUp(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) call();
  else signal.addEventListener("abort", call, { once: true });
  return () => signal.removeEventListener("abort", call);
}
