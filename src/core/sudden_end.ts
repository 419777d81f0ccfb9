// A daemon that dies suddenly is noticed at once, not by its silence.
//
// Its kernel ends its connections. That is a hint, and anybody on the network could forge it: so the host is asked, by
// a message that only members of the group can make, and suspected if it does not acknowledge that at once.
//
//   heard --its connection ended--> doubted --no answer in time--> silent, and its life is over
//                                      '-----a heartbeat that acknowledges the probe-----> heard
//   silent --its connection ended--> silent: nothing renews what it had any more
//
// What a life that is over has said just before may still arrive. It counts for nothing, unless it acknowledges the
// probe: then the life is not over after all.

import { rememberPeer, suspect } from "./heartbeat.ts";
import { isInTouch } from "./suspicion.ts";
import { endHolder } from "./takeover.ts";
import { send, type Turn, update } from "./turn.ts";
import { after, type Duration, duration, earliest, elapsed, type Member, type Timing } from "./vocabulary.ts";

/**
 * How long a host may take to answer a probe: a twentieth of a heartbeat, for where beats are seldom networks are slow,
 * but no less than a busy machine may need.
 */
export const patience = ({ heartbeat }: Timing): Duration => duration(Math.max(15, heartbeat / 20));

/** The connection to this life of a host has ended, and the host refuses another one. */
export function doubtPeer(turn: Turn, { host, incarnation }: Member): void {
  // A host that may have been paused says nothing before it has given its VIPs up.
  if (turn.node.stage.kind !== "active") return;
  const peer = turn.node.peers.get(host);
  if (peer?.incarnation !== incarnation) return;
  // It hung, and has died of it.
  if (peer.state === "silent") return endHolder(turn, host);
  if (!isInTouch(peer) || peer.probe !== null) return;
  send(turn, host, { kind: "probe" });
  const { node: { sequence, group, doubtAt }, now } = turn;
  const until = after(now, patience(group.timing));
  rememberPeer(turn, { ...peer, probe: { sequence, until } });
  update(turn, { doubtAt: earliest([doubtAt, until]) });
}

/** Those that were asked and have not answered are suspected now. */
export function suspectDoubtedPeers(turn: Turn): void {
  const { node, now } = turn;
  if (node.doubtAt === null || now < node.doubtAt) return;
  for (const peer of node.peers.list) {
    if (peer.probe === null || !isInTouch(peer) || now < peer.probe.until) continue;
    suspect(turn, peer, {
      kind: "hostEnded",
      host: peer.host,
      silentFor: elapsed(peer.lastHeard, now),
    });
  }
  const open = turn.node.peers.list.filter((peer) => peer.probe !== null && isInTouch(peer));
  update(turn, { doubtAt: earliest(open.map(({ probe }) => probe?.until ?? null)) });
}
