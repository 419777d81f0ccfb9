// What is going to happen in one simulation: the group, when its hosts start, what goes wrong and when, and when all
// is healed. A plan is drawn from a seed, or written by hand to tell one particular story.

import type { OperatorRequest } from "../core/events.ts";
import {
  duration,
  type Group,
  type HostName,
  hostName,
  type HostSpec,
  sorted,
  type VipName,
  vipName,
  type VipSpec,
} from "../core/vocabulary.ts";
import { calmWeather, type Weather } from "./network.ts";
import type { Random } from "./random.ts";

export interface Plan {
  readonly group: Group;
  /** How many addresses each VIP has. */
  readonly sizes: ReadonlyMap<VipName, number>;
  /** The network's weather even when nothing is wrong. */
  readonly calm: Weather;
  /** When each host starts for the first time, in ms. */
  readonly starts: ReadonlyMap<HostName, number>;
  /** In the order of their times. */
  readonly faults: readonly Fault[];
  /** When all faults end and all hosts that are down, but for these, start. */
  readonly healAt: number;
  readonly staysDown: readonly HostName[];
}

/** Times in ms since the simulation began; `lasts` and `down` in ms. */
export type Fault =
  & { readonly at: number }
  & (
    | { readonly kind: "partition"; readonly side: readonly HostName[]; readonly lasts: number }
    /** Cuts one direction, or both. */
    | {
      readonly kind: "cut";
      readonly from: HostName;
      readonly to: HostName;
      readonly bothWays: boolean;
      readonly lasts: number;
    }
    /** All links of these hosts become bad. */
    | {
      readonly kind: "weather";
      readonly hosts: readonly HostName[];
      readonly weather: Partial<Weather>;
      readonly lasts: number;
    }
    | { readonly kind: "kill"; readonly host: HostName; readonly guard: boolean; readonly down: number }
    | { readonly kind: "powerLoss"; readonly host: HostName; readonly down: number }
    | { readonly kind: "pause"; readonly host: HostName; readonly lasts: number }
    | { readonly kind: "stop"; readonly host: HostName; readonly down: number }
    | { readonly kind: "operator"; readonly host: HostName; readonly request: OperatorRequest }
    /** A person adds or removes an address of the VIP, or all of them. */
    | {
      readonly kind: "personAdds" | "personRemoves";
      readonly host: HostName;
      readonly vip: VipName;
      readonly all: boolean;
    }
    | {
      readonly kind: "troubles";
      readonly host: HostName;
      readonly addFails: number;
      readonly removeFails: number;
      readonly slow: number;
      readonly broken: readonly VipName[];
      readonly lasts: number;
    }
  );

/** Draws a plan. Each seed knows only some kinds of faults: a fault that is everywhere hides what others would show. */
export function drawPlan(random: Random): Plan {
  const group = drawGroup(random.fork("group"));
  const chaos = random.fork("chaos");
  const healAt = chaos.chance(0.2) ? chaos.between(30_000, 60_000) : chaos.between(10_000, 25_000);
  const kinds = faultKinds.filter(({ likely }) => chaos.chance(likely));
  const pace = chaos.pick([300, 1_000, 2_000, 5_000]);
  const faults: Fault[] = [];
  for (
    let at = chaos.between(0, 2 * pace);
    at < healAt && kinds.length > 0;
    at += chaos.between(0, 2 * pace)
  ) {
    faults.push(drawFault({ at, group, random: chaos, kind: chaos.pick(kinds).kind }));
  }
  return {
    group,
    sizes: new Map(group.vips.map(({ name }) => [name, chaos.chance(0.2) ? 2 : 1])),
    calm: drawCalm(chaos),
    starts: drawStarts(group, chaos),
    faults,
    healAt,
    staysDown: chaos.chance(0.3) ? group.hosts.map(({ name }) => name).filter(() => chaos.chance(0.3)) : [],
  };
}

function drawGroup(random: Random): Group {
  const names = sorted(
    random.sample([..."abcdefg"], random.pick([2, 2, 3, 3, 3, 3, 4, 4, 5, 7])).map(hostName),
  );
  const evenly = random.chance(0.7);
  const freely = random.chance(0.5);
  const hosts = names.map((name): HostSpec => ({ name, weight: evenly ? 1 : random.pick([0.5, 1, 2, 3]) }));
  const vips = Array.from(
    { length: random.whole(1, 12) },
    (_, index) => vipName(`v${String(index + 1).padStart(2, "0")}`),
  );
  return {
    name: "sim",
    digest: "d1",
    partition: random.chance(0.25) ? "quorum" : "serve",
    timing: {
      heartbeat: duration(100),
      timeout: duration(500),
      mature: duration(random.pick([1_000, 2_000, 5_000])),
      lease: random.chance(0.9) ? duration(3_000) : null,
    },
    hosts,
    vips: vips.map((name) => drawVip(name, { names, freely, random })),
    balance: {
      movesPerRound: random.pick(["all", "all", 1, 2] as const),
      interval: duration(random.pick([1_000, 4_000])),
    },
  };
}

