// Over which segments a host is heard: with several, one that fails is worth a line in the log, and nothing more.
//
//     lan   | | | | | | | | | | | |        heard
//     back  | | | | .              |
//                   |-- silenceMax-|--> "pathLost"     "pathFound" when it is heard there again
//
// Only what is heard makes anything known, so there is no alarm here: a path is lost when the host speaks on another one
// while this one has been silent for too long. A host that is silent on all of them is the core's matter; when it is
// heard again, all of its paths have as long as at the start to be heard, and one that is not is told of once more.
// The further copies of a message count on their segment only while the host has something new to say: what somebody
// replays of a dead host shows nothing.
//
// One host's paths are one value, and everything here is a function of it and of an instant.

import {
  type Duration,
  duration,
  elapsed,
  type HostName,
  type Instant,
  type SegmentName,
  type Timing,
} from "../core/vocabulary.ts";

/** The segments that this host shares with another, and when the other was heard there. */
export interface HostPaths {
  readonly host: HostName;
  /** A path that is silent for longer is lost. */
  readonly silenceMax: Duration;
  /** Since when the host has said something new, on any path, without such a silence; null: never heard. */
  readonly heardSince: Instant | null;
  /** When it last did. */
  readonly lastNew: Instant | null;
  readonly paths: readonly Path[];
}

/** One of them. */
export interface Path {
  readonly segment: SegmentName;
  /** Null: never. */
  readonly lastHeard: Instant | null;
  /** Told as lost, and not heard since. */
  readonly isLost: boolean;
}

/** What people should know of a path. */
export type PathNote =
  | {
    readonly kind: "pathLost";
    readonly host: HostName;
    readonly segment: SegmentName;
    /** Null: it was never heard there. */
    readonly silentFor: Duration | null;
    readonly heardOver: readonly SegmentName[];
  }
  | { readonly kind: "pathFound"; readonly host: HostName; readonly segment: SegmentName };

/** A path as `status` shows it. */
export interface PathStatus {
  readonly segment: SegmentName;
  readonly isHeard: boolean;
  /** Null: never heard there. */
  readonly silentFor: Duration | null;
}

/** The paths to every host but this one, none of them heard yet. */
export function createPaths(
  of: {
    readonly self: HostName;
    /** Those that each host is part of. */
    readonly segments: ReadonlyMap<HostName, readonly SegmentName[]>;
    readonly timing: Pick<Timing, "heartbeat" | "timeout">;
  },
): ReadonlyMap<HostName, HostPaths> {
  const own = of.segments.get(of.self) ?? [];
  const silenceMax = duration(Math.max(of.timing.timeout, 3 * of.timing.heartbeat));
  const others = [...of.segments].filter(([host]) => host !== of.self);
  return new Map(others.map(([host, segments]): [HostName, HostPaths] => {
    const shared = own.filter((segment) => segments.includes(segment));
    const paths = shared.map((segment) => ({ segment, lastHeard: null, isLost: false }));
    return [host, { host, silenceMax, heardSince: null, lastNew: null, paths }];
  }));
}

/** A datagram of the host on a segment. */
export interface Hearing {
  readonly segment: SegmentName;
  readonly now: Instant;
  /** False for a further copy of what was heard before. */
  readonly isNew: boolean;
}

/** The host was heard. */
export function hearOn(
  before: HostPaths,
  { segment, now, isNew }: Hearing,
): { readonly state: HostPaths; readonly notes: readonly PathNote[] } {
  const wasSilent = isSilent(before, now);
  const shows = before.paths.some((path) => path.segment === segment) && (isNew || !wasSilent);
  if (!shows) return { state: before, notes: [] };
  const heardSince = wasSilent ? now : before.heardSince ?? now;
  const known = wasSilent ? before.paths.map(asNew) : before.paths;
  const paths = known.map((path) =>
    path.segment === segment
      ? { ...path, lastHeard: now, isLost: false }
      : { ...path, isLost: isOverdue(path, { ...before, heardSince, now }) }
  );
  const state = { ...before, heardSince, lastNew: isNew ? now : before.lastNew, paths };
  return { state, notes: paths.flatMap((path, at) => noteOf(state, { path, was: known[at] ?? path, now })) };
}

/** Nothing new on any path: whatever comes next is a new beginning. */
const isSilent = ({ lastNew, silenceMax }: HostPaths, now: Instant): boolean =>
  lastNew === null || elapsed(lastNew, now) > silenceMax;

const asNew = (path: Path): Path => ({ ...path, isLost: false });

/** Whether the path had its time to be heard, since the host is heard at all, and was not. */
const isOverdue = (
  { lastHeard }: Path,
  { heardSince, silenceMax, now }: {
    readonly heardSince: Instant;
    readonly silenceMax: Duration;
    readonly now: Instant;
  },
): boolean => now - Math.max(lastHeard ?? heardSince, heardSince) > silenceMax;

function noteOf(
  state: HostPaths,
  { path, was, now }: { readonly path: Path; readonly was: Path; readonly now: Instant },
): readonly PathNote[] {
  const { host } = state;
  const { segment, isLost } = path;
  if (isLost === was.isLost) return [];
  if (!isLost) return [{ kind: "pathFound", host, segment }];
  const paths = pathStatuses(state, now);
  const heardOver = paths.filter(({ isHeard }) => isHeard).map((each) => each.segment);
  return [{ kind: "pathLost", host, segment, silentFor: silenceOf(path, now), heardOver }];
}

/** Each path as it is now. */
export const pathStatuses = ({ paths, silenceMax }: HostPaths, now: Instant): readonly PathStatus[] =>
  paths.map((path) => {
    const silentFor = silenceOf(path, now);
    return { segment: path.segment, isHeard: silentFor !== null && silentFor <= silenceMax, silentFor };
  });

const silenceOf = ({ lastHeard }: Path, now: Instant): Duration | null =>
  lastHeard === null ? null : elapsed(lastHeard, now);

/** The same paths with what was heard on those that were there before a change of the configuration. */
export function continued(fresh: HostPaths, before: HostPaths | undefined): HostPaths {
  if (before === undefined) return fresh;
  const known = new Map(before.paths.map((path) => [path.segment, path]));
  const paths = fresh.paths.map((path) => known.get(path.segment) ?? path);
  return { ...before, silenceMax: fresh.silenceMax, paths };
}
