// Advice about hooks that failover waits for: how long, and how many at once.

import { waitBeforeAcquire } from "../core/hook.ts";
import { rangeSize } from "./address.ts";
import { completeHooks, tablesOf } from "./complete_hooks.ts";
import { advice, type Finding } from "./problem.ts";
import type { FileTables } from "./schema.ts";
import { completeTiming, durationText } from "./timing.ts";

/** So many processes are started in a moment without being missed by anything else; see daemon/hook_work.ts. */
const singlesMax = 64;
/** A wait of so many timeouts is what people feel of a failover, and not the timeout. */
const timeoutsMax = 10;

/** What a person should know about the hooks of a file without errors. */
export function* adviseHooks(tables: FileTables): Iterable<Finding> {
  const hooks = completeHooks(tables.hooks);
  const { timeout } = completeTiming(tables.timing);
  const wait = waitBeforeAcquire(hooks);
  if (wait > timeoutsMax * timeout) {
    const text =
      `before_acquire may take ${durationText(wait)}, and each failover so much longer than its timeout of ` +
      `${durationText(timeout)} (wanted at most "${durationText(timeoutsMax * timeout)}" in all)`;
    yield advice(text, ["hooks", "before_acquire"]);
  }
  for (const [index, hook] of hooks.before_acquire.entries()) {
    const count = hook.batch ? 0 : hook.vips?.length ?? vipsIn(tables);
    if (count <= singlesMax) continue;
    const text =
      `before_acquire of [hooks] starts a process for each of ${count} VIPs, and those that come late have little ` +
      `time left (wanted batch = true: one process for all VIPs of the moment)`;
    const isList = tablesOf(tables.hooks.before_acquire) === tables.hooks.before_acquire;
    yield advice(text, ["hooks", "before_acquire", ...(isList ? [index] : [])]);
  }
}

const vipsIn = ({ vip: vips, vip_range: ranges }: FileTables): number =>
  vips.length + ranges.reduce((sum, { first, last }) => sum + Number(rangeSize(first, last)), 0);
