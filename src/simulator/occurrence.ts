// What happens in the simulated world, as values: the trace is their text, and the checkers look at nothing else but
// them and the state of the world right after.

import type { NodeEffect, NodeEvent } from "../core/events.ts";
import type { NodeStatus } from "../core/status.ts";
import type { Duration, Group, HostName, ViewId, VipName } from "../core/vocabulary.ts";
import type { Fault } from "./plan.ts";
import type { Hand } from "./kernel.ts";

export type Occurrence =
  | {
    readonly kind: "stepped";
    readonly host: HostName;
    readonly event: NodeEvent;
    readonly effects: readonly NodeEffect[];
    /** On the host's own clock, since the step before; 0 for the first. */
    readonly idle: Duration;
    /** On the host's own clock, until it wants its alarm; null: never. */
    readonly wait: Duration | null;
  }
  | { readonly kind: "daemon"; readonly host: HostName; readonly change: DaemonChange }
  | {
    readonly kind: "appeared" | "vanished";
    readonly host: HostName;
    readonly vip: VipName;
    readonly by: Hand;
    /** The view in which the daemon asked for it, if it was the daemon. */
    readonly askedIn: ViewId | null;
  }
  | { readonly kind: "faultBegan" | "faultEnded"; readonly fault: Fault }
  | { readonly kind: "milestone"; readonly milestone: Milestone }
  /** Nothing; time for what has to end within a time to be looked at. */
  | { readonly kind: "polled" };

export type DaemonChange = "started" | "killed" | "lostPower" | "paused" | "woke" | "exited";

export type Milestone =
  /** All faults are over, and all hosts that shall be up are up or about to be. */
  | "healed"
  /** From now on the group has settled, but for balance. */
  | "settled"
  /** From now on nothing moves. */
  | "quiet"
  | "ended";

/** What a checker may look at. */
export interface World {
  /** Milliseconds since the simulation began. */
  readonly now: number;
  readonly group: Group;
  /** Sorted by name. */
  readonly hosts: readonly HostView[];
}

export interface HostView {
  readonly name: HostName;
  readonly daemon: "down" | "running" | "paused";
  /** Null when the daemon is down. */
  status(): NodeStatus | null;
  /** Any address of the VIP is in the kernel. */
  has(vip: VipName): boolean;
  /** It is there, but only because a person put it there. */
  isByPerson(vip: VipName): boolean;
  /** The daemon has asked for its removal. */
  isReleasing(vip: VipName): boolean;
}
