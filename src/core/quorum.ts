// partition = "quorum": a host holds VIPs only while a majority of the configured hosts is known to vote for it.
//
// What counts is not whom we hear but who hears us, and since when. A peer that acknowledges a heartbeat which we sent
// at t, and that has promised no view but ours, *vouches* for us until t + timeout, the longer of its own and ours (the
// idea of a leader lease: Gray and Cheriton 1989). Two things make that good:
//
//   - a host gives its VIPs up before the vouches of a majority have run out;
//   - a host that is asked to be in another view tells in its report who may still count on its vote, and for how
//     long: nothing new is acquired in the new view until the vouches of everyone left out have run out, and a
//     majority has shown that it stayed in the view for so long.
//
// A host that starts does not know for whom its last life has vouched, and reports it of everybody for a timeout.
// A host that has been silent for the timeout can count on nobody's vote any more, so after a crash the wait is zero.
// Only lengths of time are compared, never the hosts' clocks; they need to run at about the same rate.

import type { Heartbeat, Report, Vouch } from "./message.ts";
import { hasInstalled, majorityOf, peerIn, type View } from "./membership.ts";
import { Peers, timeoutFor } from "./suspicion.ts";
import type { Node } from "./turn.ts";
import {
  after,
  type Duration,
  duration,
  type HostName,
  type Instant,
  type Member,
  sameView,
  sorted,
} from "./vocabulary.ts";

/** Whether the peer has promised nothing but what we have promised, or are in. */
export function isPledgedWith(node: Node, heartbeat: Heartbeat): boolean {
  return sameView(heartbeat.promised, node.highest) ||
    (node.view !== null && sameView(heartbeat.promised, node.view.id));
}

/** Whether this host may acquire VIPs now. */
export function hasQuorum(node: Node, now: Instant): boolean {
  if (node.group.partition === "serve") return true;
  const deadline = quorumDeadline(node);
  return majorityOf(node.group.hosts.length) === 1 || (deadline !== null && now < deadline);
}

/** When this host must have given its VIPs up unless it is vouched for anew; null when no majority ever did. */
export function quorumDeadline(node: Node): Instant | null {
  const others = majorityOf(node.group.hosts.length) - 1;
  if (node.group.partition === "serve" || node.view === null || others === 0) return null;
  const { heartbeat } = node.group.timing;
  const votes: Instant[] = [];
  // Also of who is no member: it tells of its vote in any report that follows.
  for (const { vouched } of node.peers.list) {
    if (vouched === null) continue;
    const { at, ours, theirs } = vouched;
    const length = ours > theirs ? ours : theirs;
    // Half a heartbeat is for carrying the removal out; less while we beat seldom and votes are for a short time.
    votes.push(after(at, duration(length - Math.min(heartbeat / 2, length / 6))));
  }
  return votes.sort((a, b) => b - a)[others - 1] ?? null;
}

/** Votes of now when this host tells of another timeout from now on: with a shorter one they end by that. */
export function cappedVotes({ peers, sent }: Node, { timeout, now }: { timeout: Duration; now: Instant }) {
  const capped = (at: Instant, length: Duration) => duration(Math.min(length, now + timeout - at));
  return {
    peers: new Peers(peers.list.map((peer) => ({
      ...peer,
      vouched: peer.vouched && { ...peer.vouched, ours: capped(peer.vouched.at, peer.vouched.ours) },
    }))),
    sent: sent.map((each) => ({ ...each, timeout: capped(each.at, each.timeout) })),
  };
}

/**
 * Whether the votes for those outside the view have run out. That our own wait is over is not enough: a voter that has
 * promised yet another view meanwhile may vote for them again. So a majority has to show that it has waited in this one.
 */
export function hasWaited({ group, peers }: Node, view: View): boolean {
  if (!view.waits) return true;
  if (view.acquireAt !== null) return false;
  const others = view.members.filter(({ host }) => {
    const peer = peerIn(view, peers, host);
    const promised = peer?.heartbeat?.promised ?? null;
    return hasInstalled(peer, view) && sameView(promised, view.id) && peer?.heartbeat?.waits === false;
  });
  return others.length + 1 >= majorityOf(group.hosts.length);
}

/**
 * Who may count on this host's vote, for a report to a coordinator whose file has this digest; sorted by host. With
 * "serve" everywhere nobody asks; but who reads another file may read "quorum" in it.
 */
export function vouchesOf(node: Node, { now, asked }: { now: Instant; asked: string }): Vouch[] {
  const { partition, digest } = node.group;
  const isOfOne = asked === digest &&
    node.peers.list.every(({ heartbeat }) => (heartbeat?.digest ?? digest) === digest);
  if (partition === "serve" && isOfOne) return [];
  const ends = votesGiven(node);
  return sorted(ends.keys()).flatMap((host) => {
    const remaining = duration(Math.ceil((ends.get(host) ?? now) - now));
    return remaining > 0 ? [{ host, remaining }] : [];
  });
}

/** Until when each host may count on this host's vote: what was promised under earlier files counts on. */
export function votesGiven({ owed, peers, group }: Node): ReadonlyMap<HostName, Instant> {
  const ends = new Map(owed);
  for (const peer of peers.list) {
    // Its farewell ends what this life has promised to it; of an earlier life's promises it may know nothing.
    if (peer.state === "left") continue;
    const end = after(peer.lastHeard, timeoutFor(peer, group.timing));
    const before = ends.get(peer.host);
    if (before === undefined || end > before) ends.set(peer.host, end);
  }
  return ends;
}

/** How long a view with these members must acquire nothing: until nobody outside can count on a member's vote. */
export function waitFor(members: readonly Member[], reports: readonly Report[]): Duration {
  let wait = duration(0);
  for (const { vouching } of reports) {
    for (const { host, remaining } of vouching) {
      if (remaining > wait && !members.some((member) => member.host === host)) wait = remaining;
    }
  }
  return wait;
}
