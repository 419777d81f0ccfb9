// A health check on this host: what it looks at, and what may come of one look. Each kind has a file of its own, which
// knows how to look once; when and how often is checks.ts's business, and what follows from it core's.

import type { Duration, VipName } from "../core/vocabulary.ts";

/** A health check that this host runs. */
export interface PlacedCheck {
  readonly name: string;
  readonly probe: Probe;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** So many times in a row it must pass to count as passed, and fail to count as failed. */
  readonly rise: number;
  readonly fall: number;
  /** What this host should not hold when it fails; null: no VIP at all. */
  readonly vips: readonly VipName[] | null;
}

/** What a check looks at. */
export type Probe =
  | { readonly kind: "exec"; readonly command: readonly string[]; readonly user: string | null }
  | { readonly kind: "tcp"; readonly address: string; readonly port: number }
  | { readonly kind: "http"; readonly url: string; readonly expect: number | null }
  | { readonly kind: "process"; readonly name: string }
  | { readonly kind: "file"; readonly path: string; readonly absent: boolean }
  /** `interface` is this host's name for it. */
  | { readonly kind: "gateway"; readonly address: string; readonly interface: string };

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
