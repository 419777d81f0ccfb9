// The whole configuration file after it was read, checked and completed with defaults: what every ring may rely on.

import type { Hooks } from "../core/hook.ts";
import type { Check } from "../core/check.ts";
import type { Duration, Group, HostName, SegmentName, VipSpec } from "../core/vocabulary.ts";

export interface Configuration {
  /** Where it was read from, for messages. */
  readonly file: string;
  /** The part that decisions depend on. */
  readonly group: Group;
  /** Shared secrets, one per line in this file; null: datagrams are not authenticated by a secret. */
  readonly keyFile: string | null;
  readonly segments: readonly Segment[];
  /** In the file's order. */
  readonly hosts: readonly HostPlace[];
  /** In the file's order; vip_range expanded. */
  readonly vips: readonly VipPlace[];
  readonly notify: Notify;
  /** "raw": packet socket, arping where it is not allowed. "arping": always the program. */
  readonly announcer: "raw" | "arping";
  readonly log: LogPlace;
  readonly hooks: Hooks;
  /** In the file's order. */
  readonly checks: readonly Check[];
}

/** Where the daemon's log goes; with neither file nor syslog, to standard error. */
export interface LogPlace {
  /** As it stands in the file; log_values.ts knows what it means on a host. Null: to no file. */
  readonly file: string | null;
  /** What is below it is not logged. */
  readonly level: "debug" | "info" | "warning" | "error";
  /** Bytes; null: the file is never rotated. */
  readonly maxSize: number | null;
  /** How many old files stay beside it. */
  readonly keep: number;
  /** The facility of syslog(3); null: not to the system log. */
  readonly syslog: string | null;
}

export interface Segment {
  readonly name: SegmentName;
  readonly mode: "broadcast" | "multicast" | "unicast";
  /** Of the broadcast or multicast group; null for unicast. */
  readonly address: string | null;
  readonly port: number;
}

export interface HostPlace {
  readonly name: HostName;
  /** This host's own address in each segment it is part of; at least one. */
  readonly addresses: ReadonlyMap<SegmentName, string>;
  /** Where this host's interface has another name than the VIPs say. */
  readonly interfaces: ReadonlyMap<string, string>;
}

/** A VIP and where it is, with the interfaces as it says; HostPlace.interfaces may rename them. */
export type VipPlace = Pick<VipSpec, "name" | "addresses">;

export interface Notify {
  /** How often neighbours are collected and shared; null: off. */
  readonly arpCache: Duration | null;
  /** At most this many collected neighbours are asked in a second. */
  readonly arpCacheThrottle: number;
  readonly targets: readonly NotifyTarget[];
}

export interface NotifyTarget {
  /** First address of the block, canonical. */
  readonly address: string;
  readonly family: 4 | 6;
  /** 32 or 128 for a single address. */
  readonly prefix: number;
  readonly interface: string;
  /** At most this many questions a second, and as many pings. */
  readonly throttle: number;
  /** Whether it is pinged in a VIP's name, too, once it has answered the question. */
  readonly ping: boolean;
}
