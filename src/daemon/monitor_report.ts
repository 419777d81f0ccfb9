// What the daemon answers to "monitor": its view of every host, with what is measured of the way to each, and what a
// person should look at.

import type { Monitor } from "../codec/monitor.ts";
import type { HostSight } from "../core/monitor.ts";
import type { NodeStatus } from "../core/status.ts";
import type { HostName } from "../core/vocabulary.ts";
import { hostWarnings } from "./status_report.ts";
import { listed, spanText } from "./words.ts";

export interface MonitorFacts {
  readonly version: string;
  readonly group: string;
  readonly status: NodeStatus;
  /** By how many milliseconds a host's wall clock is ahead of this one's; null: it cannot be told. */
  readonly clockDifference: (host: HostSight) => number | null;
  /** Milliseconds since 1970. */
  readonly wallTime: number;
}

/** Above these a person is warned. A group does not care about the time of day: logs are hard to compare. */
const clockDifferenceMax = 1_000;
const lossMax = 0.05;
/** Of fewer heartbeats a single one that was lost would be a share worth a warning. */
const beatsMin = 100;
/** How much of a digest tells two of them apart. */
export const digestShown = 8;

/** The answer to "monitor". */
export function reportMonitor(sights: readonly HostSight[], facts: MonitorFacts): Monitor {
  const { version, group, status, wallTime } = facts;
  const hosts = sights.map((sight) => ({ sight, clock: facts.clockDifference(sight) }));
  return {
    version,
    group,
    host: status.host,
    at: new Date(Math.round(wallTime)).toISOString(),
    phase: status.phase,
    view: status.view && {
      number: status.view.number,
      coordinator: status.view.coordinator,
      members: status.view.members.map(({ host }) => host),
    },
    hosts: hosts.map(reportHost),
    warnings: [
      ...hostWarnings(status),
      ...oneWayWarnings(sights),
      ...sights.flatMap((sight) => unheardWarnings(sight, sights)),
      ...sights.flatMap(lossWarnings),
      ...hosts.flatMap(clockWarnings),
      ...differenceWarnings(sights, {
        of: ({ digest }) => digest?.slice(0, digestShown) ?? null,
        text: (each) =>
          `Hosts read different configurations: ${each} ("molehill status" says in what they differ)`,
      }),
      ...differenceWarnings(sights, {
        of: (sight) => sight.version,
        text: (each) => `Hosts run different versions: ${each}`,
      }),
    ],
  };
}

interface Clocked {
  readonly sight: HostSight;
  readonly clock: number | null;
}

const reportHost = ({ sight, clock }: Clocked): Monitor["hosts"][number] => {
  const { word, arrivals } = sight;
  return {
    name: sight.host,
    state: sight.state,
    silent_for_ms: sight.silentFor === null ? null : Math.round(sight.silentFor),
    view: word && word.view && { number: word.view.number, coordinator: word.view.coordinator },
    follows: word?.follows ?? null,
    hears: word?.hears ?? null,
    round_trip_ms: sight.roundTrip === null ? null : Math.round(sight.roundTrip * 100) / 100,
    heartbeats: arrivals && { said: arrivals.said, heard: arrivals.heard },
    clock_difference_ms: clock === null ? null : Math.round(clock),
    version: sight.version,
    digest: sight.digest,
    same_configuration: sight.sameConfiguration,
    vips: sight.vips,
    draining: sight.draining,
    mature: sight.mature,
    restarts: sight.restarts,
  };
};

/** Of two hosts that both are heard, one hears the other and is not heard by it. */
function oneWayWarnings(sights: readonly HostSight[]): readonly string[] {
  const heard = sights.flatMap(({ host, word }) =>
    word === null ? [] : [{ host, hears: new Set(word.hears) }]
  );
  return heard.flatMap((one) =>
    heard.filter((other) => one.hears.has(other.host) && !other.hears.has(one.host)).map((other) =>
      `Host "${one.host}" hears "${other.host}", and "${other.host}" does not hear "${one.host}": they cannot be ` +
      `in one view`
    )
  );
}

/** It lives, for others hear it. */
function unheardWarnings({ host, state, word }: HostSight, sights: readonly HostSight[]): readonly string[] {
  const hearers = sights.filter((other) => other.word?.hears.includes(host)).map((other) => other.host);
  if (word !== null || state !== "silent" || hearers.length === 0) return [];
  return [`Host "${host}" is heard by ${listed(hearers)}, and nothing of it arrives at this host`];
}

/** Of a host that is not heard just now what was measured is of the past. */
function lossWarnings({ host, word, arrivals }: HostSight): readonly string[] {
  if (arrivals === null || arrivals.said < beatsMin || word === null) return [];
  const lost = arrivals.said - arrivals.heard;
  const share = lost / arrivals.said;
  if (share <= lossMax) return [];
  return [
    `${(share * 100).toFixed(0)} % of the heartbeats of host "${host}" were lost on their way to this host ` +
    `(${lost} of the last ${arrivals.said})`,
  ];
}

function clockWarnings({ sight: { host, state }, clock }: Clocked): readonly string[] {
  if (clock === null || Math.abs(clock) <= clockDifferenceMax || state === "left") return [];
  const [length, side] = [spanText(Math.abs(clock)), clock > 0 ? "ahead of" : "behind"];
  return [
    `The clock of host "${host}" is ${length} ${side} this host's: times in their logs do not compare`,
  ];
}

/** The hosts that are heard, by what they differ in, unless they do not. */
function differenceWarnings(
  sights: readonly HostSight[],
  { of, text }: {
    readonly of: (sight: HostSight) => string | null;
    readonly text: (each: string) => string;
  },
): readonly string[] {
  const present = sights.filter((sight) => sight.word !== null && of(sight) !== null);
  const groups = Map.groupBy(present, (sight) => of(sight) ?? "");
  if (groups.size < 2) return [];
  const hostsOf = (all: readonly HostSight[]): readonly HostName[] => all.map(({ host }) => host);
  return [text([...groups].map(([what, all]) => `${what} on ${listed(hostsOf(all))}`).join("; "))];
}
