// A member's side of a view change: whom to follow, what to promise, what to report.

import type { Install, Propose, Report, Sender } from "./message.ts";
import { catalogOf } from "./catalog.ts";
import { heldVips } from "./holdings.ts";
import { installView } from "./install.ts";
import { includes, leaderOf } from "./membership.ts";
import { vouchesOf } from "./quorum.ts";
import { unreleasedOf } from "./takeover.ts";
import { isDraining, note, send, stateOf, type Turn, update } from "./turn.ts";
import { isPresent } from "./vip.ts";
import { elapsed, isCoordinatedBy, sameView, sorted } from "./vocabulary.ts";
import { saidLately, toSay, withPromise } from "./words.ts";

/**
 * How long we follow a host that has no view in common with us, in timeouts. A coordinator is given more time than it
 * leaves out a member that did not answer, so that such a member waits to be asked again. A host that follows somebody
 * else coordinates nothing; it is given time to suspect that one, as we do.
 */
const patienceTimeouts = { coordinator: 8, follower: 2 };

/** Settles whom this host follows now, and looks again at a proposal that was put off. */
export function follow(turn: Turn): void {
  losePatience(turn);
  const { node, now } = turn;
  const follows = leaderOf(node.self, node.peers, node.spurned);
  const beyond = node.peers.get(follows)?.heartbeat?.follows ?? follows;
  if (follows !== node.follows || beyond !== node.followsBeyond) {
    update(turn, { follows, followsBeyond: beyond, waitingSince: now });
  }
  const { deferred } = turn.node;
  if (deferred && deferred.sender.host <= follows) {
    update(turn, { deferred: null });
    receivePropose(turn, deferred.sender, deferred.propose);
  }
}

/** Promises and reports, or puts the proposal off while we follow somebody better. */
export function receivePropose(turn: Turn, sender: Sender, propose: Propose): void {
  const { node, now } = turn;
  if (node.stage.kind !== "active" || !isCoordinatedBy(propose.view, sender)) return;
  if (!includes(propose.members, node.self) || !includes(propose.members, sender)) return;
  if (sameView(node.promised?.view ?? null, propose.view)) return sendReport(turn);
  if (sender.host > node.follows) return update(turn, { deferred: { sender, propose } });
  if (node.highest !== null && propose.view.number <= node.highest.number) {
    // The coordinator will see in a heartbeat which number it has to exceed.
    return update(turn, { said: null });
  }
  const report = reportFor(turn, propose);
  update(turn, {
    highest: propose.view,
    promised: { view: propose.view, report, at: now },
    words: withPromise(node, { view: propose.view, report, now }),
    proposal: null,
    deferred: null,
    spurned: new Set([...node.spurned].filter((host) => host !== sender.host)),
    waitingSince: now,
  });
  turn.vipsConcerned = true;
  sendReport(turn);
}

/** Installs the view that was promised; any other install is not for us. */
export function receiveInstall(turn: Turn, sender: Sender, install: Install): void {
  const { node } = turn;
  if (node.stage.kind !== "active" || !isCoordinatedBy(install.view, sender)) return;
  if (!includes(install.members, node.self)) return;
  if (sameView(node.promised?.view ?? null, install.view)) installView(turn, install, null);
}

/** What this host holds, wants, and can. */
export function reportFor(turn: Turn, { view, members, digest }: Omit<Propose, "kind">): Report {
  const { node } = turn;
  const former = [...node.former.values()].filter(({ name }) => isPresent(stateOf(node, name)));
  return {
    kind: "report",
    view,
    revision: node.revision,
    mature: node.mature,
    draining: isDraining(node),
    held: heldVips(turn),
    releasing: node.releasing,
    unable: sorted(node.unable.keys()),
    damped: node.damped,
    vouching: vouchesOf(node, { now: turn.now, asked: digest }),
    unreleased: unreleasedOf(turn),
    wishes: node.wishes,
    words: toSay(node, members),
    said: saidLately(turn),
    catalog: digest === node.group.digest && former.length === 0 ? null : catalogOf(node.group, former),
    failing: node.failing,
  };
}

/** True when the member of our view that we hear just now has gone on to a view that nobody asked us to be in. */
export function isLeftOut({ node: { view, highest, peers }, heardFrom }: Turn): boolean {
  const peer = heardFrom === null ? undefined : peers.get(heardFrom);
  if (view === null || peer?.state !== "heard" || !includes(view.members, peer)) return false;
  return (peer.heartbeat?.view?.number ?? 0) > (highest?.number ?? 0);
}

/** Says what was reported for the promised view; the same again, if it was lost: the coordinator may have had it. */
function sendReport(turn: Turn): void {
  const { promised } = turn.node;
  if (promised) send(turn, promised.view.coordinator, promised.report);
}

/** Gives a coordinator up that hears us and has had no view for us for too long: better alone than nowhere. */
function losePatience(turn: Turn): void {
  const { node, now } = turn;
  if (node.follows === node.self.host) return;
  const view = node.peers.get(node.follows)?.heartbeat?.view ?? null;
  if (node.view !== null && sameView(node.view.id, view)) return update(turn, { waitingSince: now });
  const isCoordinator = node.followsBeyond === node.follows;
  const timeouts = isCoordinator ? patienceTimeouts.coordinator : patienceTimeouts.follower;
  if (elapsed(node.waitingSince, now) < timeouts * node.group.timing.timeout) return;
  note(turn, { kind: "coordinatorUnhelpful", host: node.follows });
  const alike = node.peers.list.filter(({ host, heartbeat }) =>
    heartbeat?.follows === node.followsBeyond && host !== node.followsBeyond
  );
  update(turn, { spurned: new Set([...node.spurned, node.follows, ...alike.map(({ host }) => host)]) });
}
