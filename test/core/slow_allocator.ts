// The allocator once more, slow and obvious: the rules in the order in which they are told, one VIP at a time, and
// evenness by trying everything. It does not choose among equally even allocations; it says which assignments of
// each VIP the rules allow, and how even an allocation made of them can be at best. Only for a handful of VIPs.

import type { AllocationInput, Candidate } from "../../src/core/allocator.ts";
import type { Allotment, MoveReason } from "../../src/core/message.ts";
import {
  type Duration,
  duration,
  type HostName,
  type VipName,
  type VipSpec,
} from "../../src/core/vocabulary.ts";

export interface Verdict {
  /** What may become of each VIP that anybody can hold, in the order of the VIPs. */
  readonly allowed: ReadonlyMap<VipName, readonly Allotment[]>;
  /** Of the most even allocation that these assignments can make up. */
  readonly leastUnevenness: number;
}

/** What the rules allow before any balancing. */
export function judge(input: AllocationInput): Verdict {
  return verdictOn(input, allowedAssignments);
}

/** What the rules allow in a balance round without a bound. */
export function judgeBalanced(input: AllocationInput): Verdict {
  return verdictOn(input, (input, vip) => [
    ...allowedAssignments(input, vip),
    ...balancingAssignments(input, vip),
  ]);
}

/**
 * Each host's VIPs cost 1/weight, 2/weight, 3/weight, and so on: the sum is least when no VIP can be moved, nor any
 * chain of VIPs be moved on, from a host to one where it would cost less.
 */
export function unevenness(input: AllocationInput, allocation: readonly Allotment[]): number {
  let sum = 0;
  for (const { host, weight } of input.candidates) {
    const count = allocation.filter(({ holder }) => holder === host).length;
    for (let k = 1; k <= count; k++) sum += k / weight;
  }
  return sum;
}

/** Every allocation that can be made up of what is allowed. */
export function* combinations(choices: readonly (readonly Allotment[])[]): Generator<readonly Allotment[]> {
  const [first, ...others] = choices;
  if (first === undefined) return yield [];
  for (const rest of combinations(others)) {
    for (const assignment of first) yield [assignment, ...rest];
  }
}

/** The candidates that can hold a VIP. */
export const ableHosts = (input: AllocationInput, vip: VipSpec): readonly Candidate[] =>
  input.candidates.filter((candidate) =>
    vip.hosts.includes(candidate.host) && !candidate.draining && !candidate.unable.includes(vip.name)
  );

/** Whether every host that can hold the VIP fails a health check that is for it: then health does not count. */
export const failsOpen = (input: AllocationInput, vip: VipSpec): boolean =>
  ableHosts(input, vip).length > 0 && ableHosts(input, vip).every((candidate) => isUnfit(candidate, vip));

/** The hosts that can hold it and are well; or all that can, if none is well. */
export const fitHosts = (input: AllocationInput, vip: VipSpec): readonly Candidate[] =>
  ableHosts(input, vip).filter((candidate) => failsOpen(input, vip) || !isUnfit(candidate, vip));

const isUnfit = ({ unfit }: Candidate, vip: VipSpec): boolean => unfit === "all" || unfit.includes(vip.name);

/** Those of them that may be given it: no damped ones, unless they keep it or there are no others. */
export function eligibleHosts(input: AllocationInput, vip: VipSpec): readonly Candidate[] {
  const able = fitHosts(input, vip);
  const steady = able.filter((candidate) => !candidate.damped || keepersOf(input, vip).includes(candidate));
  return steady.length > 0 ? steady : able;
}

/** Those that can hold the VIP and are well, have it, and were not told to release it. */
export const keepersOf = (input: AllocationInput, vip: VipSpec): readonly Candidate[] =>
  fitHosts(input, vip).filter((candidate) =>
    holds(candidate, vip) !== undefined && !candidate.releasing.includes(vip.name)
  );

