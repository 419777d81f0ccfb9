// Draws the plan of a simulation from its seed.

import type { Group, HostName } from "../core/vocabulary.ts";
import { drawFaults } from "./draw_faults.ts";
import { drawGroup, drawOlder, type Size, without } from "./draw_group.ts";
import { drawHealth } from "./draw_health.ts";
import { drawWords } from "./draw_words.ts";
import { calmWeather, type Weather } from "./network.ts";
import { everyoneIn, type Fault, type OlderFile, type Plan } from "./plan.ts";
import type { Random } from "./random.ts";
import type { Attachments } from "./segments.ts";

/** Draws a plan. Everything is drawn from forks, so that one more draw here changes as little as possible there. */
export function drawPlan(random: Random, wanted: Size = {}): Plan {
  const drawn = drawGroup(random.fork("group"), wanted);
  const scale = drawn.timing.heartbeat / 100;
  const course = random.fork("course");
  const { healAt, pace } = drawCourse(course, { group: drawn, scale });
  const { group, older } = drawFiles(random.fork("files"), { group: drawn, healAt, scale });
  const hosts = everyoneIn(older === undefined ? { group } : { group, older });
  const attachments = drawAttachments(random.fork("segments"), hosts);
  const faults = drawFaults({
    group,
    hosts,
    segmentsCount: attachments === undefined ? 1 : 1 + Math.max(...[...attachments.values()].flat()),
    hasOlder: older !== undefined && older.change === undefined,
    until: healAt,
    pace,
    scale,
    random: random.fork("faults"),
  });
  const neighbours = random.fork("neighbours");
  const gate = random.fork("gate");
  return {
    group,
    ...(older === undefined ? {} : { older }),
    ...(neighbours.chance(0.1) ? { neighboursEvery: scale * neighbours.between(500, 5_000) } : {}),
    ...(gate.chance(0.15) ? { gateMax: scale * gate.pick([20, 200, 1_000, 3_000]) } : {}),
    calm: drawCalm(course, group),
    ...(attachments === undefined ? {} : { attachments }),
    clients: course.chance(0.7) ? course.sample(hosts, course.whole(1, 2)) : [],
    drift: drawDrift(course, group),
    starts: drawStarts(course, { hosts, older, healAt, scale }),
    faults: [
      ...faults,
      ...rollOut(random.fork("roll-out"), { hosts, older, healAt, scale }),
      ...drawHealth(random.fork("health"), { group, hosts, until: healAt, scale }),
      ...drawWords(random.fork("words"), { hosts, until: healAt, scale }),
    ]
      .sort((a, b) => a.at - b.at),
    healAt,
    staysDown: drawAbsent(course, hosts, older),
    endsEarly: course.chance(7 / 8),
  };
}

/** Who is not started again when all is healed. */
function drawAbsent(random: Random, hosts: readonly HostName[], older: OlderFile | undefined): HostName[] {
  if (older?.change !== undefined) return older.change.kind === "leaves" ? [older.change.host] : [];
  return random.chance(0.3) ? hosts.filter(() => random.chance(0.3)) : [];
}

/** How long the chaos lasts, and how often something happens in it. */
function drawCourse(random: Random, { group, scale }: { readonly group: Group; readonly scale: number }) {
  const pace = scale * random.pick([300, 300, 1_000, 1_000, 2_000, 2_000, 5_000, 5_000, 12_000]);
  const isLong = pace > 10_000 * scale || random.chance(0.05);
  const seconds = isLong ? random.between(30, 50) : random.between(5, 15);
  return { pace, healAt: Math.min(seconds, group.hosts.length > 7 ? 8 : 60) * 1_000 * scale };
}

/** In some seeds the hosts' files change one after the other; in a few of these a host joins or leaves the group. */
function drawFiles(
  random: Random,
  { group, healAt, scale }: { readonly group: Group; readonly healAt: number; readonly scale: number },
): { readonly group: Group; readonly older: OlderFile | undefined } {
  if (!random.chance(0.15)) return { group, older: undefined };
  if (random.chance(0.3) && group.hosts.length > 1) return drawChange(random, { group, healAt, scale });
  const names = group.hosts.map(({ name }) => name);
  return {
    group,
    older: {
      group: drawOlder(group, random),
      hosts: random.chance(0.5) ? names : random.sample(names, random.whole(1, names.length)),
      isKept: random.chance(0.2),
    },
  };
}

