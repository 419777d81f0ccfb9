// Which stories "simulate" tells of a group, and at how many moments each: as many as the time that people wait
// allows. That time is reckoned, not measured, so that the same file always gives the same answer.

import type { HostName } from "../core/vocabulary.ts";
import { costOf, type Scene, type Story } from "../simulator/rehearsal.ts";

export interface Storybook {
  readonly stories: readonly Story[];
  /** Each story is told at so many of its moments. */
  readonly moments: number;
  /** Stories that would take too long. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly what: "hosts" | "pairs" | "stops";
  readonly told: number;
  readonly all: number;
  /** How long the others would take, about. */
  readonly cost_ms: number;
}

/** Which pairs of hosts die: all, and then every other story is told too; as many as the time allows; none. */
export type Pairs = "all" | "some" | "none";

/** What people wait for, in ms. */
const budget = 15_000;
const momentsMax = 10;
/** Of each kind, however long it takes. */
const toldMin = 4;

/** The stories of the group. */
export function storybook(scene: Scene, pairs: Pairs): Storybook {
  const hosts = scene.group.hosts.map(({ name }) => name);
  const whole: readonly Story[] = [
    { kind: "start" },
    ...(hosts.length < 2
      ? []
      : [{ kind: "split", side: hosts.slice(0, Math.ceil(hosts.length / 2)) } as const]),
  ];
  const kinds: Readonly<Record<LeftOut["what"], readonly Story[]>> = {
    hosts: hosts.map((host): Story => ({ kind: "loss", hosts: [host] })),
    pairs: pairs === "none" ? [] : pairsOf(hosts).map((each): Story => ({ kind: "loss", hosts: each })),
    stops: hosts.map((host): Story => ({ kind: "stop", host })),
  };
  const stories = [...whole];
  const leftOut: LeftOut[] = [];
  let cost = whole.reduce((sum, story) => sum + costOf(story, scene), 0);
  // What each kind may take of the time that those before it leave.
  for (const [what, share] of [["hosts", 1], ["stops", 1 / 3], ["pairs", 1]] as const) {
    const all = kinds[what];
    const [any] = all;
    if (any === undefined) continue;
    const each = costOf(any, scene);
    const told = pairs === "all" ? all : spread(all, Math.floor((budget - cost) * share / each));
    stories.push(...told);
    cost += told.length * each;
    if (told.length === all.length) continue;
    const cost_ms = Math.round((all.length - told.length) * each);
    leftOut.push({ what, told: told.length, all: all.length, cost_ms });
  }
  return { stories, moments: Math.min(momentsMax, Math.max(1, Math.floor(budget / cost))), leftOut };
}

function pairsOf(hosts: readonly HostName[]): readonly (readonly [HostName, HostName])[] {
  return hosts.flatMap((one, at) => hosts.slice(at + 1).map((other) => [one, other] as const));
}

/** So many of the stories, but not too few, spread evenly over all of them. */
function spread(stories: readonly Story[], wanted: number): readonly Story[] {
  const count = Math.min(stories.length, Math.max(toldMin, wanted));
  return Array.from({ length: count }, (_, at) => stories[Math.floor(at * stories.length / count)])
    .filter((story) => story !== undefined);
}
