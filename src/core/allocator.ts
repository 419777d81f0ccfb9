// Who holds what: from the members' reports to one assignment for each VIP that anybody can hold.

import type { Assignment, HeldVip, Wish } from "./message.ts";
import type { HostName, VipName, VipSpec } from "./vocabulary.ts";

/** What the allocator knows of a member: its weight from the configuration, the rest from its report. */
export interface Candidate {
  readonly host: HostName;
  /** Above 0. */
  readonly weight: number;
  readonly draining: boolean;
  readonly held: readonly HeldVip[];
  readonly unable: readonly VipName[];
}

export interface AllocationInput {
  /** Sorted by name. */
  readonly vips: readonly VipSpec[];
  /** Sorted by host. */
  readonly candidates: readonly Candidate[];
  readonly wishes: readonly Wish[];
  /** How many VIPs may be moved only to even the loads out; 0 outside a balance round. */
  readonly balanceMovesMax: number;
}

/** One assignment for each VIP that an eligible candidate exists for, sorted by VIP. */
export declare function allocate(input: AllocationInput): readonly Assignment[];

/** Whether a balance round would move anything: the loads, weighted, are more than one VIP apart. */
export declare function isUnbalanced(input: AllocationInput): boolean;
