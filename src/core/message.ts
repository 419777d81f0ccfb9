// What hosts say to each other. Six messages carry the whole protocol:
//
//   heartbeat   everybody, every heartbeat interval and at once when something changed
//   propose     coordinator to all: "answer me if you would be in this view"
//   report      member to coordinator: "here is what I hold, and what I can and cannot do"
//   install     coordinator to all: "this is the view, and this is who holds what in it"
//   farewell    a clean stop: "I hold nothing any more, do not wait for me"
//   probe       to a host whose connection has ended: "are you there? say something"
//
// A message is only ever acted on with its Sender: the codec has checked version, group and authentication.

import type {
  Duration,
  Group,
  HostName,
  Incarnation,
  Member,
  Sequence,
  ViewId,
  VipName,
  VipSpec,
} from "./vocabulary.ts";

/** Who sent a message: taken from the authenticated datagram, not from its source address. */
export interface Sender {
  readonly host: HostName;
  readonly incarnation: Incarnation;
  /**
   * Grows with every message of an incarnation. Each message is received once at most, but not always in order: one
   * that a later one overtook still comes, unless it is far behind.
   */
  readonly sequence: Sequence;
}

export type Message = Heartbeat | Propose | Report | Install | Farewell | Probe;

export interface Heartbeat {
  readonly kind: "heartbeat";
  /** The installed view; null when there is none. */
  readonly view: ViewId | null;
  /** The view with the highest number that this host has promised or installed; null: none in this incarnation. */
  readonly promised: ViewId | null;
  /** Whom this host takes for the coordinator; itself, if nobody better is heard. */
  readonly follows: HostName;
  /** Grows when what this host would report changes: the coordinator then gathers new reports. */
  readonly revision: number;
  readonly mature: boolean;
  readonly draining: boolean;
  /** True while nothing new may be acquired in the view: a vote for somebody outside has still to run out. */
  readonly waits: boolean;
  /** Everyone whom this host heard within the timeout, with the newest sequence heard. Sorted by host. */
  readonly heard: readonly Heard[];
  /** VIPs that the view's allocation takes from this host and that are still on it. Sorted. */
  readonly releasing: readonly VipName[];
  /** VIPs that the view's allocation gives to this host and that are not yet on it. Sorted. */
  readonly acquiring: readonly VipName[];
  /** Names the contents of the sender's configuration. */
  readonly digest: string;
  /** The sender's own; of two hosts with different ones both go by the longer. */
  readonly timeout: Duration;
  /** Counts the heartbeats of this incarnation, from 1: what is missing among those heard was lost on its way. */
  readonly beat: number;
  /** Of the program that the sender runs, for people. */
  readonly version: string;
}

export interface Heard {
  readonly host: HostName;
  readonly incarnation: Incarnation;
  readonly sequence: Sequence;
  /** How long ago the message with that sequence came; what measure.ts makes of it is for people alone. */
  readonly age: Duration;
}

export interface Propose {
  readonly kind: "propose";
  readonly view: ViewId;
  /** Sorted by host. */
  readonly members: readonly Member[];
  /** Names the contents of the coordinator's configuration. */
  readonly digest: string;
}

export interface Report {
  readonly kind: "report";
  /** The proposal that this answers. */
  readonly view: ViewId;
  readonly revision: number;
  readonly mature: boolean;
  /** True while the host wants to hold nothing: drained by an operator, or about to stop. */
  readonly draining: boolean;
  /** Every VIP that may be on the host, and every VIP that its view gave to it. Sorted by VIP. */
  readonly held: readonly HeldVip[];
  /** Those of `held` that its view took from it, and that are only not gone yet. Sorted. */
  readonly releasing: readonly VipName[];
  /** VIPs that the host tried and failed to hold, and should not be given for now. Sorted. */
  readonly unable: readonly VipName[];
  /** Hosts that came back so often lately that they should be given nothing for now. Sorted. */
  readonly damped: readonly HostName[];
  /** With partition = "quorum": who may count on this host's vote still, and for how long at most. Else empty. */
  readonly vouching: readonly Vouch[];
  /** VIPs that somebody who is gone may still have, as far as this host knows. Sorted by VIP. */
  readonly unreleased: readonly (Unreleased & { readonly vip: VipName })[];
  /** What an operator asked of this host and no view has answered yet. */
  readonly wishes: readonly Wish[];
  /** What the member's configuration says; null when it is the coordinator's. */
  readonly catalog: Catalog | null;
}

