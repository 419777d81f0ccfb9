// Datagrams that changed nothing: which of them a person should hear of, and whether it is still going on. The codec
// counts them; here is when each kind was last seen, and what it means.

import type { DropReason } from "../codec/receiver.ts";
import { duration, elapsed, type Instant } from "../core/vocabulary.ts";
import { counted, spanText } from "./words.ts";

export interface Drops {
  readonly counts: Readonly<Record<DropReason, number>>;
  /** When a datagram was last dropped for the reason. */
  readonly last: ReadonlyMap<DropReason, Instant>;
}

/** What was dropped longer ago than this is counted but not warned of. */
export const dropWarnedFor = duration(60_000);

/** One sentence for each reason that is worth a look and was seen lately. */
export const dropWarnings = ({ counts, last }: Drops, now: Instant): readonly string[] =>
  [...last].flatMap(([why, at]) => {
    const meaning = dropMeanings[why];
    if (meaning === null || elapsed(at, now) >= dropWarnedFor) return [];
    return [
      `Dropped ${counted(counts[why], "datagram")} ${meaning}; the last one ${
        spanText(elapsed(at, now))
      } ago`,
    ];
  });

/** What a dropped datagram means; null where it is nothing to look at. */
export const dropMeanings: Readonly<Record<DropReason, string | null>> = {
  oversized: "longer than any of Molehill: somebody else uses this port",
  malformed: "not in Molehill's format: somebody else uses this port",
  foreignVersion:
    "of a Molehill with another datagram format: the hosts must run versions that understand each other",
  // Groups may share a network and a port.
  foreignGroup: null,
  unauthenticated: "not signed with a key of this group: another key file, or a stranger",
  own: null,
  namesake: "signed, under this host's name, but not from this daemon: a second one runs as this host, or " +
    "somebody replays this host's earlier datagrams",
  unknownHost: "of a host that the configuration does not have: the file must be the same on every host",
  // What a slow path brings too late is no harm, and a replay does none.
  stale: null,
};
