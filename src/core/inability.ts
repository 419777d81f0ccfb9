// VIPs that this host cannot hold for now. A report names them, and the coordinator gives them to others.

import type { VipProblem } from "./events.ts";
import { revise, stateOf, type Turn } from "./turn.ts";
import { isPresent } from "./vip.ts";
import { after, duration, instant } from "./vocabulary.ts";

/**
 * How long a host that failed to add a VIP is not given it again; doubled with each failure in a row, of whatever VIP:
 * where one cannot be added, the next one often cannot either.
 */
export const inability = { first: duration(5_000), most: duration(160_000) };

/** This host could not add them, or must not. */
export function becomeUnable(turn: Turn, failed: readonly VipProblem[]): void {
  const { node, now } = turn;
  const count = now < node.addFailures.until ? node.addFailures.count + 1 : 1;
  const until = after(now, duration(Math.min(inability.first * 2 ** (count - 1), inability.most)));
  // Without a link it is unable for longer.
  const ends = failed.map(({ vip }) => [vip, instant(Math.max(until, node.unable.get(vip) ?? now))] as const);
  revise(turn, {
    unable: new Map([...node.unable, ...ends]),
    addFailures: { count, until: after(until, inability.most) },
    problems: new Map([...node.problems, ...failed.map(({ vip, problem }) => [vip, problem] as const)]),
  });
  turn.vipsConcerned = true;
}

/** Lets inabilities that have waited long enough pass, so that the VIPs may be given to us again. */
export function forgetInabilities(turn: Turn): void {
  const over = [...turn.node.unable].filter(([, until]) => turn.now >= until);
  if (over.length === 0) return;
  const unable = new Map(turn.node.unable);
  const problems = new Map(turn.node.problems);
  for (const [vip] of over) {
    unable.delete(vip);
    if (!isPresent(stateOf(turn.node, vip))) problems.delete(vip);
  }
  revise(turn, { unable, problems });
}
