// Why a VIP is where it is: for each host of the configuration what speaks for it and what against it, who would be next,
// and what is waited for. A pure reading of the state, and of what the coordinator would decide (what_if.ts).

import { agree } from "./catalog.ts";
import { reportedBy } from "./coordinate.ts";
import { failingOf } from "./health.ts";
import { hasReleased } from "./holdings.ts";
import { mayServe } from "./membership.ts";
import type { FailingCheck, Unreleased } from "./message.ts";
import { type HostStatus, type Move, type NodeStatus, nodeStatus, type VipStatus } from "./status.ts";
import { remainderOf } from "./takeover.ts";
import type { Node } from "./turn.ts";
import type { Duration, HostName, Instant, VipName, VipSpec } from "./vocabulary.ts";
import { ifDrained, nextRound, reportsIn, type VipOutlook, type WhatIf, whatIf } from "./what_if.ts";

export interface VipAccount {
  readonly vip: VipStatus;
  /** As this host's configuration has it; null: it does not. */
  readonly spec: VipSpec | null;
  readonly status: NodeStatus;
  readonly hosts: readonly Fitness[];
  /** What would become of it without its holder, or becomes of it when nobody has it; null: there is no view. */
  readonly next: { readonly outlook: VipOutlook; readonly whole: WhatIf } | null;
  /** Where a balance round would move it now; null: it would let it be. */
  readonly balanceTo: HostName | null;
  /** Who would have it if its holder drained, and so was a member still; null: nobody. */
  readonly drainTo: HostName | null;
  /** It stays where it is because every member that can hold it fails a health check. */
  readonly failsOpen: boolean;
  /** Whether the members of the view may hold VIPs at all. */
  readonly serves: boolean;
  /** Hosts that have to release it first. */
  readonly awaited: readonly HostName[];
  /** A lost holder that may have it still. */
  readonly unreleased: Unreleased | null;
  /** Newest first. */
  readonly moves: readonly Move[];
}

/** What speaks for a host as the VIP's holder, and what against it. */
export interface Fitness {
  readonly host: HostName;
  readonly isHolder: boolean;
  /** Its place among those that the VIP prefers, from 1; null: it is none of them. */
  readonly preference: number | null;
  /** Empty when it can hold it. */
  readonly obstacles: readonly Obstacle[];
  /** The health checks that it fails and that count for this VIP: it is given it where no host that is well can hold it. */
  readonly failing: readonly Pick<FailingCheck, "check" | "problem">[];
  /** It is given only what nobody else can hold. */
  readonly damped: boolean;
}

export type Obstacle =
  /** The configuration does not let it. */
  | { readonly kind: "notAllowed" }
  /** Its own configuration, or that of most hosts, does not. */
  | { readonly kind: "notAllowedThere" }
  /** Null: it was never heard. */
  | { readonly kind: "silent"; readonly silentFor: Duration | null }
  | { readonly kind: "left" | "disputed" | "notMember" | "draining" }
  /** It could not add it, or must not; the problem is known on that host alone. */
  | { readonly kind: "unable"; readonly problem: string | null };

/** Null: there is no such VIP, as far as this host knows. */
export function explainVip(node: Node, name: VipName, now: Instant): VipAccount | null {
  const status = nodeStatus(node, now);
  const vip = status.vips.find((each) => each.vip === name);
  if (vip === undefined) return null;
  const spec = node.group.vips.find((each) => each.name === name) ?? null;
  const whole = whatIf(node, vip.holder === null ? [] : [vip.holder]);
  const outlook = whole?.vips.find((each) => each.vip === name);
  const tenure = node.view?.allocation.get(name);
  const agreement = agreementOf(node);
  const agreed = agreement.vips.find((each) => each.name === name)?.hosts ?? spec?.hosts ?? [];
  return {
    vip,
    spec,
    status,
    hosts: status.hosts.map((host) => fitnessOf(node, host, { vip, spec, agreed })),
    next: whole !== null && outlook !== undefined ? { outlook, whole } : null,
    balanceTo: nextRound(node).get(name) ?? null,
    drainTo: vip.holder === null ? null : ifDrained(node, vip.holder).get(name) ?? null,
    failsOpen: status.failedOpen.includes(name),
    serves: node.view !== null && mayServe(agreement, node.view.members.length),
    awaited:
      tenure?.from.filter((host) =>
        host !== tenure.holder && node.view !== null && !hasReleased(node, node.view, { host, vip: name })
      ) ?? [],
    unreleased: remainderOf(node.lost.get(name), now),
    moves: status.moves.filter((move) => move.vip === name),
  };
}

function fitnessOf(
  node: Node,
  status: HostStatus,
  { vip, spec, agreed }: {
    readonly vip: VipStatus;
    readonly spec: VipSpec | null;
    /** Who may hold it by all of the members' configurations. */
    readonly agreed: readonly HostName[];
  },
): Fitness {
  const { host } = status;
  const place = spec?.prefer.indexOf(host) ?? -1;
  return {
    host,
    isHolder: vip.holder === host,
    preference: place < 0 ? null : place + 1,
    obstacles: [
      ...(spec === null || spec.hosts.includes(host) ? [] : [{ kind: "notAllowed" } as const]),
      ...absenceOf(node, status),
      ...(status.state === "member" && spec?.hosts.includes(host) && !agreed.includes(host)
        ? [{ kind: "notAllowedThere" } as const]
        : []),
      ...(status.draining && (status.state === "member" || status.state === "heard")
        ? [{ kind: "draining" } as const]
        : []),
      ...inabilityOf(node, host, vip.vip),
    ],
    failing: failingOf(node, host)
      .filter(({ vips }) => vips === null || vips.includes(vip.vip))
      .map(({ check, problem }) => ({ check, problem })),
    damped: status.damped,
  };
}

function absenceOf({ view }: Node, { state, silentFor }: HostStatus): readonly Obstacle[] {
  switch (state) {
    case "member":
      return [];
    case "heard":
      return view === null ? [] : [{ kind: "notMember" }];
    case "silent":
      return [{ kind: "silent", silentFor }];
    case "left":
    case "disputed":
      return [{ kind: state }];
  }
}

/** Own inabilities are known at once, those of others by the view. */
function inabilityOf(
  { self, unable, view, problems }: Node,
  host: HostName,
  vip: VipName,
): readonly Obstacle[] {
  if (host === self.host) {
    return unable.has(vip) ? [{ kind: "unable", problem: problems.get(vip) ?? null }] : [];
  }
  const isUnable = view?.unable.some((each) => each.host === host && each.vips.includes(vip)) ?? false;
  return isUnable ? [{ kind: "unable", problem: null }] : [];
}

/** What the members' configurations come to together, as far as this host knows them. */
function agreementOf(node: Node) {
  const { view, group } = node;
  return view === null
    ? { ...agree(group, []), hostsCount: group.hosts.length }
    : view.basis?.agreement ?? agree(group, reportedBy(view.members, reportsIn(node, view)));
}
