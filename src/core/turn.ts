// A node's state, and the one mutable thing in core: the turn, which lives for a single step. Helpers of the step
// take the turn, replace its node and add effects to it; what leaves the step is immutable again.

import type { FailingCheck, Heartbeat, Message, Wish } from "./message.ts";
import type { FenceReason, NodeEffect, Note } from "./events.ts";
import type { Deferred, Promised, Proposal, Tenure, View } from "./membership.ts";
import type { Move } from "./status.ts";
import type { Peers, Sent } from "./suspicion.ts";
import type { Contender } from "./conflicts.ts";
import type { Collected } from "./neighbours.ts";
import type { Lost } from "./takeover.ts";
import { absent, type VipState } from "./vip.ts";
import type { Words } from "./words.ts";
import {
  type Duration,
  type Group,
  type HostName,
  type Instant,
  type Member,
  type Sequence,
  sequence,
  type ViewId,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

/** Everything a host knows and has promised. Only core looks inside. */
export interface Node {
  readonly group: Group;
  readonly self: Member;
  /** Of the program, as heartbeats tell it. */
  readonly version: string;
  readonly stage: Stage;

  // What was heard and said.
  readonly peers: Peers;
  readonly sequence: Sequence;
  /** How many heartbeats this host has said. */
  readonly beats: number;
  readonly said: Said | null;
  readonly heartbeatAt: Instant;
  /** Somebody is heard whom the last heartbeat did not list. */
  readonly hearsMore: boolean;
  /** How many heartbeats were sent since the last one that was due. */
  readonly extras: number;
  /** No peer becomes silent before this; null: there is nobody to become so. */
  readonly silenceAt: Instant | null;
  /** When the first of those who were asked whether they are there must have answered; null: nobody was. */
  readonly doubtAt: Instant | null;
  /** When who is damped may change next; null: not by the passing of time. */
  readonly dampAt: Instant | null;
  /** Our heartbeats of the last timeout, oldest first: what an acknowledgement refers to. */
  readonly sent: readonly Sent[];

  /**
   * With partition = "quorum": until when others may count on votes of this host that its peers do not tell of: those
   * that an earlier life of it may have given, and those to hosts that it was configured with before.
   */
  readonly owed: ReadonlyMap<HostName, Instant>;

  // Views.
  /** The view with the highest number that was promised or installed. */
  readonly highest: ViewId | null;
  readonly promised: Promised | null;
  readonly view: View | null;
  readonly proposal: Proposal | null;
  readonly deferred: Deferred | null;
  /** Whom a coordinator would have in its next view, and since when that has not changed. */
  readonly elected: readonly Member[];
  /** True when something has changed since that the choice depends on. */
  readonly electionIsStale: boolean;
  readonly electedAt: Instant;
  /** When a coordinator that waits to know more looks again; null: it does not wait. */
  readonly reconsiderAt: Instant | null;
  /** Whom we follow, and since when it has left us without a view in common. */
  readonly follows: HostName;
  /** Whom that host follows: itself, if it coordinates. */
  readonly followsBeyond: HostName;
  readonly waitingSince: Instant;
  /** Coordinators that left us waiting for too long. */
  readonly spurned: ReadonlySet<HostName>;
  /** Members that did not answer a proposal, until when they are not asked again. */
  readonly holdouts: ReadonlyMap<HostName, Instant>;

  // What this host wants and can.
  readonly mature: boolean;
  readonly startedAt: Instant;
  /** When it must have heard everybody, after a fence. */
  readonly hearsAllAt: Instant;
  /** Why it drains; null when it does not. */
  readonly drainReason: string | null;
  readonly stopBy: Instant | null;
  readonly wishes: readonly Wish[];
  /** What this host says to the group, and what was said in it. */
  readonly words: Words;
  /** Grows with every change of what a report would say. */
  readonly revision: number;
  /** VIPs that could not be added here, until when this host does not ask for them. */
  readonly unable: ReadonlyMap<VipName, Instant>;
  /** The health checks that fail here. Sorted by check. */
  readonly failing: readonly FailingCheck[];
  /** False while a host that has just started waits for the first results of its health checks. */
  readonly isHealthKnown: boolean;
  /** Hosts that came back so often lately that they should be given nothing for now; sorted. */
  readonly damped: readonly HostName[];
  /** How often in a row VIPs could not be added here, and until when that is remembered. */
  readonly addFailures: { readonly count: number; readonly until: Instant };
  /** VIPs whose interface here carries nothing. Sorted. */
  readonly withoutLink: readonly VipName[];
  /** False while none of this host's own addresses is on it. */
  readonly isPlaced: boolean;

  // VIPs.
  readonly vips: ReadonlyMap<VipName, VipState>;
  /** The earliest deadline of any VIP. */
  readonly vipAlarm: Instant | null;
  readonly releasing: readonly VipName[];
  readonly acquiring: readonly VipName[];
  /** The newest allocation known, also when no view is installed any more. */
  readonly allocation: ReadonlyMap<VipName, Tenure>;
  readonly problems: ReadonlyMap<VipName, string>;
  /** VIPs whose last holder was lost, and may have them still. */
  readonly lost: ReadonlyMap<VipName, Lost>;
  /** When there is something to do about one of them; null: never. */
  readonly lostAt: Instant | null;
  /** Who else answers for VIPs that are here, or would be. */
  readonly contenders: ReadonlyMap<VipName, Contender>;
  /** When the group was told of strangers lately. */
  readonly strangersTold: readonly Instant[];
  readonly moves: readonly Move[];
  /** VIPs of which people were told last that nobody holds them. */
  readonly vacated: ReadonlySet<VipName>;

  /** Whom this host's kernel knows, for the others. Nothing is decided by it. */
  readonly collected: Collected;

  /**
   * What an earlier configuration put on this host and the present one does not, or elsewhere: it has to go before a
   * VIP of that name may come again.
   */
  readonly former: ReadonlyMap<VipName, VipSpec>;
  /** The revision from which on reports have told of the present configuration. */
  readonly changedIn: number;

  /** A longer lease of an earlier configuration, and until when something may have got that; null: there was none. */
  readonly outlasting: { readonly lease: Duration; readonly until: Instant } | null;
  /** When the leases of what is held are renewed next; null: never, for they have no end. */
  readonly renewAt: Instant | null;
  /** When what is held is announced again; null: never. */
  readonly refreshAt: Instant | null;
  readonly observeAt: Instant;
  readonly balanceAt: Instant;
}

export type Stage =
  /** Looking for leftovers, and removing them. Nothing is said yet. */
  | { readonly kind: "booting"; readonly observed: boolean }
  | { readonly kind: "active" }
  /** Giving all VIPs up. Nothing is said until they are gone. */
  | { readonly kind: "fenced"; readonly because: FenceReason }
  /** A stop that could not hand over in time: giving all VIPs up, then farewell. */
  | { readonly kind: "departing" }
  | { readonly kind: "left" };

export interface Said {
  readonly heartbeat: Heartbeat;
  readonly at: Instant;
}

export interface Turn {
  node: Node;
  readonly now: Instant;
  readonly effects: NodeEffect[];
  /** Whose message this step answers. */
  heardFrom: HostName | null;
  /** True when something happened that may change what is to be done for some VIP. */
  vipsConcerned: boolean;
}

/** Whether this host wants to hold nothing: drained by an operator, or about to stop. */
export const isDraining = ({ drainReason, stopBy }: Node): boolean => drainReason !== null || stopBy !== null;

export const stateOf = (node: Node, vip: VipName): VipState => node.vips.get(vip) ?? absent;

export function update(turn: Turn, change: Partial<Node>): void {
  turn.node = { ...turn.node, ...change };
}

export function note(turn: Turn, said: Note): void {
  turn.effects.push({ kind: "note", note: said });
}

/** Sends to everybody; returns the message's sequence. */
export function broadcast(turn: Turn, message: Message): Sequence {
  const next = nextSequence(turn);
  turn.effects.push({ kind: "broadcast", sequence: next, message });
  return next;
}

export function send(turn: Turn, to: HostName, message: Message): void {
  turn.effects.push({ kind: "send", to, sequence: nextSequence(turn), message });
}

/** What this host would report has changed: the coordinator will see the new number and ask. */
export function revise(turn: Turn, change: Partial<Node>): void {
  update(turn, { ...change, revision: turn.node.revision + 1 });
}

function nextSequence(turn: Turn): Sequence {
  const next = sequence(turn.node.sequence + 1);
  update(turn, { sequence: next });
  return next;
}