function drawVip(
  name: VipName,
  { names, freely, random }: {
    readonly names: readonly HostName[];
    readonly freely: boolean;
    readonly random: Random;
  },
): VipSpec {
  const restricted = !freely && random.chance(0.3);
  const hosts = restricted ? random.sample(names, random.whole(1, names.length)) : names;
  return {
    name,
    prefer: !freely && random.chance(0.4) ? shuffled(random.sample(hosts, random.whole(1, 2)), random) : [],
    hosts,
    handover: random.chance(0.25) ? "overlap" : "exclusive",
  };
}

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  random.chance(0.5) ? [...items] : [...items].reverse();

/** Even a network that is well may lose, repeat and reorder a little. */
function drawCalm(random: Random): Weather {
  const lossy = random.chance(0.2) ? { loss: 0.01, duplication: 0.01 } : {};
  return { ...calmWeather, ...lossy, ordered: random.chance(0.7) };
}

function drawStarts(group: Group, random: Random): ReadonlyMap<HostName, number> {
  const spread = random.pick([50, 1_000, 8_000]);
  return new Map(group.hosts.map(({ name }) => [name, random.between(0, spread)]));
}

interface Drawing {
  readonly at: number;
  readonly group: Group;
  readonly random: Random;
}

const faultKinds: readonly { readonly kind: Fault["kind"]; readonly likely: number }[] = [
  { kind: "partition", likely: 0.5 },
  { kind: "cut", likely: 0.4 },
  { kind: "weather", likely: 0.4 },
  { kind: "kill", likely: 0.4 },
  { kind: "powerLoss", likely: 0.3 },
  { kind: "pause", likely: 0.4 },
  { kind: "stop", likely: 0.4 },
  { kind: "operator", likely: 0.4 },
  { kind: "personAdds", likely: 0.15 },
  { kind: "personRemoves", likely: 0.15 },
  { kind: "troubles", likely: 0.1 },
];

function drawFault(of: Drawing & { readonly kind: Fault["kind"] }): Fault {
  const { at, group, random, kind } = of;
  const names = group.hosts.map(({ name }) => name);
  const host = random.pick(names);
  const vip = random.pick(group.vips).name;
  const lasts = drawLength(random);
  // A supervisor does not start a daemon again at once; a machine takes longer.
  const down = random.between(200, 8_000);
  switch (kind) {
    case "partition":
      return { kind, at, side: random.sample(names, random.whole(1, Math.max(1, names.length - 1))), lasts };
    case "cut":
      return {
        kind,
        at,
        from: host,
        to: random.pick(names.filter((each) => each !== host)),
        bothWays: random.chance(0.5),
        lasts,
      };
    case "weather":
      return {
        kind,
        at,
        hosts: random.sample(names, random.whole(1, names.length)),
        weather: drawWeather(random),
        lasts,
      };
    case "kill":
      return { kind, at, host, guard: group.timing.lease === null || random.chance(0.8), down };
    case "powerLoss":
      return { kind, at, host, down };
    case "pause":
      return { kind, at, host, lasts };
    case "stop":
      return { kind, at, host, down };
    case "operator":
      return { kind, at, host, request: drawRequest(of, { vip, names }) };
    case "personAdds":
    case "personRemoves":
      return { kind, at, host, vip, all: random.chance(0.7) };
    case "troubles":
      return { kind, at, host, lasts, ...drawTroubles(of) };
  }
}

/** Short ones are over before they are suspected, long ones last longer than leases. */
function drawLength(random: Random): number {
  return random.pick([random.between(10, 400), random.between(400, 1_500), random.between(1_500, 10_000)]);
}

function drawWeather(random: Random): Partial<Weather> {
  return random.pick<Partial<Weather>>([
    { loss: random.between(0.05, 0.5) },
    { delayMax: random.between(5, 100), ordered: random.chance(0.5) },
    { delayMin: random.between(0, 100), delayMax: random.between(100, 900), ordered: random.chance(0.5) },
    { duplication: random.between(0.1, 1), delayMax: random.between(1, 100), ordered: false },
    { replay: random.between(0.01, 0.1) },
    { corruption: random.between(0.01, 0.3) },
  ]);
}

function drawRequest(
  { random }: Drawing,
  { vip, names }: { readonly vip: VipName; readonly names: readonly HostName[] },
): OperatorRequest {
  return random.pick<OperatorRequest>([
    { kind: "drain", reason: "maintenance" },
    { kind: "resume", reason: "maintenance is over" },
    { kind: "move", vip, to: random.pick(names) },
    { kind: "balance" },
  ]);
}

function drawTroubles({ group, random }: Drawing) {
  const some = (most: number) => (random.chance(0.5) ? random.between(0, most) : 0);
  return {
    addFails: some(0.4),
    removeFails: some(0.4),
    slow: some(0.3),
    broken: random.chance(0.3) ? [random.pick(group.vips).name] : [],
  };
}
