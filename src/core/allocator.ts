// Who holds what: from the members' reports to one assignment for each VIP that anybody can hold.
//
// Each VIP is first given a choice of hosts by the strongest word on it:
//
//   an operator asks to move it           -> that host
//   an operator moved it where it is      -> that host
//   it prefers a host that can hold it    -> that host
//   members hold it                       -> one of them (two after a merge)
//   nobody holds it                       -> any host that can
//
// Within these choices the loads are made as even as they can be. Nothing else moves then: what has one holder keeps
// it. A balance round goes on from there with a wider choice: what is held freely may go to any host that can hold it,
// a few VIPs at a time.

import { assert } from "./assert.ts";
import type { Assignment, HeldVip, MoveReason, Wish } from "./message.ts";
import {
  type Carrier,
  createCarrier,
  evenOut,
  findRelief,
  lightest,
  load,
  type Parcel,
  shareChoices,
  startRelieving,
} from "./loads.ts";
import {
  compareText,
  type Duration,
  duration,
  type HostName,
  type VipName,
  type VipSpec,
} from "./vocabulary.ts";

/** What the allocator knows of a member: its weight from the configuration, the rest from its report. */
export interface Candidate {
  readonly host: HostName;
  /** Above 0. */
  readonly weight: number;
  readonly draining: boolean;
  /** What may be on the host, and what was given to it: each VIP at most once. */
  readonly held: readonly HeldVip[];
  /**
   * Those of `held` that were taken from it and are only not gone yet. It has no claim to them: else a view change in
   * the middle of a move would undo the move.
   */
  readonly releasing: readonly VipName[];
  readonly unable: readonly VipName[];
}

export interface AllocationInput {
  /** Sorted by name. */
  readonly vips: readonly VipSpec[];
  /** Sorted by host. */
  readonly candidates: readonly Candidate[];
  /** Later ones outweigh earlier ones. */
  readonly wishes: readonly Wish[];
  /** Holders in the last known allocation, also of hosts that are gone; says why a VIP without holder has none. */
  readonly previous: ReadonlyMap<VipName, HostName>;
  /** How many VIPs may be moved only to even the loads out; 0 outside a balance round, Infinity for "all". */
  readonly balanceMovesMax: number;
}

/** One assignment for each VIP that an eligible candidate exists for, sorted by VIP. */
export function allocate(input: AllocationInput): readonly Assignment[] {
  const carriers = carriersOf(input);
  let placed = placeAll(input, carriers);
  if (input.balanceMovesMax > 0) {
    placed = placed.map(setFree);
    evenOut(startRelieving(carriers, placed), input.balanceMovesMax);
  }
  return placed.map(assignmentOf);
}

/**
 * Whether a balance round would move anything: the loads, weighted, are more than one VIP apart, and that can be
 * mended with at most `balanceMovesMax` moves. Give it the number that the round would have; with 0 nothing can.
 */
export function isUnbalanced(input: AllocationInput): boolean {
  const carriers = carriersOf(input);
  const placed = placeAll(input, carriers).map(setFree);
  return findRelief(startRelieving(carriers, placed), input.balanceMovesMax) !== null;
}

/** A VIP with its holder so far, and the case that its holder is chosen by. */
interface Placed extends Parcel {
  readonly by: Case;
}

/** All that is known of one VIP before its holder is chosen. */
interface Case {
  readonly vip: VipName;
  readonly basis: "wished" | "pinned" | "preferred" | "held" | "unheld";
  /** The hosts that the basis leaves; never empty. */
  readonly choice: readonly Carrier[];
  /** Every host that can hold it. */
  readonly eligible: readonly Carrier[];
  /** Everyone who may have it, sorted by host; also those who cannot keep it. */
  readonly claims: readonly Claim[];
  /** Those of them who can keep it. */
  readonly keepers: readonly Claim[];
  readonly previous: HostName | undefined;
}

