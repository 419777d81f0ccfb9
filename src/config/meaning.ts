// What a configuration means, as facts that `molehill check` shows: who is there, who may hold what, and how long
// things take at worst.

import { allocate } from "../core/allocator.ts";
import { majorityOf } from "../core/membership.ts";
import { type Hooks, waitBeforeAcquire } from "../core/hook.ts";
import {
  type Duration,
  duration,
  type HostName,
  type SegmentName,
  type Timing,
  type VipAddress,
  type VipName,
} from "../core/vocabulary.ts";
import { type Bound, boundsOf } from "./bounds.ts";
import { probeText } from "./settings.ts";
import type { Check } from "../core/check.ts";
import type { Configuration, LogPlace, Segment } from "./configuration.ts";

export interface Meaning {
  readonly group: string;
  readonly digest: string;
  readonly partition: "serve" | "quorum";
  /** Null: datagrams are not authenticated by a secret. */
  readonly keyFile: string | null;
  /** Null when partition = "serve". */
  readonly quorum: Quorum | null;
  readonly segments: readonly Segment[];
  /** In the file's order. */
  readonly hosts: readonly HostMeaning[];
  /** In the file's order. */
  readonly vips: readonly VipMeaning[];
  /** Null: hosts do not collect their neighbours. */
  readonly neighbours: NeighbourMeaning | null;
  /** In the file's order. */
  readonly checks: readonly CheckMeaning[];
  readonly timing: Timing;
  /** Every row of the table in core/PROTOCOL.md, also those that do not apply to this group. */
  readonly bounds: readonly Bound[];
  readonly log: LogPlace;
  readonly hooks: Hooks;
  /** How long an acquisition may wait for before_acquire; 0: there is none. */
  readonly hookWait: Duration;
}

export interface Quorum {
  /** So many hosts must hear each other for any of them to hold VIPs. */
  readonly size: number;
  /** So many hosts may be lost before all VIPs are given up. */
  readonly mayLose: number;
  /** When the group splits into two parts of this size, neither holds VIPs; null: no split leaves two equal parts. */
  readonly evenSplit: number | null;
}

export interface NeighbourMeaning {
  /** Each host collects and shares its own this often. */
  readonly every: Duration;
  /** At most so many are asked in a second, by a host that a VIP has come to. */
  readonly throttle: number;
}

export interface HostMeaning {
  readonly name: HostName;
  readonly addresses: readonly { readonly segment: SegmentName; readonly address: string }[];
  readonly weight: number;
  /** How many VIPs it holds after a cold start of all hosts. */
  readonly vips: number;
}

export interface VipMeaning {
  readonly name: VipName;
  readonly addresses: readonly VipAddress[];
  /** Hosts that may hold it, sorted by name. */
  readonly hosts: readonly HostName[];
  readonly anyHost: boolean;
  /** Best first; empty when no host is preferred. */
  readonly prefer: readonly HostName[];
  readonly handover: "exclusive" | "overlap";
}

export interface CheckMeaning extends Omit<Check, "probe"> {
  /** What it looks at, as people say it. */
  readonly looksAt: string;
  readonly anyHost: boolean;
  /** After what time at worst a host counts as failing it, in milliseconds. */
  readonly noticedWithin: number;
}

/** The facts about a configuration. */
export function meaningOf(configuration: Configuration): Meaning {
  const { group, keyFile, segments, notify, announcer, hooks, log } = configuration;
  const hook = waitBeforeAcquire(hooks);
  return {
    group: group.name,
    digest: group.digest,
    partition: group.partition,
    keyFile,
    quorum: quorumOf(configuration),
    segments,
    hosts: hostMeanings(configuration),
    vips: vipMeanings(configuration),
    neighbours: notify.arpCache === null
      ? null
      : { every: notify.arpCache, throttle: notify.arpCacheThrottle },
    checks: checkMeanings(configuration),
    timing: group.timing,
    bounds: boundsOf(group, { canAsk: announcer === "raw", hook }),
    hooks,
    hookWait: duration(hook),
    log,
  };
}

function quorumOf({ group }: Configuration): Quorum | null {
  if (group.partition === "serve") return null;
  const size = majorityOf(group.hosts.length);
  const count = group.hosts.length;
  return { size, mayLose: count - size, evenSplit: count % 2 === 0 ? count / 2 : null };
}

// The allocator itself is asked, so that what `check` shows is what will be.
function hostMeanings({ group, hosts }: Configuration): readonly HostMeaning[] {
  const allocation = allocate({
    vips: group.vips,
    candidates: group.hosts.map(({ name: host, weight }) => (
      { host, weight, draining: false, damped: false, held: [], releasing: [], unable: [], unfit: [] }
    )),
    wishes: [],
    previous: new Map(),
    balanceMovesMax: 0,
  });
  const counts = new Map<HostName, number>();
  for (const { holder } of allocation) counts.set(holder, (counts.get(holder) ?? 0) + 1);
  const weights = new Map(group.hosts.map(({ name, weight }) => [name, weight]));
  return hosts.map(({ name, addresses }) => ({
    name,
    addresses: [...addresses].map(([segment, address]) => ({ segment, address })),
    weight: weights.get(name) ?? 1,
    vips: counts.get(name) ?? 0,
  }));
}

// What fails just after it was looked at is looked at `fall` times, and the last look may take as long as it may.
const checkMeanings = ({ checks, hosts }: Configuration): readonly CheckMeaning[] =>
  checks.map(({ probe, ...check }) => ({
    ...check,
    looksAt: probeText(probe),
    anyHost: check.hosts.length === hosts.length,
    noticedWithin: check.fall * check.interval + check.timeout,
  }));

function vipMeanings({ group, vips }: Configuration): readonly VipMeaning[] {
  const specs = new Map(group.vips.map((spec) => [spec.name, spec]));
  return vips.flatMap(({ name, addresses }): readonly VipMeaning[] => {
    const spec = specs.get(name);
    if (spec === undefined) return [];
    const { hosts, prefer, handover } = spec;
    return [{ name, addresses, hosts, anyHost: hosts.length === group.hosts.length, prefer, handover }];
  });
}
