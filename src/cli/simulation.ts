// What the stories came to, each beside what the configuration promises: the longest time of all moments counts. A
// value of this kind is what "simulate --json" prints, and what render_simulation.ts tells people.

import { boundsOf } from "../config/bounds.ts";
import { mayServe } from "../core/membership.ts";
import type { Group, HostName, VipName } from "../core/vocabulary.ts";
import type { Felt } from "../simulator/audience.ts";
import { type Act, holdableBy, type Rehearsed, type Story } from "../simulator/rehearsal.ts";
import type { LeftOut } from "./storybook.ts";

/** The answer of `simulate --json`: documented in README. Times in ms. */
export interface Simulation {
  readonly group: string;
  readonly partition: "serve" | "quorum";
  readonly hosts: readonly string[];
  readonly vips: number;
  readonly heartbeat_ms: number;
  readonly timeout_ms: number;
  /** At how many moments between two heartbeats each story was told. */
  readonly moments: number;
  readonly stories: readonly StoryOutcome[];
  readonly left_out: readonly LeftOut[];
  /** Whether every VIP that could be held ended so, and nothing took longer than promised. */
  readonly as_promised: boolean;
}

export interface StoryOutcome {
  readonly kind: Story["kind"];
  /** Who lost the power, was stopped, or was cut off from the others; all hosts, for a start. */
  readonly hosts: readonly string[];
  readonly measures: readonly Measure[];
  /** VIPs that changed hands, as at the first moment. */
  readonly moves: readonly {
    readonly vip: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  /** How many VIPs each host that is left carries then. */
  readonly loads: readonly { readonly host: string; readonly vips: number }[];
  /** Whether the hosts that are left hold VIPs at all; for a split, those of one part or the other. */
  readonly serves: boolean;
  /** VIPs that no host that is left may hold. */
  readonly nobody_may: readonly string[];
  /** What is not as it should be: for people. */
  readonly problems: readonly string[];
}

export interface Measure {
  readonly what:
    | "answered"
    | "outage"
    | "released"
    | "one holder"
    | "outage after the merge"
    | "answered after the merge";
  /** The longest of all; null: it did not come so far. */
  readonly took_ms: number | null;
  /** Null: nothing is promised. */
  readonly promised_ms: number | null;
}

/** What the story came to, from its moments. */
export function outcomeOf(story: Story, moments: readonly Rehearsed[], group: Group): StoryOutcome {
  const told = tell(story, { moments, group });
  const objections = moments.flatMap(({ objection }) => objection ?? []);
  return {
    ...told,
    kind: story.kind,
    problems: [
      ...told.problems,
      ...told.measures.flatMap(lateness),
      ...objections.slice(0, 1).map((text) => `Molehill broke a rule of its own, please report it: ${text}`),
    ],
  };
}

type Told = Omit<StoryOutcome, "kind">;
interface From {
  readonly moments: readonly Rehearsed[];
  readonly group: Group;
}

function tell(story: Story, from: From): Told {
  const all = from.group.hosts.map(({ name }) => name);
  switch (story.kind) {
    case "start":
      return tellStart(all, from);
    case "loss": {
      const bound = story.hosts.length === 1 ? "host dies" : "two hosts die within a heartbeat";
      return tellLoss(story.hosts, { ...from, bound });
    }
    case "stop":
      return tellLoss([story.host], { ...from, bound: "clean stop, drain or move: done" });
    case "split":
      return tellSplit(story.side, from);
  }
}

function tellStart(all: readonly HostName[], { moments, group }: From): Told {
  const holdable = holdableBy(all, group);
  const felt = moments.map(({ acts }) => feltIn(acts[0], holdable));
  const answered: Measure = {
    what: "answered",
    took_ms: longest(felt.flat().map(({ answeredAt }) => answeredAt)),
    promised_ms: promised("cold start, all hosts: every VIP is held", group),
  };
  return {
    hosts: all,
    measures: [answered],
    ...placesAfter(all, { moments, group }),
    problems: unanswered(felt),
  };
}

/** Hosts are gone; the others go on. */
function tellLoss(
  lost: readonly HostName[],
  { moments, group, bound }: From & { readonly bound: string },
): Told {
  const left = group.hosts.map(({ name }) => name).filter((host) => !lost.includes(host));
  const holdable = holdableBy(left, group);
  const felt = moments.map(({ acts }) => feltIn(acts[0], holdable));
  const outage: Measure = {
    what: "outage",
    took_ms: holdable.size === 0 ? null : longestGap(felt.flat()),
    promised_ms: holdable.size === 0 ? null : promised(bound, group),
  };
  return {
    hosts: lost,
    measures: [outage],
    ...placesAfter(left, { moments, group }),
    problems: unanswered(felt),
  };
}

/** The acts of a split are the two parts, and then the whole as each of them sees it. */
function tellSplit(side: readonly HostName[], { moments, group }: From): Told {
  const all = group.hosts.map(({ name }) => name);
  const parts = [side, all.filter((host) => !side.includes(host))];
  const of = (part: readonly HostName[], at: number) =>
    moments.map(({ acts }) => feltIn(acts[at], holdableBy(part, group)));
  const serving = parts.flatMap((part, at) => (serves(part, group) ? of(part, at) : []));
  const idle = parts.flatMap((part, at) =>
    serves(part, group) ? [] : moments.flatMap(({ acts }) => acts[at]?.felt ?? [])
  );
  const later = [2, 3].flatMap((at) => of(all, at));
  const measured = { serving: serving.flat(), idle, later: later.flat() };
  return {
    hosts: side,
    measures: group.partition === "serve" ? serveSplit(measured, group) : quorumSplit(measured, group),
    ...placesAfter(all, {
      moments: moments.map(({ acts, objection }) => ({ objection, acts: acts.slice(2) })),
      group,
    }),
    serves: parts.some((part) => serves(part, group)),
    problems: unanswered([...serving, ...later]),
  };
}

/** What clients felt: of the parts that hold VIPs, of those that must not, and after the merge. */
interface Split {
  readonly serving: readonly Felt[];
  readonly idle: readonly Felt[];
  readonly later: readonly Felt[];
}

const serveSplit = ({ serving, later }: Split, group: Group): readonly Measure[] => [
  {
    what: "outage",
    took_ms: longestGap(serving),
    promised_ms: promised("serve: silent partition, each part holds all", group),
  },
  {
    what: "one holder",
    took_ms: longest(later.map(({ sharedUntil }) => sharedUntil)),
    promised_ms: mergePromised(group),
  },
  { what: "outage after the merge", took_ms: longestGap(later), promised_ms: null },
];

function quorumSplit({ serving, idle, later }: Split, group: Group): readonly Measure[] {
  const released: Measure = {
    what: "released",
    took_ms: longest(idle.map(({ releasedAt }) => releasedAt)),
    promised_ms: promised("quorum: silent partition, the minority has released", group),
  };
  if (serving.length === 0) {
    const answered = longest(later.map(({ answeredAt }) => answeredAt));
    return [released, { what: "answered after the merge", took_ms: answered, promised_ms: null }];
  }
  return [
    {
      what: "outage",
      took_ms: longestGap(serving),
      promised_ms: promised("quorum: silent partition, the majority holds all", group),
    },
    released,
    { what: "outage after the merge", took_ms: longestGap(later), promised_ms: null },
  ];
}

const serves = (hosts: readonly HostName[], { partition, hosts: all }: Group): boolean =>
  hosts.length > 0 && mayServe({ partition, hostsCount: all.length }, hosts.length);

const longestGap = (felt: readonly Felt[]): number | null =>
  longest(felt.map(({ gap, after }) => (after === null ? null : gap)));

const feltIn = (act: Act | undefined, holdable: ReadonlySet<VipName>): readonly Felt[] =>
  (act?.felt ?? []).filter(({ vip }) => holdable.has(vip));

/** Null when one of them never came to its end. */
function longest(times: readonly (number | null)[]): number | null {
  let most = 0;
  for (const time of times) {
    if (time === null) return null;
    most = Math.max(most, time);
  }
  return Math.round(most);
}

/** Who has what in the end. */
function placesAfter(
  left: readonly HostName[],
  { moments, group }: From,
): Pick<StoryOutcome, "moves" | "loads" | "serves" | "nobody_may"> {
  const felt = moments[0]?.acts[0]?.felt ?? [];
  const holdable = holdableBy(left, group);
  return {
    moves: felt.filter(({ before, after }) => before !== after).map(({ vip, before, after }) => ({
      vip,
      from: before,
      to: after,
    })),
    loads: left.map((host) => ({ host, vips: felt.filter(({ after }) => after === host).length })),
    serves: serves(left, group),
    nobody_may: group.vips.map(({ name }) => name).filter((vip) => !holdable.has(vip)),
  };
}

function unanswered(moments: readonly (readonly Felt[])[]): readonly string[] {
  const vips = new Set(moments.flat().filter(({ after }) => after === null).map(({ vip }) => vip));
  return vips.size === 0 ? [] : [`nobody has ${[...vips].join(", ")} in the end, though somebody could`];
}

function lateness({ what, took_ms, promised_ms }: Measure): readonly string[] {
  if (took_ms === null || promised_ms === null || took_ms <= promised_ms) return [];
  return [`${what}: took ${took_ms}ms, at most ${promised_ms}ms promised`];
}

/** In ms, rounded; null: for ever, or it cannot happen to this group. */
function promised(name: string, group: Group): number | null {
  const bound = boundsOf(group).find((each) => each.name === name);
  if (bound === undefined) throw new RangeError(`Cannot find the bound "${name}"`);
  return bound.worst === null || !bound.applies ? null : Math.ceil(bound.worst);
}

const mergePromised = (group: Group): number | null =>
  promised("the same for a VIP whose handover overlaps", group) ??
    promised("serve: merge, one holder is left", group);
