// Draws the group of a simulation, and sometimes a second configuration of it: the one that hosts had before somebody
// began to change their files one after the other.

import {
  type Balance,
  duration,
  type Group,
  type HostName,
  hostName,
  type HostSpec,
  sorted,
  type Timing,
  type VipName,
  vipName,
  type VipSpec,
} from "../core/vocabulary.ts";
import type { Random } from "./random.ts";

/** How many there are to be; else it is drawn. */
export interface Size {
  readonly hosts?: number;
  readonly vips?: number;
}

const countsDrawn = [1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 7] as const;

/** Draws a group. Most are small: what goes wrong among many hosts nearly always goes wrong among three. */
export function drawGroup(random: Random, wanted: Size = {}): Group {
  const isLarge = random.chance(0.01);
  const drawn = isLarge ? random.whole(8, 16) : random.pick(countsDrawn);
  const names = drawNames(random, wanted.hosts ?? drawn);
  const evenly = random.chance(0.7);
  const freely = random.chance(0.5);
  const waits = random.chance(0.5);
  const vipsDrawn = isLarge ? random.whole(12, 40) : random.whole(1, 12);
  const partition = random.chance(0.3) ? "quorum" : "serve";
  return {
    name: "sim",
    digest: "last",
    partition,
    timing: drawTiming(random, partition),
    hosts: names.map((name): HostSpec => ({ name, weight: evenly ? 1 : random.pick([0.5, 1, 2, 3]) })),
    vips: Array.from(
      { length: wanted.vips ?? vipsDrawn },
      (_, index) => drawVip(index + 1, { names, freely, waits, random }),
    ),
    balance: drawBalance(random),
    refresh: null,
    settings: [],
  };
}

function drawNames(random: Random, count: number): HostName[] {
  const letters = [..."abcdefghijklmnopqrst"];
  const numbers = Array.from({ length: count }, (_, index) => `h${String(index + 1).padStart(4, "0")}`);
  return sorted(random.sample(count > letters.length ? numbers : letters, count).map(hostName));
}

/** Intervals in ms: those of the profiles, and heartbeats that are as long as the timeout allows. */
const paces = [
  ...Array.from({ length: 12 }, () => [100, 500] as const),
  [20, 80],
  [20, 80],
  [1_000, 5_000],
] as const;
const longBeats = { serve: [[200, 410], [50, 110]], quorum: [[200, 610], [50, 160]] } as const;

function drawTiming(random: Random, partition: Group["partition"]): Timing {
  const [heartbeat, timeout] = random.pick([...paces, ...longBeats[partition]]);
  const lease = Math.max(3_000, Math.ceil(timeout / 1_000) * 1_000);
  return {
    heartbeat: duration(heartbeat),
    timeout: duration(timeout),
    mature: duration(random.pick([2, 4, 10]) * timeout),
    lease: random.chance(0.9) ? duration(lease) : null,
  };
}

const drawBalance = (random: Random): Balance => ({
  movesPerRound: random.pick(["all", "all", 1, 2] as const),
  interval: duration(random.pick([1_000, 4_000])),
});

interface Willing {
  readonly names: readonly HostName[];
  /** Every VIP may be anywhere, and none prefers a host. */
  readonly freely: boolean;
  /** Whether some VIPs wait for a lease. */
  readonly waits: boolean;
  readonly random: Random;
}

function drawVip(number: number, { names, freely, waits, random }: Willing): VipSpec {
  const restricted = !freely && random.chance(0.3);
  const hosts = restricted ? random.sample(names, random.whole(1, names.length)) : names;
  return {
    name: vipName(`v${String(number).padStart(2, "0")}`),
    addresses: [addressOf(1, number), ...(random.chance(0.2) ? [addressOf(2, number)] : [])],
    prefer: drawPreference(hosts, { freely, random }),
    hosts,
    handover: random.chance(0.25) ? "overlap" : "exclusive",
    takeover: waits && random.chance(0.3) ? "after-lease" : "at-once",
    foreignHolder: "defend",
  };
}

const addressOf = (net: number, number: number): VipSpec["addresses"][number] => ({
  address: `10.${net}.${number >> 8}.${number & 255}`,
  family: 4,
  prefix: 32,
  interface: "eth0",
});

function drawPreference(
  hosts: readonly HostName[],
  { freely, random }: { readonly freely: boolean; readonly random: Random },
): readonly HostName[] {
  if (freely || !random.chance(0.4)) return [];
  const some = random.sample(hosts, random.whole(1, 2));
  return random.chance(0.5) ? some : some.reverse();
}

