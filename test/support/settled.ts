// When a group has settled: a judgement over what can be seen from outside, and then over what the daemons say.
// It looks at what the client gets answered, at who answers on the network, and at the addresses on the hosts; only
// when those agree does it ask the daemons, which must tell the same story.

import type { Status } from "../../src/codec/control.ts";
import type { DaemonState, LinkState } from "./lab_host.ts";

export interface HostSight {
  readonly name: string;
  readonly mac: string;
  readonly daemon: DaemonState;
  readonly link: LinkState;
  /** On its interface, with prefix. */
  readonly addresses: readonly string[];
}

/** What the client and the watcher see. */
export interface NetworkSight {
  /** The addresses of each VIP, with prefix. */
  readonly sets: readonly (readonly string[])[];
  /** For each address, in order: how long ago the client was last answered. */
  readonly silentMs: readonly number[];
  /** For each address, in order: the MACs that answer for it. */
  readonly answering: readonly (readonly string[])[];
}

export interface Sight extends NetworkSight {
  readonly hosts: readonly HostSight[];
  readonly statusOf: (host: string) => Promise<Status | null>;
}

/** An address silent for longer than this is not answered just now; far above a probe's interval and noise. */
const ANSWERED_WITHIN_MS = 250;

/** Addresses that the client gets no answer from, or that not exactly one host answers for. */
export function findUnanswered({ sets, silentMs, answering }: NetworkSight): readonly string[] {
  return sets.flat().flatMap((address, i) => {
    const silent = silentMs[i] ?? Infinity;
    const macs = answering[i] ?? [];
    if (silent > ANSWERED_WITHIN_MS) {
      return [`${address} has not answered the client for ${Math.round(silent)} ms`];
    }
    return macs.length === 1 ? [] : [`${address} is answered by ${macs.join(" and ") || "nobody"}`];
  });
}

/** What keeps the group from being settled, in words; empty when it is. Cut off hosts need hold nothing. */
export async function findUnsettled(sight: Sight): Promise<readonly string[]> {
  const holders = sight.sets.map((set) => holderOf(set, sight.hosts));
  const seen = [
    ...findUnanswered(sight),
    ...findLeftovers(sight),
    ...sight.sets.flatMap((set, i) => holders[i] === null ? [describeHolding(set, sight.hosts)] : []),
  ];
  if (seen.length > 0) return seen;
  const elsewhere = findElsewhere(sight, holders);
  return elsewhere.length > 0 ? elsewhere : await findDisagreement(sight, holders);
}

/** The one connected host that has the whole set and a running daemon; null when it is not so. */
function holderOf(set: readonly string[], hosts: readonly HostSight[]): HostSight | null {
  const touching = hosts.filter((host) =>
    host.link === "whole" && set.some((each) => host.addresses.includes(each))
  );
  const [holder] = touching;
  if (holder === undefined || touching.length > 1 || holder.daemon !== "running") return null;
  return set.every((each) => holder.addresses.includes(each)) ? holder : null;
}

function describeHolding(set: readonly string[], hosts: readonly HostSight[]): string {
  const where = hosts.filter((host) => set.some((each) => host.addresses.includes(each)))
    .map((host) => `${host.name} (daemon ${host.daemon}, link ${host.link})`);
  return `${set.join(" + ")} is on ${where.join(" and ") || "no host"}, and should be on one that runs`;
}

function findLeftovers({ sets, hosts }: Sight): readonly string[] {
  const vips = new Set(sets.flat());
  return hosts.filter((host) => host.daemon !== "running").flatMap((host) =>
    host.addresses.filter((each) => vips.has(each)).map((each) =>
      `${each} is left on ${host.name}, whose daemon is ${host.daemon}`
    )
  );
}

/** Addresses that another host answers for than the one that has them. */
function findElsewhere(sight: Sight, holders: readonly (HostSight | null)[]): readonly string[] {
  const expected = sight.sets.flatMap((set, i) => set.map((address) => ({ address, mac: holders[i]?.mac })));
  return expected.flatMap(({ address, mac }, i) =>
    sight.answering[i]?.join() === mac
      ? []
      : [`${address} is answered by ${sight.answering[i]}, not by ${mac}`]
  );
}

async function findDisagreement(
  sight: Sight,
  holders: readonly (HostSight | null)[],
): Promise<readonly string[]> {
  const members = sight.hosts.filter((host) => host.daemon === "running" && host.link === "whole")
    .map((host) => host.name).sort();
  const problems = await Promise.all(members.map(async (name) => {
    const status = await sight.statusOf(name);
    return status === null
      ? [`${name} gives no status`]
      : findUntold({ status, members, holders, sets: sight.sets });
  }));
  return problems.flat();
}

interface Told {
  readonly status: Status;
  readonly members: readonly string[];
  readonly holders: readonly (HostSight | null)[];
  readonly sets: readonly (readonly string[])[];
}

function findUntold({ status, members, holders, sets }: Told): readonly string[] {
  const told = [...status.view?.members ?? []].sort().join(" ");
  if (status.phase !== "running") return [`${status.host} is ${status.phase}, not running`];
  if (told !== members.join(" ")) {
    return [`${status.host} sees ${told || "nobody"}, not ${members.join(" ")}`];
  }
  return sets.flatMap((set, i) => {
    const vip = status.vips.find((each) => each.addresses[0] === set[0]);
    const holder = holders[i]?.name;
    if (vip?.holder === holder && vip?.state === "held") return [];
    return [`${status.host} says ${set[0]} is ${vip?.state} by ${vip?.holder}, and ${holder} has it`];
  });
}
