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
 * The timing that the keys ask for. Without the keys a slow pace gets a longer lease and maturity: of a lease, which is
 * renewed at each third of it, a daemon that hangs has two thirds left, and must not lose its addresses before the
 * others may take them; and a host that starts must have heard those who hold them.
 */
export function completeTiming(keys: TimingKeys): Timing {
  const profile = profiles[keys.profile];
  const timeout = keys.timeout ?? profile.timeout;
  const heartbeat = keys.heartbeat ?? profile.heartbeat;
  const lease = keys.lease ?? Math.max(leaseMs, wholeSeconds(1.5 * timeout));
  const mature = keys.mature ?? Math.max(matureMs, wholeSeconds(timeout + heartbeat));
  return {
    heartbeat: duration(heartbeat),
    timeout: duration(timeout),
    mature: duration(mature),
    lease: lease === "off" ? null : duration(lease),
  };
}

const wholeSeconds = (ms: number): number => Math.ceil(ms / 1_000) * 1_000;

/** A duration as the file would write it. */
export const durationText = (ms: number): string => ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
