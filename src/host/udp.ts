// Datagrams between the hosts of the group, over all segments at once. Each segment is a path of its own, so that a
// host is heard as long as one of them works. Nothing is promised: that a datagram cannot be sent is told to people, and
// the protocol sends again.
//
// A segment whose interface is down, or has no address yet, is opened as soon as that is possible; until then the
// others do. What only a person can mend (a port in use, a wrong address) is found at the start, and nothing opens.

import type { SegmentName } from "../core/vocabulary.ts";
import type { Log, Network } from "../daemon/ports.ts";
import { codeOf } from "./command.ts";
import {
  openSegment,
  type Peers,
  type PlacedSegment,
  type SegmentOptions,
  type SegmentSockets,
} from "./udp_segment.ts";

export interface UdpNetwork extends Network {
  /** Sends to the peers of these segments from now on. Nothing else of a segment can change. */
  adopt(places: readonly PlacedSegment[]): void;
}

export type NetworkOutcome =
  | { readonly kind: "ok"; readonly network: UdpNetwork }
  /** For people: one for each segment that cannot be opened. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

export interface NetworkOptions {
  /** Told of segments that are missing, of their return, and of datagrams that cannot be sent. */
  readonly log: Log;
}

/** Opens the segments that this host is part of: all that work, at least one. */
export async function openNetwork(
  places: readonly PlacedSegment[],
  { log }: NetworkOptions,
): Promise<NetworkOutcome> {
  const segments: SegmentSockets[] = [];
  const network = networkOver(segments, { log });
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
function networkOver(segments: readonly SegmentSockets[], { log }: NetworkOptions): OpenNetwork {
  const peers = new Map<SegmentName, Peers>();
  const toldAt = new Map<SegmentName, number>();
  let deliver = (_datagram: Uint8Array, _segment: SegmentName) => {};
  return {
    broadcast(datagrams) {
      for (const segment of segments) datagrams.forEach((datagram) => segment.broadcast(datagram));
    },
    send(to, datagrams) {
      for (const segment of segments) datagrams.forEach((datagram) => segment.send(to, datagram));
    },
    onDatagram: (receive) => void (deliver = receive),
    adopt: (places) => places.forEach((place) => peers.set(place.segment, place.peers)),
    close: async () => void await Promise.all(segments.map((segment) => segment.close())),
    handlersOf: (segment) => ({
      failed: (error) => tellFailure(segment, codeOf(error)),
      receive: (datagram) => deliver(datagram, segment),
      peers: () => peers.get(segment) ?? new Map(),
    }),
  };

  /** The first, and one a minute while there are more: each heartbeat fails in the same way. */
  function tellFailure(segment: SegmentName, code: string): void {
    const now = performance.now();
    if (ofThePeer.has(code) || now - (toldAt.get(segment) ?? -Infinity) < TELL_EVERY_MS) return;
    toldAt.set(segment, now);
    const why = `${code}${hints[code] ?? ""}`;
    log.write(
      "warning",
      `Cannot send on segment "${segment}": ${why}; the other hosts may take this one for dead`,
    );
  }
}

const TELL_EVERY_MS = 60_000;

/** What the kernel says when the other host, not this one, is the reason. */
const ofThePeer: ReadonlySet<string> = new Set(["ECONNREFUSED", "EHOSTUNREACH"]);

const hints: Readonly<Record<string, string | undefined>> = {
  ENOBUFS:
    " (a queue is full, or the kernel's table of neighbours: see the sysctl net.ipv4.neigh.default.gc_thresh3)",
  EPERM: " (a packet filter of this host forbids it)",
};

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