interface Claim {
  readonly carrier: Carrier;
  readonly draining: boolean;
  readonly releasing: boolean;
  readonly reason: MoveReason;
  readonly age: Duration;
}

const carriersOf = ({ candidates }: AllocationInput): readonly Carrier[] =>
  candidates.map(({ host, weight }) => createCarrier(host, weight));

/** Gives every VIP that can be held a holder, as evenly as the choices allow. Sorted by VIP. */
function placeAll(input: AllocationInput, carriers: readonly Carrier[]): readonly Placed[] {
  // The fewer hosts can have a VIP, the earlier it is placed; those with more choice then fill up what is left.
  const cases = openCases(input, carriers).sort((a, b) => a.choice.length - b.choice.length);
  const placed = cases.map(place).sort((a, b) => compareText(a.vip, b.vip));
  evenOut(startRelieving(carriers, placed), Infinity);
  return placed;
}

function place(by: Case): Placed {
  const holder = lightest(by.choice);
  assert(holder !== null, "a VIP that is placed has an eligible host");
  load(holder, 1);
  return { by, vip: by.vip, holder, age: 0, choice: by.choice };
}

/** For a balance round: what neither an operator nor a preference binds may go to any host that can hold it. */
function setFree(placed: Placed): Placed {
  const { by, holder } = placed;
  const isFree = by.basis === "held" || by.basis === "unheld";
  return { ...placed, age: keeperAt(by, holder)?.age ?? 0, choice: isFree ? by.eligible : [holder] };
}

/** What is known of each VIP that can be held. */
function openCases(input: AllocationInput, carriers: readonly Carrier[]): Case[] {
  const share = shareChoices();
  const eligibleFor = eligibility(input, { carriers, share });
  const claims = claimsOf(input, carriers);
  const wished = wishedHosts(input.wishes);
  const cases: Case[] = [];
  for (const vip of input.vips) {
    const eligible = eligibleFor(vip);
    if (eligible.length === 0) continue;
    const claimed = claims.get(vip.name) ?? [];
    const keepers = claimed.filter(({ carrier, releasing }) => !releasing && eligible.includes(carrier));
    const { basis, choice } = choose({ vip, eligible, keepers, wished: wished.get(vip.name) ?? [] });
    cases.push({
      vip: vip.name,
      basis,
      choice: choice === eligible ? eligible : share(choice),
      eligible,
      claims: claimed,
      keepers,
      previous: input.previous.get(vip.name),
    });
  }
  return cases;
}

/** The strongest word on a VIP, and the hosts it leaves. */
function choose({ vip, eligible, keepers, wished }: {
  readonly vip: VipSpec;
  readonly eligible: readonly Carrier[];
  readonly keepers: readonly Claim[];
  readonly wished: readonly HostName[];
}): Pick<Case, "basis" | "choice"> {
  const target = firstOf(eligible, wished);
  if (target) return { basis: "wished", choice: [target] };
  const pinned = keepers.filter(({ reason }) => reason === "operator");
  if (pinned.length > 0) return { basis: "pinned", choice: pinned.map(({ carrier }) => carrier) };
  const preferred = firstOf(eligible, vip.prefer);
  if (preferred) return { basis: "preferred", choice: [preferred] };
  if (keepers.length > 0) return { basis: "held", choice: keepers.map(({ carrier }) => carrier) };
  return { basis: "unheld", choice: eligible };
}

/** The first of the named hosts that is among the carriers. */
function firstOf(carriers: readonly Carrier[], names: readonly HostName[]): Carrier | undefined {
  for (const name of names) {
    const found = carriers.find(({ host }) => host === name);
    if (found) return found;
  }
}

/** Where operators want each VIP, the newest word first. */
function wishedHosts(wishes: readonly Wish[]): ReadonlyMap<VipName, readonly HostName[]> {
  const wished = new Map<VipName, HostName[]>();
  for (const wish of wishes) {
    if (wish.kind === "move") wished.set(wish.vip, [wish.to, ...wished.get(wish.vip) ?? []]);
  }
  return wished;
}