function verdictOn(
  input: AllocationInput,
  assignmentsOf: (input: AllocationInput, vip: VipSpec) => readonly Allotment[],
): Verdict {
  const allowed = new Map<VipName, readonly Allotment[]>();
  for (const vip of input.vips) {
    if (eligibleHosts(input, vip).length > 0) allowed.set(vip.name, assignmentsOf(input, vip));
  }
  let leastUnevenness = Infinity;
  for (const allocation of combinations([...allowed.values()])) {
    leastUnevenness = Math.min(leastUnevenness, unevenness(input, allocation));
  }
  return { allowed, leastUnevenness };
}

function allowedAssignments(input: AllocationInput, vip: VipSpec): readonly Allotment[] {
  const eligible = eligibleHosts(input, vip);
  const keepers = keepersOf(input, vip);
  const give = (to: Candidate, reason: MoveReason) => assign(input, { vip, to, reason, age: duration(0) });
  const keep = (at: Candidate, reason?: MoveReason) => {
    const held = holds(at, vip);
    return assign(input, {
      vip,
      to: at,
      reason: reason ?? held?.reason ?? "unheld",
      age: held?.age ?? duration(0),
    });
  };

  for (const wish of input.wishes.toReversed()) {
    if (wish.kind !== "move" || wish.vip !== vip.name) continue;
    const target = fitHosts(input, vip).find(({ host }) => host === wish.to);
    if (target) return [keepers.includes(target) ? keep(target, "operator") : give(target, "operator")];
  }

  const pinned = keepers.filter((keeper) => holds(keeper, vip)?.reason === "operator");
  if (pinned.length > 0) return pinned.map((keeper) => keep(keeper));

  const staysPut = failsOpen(input, vip) && keepers.length > 0;
  for (const host of staysPut ? [] : vip.prefer) {
    const preferred = eligible.find((candidate) => candidate.host === host);
    if (!preferred) continue;
    if (keepers.includes(preferred)) return [keep(preferred)];
    return [give(preferred, keepers.length > 0 ? "preferred" : reasonOfLoss(input, vip))];
  }

  if (keepers.length === 1) return keepers.map((keeper) => keep(keeper));
  if (keepers.length > 1) return keepers.map((keeper) => keep(keeper, "merged"));
  return eligible.map((candidate) => give(candidate, reasonOfLoss(input, vip)));
}

function balancingAssignments(input: AllocationInput, vip: VipSpec): readonly Allotment[] {
  const eligible = eligibleHosts(input, vip);
  const keepers = keepersOf(input, vip);
  const isWished = input.wishes.some((wish) =>
    wish.kind === "move" && wish.vip === vip.name &&
    fitHosts(input, vip).some(({ host }) => host === wish.to)
  );
  const isPinned = keepers.some((keeper) => holds(keeper, vip)?.reason === "operator");
  const isPreferred = eligible.some(({ host }) => vip.prefer.includes(host));
  if (keepers.length === 0 || isWished || isPinned || isPreferred || failsOpen(input, vip)) return [];
  const others = eligible.filter((candidate) =>
    !keepers.includes(candidate) && candidate.unable.length === 0
  );
  return others.map((to) => assign(input, { vip, to, reason: "balance", age: duration(0) }));
}

function reasonOfLoss(input: AllocationInput, vip: VipSpec): MoveReason {
  const claimants = input.candidates.filter((candidate) => holds(candidate, vip));
  if (claimants.some(({ draining }) => draining)) return "drained";
  if (!failsOpen(input, vip) && claimants.some((each) => isUnfit(each, vip))) return "unhealthy";
  if (claimants.length > 0) return "holderGone";
  return input.previous.has(vip.name) ? "holderGone" : "unheld";
}

function assign(input: AllocationInput, { vip, to, reason, age }: {
  readonly vip: VipSpec;
  readonly to: Candidate;
  readonly reason: MoveReason;
  readonly age: Duration;
}): Allotment {
  const from: HostName[] = [];
  for (const candidate of input.candidates) {
    if (candidate !== to && holds(candidate, vip)) from.push(candidate.host);
  }
  return { vip: vip.name, holder: to.host, reason, age, from, handover: vip.handover };
}

const holds = (candidate: Candidate, vip: VipSpec) => candidate.held.find((held) => held.vip === vip.name);