/** The group as a file described it before: like this one, but for one to three things. */
export function drawOlder(group: Group, random: Random): Group {
  let older: Group = { ...group, digest: "older" };
  for (let changes = random.whole(1, 3); changes > 0; changes--) {
    older = random.pick(differences)(older, random);
  }
  return { ...older, vips: older.vips.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** In ms; a configuration with a shorter one is refused. */
const heartbeatMin = 5;

type Difference = (group: Group, random: Random) => Group;

const differences: readonly Difference[] = [
  // A VIP that was removed since.
  (group, random) => {
    const number = random.whole(60, 99);
    if (group.vips.some(({ name }) => name === `v${number}`)) return group;
    const names = group.hosts.map(({ name }) => name);
    return {
      ...group,
      vips: [...group.vips, drawVip(number, { names, freely: true, waits: false, random })],
    };
  },
  // One that was added since.
  (group, random) => {
    const gone = random.pick(group.vips);
    return group.vips.length === 1 ? group : { ...group, vips: group.vips.filter((vip) => vip !== gone) };
  },
  // One that had another address, or one more, or two that had each other's.
  (group, random) =>
    random.chance(0.5) ? exchanged(group, random) : withOther(group, random, (vip) => ({
      addresses: [
        ...(random.chance(0.5) ? vip.addresses : []),
        addressOf(3, group.vips.indexOf(vip) + 1),
      ],
    })),
  // One that had another name.
  (group, random) =>
    withOther(
      group,
      random,
      (vip) => (vip.name.startsWith("v") ? { name: vipName(`w${vip.name.slice(1)}`) as VipName } : {}),
    ),
  (group, random) =>
    withOther(
      group,
      random,
      ({ handover }) => ({ handover: handover === "overlap" ? "exclusive" : "overlap" }),
    ),
  (group, random) =>
    withOther(
      group,
      random,
      ({ takeover }) => ({ takeover: takeover === "at-once" ? "after-lease" : "at-once" }),
    ),
  (group, random) =>
    withOther(group, random, ({ hosts }) => ({ prefer: drawPreference(hosts, { freely: false, random }) })),
  (group, random) =>
    withOther(group, random, () => {
      const names = group.hosts.map(({ name }) => name);
      return { prefer: [], hosts: random.sample(names, random.whole(1, names.length)) };
    }),
  (group, random) => ({
    ...group,
    hosts: group.hosts.map(({ name }) => ({ name, weight: random.pick([1, 2]) })),
  }),
  (group, random) => ({ ...group, balance: drawBalance(random) }),
  // Not the other way round: what is drawn for "serve" does not keep to what quorum assumes.
  (group) => ({ ...group, partition: "serve" }),
  ({ timing, ...group }, random) => {
    const drawn = random.pick([0.2, 0.5, 1, 2, 5]);
    const factor = timing.heartbeat * drawn < heartbeatMin ? 1 : drawn;
    const timeout = duration(timing.timeout * factor);
    const longer = Math.max(timeout, (timing.lease ?? 0) * random.pick([0.4, 1, 3]));
    const lease = timing.lease === null ? null : duration(Math.ceil(longer / 1_000) * 1_000);
    return {
      ...group,
      timing: { ...timing, heartbeat: duration(timing.heartbeat * factor), timeout, lease },
    };
  },
];

function exchanged(group: Group, random: Random): Group {
  const [one, other] = random.sample(group.vips, 2);
  if (one === undefined || other === undefined) return group;
  return {
    ...group,
    vips: group.vips.map((vip) => {
      if (vip === one) return { ...vip, addresses: other.addresses };
      return vip === other ? { ...vip, addresses: one.addresses } : vip;
    }),
  };
}

function withOther(group: Group, random: Random, change: (vip: VipSpec) => Partial<VipSpec>): Group {
  const chosen = random.pick(group.vips);
  return { ...group, vips: group.vips.map((vip) => (vip === chosen ? { ...vip, ...change(vip) } : vip)) };
}

/** The group without one of its hosts. VIPs that only this one may hold may be anywhere. */
export function without(group: Group, host: HostName): Group {
  const isLeft = (name: HostName) => name !== host;
  const hosts = group.hosts.filter(({ name }) => isLeft(name));
  return {
    ...group,
    hosts,
    vips: group.vips.map((vip) => ({
      ...vip,
      prefer: vip.prefer.filter(isLeft),
      hosts: vip.hosts.some(isLeft) ? vip.hosts.filter(isLeft) : hosts.map(({ name }) => name),
    })),
  };
}
