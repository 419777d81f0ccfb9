// What a configuration means, as facts that `molehill check` shows: who is there, who may hold what, and how long
// things take at worst. The bounds hold where a datagram and an `ip` call take a few milliseconds.

import { allocate } from "../core/allocator.ts";
import { majorityOf } from "../core/membership.ts";
import type { Duration, HostName, SegmentName, Timing, VipName } from "../core/vocabulary.ts";
import { duration } from "../core/vocabulary.ts";
import type { Configuration, Segment, VipAddress } from "./configuration.ts";

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
  readonly timing: Timing;
  readonly bounds: Bounds;
}

export interface Quorum {
  /** So many hosts must hear each other for any of them to hold VIPs. */
  readonly size: number;
  /** So many hosts may be lost before all VIPs are given up. */
  readonly mayLose: number;
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

/** The longest that things take, in milliseconds. */
export interface Bounds {
  /** From a host's crash or the cut of its link until others answer for its VIPs. */
  readonly crash: Duration;
  /** The same when one datagram of the agreement is lost. */
  readonly crashWithLoss: Duration;
  /** How long a host whose daemon hangs or is stopped keeps answering; null: for ever, leases are off. */
  readonly hang: Duration | null;
  /** How long a host that is cut off from the majority keeps answering; null when partition = "serve". */
  readonly cutOff: Duration | null;
  /** From the start of all hosts at once until their VIPs are answered. */
  readonly coldStart: Duration;
  /** The same when not all configured hosts come. */
  readonly coldStartIncomplete: Duration;
}

/** The facts about a configuration. */
export function meaningOf(configuration: Configuration): Meaning {
  const { group, keyFile, segments } = configuration;
  return {
    group: group.name,
    digest: group.digest,
    partition: group.partition,
    keyFile,
    quorum: quorumOf(configuration),
    segments,
    hosts: hostMeanings(configuration),
    vips: vipMeanings(configuration),
    timing: group.timing,
    bounds: boundsOf(configuration),
  };
}

function quorumOf({ group }: Configuration): Quorum | null {
  if (group.partition === "serve") return null;
  const size = majorityOf(group);
  return { size, mayLose: group.hosts.length - size };
}

// The allocator itself is asked, so that what `check` shows is what will be.
function hostMeanings({ group, hosts }: Configuration): readonly HostMeaning[] {
  const allocation = allocate({
    vips: group.vips,
    candidates: group.hosts.map(({ name: host, weight }) => (
      { host, weight, draining: false, held: [], releasing: [], unable: [] }
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

function vipMeanings({ group, vips }: Configuration): readonly VipMeaning[] {
  const specs = new Map(group.vips.map((spec) => [spec.name, spec]));
  return vips.flatMap(({ name, addresses }): readonly VipMeaning[] => {
    const spec = specs.get(name);
    if (spec === undefined) return [];
    const { hosts, prefer, handover } = spec;
    return [{ name, addresses, hosts, anyHost: hosts.length === group.hosts.length, prefer, handover }];
  });
}

// What agreement, adding the addresses and announcing them take once a silence is noticed.
const takeoverMs = 50;
// The kernel looks for ended lifetimes now and then: an address goes up to half a second late.
const kernelLatenessMs = 500;

function boundsOf({ group: { partition, timing } }: Configuration): Bounds {
  const { heartbeat, timeout, mature, lease } = timing;
  return {
    // The last heartbeat may have been sent just before the crash, so silence is noticed a whole timeout later.
    crash: duration(timeout + takeoverMs),
    crashWithLoss: duration(timeout + heartbeat + takeoverMs),
    hang: lease === null ? null : duration(lease + kernelLatenessMs),
    cutOff: partition === "serve" ? null : duration(timeout + heartbeat),
    // All hosts have heard each other in both directions after two heartbeats.
    coldStart: duration(2 * heartbeat + takeoverMs),
    coldStartIncomplete: duration(mature + 2 * heartbeat + takeoverMs),
  };
}
