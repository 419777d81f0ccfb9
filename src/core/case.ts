// What is known of each VIP before its holder is chosen: who may have it, who could keep it, who could take it, and
// the strongest word on where it should be.

import type { AllocationInput, Candidate } from "./allocator.ts";
import { type Carrier, shareChoices } from "./loads.ts";
import type { MoveReason, Wish } from "./message.ts";
import type { Duration, HostName, VipName, VipSpec } from "./vocabulary.ts";

/** All that is known of one VIP before its holder is chosen. */
export interface Case {
  readonly vip: VipName;
  readonly handover: VipSpec["handover"];
  readonly basis: "wished" | "pinned" | "preferred" | "held" | "unheld";
  /** The hosts that the basis leaves; never empty. */
  readonly choice: readonly Carrier[];
  /** The hosts that a balance round may choose from: more of them where neither an operator nor a preference binds it. */
  readonly reach: readonly Carrier[];
  /** Everyone who may have it, sorted by host; also those who cannot keep it. */
  readonly claims: readonly Claim[];
  /** Those of them who can keep it. */
  readonly keepers: readonly Claim[];
  readonly previous: HostName | undefined;
  /** Every host that can hold it fails a health check: it is placed as if all were well, but moves for no other reason. */
  readonly failsOpen: boolean;
}

/** A host that may have the VIP. */
export interface Claim {
  readonly carrier: Carrier;
  readonly draining: boolean;
  /** It fails a health check, and should not hold it. */
  readonly unfit: boolean;
  readonly releasing: boolean;
  readonly reason: MoveReason;
  readonly age: Duration;
}

/** One case for each VIP that can be held, in the order of the VIPs. `carriers` are the candidates, in their order. */
export function openCases(input: AllocationInput, carriers: readonly Carrier[]): Case[] {
  const share = shareChoices();
  const ableFor = ability(input, { carriers, share });
  const fitness = fitnessOf(input, { carriers, share });
  const steadyOf = spares(({ damped }) => damped, { input, carriers, share });
  const soundOf = spares(({ unable }) => unable.length > 0, { input, carriers, share });
  const claims = claimsOf(input, { carriers, fitness });
  const wished = wishedHosts(input.wishes);
  const cases: Case[] = [];
  for (const vip of input.vips) {
    const willing = ableFor(vip);
    if (willing.length === 0) continue;
    const fit = fitness.among(willing, vip.name);
    const failsOpen = fit.length === 0;
    const able = failsOpen ? willing : fit;
    const claimed = claims.get(vip.name) ?? [];
    const keepers = claimed.filter(({ carrier, releasing }) => !releasing && able.includes(carrier));
    const eligible = steadyOf(able, keepers);
    const chosen = choose({ vip, able, eligible, keepers, failsOpen, wished: wished.get(vip.name) ?? [] });
    const choice = chosen.choice === eligible ? eligible : share(chosen.choice);
    cases.push({
      vip: vip.name,
      handover: vip.handover,
      basis: chosen.basis,
      choice,
      // Who cannot add what it has already is not given more only for the sake of balance.
      reach: chosen.basis === "held" && !failsOpen ? soundOf(eligible, keepers) : choice,
      claims: claimed,
      keepers,
      previous: input.previous.get(vip.name),
      failsOpen,
    });
  }
  return cases;
}

