// What a node tells about itself: a pure reading of its state, in the words that `status` shows.

import type { MoveReason } from "./message.ts";
import type { Duration, HostName, Incarnation, Instant, Member, ViewId, VipName } from "./vocabulary.ts";

export interface NodeStatus {
  readonly host: HostName;
  readonly incarnation: Incarnation;
  readonly phase: "booting" | "gathering" | "running" | "fenced" | "leaving" | "left";
  readonly mature: boolean;
  /** Why this host drains; null when it does not. */
  readonly draining: string | null;
  readonly view: (ViewId & { readonly members: readonly Member[] }) | null;
  readonly hosts: readonly HostStatus[];
  readonly vips: readonly VipStatus[];
  /** The last moves, newest first. */
  readonly moves: readonly Move[];
}

export interface HostStatus {
  readonly host: HostName;
  /** "member" of the view; "heard" but not a member of it; "silent". */
  readonly state: "member" | "heard" | "silent";
  readonly draining: boolean;
  readonly mature: boolean;
  /** False when it reads a different configuration file. */
  readonly sameConfiguration: boolean;
  /** Since it was last heard; 0 for this host, null when it was never heard. */
  readonly silentFor: Duration | null;
  /** How many VIPs the allocation gives it. */
  readonly vips: number;
}

export interface VipStatus {
  readonly vip: VipName;
  readonly holder: HostName | null;
  /**
   * "held": its holder has it. "moving": it is being released or acquired. "uncovered": nobody can hold it, or
   * the group is not mature yet. "unknown": this host has no view.
   */
  readonly state: "held" | "moving" | "uncovered" | "unknown";
  /** Since when the holder has been the holder. */
  readonly since: Instant | null;
  readonly reason: MoveReason | null;
  /** What is on this very host. */
  readonly here: "absent" | "awaiting" | "adding" | "held" | "removing";
  /** The last problem of holding or releasing it here. */
  readonly problem: string | null;
}

export interface Move {
  readonly at: Instant;
  readonly vip: VipName;
  readonly from: HostName | null;
  readonly to: HostName | null;
  readonly reason: MoveReason;
}
