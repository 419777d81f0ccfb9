// What this host's kernel knows of its neighbours, for the others: whoever takes a VIP over from this host then knows
// whom to tell. Nothing is decided by it, so it is told once and never acknowledged, a few messages after a heartbeat:
//
//   collected anew            everything is told
//   a view with a newcomer    everything is told again, for a host that starts should not have to wait
//
// Each message fits into a datagram: it needs no place where a receiver puts parts together, which would be lost to an
// install; and one that is lost takes nothing else along. A few at a time are also less than the window of messages that
// may overtake one another.

import { NEIGHBOURS_MAX, NEIGHBOURS_PER_MESSAGE_MAX } from "./limits.ts";
import type { KnownNeighbour } from "./message.ts";
import { broadcast, type Turn, update } from "./turn.ts";
import { duration, elapsed, type Instant } from "./vocabulary.ts";

/** What was collected last. */
export interface Collected {
  /** When its ages were right. */
  readonly at: Instant;
  /** The most useful first. */
  readonly neighbours: readonly KnownNeighbour[];
  /** How many of them, from the first one on, the present view has been told of. */
  readonly told: number;
}

/** So many messages may follow a heartbeat. */
const messagesPerBeat = 4;

/** Before anything was collected. */
export const nobody = (now: Instant): Collected => ({ at: now, neighbours: [], told: 0 });

/** The kernel's table was read. */
export function collectNeighbours(turn: Turn, neighbours: readonly KnownNeighbour[]): void {
  update(turn, { collected: { at: turn.now, neighbours: neighbours.slice(0, NEIGHBOURS_MAX), told: 0 } });
}

/** Somebody is in the view who has not been told. */
export function shareAgain(turn: Turn): void {
  update(turn, { collected: { ...turn.node.collected, told: 0 } });
}

/** Tells some of what has not been told yet, if there is anybody to tell. */
export function shareNeighbours(turn: Turn): void {
  const { node: { view, collected }, now } = turn;
  const { neighbours, told, at } = collected;
  if (told >= neighbours.length || view === null || view.members.length < 2) return;
  const since = elapsed(at, now);
  const end = Math.min(neighbours.length, told + messagesPerBeat * NEIGHBOURS_PER_MESSAGE_MAX);
  for (let from = told; from < end; from += NEIGHBOURS_PER_MESSAGE_MAX) {
    const some = neighbours.slice(from, Math.min(end, from + NEIGHBOURS_PER_MESSAGE_MAX))
      .map((each) => ({ ...each, age: duration(each.age + since) }));
    broadcast(turn, { kind: "neighbours", neighbours: some });
  }
  update(turn, { collected: { ...collected, told: end } });
}
