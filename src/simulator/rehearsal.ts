// One story, told of a group that a user has described: the hosts start, the group settles, something happens, and
// it is seen what the clients of each VIP feel. Each story can be told at many moments: what differs is where every
// host is between two heartbeats, and how long messages and commands take.

import { mayServe } from "../core/membership.ts";
import type { Group, HostName, VipName } from "../core/vocabulary.ts";
import { Audience, type Felt } from "./audience.ts";
import { coreProgram } from "./core_program.ts";
import { calmWeather } from "./network.ts";
import type { World } from "./occurrence.ts";
import type { Fault, Plan } from "./plan.ts";
import { Random } from "./random.ts";
import type { Attachments } from "./segments.ts";
import { type Director, simulate } from "./simulate.ts";

export type Story =
  /** All hosts start together. */
  | { readonly kind: "start" }
  /** These lose their power, within a heartbeat. */
  | { readonly kind: "loss"; readonly hosts: readonly HostName[] }
  /** A clean stop. */
  | { readonly kind: "stop"; readonly host: HostName }
  /** Nothing passes any more between these and the others, and later everything does again. */
  | { readonly kind: "split"; readonly side: readonly HostName[] };

export interface Scene {
  readonly group: Group;
  /** On which segments, by number, hosts send and hear; null: all on one. */
  readonly attachments: Attachments | null;
}

/** What clients felt: of the whole network; with a split, of each part, and then of the whole as each part sees it. */
export interface Act {
  /** Whom they could reach; of these some may be dead. */
  readonly hosts: readonly HostName[];
  readonly felt: readonly Felt[];
}

export interface Rehearsed {
  readonly acts: readonly Act[];
  /** What a checker of the simulator objected to: a mistake in the program, not in the configuration. */
  readonly objection: string | null;
}

/** Tells the story at one of its moments; the same moment is the same to the millisecond. */
export function rehearse(
  story: Story,
  { group, attachments, moment }: Scene & { readonly moment: number },
): Rehearsed {
  const random = new Random(`${JSON.stringify(story)} ${moment}`);
  const script = scriptOf(story, {
    scene: { group, attachments },
    random: random.fork("script"),
    isFirst: moment === 0,
  });
  const stage = stageFor(story, { group, script, random });
  const plan: Plan = {
    group,
    calm: calmWeather,
    ...(attachments === null ? {} : { attachments }),
    starts: script.starts,
    faults: script.faults,
    healAt: script.endsAt,
    staysDown: [],
    endsUnhealed: true,
  };
  const { violation } = simulate({
    seed: moment,
    program: coreProgram,
    wire: "plain",
    plan,
    director: stage,
  });
  return {
    acts: stage.acts(),
    objection: violation === null ? null : `${violation.checker}: ${violation.what}`,
  };
}

/** Which VIPs these hosts may hold together, by the configuration. */
export function holdableBy(
  hosts: readonly HostName[],
  { partition, hosts: all, vips }: Group,
): ReadonlySet<VipName> {
  if (!mayServe({ partition, hostsCount: all.length }, hosts.length)) return new Set();
  return new Set(
    vips.filter((vip) => vip.hosts.some((host) => hosts.includes(host))).map(({ name }) => name),
  );
}

/** What one moment of the story costs, about: milliseconds on a machine of 2020. Depends on the scene alone. */
export function costOf(story: Story, scene: Scene): number {
  const { group } = scene;
  const { endsAt } = scriptOf(story, { scene, random: new Random(0), isFirst: true });
  const count = group.hosts.length;
  const datagrams = count * count * endsAt / group.timing.heartbeat;
  return 5 + datagrams / 70 + count * group.vips.length / 17;
}

interface Script {
  readonly starts: ReadonlyMap<HostName, number>;
  readonly faults: readonly Fault[];
  /** When it happens. */
  readonly at: number;
  /** When a split is over. */
  readonly mergesAt: number;
  readonly endsAt: number;
}

