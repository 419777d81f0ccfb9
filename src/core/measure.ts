// How good is the way to another host? Read off the heartbeats that are said anyway, for people alone: nothing here may
// reach a decision (I19 in PROTOCOL.md).
//
//   we    ---- heartbeat 41 ---->.                         round trip = all the time since we sent 41
//         (sent)                 |  age: how long they              - the age that they tell
//         (heard)                v  have had it already
//   they  <--- heartbeat 7, "heard 41, age ago" ---
//
// That is how NTP does it (RFC 5905, section 8): each side reads only its own clock, and only differences travel. What
// the two daemons take to get at a datagram counts as way. A busy machine makes some of the samples longer and none of
// them shorter, so the least of the last ones is what the network takes.
//
// Loss is told by the number that each heartbeat bears: what is missing among them did not arrive. What the sender never
// said, because it was fenced or did not run, is no loss.

import { type Duration, duration } from "./vocabulary.ts";

/** What the heartbeats of one life of a host have shown. */
export interface Measure {
  readonly roundTrip: Least;
  /** The number of the newest heartbeat; 0: none was heard. */
  readonly beat: number;
  /** Heartbeats in stretches, oldest first; the last one grows. */
  readonly stretches: readonly Arrivals[];
}

/** Of so many heartbeats that were said, so many were heard. */
export interface Arrivals {
  readonly said: number;
  readonly heard: number;
}

/** The least of the last samples, without keeping them: of those since the last turn, and of those before it. */
export interface Least {
  readonly since: number | null;
  readonly before: number | null;
  /** How many samples there were since. */
  readonly count: number;
}

/** So many samples at least, and at most one less than twice as many, are looked at for the least of them. */
export const samplesMin = 16;
/** Loss is told of the last heartbeats, up to about so many. */
export const windowBeats = 600;
const stretchBeats = 100;

export const noSamples: Least = { since: null, before: null, count: 0 };
export const unmeasured: Measure = { roundTrip: noSamples, beat: 0, stretches: [] };

export function withSample({ since, before, count }: Least, sample: number): Least {
  if (count >= samplesMin) return { since: sample, before: since, count: 1 };
  return { since: since === null ? sample : Math.min(since, sample), before, count: count + 1 };
}

/** Null: there is no sample yet. */
export const leastOf = ({ since, before }: Least): number | null =>
  since === null || before === null ? since : Math.min(since, before);

/** After a heartbeat with this number; a late one, which others have overtaken, has arrived all the same. */
export function withBeat(measure: Measure, beat: number): Measure {
  const { stretches } = measure;
  const last = stretches.at(-1);
  if (last === undefined) return { ...measure, beat, stretches: [{ said: 1, heard: 1 }] };
  const ahead = Math.min(Math.max(beat - measure.beat, 0), windowBeats);
  const grown = { said: last.said + ahead, heard: Math.min(last.heard + 1, last.said + ahead) };
  const known = [...stretches.slice(0, -1), grown];
  return {
    ...measure,
    beat: Math.max(beat, measure.beat),
    stretches: grown.said < stretchBeats ? known : [...recent(known), { said: 0, heard: 0 }],
  };
}

/** Without stretches that are older than the window. */
function recent(stretches: readonly Arrivals[]): readonly Arrivals[] {
  let [first, said] = [stretches.length, 0];
  while (first > 0 && said < windowBeats) said += stretches[--first]?.said ?? 0;
  return stretches.slice(first);
}

/** Of the last heartbeats, how many of those said were heard. */
export const arrivalsOf = ({ stretches }: Measure): Arrivals => ({
  said: stretches.reduce((sum, { said }) => sum + said, 0),
  heard: stretches.reduce((sum, { heard }) => sum + heard, 0),
});

/** The least round trip of the last samples; null: none was measured yet. */
export function roundTripOf({ roundTrip }: Measure): Duration | null {
  const least = leastOf(roundTrip);
  return least === null ? null : duration(Math.max(0, least));
}
