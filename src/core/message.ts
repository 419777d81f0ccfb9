// What hosts say to each other. Six messages carry the whole protocol, and one more carries what decides nothing:
//
//   heartbeat   everybody, every heartbeat interval and at once when something changed
//   propose     coordinator to all: "answer me if you would be in this view"
//   report      member to coordinator: "here is what I hold, and what I can and cannot do"
//   install     coordinator to all: "this is the view, and this is who holds what in it"
//   farewell    a clean stop: "I hold nothing any more, do not wait for me"
//   probe       to a host whose connection has ended: "are you there? say something"
//   neighbours  to all, from time to time: "my kernel knows these"
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

export type Message = Heartbeat | Propose | Report | Install | Farewell | Probe | Neighbours;

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
  /** What the host has to say first of what no view has said yet, oldest first. At most WORDS_OPEN_MAX. */
  readonly words: readonly Word[];
  /** What this host knows to be said lately and others may have missed, in that order. At most WORDS_SAID_MAX. */
  readonly said: readonly SaidWord[];
  /** The health checks that the host fails. Sorted by check. */
  readonly failing: readonly FailingCheck[];
}

/** Something that a host tells the whole group: every member hears it, all of them in the same order. */
export interface Word {
  /** Counts the words of one incarnation, from 1. */
  readonly number: number;
  readonly matter: Matter;
}

/** A word with who said it, and the view that it was said in. */
export interface SaidWord extends Word {
  readonly by: Member;
  readonly view: ViewId;
}

/** What a word is about. */
export type Matter =
  /** An operator's words, as they are. */
  | { readonly kind: "message"; readonly text: string }
  /** The host that says it drains, or takes part again. */
  | { readonly kind: "drained"; readonly reason: string }
  | { readonly kind: "resumed"; readonly reason: string }
  | { readonly kind: "moveAsked"; readonly vip: VipName; readonly to: HostName }
  | { readonly kind: "balanceAsked" }
  /** Somebody outside the group answers for a VIP, or does so no longer. */
  | { readonly kind: "foreignHolder"; readonly mac: string } & NamedVips
  | { readonly kind: "foreignHolderGone"; readonly mac: string } & NamedVips
  | Failover;

/** Some VIPs, of which the first few are named. */
export interface NamedVips {
  /** Sorted. */
  readonly vips: readonly VipName[];
  /** How many there are besides. */
  readonly more: number;
}

/** What it took the host that says it to take VIPs over; lengths are whole hundredths of a millisecond. */
export interface Failover extends NamedVips {
  readonly kind: "failover";
  /** Who was lost. */
  readonly from: HostName;
  /** From its last sign of life to the suspicion. */
  readonly detect: Duration;
  /** From the suspicion to the view. */
  readonly agree: Duration;
  /** From the view to the last address on this host. */
  readonly acquire: Duration;
  /** From there until the last of them was announced. */
  readonly announce: Duration;
  /** From there until each was confirmed by a notify target; null: there are none, or not in time. */
  readonly confirm: Duration | null;
}

/** A health check that fails on a host: it should hold none of these VIPs that a host which is well can hold. */
export interface FailingCheck {
  readonly check: string;
  /** Null: it should hold none at all. Sorted. */
  readonly vips: readonly VipName[] | null;
  /** For people. */
  readonly problem: string;
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
  /** What members may have missed, and at the end what is said in this view. At most WORDS_SAID_MAX. */
  readonly words: readonly SaidWord[];
  /** Which members fail which health checks, for people: the first of them. Sorted by host and check. */
  readonly failing: readonly Failing[];
  /** VIPs for which health does not count, because every member that can hold them fails a check. Sorted. */
  readonly failedOpen: readonly VipName[];
  /** What members said they cannot hold for now: any host can then tell people why a VIP is where it is. By host. */
  readonly unable: readonly Unable[];
}

/** A check that a member fails, as everybody is told of it. */
export interface Failing extends FailingCheck {
  readonly host: HostName;
  /** How many VIPs there are besides those that are named. */
  readonly more: number;
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
  /** Its holder fails a health check. */
  | "unhealthy"
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

/** A part of what the sender has collected: its neighbours fill several messages. */
export interface Neighbours {
  readonly kind: "neighbours";
  readonly neighbours: readonly KnownNeighbour[];
}

/** Somebody on a network of a host whom its kernel has had to do with. */
export interface KnownNeighbour {
  /** As the configuration calls it; hosts may have other names for it. */
  readonly interface: string;
  /** Canonical text. */
  readonly address: string;
  /** Since the host had to do with it. */
  readonly age: Duration;
}
