// What goes into a node and what comes out of it. Events are what has happened, effects what is to be done,
// notes what people should know of. A failed effect comes back as an event; nothing else is an answer.
//
// The driver performs the effects of all steps in the order given, and addresses effects one at a time: an
// "addressesRemoved" that comes back always tells of a state after every earlier "addAddresses" ended.

import type {
  Difference,
  Differing,
  Failing,
  FailingCheck,
  KnownNeighbour,
  Matter,
  Message,
  MoveReason,
  SaidWord,
  Sender,
} from "./message.ts";
import type {
  Duration,
  Group,
  HostName,
  Incarnation,
  Member,
  Sequence,
  ViewId,
  ViewNumber,
  VipName,
} from "./vocabulary.ts";

export type NodeEvent =
  /** The first event, once. The driver then observes the addresses as the node asks. */
  | { readonly kind: "started" }
  /** The alarm at nodeDeadline rang; harmless at any other time. */
  | { readonly kind: "clockTicked" }
  | { readonly kind: "messageReceived"; readonly sender: Sender; readonly message: Message }
  | { readonly kind: "addressesAdded"; readonly vips: readonly VipName[] }
  | { readonly kind: "addressesAddFailed"; readonly problems: readonly VipProblem[] }
  | { readonly kind: "addressesRemoved"; readonly vips: readonly VipName[] }
  | { readonly kind: "addressesRemoveFailed"; readonly problems: readonly VipProblem[] }
  | { readonly kind: "addressesObserved"; readonly observed: Observed }
  /** Answers probeAddresses, for each of its VIPs. */
  | { readonly kind: "addressesProbed"; readonly answers: readonly ProbeAnswer[] }
  /** Somebody else answered for VIPs, or announced them. */
  | { readonly kind: "conflictsDetected"; readonly conflicts: readonly Conflict[] }
  /** The connection to this life of a host's daemon has ended, and the host refuses another one. A hint, no proof. */
  | { readonly kind: "connectionEnded"; readonly member: Member }
  | { readonly kind: "operatorRequested"; readonly request: OperatorRequest }
  /** Everybody whom this host's kernel knows on the interfaces of VIPs; the most useful first. */
  | { readonly kind: "neighboursCollected"; readonly neighbours: readonly KnownNeighbour[] }
  /** The health checks that fail on this host now: all of them. The first time, that all have a result. */
  | { readonly kind: "healthChanged"; readonly failing: readonly FailingCheck[] }
  /** The host has read its configuration anew. From now on the machine adds addresses by the new one. */
  | { readonly kind: "configurationChanged"; readonly group: Group };

export interface VipProblem {
  readonly vip: VipName;
  /** For people: what the machine said. */
  readonly problem: string;
}

/** Whether somebody answers for a VIP that is not on this host. */
export interface ProbeAnswer {
  readonly vip: VipName;
  /** "unknown": this host cannot ask. */
  readonly answer:
    | { readonly kind: "silent" }
    | { readonly kind: "answered"; readonly by: Neighbour }
    | { readonly kind: "unknown" };
}

export interface Conflict {
  readonly vip: VipName;
  readonly by: Neighbour;
}

/** A machine on a network of this host. */
export interface Neighbour {
  /** Its hardware address, as "02:00:5e:10:00:01". */
  readonly mac: string;
  /** The host of the group that it is; null: none, or it is not known. */
  readonly host: HostName | null;
}

/** Which VIPs were found on the host. A VIP in neither list is not on it at all. Both sorted. */
export interface Observed {
  /** Every address of the VIP is there. */
  readonly whole: readonly VipName[];
  /** Some addresses of the VIP are there and some are not. */
  readonly partial: readonly VipName[];
  /** VIPs with an address on an interface that carries nothing now: it is down, has no carrier, or is gone. Sorted. */
  readonly withoutLink: readonly VipName[];
  /** VIPs with an address on an interface that has got another hardware address since the last look. Sorted. */
  readonly withNewMac: readonly VipName[];
  /** False when none of this host's own addresses in the segments is on it: then nobody hears it, for no fault of theirs. */
  readonly isPlaced: boolean;
}

export type OperatorRequest =
  | { readonly kind: "drain"; readonly reason: string }
  | { readonly kind: "resume"; readonly reason: string }
  | { readonly kind: "move"; readonly vip: VipName; readonly to: HostName }
  | { readonly kind: "balance" }
  /** Tells the group something; the node speaks of the other requests by itself. */
  | { readonly kind: "say"; readonly matter: Matter & { readonly kind: "message" | "failover" } }
  /** A clean stop: hand over, release, say farewell. The node is done when its phase is "left". */
  | { readonly kind: "stop" };

export type NodeEffect =
  | { readonly kind: "broadcast"; readonly sequence: Sequence; readonly message: Message }
  | { readonly kind: "send"; readonly to: HostName; readonly sequence: Sequence; readonly message: Message }
  /** Adds the VIPs' addresses, or renews their lease where they are there already. Answered per VIP. */
  | { readonly kind: "addAddresses"; readonly vips: readonly VipName[] }
  /** Removes the VIPs' addresses; one that is not there counts as removed. Answered per VIP. */
  | { readonly kind: "removeAddresses"; readonly vips: readonly VipName[] }
  /**
   * Tells neighbours and notify targets that the VIPs are here; `isFirst`: nobody knows it yet, or somebody else may have
   * said so since. Not answered.
   */
  | { readonly kind: "announce"; readonly vips: readonly VipName[]; readonly isFirst: boolean }
  /** Asks the network whether anybody answers for the VIPs, which are not on this host. Answered by addressesProbed. */
  | { readonly kind: "probeAddresses"; readonly vips: readonly VipName[] }
  /** Answered by addressesObserved. */
  | { readonly kind: "observeAddresses" }
  /** Some of those whom another host's kernel knows: they are to be told of VIPs that come here. Not answered. */
  | {
    readonly kind: "rememberNeighbours";
    readonly from: HostName;
    readonly neighbours: readonly KnownNeighbour[];
  }
  | { readonly kind: "note"; readonly note: Note };

