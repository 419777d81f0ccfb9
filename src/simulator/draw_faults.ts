// Draws what goes wrong in one simulation. Each seed knows only some kinds of faults: a fault that is everywhere hides
// what others would show.

import type { OperatorRequest } from "../core/events.ts";
import type { Group, HostName, VipName } from "../core/vocabulary.ts";
import type { Weather } from "./network.ts";
import type { Fault } from "./plan.ts";
import type { Random } from "./random.ts";

export interface FaultDrawing {
  readonly group: Group;
  readonly hosts: readonly HostName[];
  readonly segmentsCount: number;
  /** Whether hosts have older files that they may go back to. */
  readonly hasOlder: boolean;
  /** In ms; faults come until then. */
  readonly until: number;
  /** Between two faults, on average, in ms. */
  readonly pace: number;
  /** All lengths of time are so many times as long as with a heartbeat of 100 ms. */
  readonly scale: number;
  readonly random: Random;
}

/** In the order of their times. */
export function drawFaults(of: FaultDrawing): readonly Fault[] {
  const { random, until, pace } = of;
  const kinds = kindsFor(of).filter(([, likely]) => random.chance(likely)).map(([kind]) => kind);
  const faults: Fault[] = [];
  if (kinds.length === 0) return faults;
  for (let at = random.between(0, 2 * pace); at < until; at += random.between(0, 2 * pace)) {
    faults.push(...drawFault({ ...of, at, kind: random.pick(kinds) }));
  }
  return faults.filter(({ at }) => at < until).sort((a, b) => a.at - b.at);
}

/** What checks say of hosts is drawn by draw_health.ts. */
type Kind = Exclude<Fault["kind"], "unhealthy"> | "partitions" | "kills";

/** How likely each kind is to be known to a seed. */
const likelihoods: readonly (readonly [Kind, number])[] = [
  ["partition", 0.5],
  ["partitions", 0.15],
  ["cut", 0.4],
  ["weather", 0.4],
  ["kill", 0.4],
  ["kills", 0.1],
  ["powerLoss", 0.3],
  ["pause", 0.4],
  ["stop", 0.4],
  ["operator", 0.4],
  ["personAdds", 0.15],
  ["personRemoves", 0.15],
  ["troubles", 0.1],
  ["clockJump", 0.15],
  ["unplug", 0.2],
  ["falseHint", 0.1],
  ["ambush", 0.25],
  ["reload", 1],
];

function kindsFor({ group, hosts, hasOlder }: FaultDrawing): readonly (readonly [Kind, number])[] {
  return likelihoods.filter(([kind]) => {
    if (kind === "reload") return hasOlder;
    // Quorum rests on clocks that run at about the same rate (I5): a jump is a clock that runs at any rate for a while.
    if (kind === "clockJump") return group.partition === "serve";
    return hosts.length > 1 || !["partition", "partitions", "cut", "ambush", "falseHint"].includes(kind);
  });
}

type Drawing = FaultDrawing & { readonly at: number };

function drawFault(of: Drawing & { readonly kind: Kind }): readonly Fault[] {
  const { at, group, hosts, random, kind, scale } = of;
  const host = random.pick(hosts);
  const vip = random.pick(group.vips).name;
  const lasts = drawLength(of);
  // A supervisor may start it again at once; a machine takes longer.
  const down = random.chance(0.3) ? random.between(10, 200) : random.between(200, 8_000) * scale;
  switch (kind) {
    case "partition":
      return [drawPartition(of, { at, lasts })];
    case "partitions":
      return drawPartitions(of);
    case "cut": {
      const to = random.pick(hosts.filter((each) => each !== host));
      return [{ kind, at, from: host, to, bothWays: random.chance(0.5), ...drawSegment(of), lasts }];
    }
    case "weather":
      return [{
        kind,
        at,
        hosts: random.sample(hosts, random.whole(1, hosts.length)),
        ...random.pick([{}, {}, { ways: "out" }, { ways: "in" }] as const),
        weather: drawWeather(of),
        ...drawSegment(of),
        lasts,
      }];
    case "kills":
      return drawKills(of, host);
    case "kill":
      return [{ kind, at, host, guard: group.timing.lease === null || random.chance(0.8), down }];
    case "powerLoss":
      return [{ kind, at, host, down }];
    case "pause":
      return [{ kind, at, host, lasts }];
    case "stop":
      return [{ kind, at, host, down }];
    case "operator":
      return [{ kind, at, host, request: drawRequest(of, vip) }];
    case "personAdds":
    case "personRemoves":
      return [{ kind, at, host, vip, all: random.chance(0.7) }];
    case "troubles":
      return [{ kind, at, host, lasts, ...drawTroubles(of) }];
    case "clockJump":
      return [{ kind, at, host, by: random.pick([0.3, 0.9, 1.5, 5, 100]) * group.timing.timeout }];
    case "unplug":
      return [{ kind, at, host, lasts }];
    case "falseHint":
      return [{ kind, at, host, about: random.pick(hosts.filter((each) => each !== host)) }];
    case "reload":
      return [{ kind, at, host, file: random.chance(0.7) ? "last" : "older" }];
    case "ambush": {
      const strike = random.pick(
        [
          "partition",
          "cut",
          "kill",
          "powerLoss",
          "pause",
          "operator",
          of.hasOlder ? "reload" : "stop",
        ] as const,
      );
      return drawFault({ ...of, kind: strike }).map((each) => (
        { kind, at, delay: random.between(0, 3), strike: each }
      ));
    }
  }
}

