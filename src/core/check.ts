// A health check as the configuration has it. It is here because the configuration, which says what is to be looked at,
// and the host, which looks, may not know each other; what follows from a check that fails is for health.ts.

import type { Duration, HostName, VipName } from "./vocabulary.ts";

/** A health check, and what a host that fails it should not hold. */
export interface Check {
  readonly name: string;
  readonly probe: Probe;
  readonly interval: Duration;
  /** Not longer than the interval. */
  readonly timeout: Duration;
  /** So many times in a row it must pass to count as passed, and fail to count as failed. */
  readonly rise: number;
  readonly fall: number;
  /** What a host that fails it should not hold. Sorted; null: no VIP at all. */
  readonly vips: readonly VipName[] | null;
  /** Who runs it. Sorted. */
  readonly hosts: readonly HostName[];
}

/** What a check looks at. */
export type Probe =
  /** The program ends with exit code 0; run as the daemon's own user, or as another one. */
  | { readonly kind: "exec"; readonly command: readonly string[]; readonly user: string | null }
  /** Somebody accepts a connection. */
  | { readonly kind: "tcp"; readonly address: string; readonly port: number }
  /** It is answered with this status; null: with any from 200 to 399. */
  | { readonly kind: "http"; readonly url: string; readonly expect: number | null }
  /** A process of this name runs. */
  | { readonly kind: "process"; readonly name: string }
  /** The file is there, or is not. */
  | { readonly kind: "file"; readonly path: string; readonly absent: boolean }
  /** The neighbour answers. In the configuration `interface` is as VIPs name it, on a host as that host does. */
  | { readonly kind: "gateway"; readonly address: string; readonly interface: string };