/** What a person who reads the log wants to know. */
export type Note =
  | { readonly kind: "started"; readonly host: HostName; readonly incarnation: Incarnation }
  | { readonly kind: "leftoversFound"; readonly vips: readonly VipName[] }
  | { readonly kind: "hostHeard"; readonly host: HostName }
  | { readonly kind: "hostRestarted"; readonly host: HostName }
  /** Several daemons take turns in speaking under one name: none of them is believed. */
  | { readonly kind: "hostDisputed"; readonly host: HostName }
  | { readonly kind: "hostSilent"; readonly host: HostName; readonly silentFor: Duration }
  /** Its daemon has ended without a farewell. */
  | { readonly kind: "hostEnded"; readonly host: HostName; readonly silentFor: Duration }
  | { readonly kind: "hostLeft"; readonly host: HostName }
  /** This host goes by a new configuration. */
  | { readonly kind: "configurationChanged"; readonly changes: readonly Difference[]; readonly more: number }
  /** Members of the view read different configurations. */
  | { readonly kind: "configurationDiffers"; readonly differing: Differing }
  | { readonly kind: "configurationsAgree" }
  /** It came back so often lately that it is given nothing that another host can hold. */
  | { readonly kind: "hostDamped"; readonly host: HostName }
  | { readonly kind: "hostCalm"; readonly host: HostName }
  /** A health check of this host fails now, or does not any more. */
  | ({ readonly kind: "checkFails" } & FailingCheck)
  | { readonly kind: "checkPasses"; readonly check: string }
  /** The same of another member. */
  | ({ readonly kind: "hostFails" } & Failing)
  | { readonly kind: "hostPasses"; readonly host: HostName; readonly check: string }
  /** Every member that can hold these VIPs fails a health check: they stay where they are, whatever the checks say. */
  | { readonly kind: "failedOpen"; readonly vips: readonly VipName[] }
  /** A member that can hold them is well again, or none can hold them at all. */
  | { readonly kind: "healthCounts"; readonly vips: readonly VipName[] }
  | { readonly kind: "memberUnanswering"; readonly host: HostName; readonly view: ViewNumber }
  | { readonly kind: "coordinatorUnhelpful"; readonly host: HostName }
  | { readonly kind: "viewProposed"; readonly view: ViewId; readonly members: readonly Member[] }
  | {
    readonly kind: "viewInstalled";
    readonly view: ViewId;
    readonly members: readonly Member[];
    readonly mature: boolean;
  }
  | {
    readonly kind: "vipMoved";
    readonly vip: VipName;
    readonly from: HostName | null;
    readonly to: HostName | null;
    readonly reason: MoveReason;
  }
  | { readonly kind: "vipAcquired"; readonly vip: VipName }
  | { readonly kind: "vipReleased"; readonly vip: VipName }
  | { readonly kind: "vipAddFailed"; readonly vip: VipName; readonly problem: string }
  | { readonly kind: "vipRemoveFailed"; readonly vip: VipName; readonly problem: string }
  /** Somebody took the VIP off this host; it is put back. */
  | { readonly kind: "vipVanished"; readonly vip: VipName }
  /** Somebody put the VIP on this host though it is not its holder; it is removed. */
  | { readonly kind: "vipIntruded"; readonly vip: VipName }
  /** The interfaces of these VIPs carry nothing any more on this host. */
  | { readonly kind: "linkLost"; readonly vips: readonly VipName[] }
  | { readonly kind: "linkBack"; readonly vips: readonly VipName[] }
  /** The interfaces of these VIPs, which this host holds, have got other hardware addresses. */
  | { readonly kind: "macChanged"; readonly vips: readonly VipName[] }
  /** Somebody else answers for a VIP; `yields`: so it is given up, or not taken. */
  | {
    readonly kind: "foreignHolder";
    /** A member of the view, which should not have it. */
    readonly isMember: boolean;
    readonly vip: VipName;
    readonly by: Neighbour;
    readonly yields: boolean;
  }
  | { readonly kind: "foreignHolderGone"; readonly vip: VipName; readonly by: Neighbour }
  | { readonly kind: "matured" }
  | { readonly kind: "fenced"; readonly because: FenceReason }
  | { readonly kind: "unfenced" }
  /** A member told the group something: every member hears it, all of them in the same order. */
  | { readonly kind: "said"; readonly word: SaidWord }
  /** It is not told to the group: this host had too much to say, or who may have told it is gone. */
  | { readonly kind: "unsaid"; readonly matter: Matter; readonly why: "tooMuch" | "coordinatorLost" }
  | { readonly kind: "draining"; readonly reason: string }
  | { readonly kind: "resumed"; readonly reason: string }
  | { readonly kind: "leaving" }
  | { readonly kind: "left" };

/** Why a host gave its VIPs up on its own. */
export type FenceReason =
  /** It did not run for longer than the timeout: the others may have taken its VIPs over. */
  | "paused"
  /** Its own coordinator installed a view without it. */
  | "leftOut"
  /** None of its own addresses is on it any more. */
  | "addressLost"
  /** partition = "quorum", and it is not heard by a majority of the hosts. */
  | "quorumLost";