/** Growing: all others get the new file, then the new host starts. Shrinking: a host stops, then the others get it. */
function drawChange(
  random: Random,
  { group, healAt }: { readonly group: Group; readonly healAt: number; readonly scale: number },
): { readonly group: Group; readonly older: OlderFile } {
  const { name: host } = random.pick(group.hosts);
  const smaller = without(group, host);
  const hosts = group.hosts.map(({ name }) => name).filter((name) => name !== host);
  const at = healAt * random.between(0.3, 0.7);
  if (random.chance(0.5)) {
    const older = { ...smaller, digest: "older" };
    return { group, older: { group: older, hosts, isKept: false, change: { kind: "joins", host, at } } };
  }
  const older = { ...group, digest: "older" };
  const all = [...hosts, host];
  return {
    group: { ...smaller, digest: "last" },
    older: { group: older, hosts: all, isKept: false, change: { kind: "leaves", host, at } },
  };
}

/** The steps of growing and shrinking. */
function rollOut(
  random: Random,
  { hosts, older, healAt, scale }: {
    readonly hosts: readonly HostName[];
    readonly older: OlderFile | undefined;
    readonly healAt: number;
    readonly scale: number;
  },
): readonly Fault[] {
  if (older?.change === undefined) return [];
  const { kind, host, at: changeAt } = older.change;
  const others = hosts.filter((each) => each !== host);
  const [from, to] = kind === "joins"
    ? [0.2 * healAt, changeAt]
    : [Math.min(changeAt + 2_000 * scale, healAt), healAt];
  const step = Math.max(0, to - from) / (others.length + 1);
  const reloads = others.map((each, index): Fault => (
    { kind: "reload", at: from + step * (index + random.next()), host: each, file: "last" }
  ));
  return kind === "joins" ? reloads : [{ kind: "stop", at: changeAt, host, down: 0 }, ...reloads];
}

/** Two segments, of which some hosts are on both; or three hosts of which each two share another one. */
function drawAttachments(random: Random, hosts: readonly HostName[]): Attachments | undefined {
  if (!random.chance(0.2)) return undefined;
  if (hosts.length === 3 && random.chance(0.4)) {
    return new Map(hosts.map((host, index) => [host, [index, (index + 1) % 3]]));
  }
  return new Map(hosts.map((host) => [host, random.chance(0.7) ? [0, 1] : [0]]));
}

/**
 * Even a network that is well may lose, repeat and reorder a little. Not where the timeout has no room for a few lost
 * heartbeats: such a group is never at rest. With "quorum" a heartbeat and its acknowledgement have to come through.
 */
function drawCalm(random: Random, { partition, timing: { heartbeat, timeout } }: Group): Weather {
  const lossy = random.chance(0.2) && partition === "serve" && timeout >= 5 * heartbeat
    ? { loss: 0.01, duplication: 0.01 }
    : {};
  return { ...calmWeather, ...lossy, ordered: random.chance(0.7) };
}

/**
 * Quartz is good to 200 ppm or less. A clock that is wrong by a twentieth is a broken one, and the argument of quorum
 * (I5) is for clocks that run at about the same rate: that one is for "serve" alone.
 */
const drawDrift = (random: Random, { partition }: Group): number =>
  partition === "serve" && random.chance(0.1) ? 0.05 : 2e-4;

function drawStarts(
  random: Random,
  { hosts, older, healAt, scale }: {
    readonly hosts: readonly HostName[];
    readonly older: OlderFile | undefined;
    readonly healAt: number;
    readonly scale: number;
  },
): ReadonlyMap<HostName, number> {
  const spread = Math.min(healAt, scale * random.pick([50, 1_000, 8_000]));
  const joins = older?.change?.kind === "joins" ? older.change : null;
  return new Map(hosts.map((host) => [host, host === joins?.host ? joins.at : random.between(0, spread)]));
}
