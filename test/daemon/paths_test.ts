import { deepEqual, equal } from "node:assert/strict";
import {
  duration,
  type HostName,
  instant,
  type SegmentName,
  segmentName,
} from "../../src/core/vocabulary.ts";
import { pathText } from "../../src/daemon/path_text.ts";
import { createPaths, hearOn, type HostPaths, type PathNote, pathStatuses } from "../../src/daemon/paths.ts";
import { fc } from "../support/property.ts";
import { test00, test01, test02 } from "./values.ts";

const [lan, back, far] = ["lan", "back", "far"].map(segmentName) as [SegmentName, SegmentName, SegmentName];
const timing = { heartbeat: duration(100), timeout: duration(500) };

const fresh = (shared: readonly SegmentName[], of: Partial<typeof timing> = {}): HostPaths => {
  const segments = new Map([[test00, shared], [test01, shared]]);
  const paths = createPaths({ self: test00, segments, timing: { ...timing, ...of } }).get(test01);
  if (paths === undefined) throw new Error("Expected paths to the other host");
  return paths;
};

/** A datagram of the host on a segment, at a time in milliseconds; a copy brings nothing new. */
type Heard = readonly [ms: number, segment: SegmentName, isCopy?: "copy"];

/** Heard every 100 ms on the segments, from a time up to and with another. */
const every = (from: number, { to, on }: { readonly to: number; readonly on: readonly SegmentName[] }) =>
  Array.from({ length: Math.floor((to - from) / 100) + 1 }, (_, at) => from + 100 * at)
    .flatMap((ms) => on.map((segment): Heard => [ms, segment]));

/** What is said, and when. */
function told(before: HostPaths, hearings: readonly Heard[]): readonly (readonly [number, PathNote])[] {
  let paths = before;
  return hearings.flatMap(([ms, segment, isCopy]) => {
    const { state, notes } = hearOn(paths, { segment, now: instant(ms), isNew: isCopy === undefined });
    paths = state;
    return notes.map((note) => [ms, note] as const);
  });
}

const after = (before: HostPaths, hearings: readonly Heard[]): HostPaths =>
  hearings.reduce(
    (paths, [ms, segment, isCopy]) =>
      hearOn(paths, { segment, now: instant(ms), isNew: isCopy === undefined }).state,
    before,
  );

const lost = (segment: SegmentName, silentFor: number | null, heardOver = [lan]): PathNote => ({
  kind: "pathLost",
  host: test01,
  segment,
  silentFor: silentFor === null ? null : duration(silentFor),
  heardOver,
});
const found = (segment: SegmentName): PathNote => ({ kind: "pathFound", host: test01, segment });

Deno.test("createPaths() has the segments that both hosts are part of, in this host's order, and no path to itself", () => {
  const segments = new Map([[test00, [lan, back]], [test01, [far, back, lan]], [test02, [far]]]);
  const paths = createPaths({ self: test00, segments, timing });
  const named = [...paths].map((
    [host, of],
  ): [HostName, SegmentName[]] => [host, of.paths.map((path) => path.segment)]);
  deepEqual(named, [[test01, [lan, back]], [test02, []]]);
});

Deno.test("hearOn() says nothing while the host is heard on all segments, however much one lags", () => {
  deepEqual(told(fresh([lan, back]), every(0, { to: 5_000, on: [lan, back] })), []);
  const lagging = every(0, { to: 5_000, on: [lan] }).flatMap((
    [ms],
  ): Heard[] => [[ms, lan], [ms + 99, back]]);
  deepEqual(told(fresh([lan, back]), lagging), []);
});

Deno.test("hearOn() tells once of a path that is silent for longer than the timeout, and once when it is heard again", () => {
  const hearings = [
    ...every(0, { to: 1_000, on: [lan, back] }),
    ...every(1_100, { to: 3_000, on: [lan] }),
    ...every(3_100, { to: 4_000, on: [back, lan] }),
  ];
  deepEqual(told(fresh([lan, back]), hearings), [[1_600, lost(back, 600)], [3_100, found(back)]]);
});

Deno.test("hearOn() waits for three heartbeats where the timeout is shorter", () => {
  const hearings = [...every(0, { to: 1_000, on: [lan, back] }), ...every(1_100, { to: 3_000, on: [lan] })];
  const slow = fresh([lan, back], { heartbeat: duration(300) });
  deepEqual(told(slow, hearings), [[2_000, lost(back, 1_000)]]);
});

Deno.test("hearOn() tells of a path that was never heard, once the host has been heard for long enough", () => {
  deepEqual(told(fresh([lan, back]), every(7_000, { to: 9_000, on: [lan] })), [[7_600, lost(back, null)]]);
});

Deno.test("hearOn() takes a copy for a sign of the path, but only while the host has something new to say", () => {
  const copies = every(0, { to: 5_000, on: [lan] }).flatMap((
    [ms],
  ): Heard[] => [[ms, lan], [ms + 1, back, "copy"]]);
  deepEqual(told(fresh([lan, back]), copies), []);
  const dead: Heard[] = [
    ...every(0, { to: 1_000, on: [lan, back] }),
    ...every(1_100, { to: 5_000, on: [lan] }).map(([ms]): Heard => [ms, lan, "copy"]),
  ];
  deepEqual(told(fresh([lan, back]), dead), []);
  const paths = pathStatuses(after(fresh([lan, back]), dead), instant(5_000));
  deepEqual(paths.map(({ isHeard }) => isHeard), [false, false]);
});