function scriptOf(
  story: Story,
  { scene, random, isFirst }: { readonly scene: Scene; readonly random: Random; readonly isFirst: boolean },
): Script {
  const { group } = scene;
  const { heartbeat, timeout, mature } = group.timing;
  const starts = new Map(group.hosts.map(({ name }) => [name, random.between(0, heartbeat)]));
  // A group that does not find all its hosts waits for them first.
  const settled = 4 * heartbeat + 500 + (isConnected(scene) ? 0 : mature);
  // Counted from when the last of them has started.
  if (story.kind === "start") {
    return { starts, faults: [], at: Math.max(...starts.values()), mergesAt: settled, endsAt: settled };
  }
  const at = settled + random.between(0, heartbeat);
  const mergesAt = at + 2 * timeout + 3 * heartbeat + 300;
  const after = story.kind === "split" ? 2 * timeout + 5 * heartbeat + 500 : 0;
  return {
    starts,
    faults: faultsOf(story, { at, mergesAt, heartbeat, random, isFirst }),
    at,
    mergesAt,
    endsAt: mergesAt + after,
  };
}

/** Whether every host shares a segment with every other. */
function isConnected({ group: { hosts }, attachments }: Scene): boolean {
  if (attachments === null) return true;
  const on = (host: HostName) => attachments.get(host) ?? [];
  return hosts.every(({ name: one }) =>
    hosts.every(({ name: other }) => on(one).some((segment) => on(other).includes(segment)))
  );
}

function faultsOf(
  story: Exclude<Story, { readonly kind: "start" }>,
  { at, mergesAt, heartbeat, random, isFirst }: {
    readonly at: number;
    readonly mergesAt: number;
    readonly heartbeat: number;
    readonly random: Random;
    /** The first time all of them die at once. */
    readonly isFirst: boolean;
  },
): readonly Fault[] {
  const forGood = { down: Infinity };
  switch (story.kind) {
    case "loss": {
      const first = random.pick(story.hosts);
      return story.hosts.map((host): Fault => {
        const delay = isFirst || host === first ? 0 : random.between(0, heartbeat);
        return { kind: "powerLoss", host, at: at + delay, ...forGood };
      });
    }
    case "stop":
      return [{ kind: "stop", host: story.host, at, ...forGood }];
    case "split":
      return [{ kind: "partition", side: story.side, at, lasts: mergesAt - at }];
  }
}

/** Puts the clients where the story wants them, and asks them what they felt. */
function stageFor(
  story: Story,
  { group, script, random }: { readonly group: Group; readonly script: Script; readonly random: Random },
): Director & { readonly acts: () => readonly Act[] } {
  const everyone = group.hosts.map(({ name }) => name);
  const side = story.kind === "split" ? story.side : everyone;
  const parts = [side, everyone.filter((host) => !side.includes(host))].filter((hosts) => hosts.length > 0);
  const audiences = parts.map((hosts) => ({ hosts, clients: new Audience(group.vips) }));
  const acts: Act[] = [];
  let seen: World | null = null;
  const close = (world: World, hostsOf: (part: readonly HostName[]) => readonly HostName[]) => {
    for (const { hosts, clients } of audiences) {
      acts.push({ hosts: hostsOf(hosts), felt: clients.felt(world) });
    }
  };
  return {
    random,
    begin(timeline, world) {
      seen = world;
      for (const { clients } of audiences) clients.reach(everyone, world);
      timeline.at(script.at, () => {
        for (const { hosts, clients } of audiences) clients.reach(hosts, world);
      });
      if (parts.length === 1) return;
      timeline.at(script.mergesAt, () => {
        close(world, (hosts) => hosts);
        for (const { clients } of audiences) clients.reach(everyone, world);
      });
    },
    watch(occurrence, world) {
      for (const { clients } of audiences) clients.watch(occurrence, world);
    },
    acts() {
      if (seen !== null) close(seen, (hosts) => parts.length === 1 ? hosts : everyone);
      return acts;
    },
  };
}
