// What would become of the VIPs if some hosts were gone: the coordinator's own decision, made beforehand and told to
// nobody. It is allocated as it would be after the loss, from the present view less those hosts.
//
// Only the coordinator knows what the members reported. Any other host answers from what it has heard of them, from what
// the view says they cannot hold, and from its own configuration: it does not know what only others' files say.

import { allocate, type AllocationInput } from "./allocator.ts";
import { agree } from "./catalog.ts";
import { allocationInput, heldIn, reportedBy } from "./coordinate.ts";
import { failingOf } from "./health.ts";
import { mayServe, neededIn, type Tenure, type View } from "./membership.ts";
import type { Allotment, MoveReason, Report } from "./message.ts";
import { isDraining, type Node } from "./turn.ts";
import {
  duration,
  type HostName,
  type Member,
  sorted,
  type ViewId,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

export interface WhatIf {
  readonly view: ViewId & { readonly members: readonly Member[] };
  /** Those of the named hosts that are not members of the view anyway. */
  readonly absent: readonly HostName[];
  /** The members that would be left. */
  readonly remaining: readonly HostName[];
  /** How many hosts it takes for any of them to hold VIPs: with partition = "quorum" a majority, else one. */
  readonly needed: number;
  /** Whether the members that would be left may hold VIPs at all. */
  readonly serves: boolean;
  /** False when members' files differ and this host does not know what they say: only the coordinator does. */
  readonly isWhole: boolean;
  /** Some member has another configuration than most. */
  readonly isMixed: boolean;
  /** Sorted by name. */
  readonly vips: readonly VipOutlook[];
  /** Every member, and how many VIPs it carries. */
  readonly loads: readonly { readonly host: HostName; readonly now: number; readonly then: number }[];
  /** How many VIPs balance would move after that. */
  readonly balanceMoves: number;
}

export interface VipOutlook {
  readonly vip: VipName;
  readonly now: HostName | null;
  /** Null: nobody would hold it. */
  readonly then: HostName | null;
  /** Why it would be where it would be; null when nobody would hold it. */
  readonly reason: MoveReason | null;
  /** Who may hold it and could not; empty when somebody would hold it. */
  readonly barred: readonly Barred[];
  /** False when only other hosts' configurations have it. */
  readonly isKnown: boolean;
}

export interface Barred {
  readonly host: HostName;
  readonly because: "gone" | "draining" | "unable";
}

/** What would be if these hosts were gone; null as long as there is no view in which VIPs are held. */
export function whatIf(node: Node, without: readonly HostName[]): WhatIf | null {
  const { view, group } = node;
  if (view === null || !view.mature) return null;
  const members = view.members.filter(({ host }) => !without.includes(host));
  const reports = reportsIn(node, view);
  const agreement = agree(group, reportedBy(members, reports));
  const input = allocationInput(node, { members, basis: { reports, agreement }, balances: false });
  const serves = members.length > 0 && mayServe(agreement, members.length);
  const allocation = serves ? allocate(input) : [];
  return {
    view: { ...view.id, members: view.members },
    absent: without.filter((host) => !view.members.some((member) => member.host === host)),
    remaining: members.map(({ host }) => host),
    needed: neededIn(agreement),
    serves,
    isWhole: view.basis !== null || view.differing.length === 0,
    isMixed: view.differing.length > 0,
    vips: outlooks({ view, allocation, input, specs: agree(group, reportedBy(view.members, reports)).vips }),
    loads: view.members.map(({ host }) => ({
      host,
      now: heldIn(view, host).length,
      then: allocation.filter(({ holder }) => holder === host).length,
    })),
    balanceMoves: serves ? balanceMoves(input, allocation) : 0,
  };
}

/** Where a balance round would move VIPs now; empty as long as there is no view in which VIPs are held. */
export function nextRound(node: Node): ReadonlyMap<VipName, HostName> {
  const { view } = node;
  if (view === null) return new Map();
  const allocation = allocatedIn(node, view, { reports: reportsIn(node, view), balances: true });
  const moved = allocation.filter(({ vip, holder }) => view.allocation.get(vip)?.holder !== holder);
  return new Map(moved.map(({ vip, holder }) => [vip, holder]));
}

/** Who would hold what if this host drained, which then is a member still; empty as long as there is no such view. */
export function ifDrained(node: Node, host: HostName): ReadonlyMap<VipName, HostName> {
  const { view } = node;
  if (view === null) return new Map();
  const reports = new Map(
    [...reportsIn(node, view)].map(([member, report]) =>
      [member, member === host ? { ...report, draining: true } : report] as const
    ),
  );
  const allocation = allocatedIn(node, view, { reports, balances: false });
  return new Map(allocation.map(({ vip, holder }) => [vip, holder]));
}

/** What the members of the view would be given if they reported this. */
function allocatedIn(node: Node, { members, mature }: View, { reports, balances }: {
  readonly reports: ReadonlyMap<HostName, Report>;
  readonly balances: boolean;
}): readonly Allotment[] {
  const agreement = agree(node.group, reportedBy(members, reports));
  if (!mature || !mayServe(agreement, members.length)) return [];
  return allocate(allocationInput(node, { members, basis: { reports, agreement }, balances }));
}

/** What the members would report now: what they reported for the view, but that they hold what it gave them. */
export function reportsIn(node: Node, view: View): ReadonlyMap<HostName, Report> {
  return new Map(view.members.map(({ host }) => {
    const report = view.basis?.reports.get(host) ?? supposed(node, view, host);
    return [host, { ...report, held: heldIn(view, host), releasing: [], wishes: [] }];
  }));
}

/** What a host that does not coordinate can tell of a member. */
function supposed(node: Node, view: View, host: HostName): Report {
  const isSelf = host === node.self.host;
  const heartbeat = node.peers.get(host)?.heartbeat;
  return {
    kind: "report",
    view: view.id,
    revision: 0,
    mature: view.mature,
    draining: isSelf ? isDraining(node) : heartbeat?.draining ?? false,
    held: [],
    releasing: [],
    unable: view.unable.find((each) => each.host === host)?.vips ?? [],
    damped: node.damped,
    vouching: [],
    unreleased: [],
    wishes: [],
    catalog: null,
    words: [],
    said: [],
    failing: failingOf(node, host),
  };
}

function outlooks({ view, allocation, input, specs }: {
  readonly view: View;
  readonly allocation: readonly Allotment[];
  readonly input: AllocationInput;
  /** What the members know as long as all of them are there. */
  readonly specs: readonly VipSpec[];
}): readonly VipOutlook[] {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  const then = new Map(allocation.map((each) => [each.vip, each]));
  return sorted(new Set([...known.keys(), ...view.allocation.keys()])).map((vip): VipOutlook => {
    const spec = known.get(vip);
    const next = then.get(vip);
    const now = view.allocation.get(vip)?.holder ?? null;
    if (next !== undefined) {
      return { vip, now, then: next.holder, reason: next.reason, barred: [], isKnown: true };
    }
    if (spec === undefined) return unknownHere(view.allocation.get(vip), { vip, input });
    return { vip, now, then: null, reason: null, barred: barredFrom(spec, input), isKnown: true };
  });
}

/** A VIP of which this host knows only its holder stays where it is, as long as that one does. */
function unknownHere(
  tenure: Tenure | undefined,
  { vip, input }: { readonly vip: VipName; readonly input: AllocationInput },
): VipOutlook {
  const now = tenure?.holder ?? null;
  const stays = input.candidates.some(({ host }) => host === now);
  const reason = stays ? tenure?.reason ?? null : null;
  return { vip, now, then: stays ? now : null, reason, barred: [], isKnown: false };
}

function barredFrom({ name, hosts }: VipSpec, { candidates }: AllocationInput): readonly Barred[] {
  return hosts.map((host): Barred => {
    const candidate = candidates.find((each) => each.host === host);
    if (candidate === undefined) return { host, because: "gone" };
    return { host, because: candidate.unable.includes(name) ? "unable" : "draining" };
  });
}

/** How many VIPs the rounds of balance would move that follow. */
function balanceMoves(input: AllocationInput, allocation: readonly Allotment[]): number {
  const then = new Map(allocation.map(({ vip, holder }) => [vip, holder]));
  const candidates = input.candidates.map((candidate) => {
    const held = allocation.filter(({ holder }) => holder === candidate.host);
    return {
      ...candidate,
      held: held.map(({ vip, reason }) => ({ vip, reason, age: duration(0) })),
      releasing: [],
    };
  });
  return allocate({ ...input, candidates, balanceMovesMax: Infinity })
    .filter(({ vip, holder }) => then.get(vip) !== holder).length;
}
