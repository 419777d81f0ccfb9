// What a configuration means, for programs: the same facts as the text for people, with the keys and units in which
// `status --json` speaks.

import { assumed } from "../config/bounds.ts";
import { hookEvents } from "../core/hook.ts";
import type { Meaning } from "../config/meaning.ts";

/** One JSON object, ending with a line feed. Warnings are lines for people. */
export function meaningJson(meaning: Meaning, warnings: readonly string[]): string {
  const {
    group,
    digest,
    partition,
    keyFile,
    quorum,
    segments,
    hosts,
    vips,
    neighbours,
    checks,
    timing,
    bounds,
    hooks,
    hookWait,
    log,
  } = meaning;
  const json = {
    group,
    digest,
    partition,
    key_file: keyFile,
    quorum: quorum && { size: quorum.size, may_lose: quorum.mayLose, even_split: quorum.evenSplit },
    segments,
    hosts,
    vips: vips.map(({ anyHost, ...vip }) => ({ ...vip, any_host: anyHost })),
    neighbours: neighbours && { every_ms: neighbours.every, throttle: neighbours.throttle },
    checks: checks.map(({ looksAt, interval, timeout, anyHost, noticedWithin, ...check }) => ({
      ...check,
      looks_at: looksAt,
      interval_ms: interval,
      timeout_ms: timeout,
      any_host: anyHost,
      noticed_within_ms: noticedWithin,
    })),
    timing: {
      heartbeat_ms: timing.heartbeat,
      timeout_ms: timing.timeout,
      mature_ms: timing.mature,
      lease_ms: timing.lease,
    },
    hooks: hookEvents.flatMap((event) =>
      hooks[event].map(({ timeout, onFailure, ...hook }) => ({
        event,
        ...hook,
        timeout_ms: timeout,
        ...(event === "before_acquire" ? { on_failure: onFailure } : {}),
      }))
    ),
    hook_ms: hookWait,
    bounds: bounds.map(({ name, formula, worst, applies }) => ({ name, formula, worst_ms: worst, applies })),
    assumed: Object.fromEntries(
      Object.entries(assumed).map(([symbol, { worth }]) => [`${symbol}_ms`, worth]),
    ),
    log: { file: log.file, level: log.level, max_size: log.maxSize, keep: log.keep, syslog: log.syslog },
    warnings,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
