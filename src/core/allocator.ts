// Who holds what: from the members' reports to one allotment for each VIP that anybody can hold.
//
// Each VIP is first given a choice of hosts by the strongest word on it:
//
//   an operator asks to move it           -> that host
//   an operator moved it where it is      -> that host
//   it prefers a host that can hold it    -> that host
//   members hold it                       -> one of them (two after a merge)
//   nobody holds it                       -> any host that can
//
// Hosts that fail a health check are no choice, unless all hosts that can hold the VIP do: then it stays where it is.
//
// Within these choices the loads are made as even as they can be. Nothing else moves then: what has one holder keeps
// it. A balance round goes on from there with a wider choice: what is held freely may go to any host that can hold it,
// a few VIPs at a time, but not to a host that cannot add all that it was given.

import { assert } from "./assert.ts";
import { type Case, type Claim, openCases } from "./case.ts";
import type { Unfit } from "./health.ts";
import type { Allotment, HeldVip, MoveReason, Wish } from "./message.ts";
import {
  type Carrier,
  createCarrier,
  evenOut,
  findRelief,
  lightest,
  load,
  type Parcel,
  startRelieving,
} from "./loads.ts";
import { compareText, duration, type HostName, type VipName, type VipSpec } from "./vocabulary.ts";

/** What the allocator knows of a member: its weight from the configuration, the rest from its report. */
export interface Candidate {
  readonly host: HostName;
  /** Above 0. */
  readonly weight: number;
  readonly draining: boolean;
  /** It comes and goes, and is given nothing that another one can hold; what it has it keeps. */
  readonly damped: boolean;
  /** What may be on the host, and what was given to it: each VIP at most once. */
  readonly held: readonly HeldVip[];
  /**
   * Those of `held` that were taken from it and are only not gone yet. It has no claim to them: else a view change in
   * the middle of a move would undo the move.
   */
  readonly releasing: readonly VipName[];
  readonly unable: readonly VipName[];
  /** What it should not hold as long as a host that is well can: it fails a health check. */
  readonly unfit: Unfit;
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

/** One allotment for each VIP that an eligible candidate exists for, sorted by VIP. */
export function allocate(input: AllocationInput): readonly Allotment[] {
  const carriers = carriersOf(input);
  let placed = placeAll(input, carriers);
  if (input.balanceMovesMax > 0) {
    placed = placed.map(setFree);
    evenOut(startRelieving(carriers, placed), input.balanceMovesMax);
  }
  return placed.map(allotmentOf);
}

/** The VIPs that are placed as if all hosts were well, because none that can hold them is. Sorted. */
export function failedOpen(input: AllocationInput): readonly VipName[] {
  if (input.candidates.every(({ unfit }) => unfit.length === 0)) return [];
  return openCases(input, carriersOf(input)).flatMap(({ vip, failsOpen }) => failsOpen ? [vip] : []);
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

const carriersOf = ({ candidates }: AllocationInput): readonly Carrier[] =>
  candidates.map(({ host, weight }) => createCarrier(host, weight));

/** Gives every VIP that can be held a holder, as evenly as the choices allow. Sorted by VIP. */
function placeAll(input: AllocationInput, carriers: readonly Carrier[]): readonly Placed[] {
  // The fewer hosts can have a VIP, the earlier it is placed: what then remains to be evened out is little.
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

/** The same with the wider choice of a balance round. */
function setFree(placed: Placed): Placed {
  const { by, holder } = placed;
  return { ...placed, age: keeperAt(by, holder)?.age ?? 0, choice: by.reach };
}

function allotmentOf({ by, holder }: Placed): Allotment {
  const from: HostName[] = [];
  for (const { carrier } of by.claims) if (carrier !== holder) from.push(carrier.host);
  return {
    vip: by.vip,
    holder: holder.host,
    reason: reasonOf(by, holder),
    age: keeperAt(by, holder)?.age ?? duration(0),
    from,
    handover: by.handover,
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
function lossOf({ claims, previous, failsOpen }: Case): MoveReason {
  if (claims.some(({ draining }) => draining)) return "drained";
  if (!failsOpen && claims.some(({ unfit }) => unfit)) return "unhealthy";
  return claims.length > 0 || previous !== undefined ? "holderGone" : "unheld";
}

const keeperAt = ({ keepers }: Case, holder: Carrier): Claim | undefined =>
  keepers.find(({ carrier }) => carrier === holder);