/** The contents of a configuration, as far as hosts that read different ones must know of each other's. */
export interface Catalog extends Pick<Group, "partition" | "vips" | "settings"> {
  readonly hosts: readonly HostName[];
  /**
   * What an earlier configuration has put on the host and is not gone yet, under the name that it had: in this
   * configuration that name has other addresses, or none. Sorted by name.
   */
  readonly former: readonly Pick<VipSpec, "name" | "addresses">[];
}

export interface Vouch {
  readonly host: HostName;
  readonly remaining: Duration;
}

export interface HeldVip {
  readonly vip: VipName;
  readonly reason: MoveReason;
  /** How long the host has held it. */
  readonly age: Duration;
}

/** The last holder of a VIP was lost, and has not been heard to release it. */
export interface Unreleased {
  /** Whose report ends the wait: what it names may be there, the rest is not. Null: several were lost, or nobody known. */
  readonly by: HostName | null;
  /** For so long it may still have it. */
  readonly remaining: Duration;
  /** It is gone earlier if nobody answers for it: its daemon has ended, and nothing renews it. */
  readonly endsInSilence: boolean;
}

export type Wish =
  | { readonly kind: "move"; readonly vip: VipName; readonly to: HostName }
  | { readonly kind: "balance" };

export interface Install {
  readonly kind: "install";
  readonly view: ViewId;
  /** Sorted by host. */
  readonly members: readonly Member[];
  /** False while the group still waits for further hosts: then nobody holds anything. */
  readonly mature: boolean;
  /** For so long nothing new is acquired: a host that is not a member may count on a member's vote until then. */
  readonly wait: Duration;
  /** One for each VIP that has a holder; sorted by VIP. */
  readonly allocation: readonly Assignment[];
  /** Members whose configuration is not that of most members; sorted by host. */
  readonly differing: readonly Differing[];
  /** What members said they cannot hold for now: any host can then tell people why a VIP is where it is. By host. */
  readonly unable: readonly Unable[];
}

/** A member that cannot hold some VIPs for now. */
export interface Unable {
  readonly host: HostName;
  /** Sorted; never empty. */
  readonly vips: readonly VipName[];
}

/** A member with another configuration than most, and what is different in it. */
export interface Differing {
  readonly host: HostName;
  /** The first of them, sorted by name. */
  readonly differences: readonly Difference[];
  /** How many there are besides. */
  readonly more: number;
}

export interface Difference {
  /** Of a setting, or "vip" and a VIP's name. */
  readonly name: string;
  /** What this member's configuration says; null: it does not have it. */
  readonly here: string | null;
  /** What that of most members says. */
  readonly elsewhere: string | null;
}

/** What the allocator says of a VIP. */
export interface Allotment {
  readonly vip: VipName;
  readonly holder: HostName;
  /** Why the holder has it. "operator" also pins it there. */
  readonly reason: MoveReason;
  /** How long the holder has had it; 0 for a move. */
  readonly age: Duration;
  /** Members that may have it on them and have to release it. Sorted. */
  readonly from: readonly HostName[];
  /** How it changes hands, where members' configurations may differ. */
  readonly handover: VipSpec["handover"];
}

export interface Assignment extends Allotment {
  /** Not taken before this has passed; null: nobody who is gone may have it. */
  readonly unreleased: Unreleased | null;
}

/** Why a VIP is where it is. */
export type MoveReason =
  /** Nobody held it: a cold start, or a VIP nobody could hold before. */
  | "unheld"
  /** Its holder left the group or may not or cannot hold it any more. */
  | "holderGone"
  /** Its holder drains or stops. */
  | "drained"
  /** A host that the VIP prefers became available. */
  | "preferred"
  /** Two components merged and both held it. */
  | "merged"
  /** A balance round evened the loads out. */
  | "balance"
  /** An operator moved it; it stays until this holder can hold it no longer. */
  | "operator";

export interface Farewell {
  readonly kind: "farewell";
}

export interface Probe {
  readonly kind: "probe";
}
