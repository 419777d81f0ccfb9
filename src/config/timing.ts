// The profiles, and what the timing keys mean together: a profile sets the pace, a key overrides it.

import { duration, type Timing } from "../core/vocabulary.ts";
import type { TimingKeys } from "./schema.ts";

/** What a profile stands for, in milliseconds. */
export const profiles = {
  fast: { heartbeat: 20, timeout: 80 },
  lan: { heartbeat: 100, timeout: 500 },
  wan: { heartbeat: 1_000, timeout: 5_000 },
} as const;

const matureMs = 5_000;
const leaseMs = 3_000;

/**
 * The timing that the keys ask for. Without the key lease it is 3 s, or the timeout in whole seconds if that is
 * longer: a daemon that hangs must not lose its addresses before the others may take them.
 */
export function completeTiming(keys: TimingKeys): Timing {
  const profile = profiles[keys.profile];
  const timeout = keys.timeout ?? profile.timeout;
  const lease = keys.lease ?? Math.max(leaseMs, Math.ceil(timeout / 1_000) * 1_000);
  return {
    heartbeat: duration(keys.heartbeat ?? profile.heartbeat),
    timeout: duration(timeout),
    mature: duration(keys.mature ?? matureMs),
    lease: lease === "off" ? null : duration(lease),
  };
}

/** A duration as the file would write it. */
export const durationText = (ms: number): string => ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
