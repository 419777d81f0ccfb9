// A settled group is at rest: it stays in the view that it has, and each host sends one heartbeat in an interval and
// nothing else. A view that is changed in vain, or words without end, harm nobody at once; they would go on for ever.
// Nothing is said of a group in which somebody hears late words of a host that is silent, in whatever life: it may have
// something to do.

import type { NodeEffect, Note } from "../../core/events.ts";
import type { HostName } from "../../core/vocabulary.ts";
import type { Checker } from "./checker.ts";

const ofHearing: readonly Note["kind"][] = [
  "hostHeard",
  "hostRestarted",
  "hostDisputed",
  "hostSilent",
  "hostCalm",
];

/** So many messages more than the heartbeats that are due may be sent while the group is quiet. */
const messagesMore = 3;

export function rest(): Checker {
  /** When all was quiet first; null before. */
  let since: number | null = null;
  const sent = new Map<HostName, number>();
  /** Whether a host was heard, or missed, or is not damped any more for that, since then. */
  let hasHeard = false;
  return {
    name: "rest",
    watches: ["milestone", "stepped"],
    check(occurrence, { now, hosts }) {
      if (occurrence.kind === "milestone" && occurrence.milestone === "quiet") since = now;
      if (since === null) return null;
      if (occurrence.kind === "stepped") {
        const { host, effects } = occurrence;
        for (const effect of effects) {
          if (isSaid(effect)) sent.set(host, (sent.get(host) ?? 0) + 1);
          if (effect.kind !== "note") continue;
          const { note } = effect;
          if (ofHearing.includes(note.kind)) hasHeard = true;
          if (note.kind === "viewProposed" && !hasHeard) {
            const { number } = note.view;
            return { what: `${host} proposed view ${number} when nothing was to change`, hosts: [host] };
          }
        }
      }
      if (occurrence.kind !== "milestone" || occurrence.milestone !== "ended" || hasHeard) return null;
      for (const [host, count] of sent) {
        const heartbeat = hosts.find(({ name }) => name === host)?.group.timing.heartbeat ?? 1;
        // Clocks that run fast beat more often.
        const due = Math.ceil(1.06 * (now - since) / heartbeat);
        if (count <= due + messagesMore) continue;
        return { what: `${host} sent ${count} messages where ${due} heartbeats were due`, hosts: [host] };
      }
      return null;
    },
  };
}

/** What a host has collected is told from time to time, however quiet it is. */
const isSaid = (effect: NodeEffect): boolean =>
  (effect.kind === "broadcast" || effect.kind === "send") && effect.message.kind !== "neighbours";
