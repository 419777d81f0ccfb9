// partition = "quorum": a host holds VIPs only while a majority of the configured hosts is known to hear it.
//
// What counts is not whom we hear but who hears us, and since when: a peer that acknowledges a heartbeat which we
// sent at t cannot suspect us before t + timeout on any clock. So a host that gives its VIPs up before the newest
// acknowledgement of a majority is that old has released them before the majority can take them over (the idea of a
// leader lease: Gray and Cheriton 1989, by way of Chubby).

import type { FenceReason } from "./events.ts";
import { majorityOf } from "./membership.ts";
import type { Node } from "./turn.ts";
import { after, duration, type Instant } from "./vocabulary.ts";

/** When this host must have given its VIPs up unless more acknowledgements come; null: no such limit now. */
export function quorumDeadline(node: Node): Instant | null {
  if (node.group.partition === "serve" || node.view === null) return null;
  if (node.view.members.length < majorityOf(node.group)) return null;
  const others = majorityOf(node.group) - 1;
  if (others === 0) return null;
  const acknowledged: Instant[] = [];
  for (const { host } of node.view.members) {
    const at = node.peers.get(host)?.acknowledged;
    if (at !== null && at !== undefined) acknowledged.push(at);
  }
  const decisive = acknowledged.sort((a, b) => b - a)[others - 1] ?? node.view.installedAt;
  const { timeout, heartbeat } = node.group.timing;
  // Half a heartbeat is for carrying the removal out.
  return after(decisive, duration(timeout - heartbeat / 2));
}

/** Why this host must give its VIPs up now; null when it need not. */
export function quorumLost(node: Node, now: Instant): FenceReason | null {
  const deadline = quorumDeadline(node);
  return deadline !== null && now >= deadline ? "quorumLost" : null;
}
