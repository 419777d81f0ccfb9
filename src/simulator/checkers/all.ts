// All checkers of a simulation, each with the bounds that its plan's timings promise.

import { filesOf, type Plan, slowestTiming } from "../plan.ts";
import { gateWait, leaseWait, settlingTimeouts } from "../settling_time.ts";
import { alarm } from "./alarm.ts";
import { announcements } from "./announcements.ts";
import type { Checker } from "./checker.ts";
import { clients } from "./clients.ts";
import { coverage } from "./coverage.ts";
import { evenness } from "./evenness.ts";
import { exclusive } from "./exclusive.ts";
import { fence } from "./fence.ts";
import { flapping } from "./flapping.ts";
import { health } from "./health.ts";
import { leastMovement } from "./least_movement.ts";
import { leaving } from "./leaving.ts";
import { maturity } from "./maturity.ts";
import { neighbours } from "./neighbours.ts";
import { preference } from "./preference.ts";
import { promptness } from "./promptness.ts";
import { quorum } from "./quorum.ts";
import { rest } from "./rest.ts";
import { settlement } from "./settlement.ts";
import { takeover } from "./takeover.ts";
import { views } from "./views.ts";
import { answering } from "./window.ts";
import { words } from "./words.ts";

/** A group in which nothing has happened for so long, in timeouts, and that has settled, is at rest. */
const restTimeouts = 3;

/** For one simulation: checkers remember what they saw. */
export function allCheckers(plan: Plan): readonly Checker[] {
  const files = filesOf(plan);
  const { timeout, mature, lease } = slowestTiming(files);
  const slowness = 1 + (plan.drift ?? 0);
  // How long after something has happened the group may still be busy with it.
  const effect = (settlingTimeouts * timeout + gateWait(plan)) * slowness;
  return [
    exclusive(),
    quorum(),
    views(),
    fence({ timeoutMax: timeout, bound: plan.calm.loss > 0 ? Infinity : effect }),
    leaving(),
    alarm(),
    settlement(),
    announcements(),
    leastMovement(),
    evenness(),
    clients(),
    answering({ bound: effect, leaseMax: lease }),
    coverage({
      bound: effect + mature * slowness,
      leaseWait: leaseWait(files) * slowness,
      files,
      gapMax: 2 * timeout + gateWait(plan),
    }),
    flapping({ bound: effect }),
    rest(),
    promptness(plan, restTimeouts),
    takeover(plan, restTimeouts),
    maturity({
      mature: Math.min(...files.map(({ timing }) => timing.mature)) * (1 - (plan.drift ?? 0)),
      hostsCount: Math.min(...files.map(({ hosts }) => hosts.length)),
    }),
    preference(),
    words(),
    neighbours({ isLossless: plan.calm.loss === 0, heartbeat: slowestTiming(files).heartbeat }),
    health({ restFor: restTimeouts * timeout }),
  ];
}
