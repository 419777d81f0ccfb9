// Once the group has settled and no host is damped any more, only balance moves a VIP, and never back to where it took
// it from; and after a while nothing moves at all. What nobody's file has is not looked at: an earlier daemon left it.

import type { NodeEffect } from "../../core/events.ts";
import type { MoveReason } from "../../core/message.ts";
import type { HostName, VipName } from "../../core/vocabulary.ts";
import type { Milestone } from "../occurrence.ts";
import type { Checker } from "./checker.ts";

export function leastMovement(): Checker {
  let reached: Milestone | null = null;
  /** Hosts that an address was taken from since then, as "host address". */
  const left = new Set<string>();
  /** Where the last move that anybody told of took each VIP, and why. */
  const told = new Map<VipName, Told>();
  return {
    name: "leastMovement",
    watches: ["milestone", "stepped", "appeared", "vanished"],
    check(occurrence, world) {
      if (occurrence.kind === "milestone") reached = occurrence.milestone;
      if (reached === "healed" && occurrence.kind === "milestone") told.clear();
      if (occurrence.kind === "stepped") listen(told, occurrence.effects);
      if (occurrence.kind !== "appeared" && occurrence.kind !== "vanished") return null;
      if (reached !== "calm" && reached !== "quiet") return null;
      const { host, address, vip, kind } = occurrence;
      if (vip === null) return null;
      if (reached === "quiet") {
        return { what: `${address} ${kind} on ${host}, when nothing was to move`, hosts: [host] };
      }
      if (kind === "vanished") {
        left.add(`${host} ${address}`);
        return null;
      }
      const move = told.get(vip);
      if (move?.to !== host || move.reason !== "balance") {
        return {
          what: `"${vip}" moved to ${host} because of "${move?.reason}" after the group had settled`,
          hosts: [host],
        };
      }
      world.saw("address moved for balance");
      if (left.has(`${host} ${address}`)) {
        return { what: `Balance brought "${vip}" back to ${host}`, hosts: [host] };
      }
      return null;
    },
  };
}

interface Told {
  readonly to: HostName | null;
  readonly reason: MoveReason;
}

/** The first who tells of a move knows best why: a view change in the middle of it gives it to the same host again. */
function listen(told: Map<VipName, Told>, effects: readonly NodeEffect[]): void {
  for (const effect of effects) {
    if (effect.kind !== "note" || effect.note.kind !== "vipMoved") continue;
    const { vip, to, reason } = effect.note;
    if (told.get(vip)?.to !== to) told.set(vip, { to, reason });
  }
}
