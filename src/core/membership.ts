// Who is in the group? Views, and the two phases that agree on them.
//
// The lowest-named host that hears all the others proposes a view; everyone in it promises to act on no lower
// number and reports what it holds; when all have reported, the coordinator installs the view together with the
// allocation. A host is, with respect to views, in one of three states:
//
//        propose promised                    install of the promise
//   none ---------------> promised(number) -----------------------> installed(view)
//     ^                      ^   |  propose with a higher number          |
//     |                      '---'<---------------------------------------'
//     '------ fenced: paused too long, left out, or without a quorum -----'
//
// This file has the types and the questions; coordinate.ts and follow.ts act on the answers.

import type { Agreement } from "./catalog.ts";
import type {
  Assignment,
  Differing,
  Failing,
  MoveReason,
  Propose,
  Report,
  SaidWord,
  Sender,
  Unable,
} from "./message.ts";
import { findHost } from "./ordered.ts";
import { isMutual, type Peer, type Peers } from "./suspicion.ts";
import {
  type Group,
  type HostName,
  type Instant,
  isSameMember,
  type Member,
  sameView,
  type ViewId,
  type ViewNumber,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

/** A view that this host has installed. */
export interface View {
  readonly id: ViewId;
  /** Sorted by host. */
  readonly members: readonly Member[];
  readonly mature: boolean;
  readonly installedAt: Instant;
  /** The revision of this host that it was agreed on with. */
  readonly reportedIn: number;
  /** True when others may count on a member's vote for a while after the view was agreed on. */
  readonly waits: boolean;
  /** Until then nothing new is acquired; null once that has passed. */
  readonly acquireAt: Instant | null;
  readonly allocation: ReadonlyMap<VipName, Tenure>;
  /** Members whose configuration is not that of most members. */
  readonly differing: readonly Differing[];
  /** What was said lately, and in this view. */
  readonly words: readonly SaidWord[];
  /** Which members fail which health checks: the first of them. */
  readonly failing: readonly Failing[];
  /** VIPs for which health does not count, since every member that can hold them fails a check. Sorted. */
  readonly failedOpen: readonly VipName[];
  /** What members said they cannot hold for now. */
  readonly unable: readonly Unable[];
  /** Members whose word a VIP of this host waits for: they have to release it, or to take it over. */
  readonly counterparts: ReadonlySet<HostName>;
  /** What the allocation was made from; only the coordinator has it. */
  readonly basis: Basis | null;
  /** Members whose heartbeat has shown this view; only the coordinator keeps count. */
  readonly confirmed: ReadonlySet<HostName>;
}

/** What a coordinator allocates by. */
export interface Basis {
  readonly reports: ReadonlyMap<HostName, Report>;
  readonly agreement: Agreement;
}

/** Who holds a VIP in a view, since when (on this host's clock), why, and who else has to release it. */
export interface Tenure {
  readonly holder: HostName;
  readonly since: Instant;
  readonly reason: MoveReason;
  readonly from: readonly HostName[];
  readonly handover: VipSpec["handover"];
}

/** A member's promise to a coordinator: until the install, it neither acquires nor releases anything. */
export interface Promised {
  readonly view: ViewId;
  readonly at: Instant;
  /** What was reported for it; said again, as it was, when it is asked for again. */
  readonly report: Report;
}

/** A coordinator's open proposal. */
export interface Proposal {
  readonly view: ViewId;
  readonly members: readonly Member[];
  readonly reports: ReadonlyMap<HostName, Report>;
  /** When the next request goes to those who have not reported. */
  readonly resendAt: Instant;
  /** When those who have not reported are left out. */
  readonly closesAt: Instant;
  /** True when loads may be evened out in this view. */
  readonly balances: boolean;
}

/** A proposal of a host that we do not follow (yet): it is looked at again when we suspect the one we follow. */
export interface Deferred {
  readonly sender: Sender;
  readonly propose: Propose;
}

/** Whom this host takes for the coordinator: the lowest-named mutual host that has not left us waiting. */
export function leaderOf(self: Member, peers: Peers, spurned: ReadonlySet<HostName>): HostName {
  for (const peer of peers.list) {
    if (peer.host > self.host) break;
    if (isMutual(peer, self) && !spurned.has(peer.host)) return peer.host;
  }
  return self.host;
}

/**
 * The members that a coordinator would have in its next view: itself and, greedily, everyone who hears and is heard
 * by all taken so far. Present members come first, so that a newcomer with a bad link displaces nobody.
 */
export function electMembers(self: Member, peers: Peers, choice: {
  readonly present: readonly Member[];
  readonly excluded: ReadonlySet<HostName>;
}): Member[] {
  const candidates = peers.list.filter((peer) => isMutual(peer, self) && !choice.excluded.has(peer.host));
  const hears = candidates.map((peer) => hearingAmong(candidates, peer));
  const taken: number[] = [];
  for (const at of presentFirst(candidates, choice.present)) {
    if (taken.every((other) => hears[at]?.[other] === 1 && hears[other]?.[at] === 1)) taken.push(at);
  }
  return sortMembers([self, ...taken.flatMap((at) => candidates[at] ?? [])]);
}

/** For each of the members 1 if the peer hears it, in this life, else 0. One walk along two lists sorted by host. */
function hearingAmong(members: readonly Member[], { heartbeat }: Peer): Uint8Array {
  const hears = new Uint8Array(members.length);
  let at = 0;
  for (const { host, incarnation } of heartbeat?.heard ?? []) {
    while ((members[at]?.host ?? host) < host) at += 1;
    const member = members[at];
    if (member?.host === host && member.incarnation === incarnation) hears[at] = 1;
  }
  return hears;
}

/** The places of the candidates, those of present members first. */
function presentFirst(candidates: readonly Member[], present: readonly Member[]): readonly number[] {
  const places = [...candidates.keys()];
  const isPresent = candidates.map((each) => includes(present, each));
  return [...places.filter((at) => isPresent[at]), ...places.filter((at) => !isPresent[at])];
}

/** How many hosts are a majority of the configured ones. */
export const majorityOf = (hostsCount: number): number => Math.floor(hostsCount / 2) + 1;

/** How many members a view must have for any of them to hold VIPs. */
export const neededIn = (
  { partition, hostsCount }: { readonly partition: Group["partition"]; readonly hostsCount: number },
): number => partition === "quorum" ? majorityOf(hostsCount) : 1;

/** Whether a view of so many members may hold VIPs at all. */
export const mayServe = (
  { partition, hostsCount }: { readonly partition: Group["partition"]; readonly hostsCount: number },
  memberCount: number,
): boolean => partition === "serve" || memberCount >= majorityOf(hostsCount);

/** Whether the member, in this life, is among those sorted by host. */
export const includes = (members: readonly Member[], member: Member): boolean =>
  findHost(members, member.host)?.incarnation === member.incarnation;

/** What we know of a member of the view, while it lives the life in which it came into it. */
export function peerIn({ members }: View, peers: Peers, host: HostName): Peer | undefined {
  const peer = peers.get(host);
  return peer && includes(members, peer) ? peer : undefined;
}

/** Whether the newest that we have heard of the peer is that it has installed the view. */
export const hasInstalled = (peer: Peer | undefined, view: View): boolean =>
  sameView(peer?.heartbeat?.view ?? null, view.id);

/** Both are sorted by host. */
export const areSameMembers = (a: readonly Member[], b: readonly Member[]): boolean =>
  a === b || (a.length === b.length && a.every((member, at) => {
    const other = b[at];
    return other !== undefined && isSameMember(member, other);
  }));

const sortMembers = (members: readonly Member[]): Member[] =>
  members.map(({ host, incarnation }) => ({ host, incarnation })).sort((a, b) => (a.host < b.host ? -1 : 1));

/** The allocation as a view keeps it, with ages turned into instants of this host. */
export function tenuresOf(
  allocation: readonly Assignment[],
  since: (assignment: Assignment) => Instant,
): Map<VipName, Tenure> {
  return new Map(
    allocation.map((each) => [each.vip, {
      holder: each.holder,
      since: since(each),
      reason: each.reason,
      from: each.from,
      handover: each.handover,
    }]),
  );
}

/** The highest view number among ours and those that peers have spoken of. */
export function highestNumber(promised: ViewNumber, peers: Peers): ViewNumber {
  let highest = promised;
  for (const peer of peers.list) {
    const theirs = peer.heartbeat?.promised;
    if (theirs && theirs.number > highest) highest = theirs.number;
  }
  return highest;
}
