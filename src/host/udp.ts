// Datagrams between the hosts of the group, over all segments at once. Each segment is a path of its own, so that a
// host is heard as long as one of them works. Nothing is promised: a datagram that cannot be sent is counted, and
// the protocol sends again.
//
// A segment whose interface is down, or has no address yet, is opened as soon as that is possible; until then the
// others do. What only a person can mend (a port in use, a wrong address) is found at the start, and nothing opens.

import type { SegmentName } from "../core/vocabulary.ts";
import type { Log, Network } from "../daemon/ports.ts";
import {
  openSegment,
  type Peers,
  type PlacedSegment,
  type SegmentOptions,
  type SegmentSockets,
} from "./udp_segment.ts";

export interface UdpNetwork extends Network {
  /** How many datagrams could not be sent so far. */
  sendFailures(): number;
  /** Sends to the peers of these segments from now on. Nothing else of a segment can change. */
  adopt(places: readonly PlacedSegment[]): void;
}

export type NetworkOutcome =
  | { readonly kind: "ok"; readonly network: UdpNetwork }
  /** For people: one for each segment that cannot be opened. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

export interface NetworkOptions {
  /** Told of segments that are missing, and of their return. */
  readonly log: Log;
}

/** Opens the segments that this host is part of: all that work, at least one. */
export async function openNetwork(
  places: readonly PlacedSegment[],
  { log }: NetworkOptions,
): Promise<NetworkOutcome> {
  const segments: SegmentSockets[] = [];
  const network = networkOver(segments);
  network.adopt(places);
  const optionsOf = ({ segment }: PlacedSegment): SegmentOptions => network.handlersOf(segment);

  const outcomes = await Promise.all(places.map((place) => openSegment(place, optionsOf(place))));
  segments.push(...outcomes.flatMap((each) => each.kind === "ok" ? [each.sockets] : []));
  const problems = outcomes.flatMap((each) => each.kind === "ok" ? [] : [each.problem]);
  if (outcomes.some((each) => each.kind === "problem") || segments.length === 0) {
    await network.close();
    return { kind: "problems", problems };
  }

  for (const problem of problems) {
    log.write("warning", `${problem}; it is opened as soon as that is possible`);
  }
  const missing = places.filter((place) => !segments.some((each) => each.place === place));
  const search = keepOpening(missing, {
    open: (place) => openSegment(place, optionsOf(place)),
    stillNot: (problem) => log.write("warning", problem),
    opened(sockets) {
      segments.push(sockets);
      log.write("info", `Opened segment "${sockets.place.segment}"`);
    },
  });
  const close = () => search.end().then(() => network.close());
  return { kind: "ok", network: { ...network, close } };
}

interface OpenNetwork extends UdpNetwork {
  /** What is done with what happens in a segment. */
  handlersOf(segment: SegmentName): Pick<SegmentOptions, "receive" | "failed" | "peers">;
}

/** The segments may become more at any time. */
function networkOver(segments: readonly SegmentSockets[]): OpenNetwork {
  const peers = new Map<SegmentName, Peers>();
  let failures = 0;
  let deliver = (_datagram: Uint8Array, _segment: SegmentName) => {};
  return {
    broadcast(datagrams) {
      for (const segment of segments) datagrams.forEach((datagram) => segment.broadcast(datagram));
    },
    send(to, datagrams) {
      for (const segment of segments) datagrams.forEach((datagram) => segment.send(to, datagram));
    },
    onDatagram: (receive) => void (deliver = receive),
    sendFailures: () => failures,
    adopt: (places) => places.forEach((place) => peers.set(place.segment, place.peers)),
    close: async () => void await Promise.all(segments.map((segment) => segment.close())),
    handlersOf: (segment) => ({
      failed: () => void (failures += 1),
      receive: (datagram) => deliver(datagram, segment),
      peers: () => peers.get(segment) ?? new Map(),
    }),
  };
}

interface Search {
  readonly open: (place: PlacedSegment) => ReturnType<typeof openSegment>;
  /** Told of a reason that is not the one before. */
  readonly stillNot: (problem: string) => void;
  readonly opened: (sockets: SegmentSockets) => void;
}

const OPEN_EVERY_MS = 2_000;

/** Tries again and again, until all are open. */
function keepOpening(
  places: readonly PlacedSegment[],
  { open, opened, stillNot }: Search,
): { end(): Promise<void> } {
  let missing = places;
  const told = new Map<PlacedSegment, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  let trying = Promise.resolve();
  schedule();
  return {
    async end() {
      ended = true;
      clearTimeout(timer);
      await trying;
    },
  };

  function schedule(): void {
    if (missing.length > 0 && !ended) timer = setTimeout(() => void (trying = tryAll()), OPEN_EVERY_MS);
  }

  async function tryAll(): Promise<void> {
    for (const place of missing) {
      const outcome = await open(place);
      if (outcome.kind === "ok") {
        missing = missing.filter((each) => each !== place);
        opened(outcome.sockets);
      } else {
        if (told.has(place) && told.get(place) !== outcome.problem) stillNot(outcome.problem);
        told.set(place, outcome.problem);
      }
    }
    schedule();
  }
}
