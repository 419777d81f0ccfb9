// What happens in the simulated world, as values: the trace is their text, and the checkers look at nothing else but
// them and the state of the world right after.

import type { NodeEffect, NodeEvent } from "../core/events.ts";
import type { NodeStatus } from "../core/status.ts";
import type { Duration, Group, HostName, ViewId, VipName, VipSpec } from "../core/vocabulary.ts";
import type { Entry } from "./client.ts";
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
    readonly address: string;
    /** Its name on that host; null: it has none there. */
    readonly vip: VipName | null;
    readonly by: Hand;
    /** What the daemon went by when it asked for it, if it was the daemon. */
    readonly asked: Asked | null;
  }
  | { readonly kind: "faultBegan" | "faultEnded"; readonly fault: Fault }
  | { readonly kind: "milestone"; readonly milestone: Milestone }
  /** Nothing; time for what has to end within a time to be looked at. */
  | { readonly kind: "polled" };

export interface Asked {
  readonly view: ViewId | null;
  readonly handover: VipSpec["handover"];
}

export type DaemonChange = "started" | "killed" | "lostPower" | "paused" | "woke" | "exited";

export type Milestone =
  /** All faults are over, and all hosts that shall be up are up or about to be. */
  | "healed"
  /** The group must have settled by now. */
  | "settled"
  /** From now on only balance moves VIPs. */
  | "calm"
  /** From now on nothing moves. */
  | "quiet"
  | "ended";

/** What a checker may look at. */
export interface World {
  /** Milliseconds since the simulation began. */
  readonly now: number;
  /** The configuration that all hosts have in the end, but for those that keep another one. */
  readonly group: Group;
  /** Sorted by name. */
  readonly hosts: readonly HostView[];
  readonly clients: readonly ClientView[];
  /** Every address of every configuration. */
  readonly addresses: readonly string[];
  /** Since when no fault has begun or ended and no daemon has started, stopped, paused or woken. */
  readonly undisturbedSince: number;
  /** Whether no fault goes on. */
  readonly isCalm: boolean;
  /** Whether all is well with some way between the two hosts, in both directions. */
  areJoined(one: HostName, other: HostName): boolean;
  /** Whether nothing passes between the two hosts, in either direction. */
  areApart(one: HostName, other: HostName): boolean;
  /** Counts a situation, so that it is seen that a checker had something to look at. */
  saw(situation: string): void;
}

export interface HostView {
  readonly name: HostName;
  readonly daemon: "down" | "running" | "paused";
  /** What it goes by, or, when the daemon is down, would start with. */
  readonly group: Group;
  /** Whether the interface of its VIPs carries anything. */
  readonly hasLink: boolean;
  /** Whether no health check fails here that is for the VIP. */
  isFitFor(vip: VipName): boolean;
  /** Its commands fail, hang or are slow at present. */
  readonly isTroubled: boolean;
  /** Null when the daemon is down. */
  status(): NodeStatus | null;
  /** The address is in the kernel. */
  has(address: string): boolean;
  /**
   * It is there, but its daemon cannot know it for its own: a person put it there, or an earlier daemon did that was
   * killed together with its guard, by another file or by a command that was slow.
   */
  isForeign(address: string): boolean;
  /** The daemon has asked for its removal. */
  isReleasing(address: string): boolean;
}

export interface ClientView {
  readonly name: string;
  entry(address: string): Entry | null;
}