Deno.test("hearOn() says nothing of paths when the host is silent on all of them, nor when it comes back on all", () => {
  const hearings = [
    ...every(0, { to: 1_000, on: [lan, back] }),
    ...every(60_000, { to: 61_000, on: [lan, back] }),
  ];
  deepEqual(told(fresh([lan, back]), hearings), []);
});

Deno.test("hearOn() tells again of a lost path after the host was silent on all, and it gets its time first", () => {
  const hearings = [
    ...every(0, { to: 1_000, on: [lan, back] }),
    ...every(1_100, { to: 2_000, on: [lan] }),
    ...every(60_000, { to: 62_000, on: [lan] }),
    ...every(62_100, { to: 62_200, on: [back, lan] }),
  ];
  deepEqual(told(fresh([lan, back]), hearings), [
    [1_600, lost(back, 600)],
    [60_600, lost(back, 59_600)],
    [62_100, found(back)],
  ]);
});

Deno.test("hearOn() does not call a path found that was lost before the host fell silent", () => {
  const hearings = [
    ...every(0, { to: 1_000, on: [lan, back] }),
    ...every(1_100, { to: 2_000, on: [lan] }),
    ...every(60_000, { to: 61_000, on: [back, lan] }),
  ];
  deepEqual(told(fresh([lan, back]), hearings), [[1_600, lost(back, 600)]]);
});

Deno.test("hearOn() names all segments over which the host is still heard, and each lost one by itself", () => {
  const hearings = [
    ...every(0, { to: 1_000, on: [lan, back, far] }),
    ...every(1_100, { to: 1_500, on: [lan, far] }),
    ...every(1_600, { to: 3_000, on: [lan] }),
  ];
  deepEqual(told(fresh([lan, back, far]), hearings), [
    [1_600, lost(back, 600, [lan, far])],
    [2_100, lost(far, 600)],
  ]);
});

Deno.test("hearOn() knows nothing of a segment that the hosts do not share, and says nothing where they share one", () => {
  const unshared = told(fresh([lan]), every(0, { to: 5_000, on: [back] }));
  deepEqual(unshared, []);
  deepEqual(
    told(fresh([lan]), [...every(0, { to: 1_000, on: [lan] }), ...every(9_000, { to: 9_500, on: [lan] })]),
    [],
  );
});

Deno.test("pathStatuses() says which paths are heard at this instant, told of or not", () => {
  const paths = after(fresh([lan, back, far]), [...every(0, { to: 1_000, on: [lan, back] }), [1_400, lan]]);
  const heard = (ms: number) =>
    pathStatuses(paths, instant(ms)).map(({ isHeard, silentFor }) => [isHeard, silentFor]);
  deepEqual(heard(1_500), [[true, 100], [true, 500], [false, null]]);
  deepEqual(heard(1_501), [[true, 101], [false, 501], [false, null]]);
});

Deno.test("a path is told lost after its silence, and found when it was lost before, whatever is heard when", () => {
  const anyHearings = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom(lan, back, far)),
    { maxLength: 60 },
  ).map((steps) => {
    let ms = 0;
    return steps.map(([wait, segment]): Heard => [ms += wait, segment]);
  });
  fc.assert(fc.property(anyHearings, (hearings) => {
    const all = told(fresh([lan, back, far]), hearings);
    for (const [at, [ms, note]] of all.entries()) {
      const last = (segment: SegmentName) =>
        hearings.findLast(([at, on]) =>
          on === segment && (at < ms || (at === ms && note.kind === "pathFound"))
        )?.[0];
      if (note.kind === "pathFound") {
        equal(last(note.segment), ms);
        const before = all.slice(0, at).findLast(([, { segment }]) => segment === note.segment);
        equal(before?.[1].kind, "pathLost");
        continue;
      }
      const lastHeard = last(note.segment);
      equal(note.silentFor, lastHeard === undefined ? null : ms - lastHeard);
      equal(note.silentFor === null || note.silentFor > 500, true);
      equal(note.heardOver.includes(note.segment), false);
      equal(note.heardOver.length > 0, true);
    }
  }));
});

Deno.test("pathText() tells which path to whom is lost, since when, and what is left; and that it is found", () => {
  const text = (note: PathNote) => `${pathText(note).level}: ${pathText(note).text}`;
  equal(
    text(lost(back, 612)),
    'warning: Lost the path to host "test01" over segment "back": nothing heard there for 612ms; ' +
      'it is still heard over "lan"',
  );
  equal(
    text(lost(back, null, [lan, far])),
    'warning: Lost the path to host "test01" over segment "back": never heard there; ' +
      'it is still heard over "lan", "far"',
  );
  equal(text(found(back)), 'info: Found the path to host "test01" over segment "back" again');
});
