// What a node tells about itself: a pure reading of its state, in the words that `status` shows.

import type { Neighbour } from "./events.ts";
import { hasAcquired, hasReleased } from "./holdings.ts";
import { neededIn } from "./membership.ts";
import { failingOf } from "./health.ts";
import type { Differing, Failing, MoveReason } from "./message.ts";
import { isDraining, type Node, stateOf } from "./turn.ts";
import type { VipState } from "./vip.ts";
import {
  type Duration,
  duration,
  elapsed,
  type HostName,
  type Incarnation,
  type Instant,
  type Member,
  sorted,
  type ViewId,
  type VipName,
} from "./vocabulary.ts";

export interface NodeStatus {
  readonly host: HostName;
  readonly incarnation: Incarnation;
  readonly phase: "booting" | "gathering" | "running" | "fenced" | "leaving" | "left";
  readonly mature: boolean;
  /** Why this host drains; null when it does not. */
  readonly draining: string | null;
  /** An operator asked this host for something that no view has answered yet. */
  readonly hasWishes: boolean;
  /** How many words this host has had for the group, how many of them it has done with, and how many of these it gave up. */
  readonly words: { readonly asked: number; readonly said: number; readonly lost: number };
  readonly view: (ViewId & { readonly members: readonly Member[] }) | null;
  /** How many members a view must have for any of them to hold VIPs: with partition = "quorum" a majority, else one. */
  readonly needed: number;
  readonly hosts: readonly HostStatus[];
  readonly vips: readonly VipStatus[];
  /** VIPs that stay where they are because every member that can hold them fails a health check. Sorted. */
  readonly failedOpen: readonly VipName[];
  /** The last moves, newest first. */
  readonly moves: readonly Move[];
}

export interface HostStatus {
  readonly host: HostName;
  /**
   * "member" of the view; "heard" but not a member of it; "silent"; "left" by a clean stop; "disputed": several
   * daemons speak under its name.
   */
  readonly state: "member" | "heard" | "silent" | "left" | "disputed";
  readonly draining: boolean;
  readonly mature: boolean;
  /** False when it reads another configuration than this host. */
  readonly sameConfiguration: boolean;
  /** What is different in its configuration from that of most members, as far as the view says. */
  readonly differences: Omit<Differing, "host">;
  /** This host would have it given nothing for now: it came back too often lately. */
  readonly damped: boolean;
  /** The health checks that it fails, as far as the view says. */
  readonly failing: readonly Failing[];
  /** Since it was last heard; 0 for this host, null when it was never heard. */
  readonly silentFor: Duration | null;
  /** How many VIPs the allocation gives it. */
  readonly vips: number;
}

export interface VipStatus {
  readonly vip: VipName;
  /** False when only other hosts' configurations have it. */
  readonly isKnown: boolean;
  readonly holder: HostName | null;
  /**
   * "held": its holder has it. "moving": it is being released or acquired. "uncovered": nobody can hold it, or
   * the group is not mature yet. "unknown": this host has no view.
   */
  readonly state: "held" | "moving" | "uncovered" | "unknown";
  /** Since when the holder has been the holder. */
  readonly since: Instant | null;
  readonly reason: MoveReason | null;
  /** What is on this very host. */
  readonly here: VipState["kind"];
  /** The last problem of holding or releasing it here. */
  readonly problem: string | null;
  /** Who else answers for it, and since when he was heard last; null: nobody. */
  readonly contender: { readonly by: Neighbour; readonly lastAt: Instant } | null;
}

export interface Move {
  readonly at: Instant;
  readonly vip: VipName;
  readonly from: HostName | null;
  readonly to: HostName | null;
  readonly reason: MoveReason;
}

/** Reads the node. */
export function nodeStatus(node: Node, now: Instant): NodeStatus {
  return {
    host: node.self.host,
    incarnation: node.self.incarnation,
    phase: phaseOf(node),
    mature: node.mature,
    draining: node.drainReason,
    hasWishes: node.wishes.length > 0,
    words: wordCounts(node),
    view: node.view && { ...node.view.id, members: node.view.members },
    needed: neededIn({ ...node.group, hostsCount: node.group.hosts.length }),
    hosts: node.group.hosts.map(({ name }) => hostStatus(node, name, now)),
    vips: vipStatuses(node),
    failedOpen: node.view?.failedOpen ?? [],
    moves: node.moves,
  };
}

function phaseOf(node: Node): NodeStatus["phase"] {
  switch (node.stage.kind) {
    case "booting":
    case "fenced":
    case "left":
      return node.stage.kind;
    case "departing":
      return "leaving";
    case "active":
      if (node.stopBy !== null) return "leaving";
      return node.view === null || node.promised !== null ? "gathering" : "running";
  }
}

function hostStatus(node: Node, host: HostName, now: Instant): HostStatus {
  const vips = [...node.allocation.values()].filter(({ holder }) => holder === host).length;
  const { differences = [], more = 0 } = node.view?.differing.find((each) => each.host === host) ?? {};
  const configuration = { differences: { differences, more } };
  const isMember = node.view?.members.some((member) => member.host === host) ?? false;
  if (host === node.self.host) {
    const draining = isDraining(node);
    const state = isMember ? "member" : "heard";
    return {
      host,
      state,
      draining,
      mature: node.mature,
      ...configuration,
      damped: false,
      failing: failingOf(node, host),
      sameConfiguration: true,
      silentFor: duration(0),
      vips,
    };
  }
  const peer = node.peers.get(host);
  const isHeard = peer?.state === "heard";
  return {
    host,
    state: isHeard && isMember ? "member" : peer?.state ?? "silent",
    draining: peer?.heartbeat?.draining ?? false,
    mature: peer?.heartbeat?.mature ?? false,
    ...configuration,
    damped: node.damped.includes(host),
    failing: failingOf(node, host),
    sameConfiguration: (peer?.heartbeat?.digest ?? node.group.digest) === node.group.digest,
    silentFor: peer ? elapsed(peer.lastHeard, now) : null,
    vips,
  };
}

/** Of the VIPs that this host knows, and of those that only others know. */
function vipStatuses(node: Node): readonly VipStatus[] {
  const known = new Set(node.group.vips.map(({ name }) => name));
  const names = node.view === null ? known : new Set([...known, ...node.view.allocation.keys()]);
  return sorted(names).map((vip) => ({ ...vipStatus(node, vip), isKnown: known.has(vip) }));
}

function vipStatus(node: Node, vip: VipName): Omit<VipStatus, "isKnown"> {
  const tenure = node.view?.allocation.get(vip);
  return {
    vip,
    holder: tenure?.holder ?? null,
    state: vipStateOf(node, vip),
    since: tenure?.since ?? null,
    reason: tenure?.reason ?? null,
    here: stateOf(node, vip).kind,
    problem: node.problems.get(vip) ?? null,
    contender: node.contenders.get(vip) ?? null,
  };
}

function vipStateOf(node: Node, vip: VipName): VipStatus["state"] {
  const { view } = node;
  if (view === null) return "unknown";
  const tenure = view.allocation.get(vip);
  if (!tenure) return "uncovered";
  const { holder, from } = tenure;
  const isHeld = holder === node.self.host
    ? stateOf(node, vip).kind === "held"
    : hasAcquired(node, view, { host: holder, vip });
  const isReleased = from.every((host) => hasReleased(node, view, { host, vip }));
  return isHeld && isReleased ? "held" : "moving";
}

function wordCounts({ words: { count, open, lost } }: Node): NodeStatus["words"] {
  return { asked: count, said: count - open.length, lost };
}