/** Finds the hosts that can hold a VIP, sorted. */
function eligibility({ candidates }: AllocationInput, { carriers, share }: {
  readonly carriers: readonly Carrier[];
  readonly share: (choice: readonly Carrier[]) => readonly Carrier[];
}): (vip: VipSpec) => readonly Carrier[] {
  const willing = new Map<HostName, Carrier>();
  const unable = new Map<VipName, Set<Carrier>>();
  for (const [carrier, { draining, unable: vips }] of zip(carriers, candidates)) {
    if (!draining) willing.set(carrier.host, carrier);
    for (const vip of vips) unable.set(vip, (unable.get(vip) ?? new Set()).add(carrier));
  }
  const allowed = lastAnswerKept((hosts) => share(hosts.flatMap((host) => willing.get(host) ?? [])));
  return ({ name, hosts }) => {
    const excluded = unable.get(name);
    return excluded ? share(allowed(hosts).filter((carrier) => !excluded.has(carrier))) : allowed(hosts);
  };
}

/** Most VIPs may be held by the same hosts as the one before: then nothing needs to be looked up again. */
function lastAnswerKept<Answer>(
  answerTo: (hosts: readonly HostName[]) => Answer,
): (hosts: readonly HostName[]) => Answer {
  let last: { readonly hosts: readonly HostName[]; readonly answer: Answer } | null = null;
  return (hosts) => {
    if (last === null || !areSame(last.hosts, hosts)) last = { hosts, answer: answerTo(hosts) };
    return last.answer;
  };
}

const areSame = (a: readonly HostName[], b: readonly HostName[]): boolean =>
  a === b || (a.length === b.length && a.every((host, i) => host === b[i]));

/** By VIP, who may have it; sorted by host, as the candidates are. */
function claimsOf({ candidates }: AllocationInput, carriers: readonly Carrier[]): Map<VipName, Claim[]> {
  const claims = new Map<VipName, Claim[]>();
  for (const [carrier, { draining, held, releasing }] of zip(carriers, candidates)) {
    const taken = new Set(releasing);
    for (const { vip, reason, age } of held) {
      const claim = { carrier, draining, releasing: taken.has(vip), reason, age };
      const others = claims.get(vip);
      if (others) others.push(claim);
      else claims.set(vip, [claim]);
    }
  }
  return claims;
}

function* zip<A, B>(as: readonly A[], bs: readonly B[]): Generator<[A, B]> {
  for (const [i, a] of as.entries()) {
    const b = bs[i];
    if (b !== undefined) yield [a, b];
  }
}

function assignmentOf({ by, holder }: Placed): Assignment {
  const from: HostName[] = [];
  for (const { carrier } of by.claims) if (carrier !== holder) from.push(carrier.host);
  return {
    vip: by.vip,
    holder: holder.host,
    reason: reasonOf(by, holder),
    age: keeperAt(by, holder)?.age ?? duration(0),
    from,
  };
}

/** Why this host has the VIP, as the outcome shows it. */
function reasonOf(by: Case, holder: Carrier): MoveReason {
  const kept = keeperAt(by, holder);
  switch (by.basis) {
    case "wished":
      return "operator";
    case "pinned":
      return kept?.reason ?? "operator";
    case "preferred":
      return kept?.reason ?? (by.keepers.length > 0 ? "preferred" : lossOf(by));
    case "held":
      if (kept === undefined) return "balance";
      return by.keepers.length > 1 ? "merged" : kept.reason;
    case "unheld":
      return lossOf(by);
  }
}

/** Why nobody could keep it. */
function lossOf({ claims, previous }: Case): MoveReason {
  if (claims.some(({ draining }) => draining)) return "drained";
  return claims.length > 0 || previous !== undefined ? "holderGone" : "unheld";
}

const keeperAt = ({ keepers }: Case, holder: Carrier): Claim | undefined =>
  keepers.find(({ carrier }) => carrier === holder);
