// What a node tells about itself: a pure reading of its state, in the words that `status` shows.

import { hasAcquired, hasReleased, stateOf } from "./holdings.ts";
import type { MoveReason } from "./message.ts";
import { isDraining, type Node } from "./turn.ts";
import type { VipState } from "./vip.ts";
import {
  type Duration,
  duration,
  elapsed,
  type HostName,
  type Incarnation,
  type Instant,
  type Member,
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
  readonly view: (ViewId & { readonly members: readonly Member[] }) | null;
  readonly hosts: readonly HostStatus[];
  readonly vips: readonly VipStatus[];
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
  /** False when it reads a different configuration file. */
  readonly sameConfiguration: boolean;
  /** Since it was last heard; 0 for this host, null when it was never heard. */
  readonly silentFor: Duration | null;
  /** How many VIPs the allocation gives it. */
  readonly vips: number;
}

export interface VipStatus {
  readonly vip: VipName;
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
    view: node.view && { ...node.view.id, members: node.view.members },
    hosts: node.group.hosts.map(({ name }) => hostStatus(node, name, now)),
    vips: node.group.vips.map(({ name }) => vipStatus(node, name)),
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
  const isMember = node.view?.members.some((member) => member.host === host) ?? false;
  if (host === node.self.host) {
    const draining = isDraining(node);
    const state = isMember ? "member" : "heard";
    return {
      host,
      state,
      draining,
      mature: node.mature,
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
    sameConfiguration: (peer?.heartbeat?.digest ?? node.group.digest) === node.group.digest,
    silentFor: peer ? elapsed(peer.lastHeard, now) : null,
    vips,
  };
}

function vipStatus(node: Node, vip: VipName): VipStatus {
  const tenure = node.view?.allocation.get(vip);
  return {
    vip,
    holder: tenure?.holder ?? null,
    state: vipStateOf(node, vip),
    since: tenure?.since ?? null,
    reason: tenure?.reason ?? null,
    here: stateOf(node, vip).kind,
    problem: node.problems.get(vip) ?? null,
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
  const isReleased = from.every((host) =>
    host === node.self.host ? !node.releasing.includes(vip) : hasReleased(node, view, { host, vip })
  );
  return isHeld && isReleased ? "held" : "moving";
}
