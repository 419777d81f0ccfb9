// What a node sees of its group, host by host: what each of them said of itself last, and what its heartbeats show of
// the way to it. A pure reading of the state, in the words that `monitor` shows.

import { type Arrivals, arrivalsOf, roundTripOf } from "./measure.ts";
import type { Heartbeat } from "./message.ts";
import { type HostStatus, nodeStatus } from "./status.ts";
import { isInTouch, type Peer } from "./suspicion.ts";
import { isDraining, type Node } from "./turn.ts";
import type { Duration, HostName, Instant, ViewId } from "./vocabulary.ts";

export interface HostSight extends Omit<HostStatus, "differences" | "damped"> {
  /** What it said last; null: it is not heard, so that this would be of the past. */
  readonly word: HostWord | null;
  /** Of its program and its configuration, as far as it was ever heard. */
  readonly version: string | null;
  readonly digest: string | null;
  /** There and back, of the last heartbeats the least; null: not measured, or this host itself. */
  readonly roundTrip: Duration | null;
  /** Of its last heartbeats; null: none was heard, or it is this host itself. */
  readonly arrivals: Arrivals | null;
  /** How often another life of it took the place of one, since this daemon started. */
  readonly restarts: number;
}

/** What a host says of itself with every heartbeat. */
export interface HostWord {
  readonly view: ViewId | null;
  readonly follows: HostName;
  /** Whom it hears, in the lives that this host knows of. */
  readonly hears: readonly HostName[];
}

/** Every host of the configuration, in its order. */
export function groupSight(node: Node, now: Instant): readonly HostSight[] {
  return nodeStatus(node, now).hosts.map(({ differences: _, damped: __, ...host }) => ({
    ...host,
    ...(host.host === node.self.host ? selfSight(node) : peerSight(node, node.peers.get(host.host))),
  }));
}

type Seen = Pick<
  HostSight,
  "word" | "version" | "digest" | "roundTrip" | "arrivals" | "restarts" | "draining"
>;

function selfSight(node: Node): Seen {
  const { view, follows, peers, version, group } = node;
  const hears = peers.list.filter(({ state }) => state === "heard").map(({ host }) => host);
  return {
    word: { view: view?.id ?? null, follows, hears },
    version,
    digest: group.digest,
    roundTrip: null,
    arrivals: null,
    restarts: 0,
    draining: isDraining(node),
  };
}

function peerSight(node: Node, peer: Peer | undefined): Seen {
  const heartbeat = peer?.heartbeat ?? null;
  const isHeard = peer !== undefined && isInTouch(peer);
  return {
    word: isHeard && heartbeat !== null ? wordOf(node, heartbeat) : null,
    version: heartbeat?.version ?? null,
    digest: heartbeat?.digest ?? null,
    roundTrip: peer === undefined ? null : roundTripOf(peer.measure),
    arrivals: heartbeat === null || peer === undefined ? null : arrivalsOf(peer.measure),
    restarts: peer?.restarts ?? 0,
    draining: heartbeat?.draining ?? false,
  };
}

function wordOf({ self, peers }: Node, { view, follows, heard }: Heartbeat): HostWord {
  const lives = new Map([self, ...peers.list].map(({ host, incarnation }) => [host, incarnation]));
  const hears = heard.filter(({ host, incarnation }) => (lives.get(host) ?? incarnation) === incarnation);
  return { view, follows, hears: hears.map(({ host }) => host) };
}
