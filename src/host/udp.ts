// Datagrams between the hosts of the group, over all segments at once. Each segment is a path of its own, so that a
// host is heard as long as one of them works. Nothing is promised: a datagram that cannot be sent is counted, and
// the protocol sends again.

import type { HostName, SegmentName } from "../core/vocabulary.ts";
import type { Network } from "../daemon/ports.ts";
import { openSegment, type PlacedSegment, type SegmentSockets } from "./udp_segment.ts";

export interface UdpNetwork extends Network {
  /** How many datagrams could not be sent so far. */
  sendFailures(): number;
}

export type NetworkOutcome =
  | { readonly kind: "ok"; readonly network: UdpNetwork }
  /** For people: one for each segment that cannot be opened. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Opens all segments that this host is part of, or none. */
export async function openNetwork(places: readonly PlacedSegment[]): Promise<NetworkOutcome> {
  let failures = 0;
  let deliver = (_datagram: Uint8Array, _segment: SegmentName) => {};
  const failed = () => void (failures += 1);
  const outcomes = await Promise.all(
    places.map((place) =>
      openSegment(place, { failed, receive: (datagram) => deliver(datagram, place.segment) })
    ),
  );

  const segments = outcomes.flatMap((each) => each.kind === "ok" ? [each.sockets] : []);
  const problems = outcomes.flatMap((each) => each.kind === "problem" ? [each.problem] : []);
  const closeAll = async () => void await Promise.all(segments.map((segment) => segment.close()));
  if (problems.length === 0) return { kind: "ok", network: networkOver(segments) };
  await closeAll();
  return { kind: "problems", problems };

  function networkOver(open: readonly SegmentSockets[]): UdpNetwork {
    return {
      broadcast: (datagrams) => {
        for (const segment of open) datagrams.forEach((datagram) => segment.broadcast(datagram));
      },
      send: (to, datagrams) => {
        for (const segment of open) sendThrough(segment, { to, datagrams });
      },
      onDatagram: (receive) => void (deliver = receive),
      sendFailures: () => failures,
      close: closeAll,
    };
  }
}

function sendThrough(
  segment: SegmentSockets,
  { to, datagrams }: { readonly to: HostName; readonly datagrams: readonly Uint8Array[] },
): void {
  const address = segment.place.peers.get(to);
  if (address === undefined) return;
  for (const datagram of datagrams) segment.send(datagram, address);
}
