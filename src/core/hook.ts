// Programs of the operator's that are run when something has happened, or is about to. The core does not wait for any
// of them and knows of none; what they are is said here because the configuration and the daemon both speak of it.

import type { Duration, VipName } from "./vocabulary.ts";

/** What hooks are run for, as the file names it. */
export const hookEvents = [
  "before_acquire",
  "acquire",
  "release",
  "view",
  "partition",
  "foreign_holder",
] as const;
export type HookEvent = (typeof hookEvents)[number];

export interface Hook {
  /** The program's whole path, and its arguments. */
  readonly command: readonly string[];
  /** Who runs it; null: the user that the daemon runs as. */
  readonly user: string | null;
  /** It is ended when it takes longer. */
  readonly timeout: Duration;
  /** The VIPs for which it is run; null: all. Without meaning for "view" and "partition". */
  readonly vips: readonly VipName[] | null;
  /** One run for all VIPs to which the same happens in the same moment, instead of one for each. */
  readonly batch: boolean;
  /** For "before_acquire": whether the VIP is left to another host when the hook fails. */
  readonly onFailure: "refuse" | "acquire";
}

/** In the order of the file, for each event. */
export type Hooks = Readonly<Record<HookEvent, readonly Hook[]>>;

export const isFor = ({ vips }: Hook, vip: VipName): boolean => vips === null || vips.includes(vip);

/** How long an acquisition may have to wait for hooks, for the VIP that has to wait for the longest; 0: none waits. */
export function waitBeforeAcquire({ before_acquire: hooks }: Hooks): number {
  const forAll = sumOf(hooks.filter(({ vips }) => vips === null));
  const named = new Set(hooks.flatMap(({ vips }) => vips ?? []));
  return Math.max(forAll, ...[...named].map((vip) => sumOf(hooks.filter((hook) => isFor(hook, vip)))));
}

const sumOf = (hooks: readonly Hook[]): number => hooks.reduce((sum, { timeout }) => sum + timeout, 0);
