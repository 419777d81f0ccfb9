// What a client saw while something happened: both probes' figures over one stretch of time, brought together.

import type { Lab } from "./lab.ts";
import { sleep } from "./wait.ts";

export interface Seen {
  /** For how long the client itself was not let run at most: gaps are not known more precisely, in milliseconds. */
  readonly longestStallMs: number;
  /** The longest time that any one address went unanswered, in milliseconds. */
  readonly longestGapMs: number;
  /** Probes of all addresses: sent, and never answered. */
  readonly sent: number;
  readonly lost: number;
  /** The longest time in all that two hosts answered for any one address, in milliseconds. */
  readonly twoHoldersMs: number;
  /** Addresses that two hosts still answer for at the end. */
  readonly stillTwo: number;
}

/** Carries the work out and says what the client and the watcher saw from its beginning until a moment after it. */
export async function measure(lab: Lab, work: () => Promise<void>): Promise<Seen> {
  await Promise.all([lab.echo.begin(), lab.watch.begin()]);
  await work();
  // What only shows a moment later, a second move or a stale neighbour, belongs to it too.
  await sleep(500);
  const [{ addresses: echo, longestStallMs }, watch] = await Promise.all([lab.echo.end(), lab.watch.end()]);
  return {
    longestStallMs,
    longestGapMs: Math.max(...echo.map((each) => each.longestGapMs)),
    sent: echo.reduce((sum, each) => sum + each.sent, 0),
    lost: echo.reduce((sum, each) => sum + each.lost, 0),
    twoHoldersMs: Math.max(...watch.map((each) => each.twoHoldersMs)),
    stillTwo: watch.filter(({ holders }) => holders.length > 1).length,
  };
}
