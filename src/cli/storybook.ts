// Which stories "simulate" tells of a group, and at how many moments each. Every host dies once whatever it takes; of
// the other stories there are as many as the time that people wait allows. That time is reckoned, not measured, so
// that the same file always gives the same answer.

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
  readonly kind: "pairs" | "stops";
  readonly told: number;
  readonly all: number;
  /** How long the others would take, in ms, about. */
  readonly cost: number;
}

/** Which pairs of hosts die: all, as many as the time allows, none. */
export type Pairs = "all" | "some" | "none";

/** What people wait for, in ms. */
const budget = 15_000;
const momentsMax = 10;
/** However long it takes. */
const toldMin = 5;

/** The stories of the group. */
export function storybook(scene: Scene, pairs: Pairs): Storybook {
  const hosts = scene.group.hosts.map(({ name }) => name);
  const first: readonly Story[] = [
    { kind: "start" },
    ...hosts.map((host): Story => ({ kind: "loss", hosts: [host] })),
    ...(hosts.length < 2
      ? []
      : [{ kind: "split", side: hosts.slice(0, Math.ceil(hosts.length / 2)) } as const]),
  ];
  const allStops = hosts.map((host): Story => ({ kind: "stop", host }));
  const allPairs = pairs === "none"
    ? []
    : pairsOf(hosts).map((each): Story => ({ kind: "loss", hosts: each }));
  const left = budget - sum(first, scene);
  const stops = affordable(allStops, { scene, left: left / 3 });
  const told = pairs === "all" ? allPairs : affordable(allPairs, { scene, left: left - sum(stops, scene) });
  const stories = [...first, ...told, ...stops];
  return {
    stories,
    moments: Math.min(momentsMax, Math.max(1, Math.floor(budget / sum(stories, scene)))),
    leftOut: [
      ...leftOut("pairs", { told, all: allPairs, scene }),
      ...leftOut("stops", { told: stops, all: allStops, scene }),
    ],
  };
}

const sum = (stories: readonly Story[], scene: Scene): number =>
  stories.reduce((total, story) => total + costOf(story, scene), 0);

function pairsOf(hosts: readonly HostName[]): readonly (readonly [HostName, HostName])[] {
  return hosts.flatMap((one, at) => hosts.slice(at + 1).map((other) => [one, other] as const));
}

/** As many as there is time left for, spread evenly over all of them. */
function affordable(
  stories: readonly Story[],
  { scene, left }: { readonly scene: Scene; readonly left: number },
): readonly Story[] {
  const [any] = stories;
  if (any === undefined) return [];
  const count = Math.min(stories.length, Math.max(toldMin, Math.floor(left / costOf(any, scene))));
  return Array.from({ length: count }, (_, at) => stories[Math.floor(at * stories.length / count)] ?? any);
}

function leftOut(kind: LeftOut["kind"], { told, all, scene }: {
  readonly told: readonly Story[];
  readonly all: readonly Story[];
  readonly scene: Scene;
}): readonly LeftOut[] {
  if (told.length === all.length) return [];
  return [{ kind, told: told.length, all: all.length, cost: sum(all, scene) - sum(told, scene) }];
}