/** The strongest word on a VIP, and the hosts it leaves. */
function choose({ vip, able, eligible, keepers, failsOpen, wished }: {
  readonly vip: VipSpec;
  readonly able: readonly Carrier[];
  readonly eligible: readonly Carrier[];
  readonly keepers: readonly Claim[];
  readonly failsOpen: boolean;
  readonly wished: readonly HostName[];
}): Pick<Case, "basis" | "choice"> {
  const target = firstOf(able, wished);
  if (target) return { basis: "wished", choice: [target] };
  const pinned = keepers.filter(({ reason }) => reason === "operator");
  if (pinned.length > 0) return { basis: "pinned", choice: pinned.map(({ carrier }) => carrier) };
  // A VIP that no move can help is not moved: not even to the host that it prefers.
  const preferred = failsOpen && keepers.length > 0 ? undefined : firstOf(eligible, vip.prefer);
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

/** Leaves out those of whom this is true, unless they have the VIP already, or nobody would be left. */
function spares(isSpared: (candidate: Candidate) => boolean, { input, carriers, share }: {
  readonly input: AllocationInput;
  readonly carriers: readonly Carrier[];
  readonly share: (choice: readonly Carrier[]) => readonly Carrier[];
}): (all: readonly Carrier[], keepers: readonly Claim[]) => readonly Carrier[] {
  const spared = new Set(
    [...zip(carriers, input.candidates)].filter(([, each]) => isSpared(each)).map(([c]) => c),
  );
  if (spared.size === 0) return (all) => all;
  const without = (all: readonly Carrier[], keeping: readonly Carrier[]) => {
    const others = all.filter((carrier) => !spared.has(carrier) || keeping.includes(carrier));
    return others.length > 0 ? share(others) : all;
  };
  const withoutAny = lastAnswerKept((all: readonly Carrier[]) => without(all, []));
  return (all, keepers) => {
    const keeping = keepers.map(({ carrier }) => carrier).filter((carrier) => spared.has(carrier));
    return keeping.length > 0 ? without(all, keeping) : withoutAny(all);
  };
}

/** Finds the hosts that can hold a VIP, sorted. */
function ability({ candidates }: AllocationInput, { carriers, share }: {
  readonly carriers: readonly Carrier[];
  readonly share: (choice: readonly Carrier[]) => readonly Carrier[];
}): (vip: VipSpec) => readonly Carrier[] {
  const willing = new Map<HostName, Carrier>();
  const unable = new Map<VipName, Set<Carrier>>();
  for (const [carrier, { draining, unable: vips }] of zip(carriers, candidates)) {
    if (!draining) willing.set(carrier.host, carrier);
    for (const vip of vips) unable.set(vip, (unable.get(vip) ?? new Set()).add(carrier));
  }
  const allowed = lastAnswerKept((hosts: readonly HostName[]) =>
    share(hosts.flatMap((host) => willing.get(host) ?? []))
  );
  return ({ name, hosts }) => {
    const excluded = unable.get(name);
    return excluded ? share(allowed(hosts).filter((carrier) => !excluded.has(carrier))) : allowed(hosts);
  };
}

interface Fitness {
  readonly isUnfit: (carrier: Carrier, vip: VipName) => boolean;
  /** Those who fail no check that is for the VIP. */
  readonly among: (able: readonly Carrier[], vip: VipName) => readonly Carrier[];
}

/** Finds the hosts that are well. */
function fitnessOf({ candidates }: AllocationInput, { carriers, share }: {
  readonly carriers: readonly Carrier[];
  readonly share: (choice: readonly Carrier[]) => readonly Carrier[];
}): Fitness {
  const wholly = new Set<Carrier>();
  const partly = new Map<VipName, Set<Carrier>>();
  for (const [carrier, { unfit }] of zip(carriers, candidates)) {
    if (unfit === "all") wholly.add(carrier);
    else for (const vip of unfit) partly.set(vip, (partly.get(vip) ?? new Set()).add(carrier));
  }
  if (wholly.size === 0 && partly.size === 0) return { isUnfit: () => false, among: (able) => able };
  const isUnfit = (carrier: Carrier, vip: VipName) =>
    wholly.has(carrier) || (partly.get(vip)?.has(carrier) ?? false);
  const withoutWholly = lastAnswerKept((able: readonly Carrier[]) =>
    share(able.filter((carrier) => !wholly.has(carrier)))
  );
  return {
    isUnfit,
    among: (able, vip) =>
      partly.has(vip) ? share(able.filter((carrier) => !isUnfit(carrier, vip))) : withoutWholly(able),
  };
}

/** Most VIPs may be held by the same hosts as the one before: then nothing needs to be looked up again. */
function lastAnswerKept<Host, Answer>(
  answerTo: (hosts: readonly Host[]) => Answer,
): (hosts: readonly Host[]) => Answer {
  let last: { readonly hosts: readonly Host[]; readonly answer: Answer } | null = null;
  return (hosts) => {
    if (last === null || !areSame(last.hosts, hosts)) last = { hosts, answer: answerTo(hosts) };
    return last.answer;
  };
}

const areSame = <Host>(a: readonly Host[], b: readonly Host[]): boolean =>
  a === b || (a.length === b.length && a.every((host, i) => host === b[i]));

/** By VIP, who may have it; sorted by host, as the candidates are. */
function claimsOf({ candidates }: AllocationInput, { carriers, fitness }: {
  readonly carriers: readonly Carrier[];
  readonly fitness: Fitness;
}): Map<VipName, Claim[]> {
  const claims = new Map<VipName, Claim[]>();
  for (const [carrier, { draining, held, releasing }] of zip(carriers, candidates)) {
    const taken = new Set(releasing);
    for (const { vip, reason, age } of held) {
      const unfit = fitness.isUnfit(carrier, vip);
      const claim = { carrier, draining, unfit, releasing: taken.has(vip), reason, age };
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