/** Short ones are over before they are suspected, long ones last longer than leases. */
function drawLength({ random, scale, pace }: FaultDrawing): number {
  const long = pace > 8_000 * scale ? random.between(8_000, 25_000) : random.between(1_500, 10_000);
  return scale * random.pick([random.between(10, 400), random.between(400, 1_500), long]);
}

function drawPartition(of: FaultDrawing, when: { readonly at: number; readonly lasts: number }): Fault {
  const { group, hosts, random } = of;
  const isEven = group.partition === "quorum" && hosts.length % 2 === 0 && random.chance(0.5);
  const size = isEven ? hosts.length / 2 : random.whole(1, Math.max(1, hosts.length - 1));
  return { kind: "partition", side: random.sample(hosts, size), ...drawSegment(of), ...when };
}

/** Several in a row, each of which begins while the one before goes on, just when it ends, or a little later. */
function drawPartitions(of: Drawing): readonly Fault[] {
  const { random, scale } = of;
  let at = of.at;
  return Array.from({ length: random.whole(2, 5) }, () => {
    const lasts = random.between(300, 3_000) * scale;
    const partition = drawPartition(of, { at, lasts });
    at += random.chance(0.4) ? lasts : random.between(50, 1_500) * scale;
    return partition;
  });
}

/** A daemon that is started again each time, and dies soon after. */
function drawKills({ at, random, scale, group }: Drawing, host: HostName): readonly Fault[] {
  const [every, isGuarded] = [
    random.between(300, 1_500) * scale,
    group.timing.lease === null || random.chance(0.8),
  ];
  return Array.from({ length: random.whole(3, 12) }, (_, time): Fault => ({
    kind: "kill",
    at: at + time * every,
    host,
    guard: isGuarded,
    down: random.between(10, 200),
  }));
}

/** Half of what happens to a network of several segments happens to one of them alone. */
function drawSegment({ segmentsCount, random }: FaultDrawing): { readonly segment?: number } {
  if (segmentsCount === 1 || random.chance(0.5)) return {};
  return { segment: random.whole(0, segmentsCount - 1) };
}

function drawWeather({ random, scale }: FaultDrawing): Partial<Weather> {
  const slow = (low: number, high: number) => random.between(low, high) * scale;
  return random.pick<Partial<Weather>>([
    { loss: random.between(0.05, 0.5) },
    { delayMax: slow(5, 100), ordered: random.chance(0.5) },
    { delayMin: slow(0, 100), delayMax: slow(100, 900), ordered: random.chance(0.5) },
    { duplication: random.between(0.1, 1), delayMax: slow(1, 100), ordered: false },
    { replay: random.between(0.01, 0.1) },
    { corruption: random.between(0.01, 0.3) },
  ]);
}

function drawRequest({ random, hosts }: FaultDrawing, vip: VipName): OperatorRequest {
  return random.pick<OperatorRequest>([
    { kind: "drain", reason: "maintenance" },
    { kind: "resume", reason: "maintenance is over" },
    { kind: "move", vip, to: random.pick(hosts) },
    { kind: "balance" },
  ]);
}

function drawTroubles({ group, random }: FaultDrawing) {
  const some = (most: number) => (random.chance(0.5) ? random.between(0, most) : 0);
  return {
    addFails: some(0.4),
    removeFails: some(0.4),
    slow: some(0.3),
    hangs: random.chance(0.3) ? random.between(0, 0.2) : 0,
    broken: random.chance(0.3) ? [random.pick(group.vips).name] : [],
  };
}
