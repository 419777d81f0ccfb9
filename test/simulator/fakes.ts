// For tests of the simulator's own parts: a group, a program that does what the test says, and a world as it is told.

import type { NodeEffect, NodeEvent } from "../../src/core/events.ts";
import type { NodeStatus, VipStatus } from "../../src/core/status.ts";
import {
  duration,
  type Group,
  type HostName,
  hostName,
  incarnation,
  type Instant,
  instant,
  type Member,
  viewNumber,
  vipName,
} from "../../src/core/vocabulary.ts";
import type { Program } from "../../src/simulator/host.ts";
import type { HostView, World } from "../../src/simulator/occurrence.ts";

/** Hosts and VIPs by their names; "v!" has an overlapping handover. The address of "v" is "v" too. */
export function fakeGroup(
  hosts: readonly string[],
  vips: readonly string[],
  change: Partial<Group> = {},
): Group {
  const names = hosts.map(hostName);
  return {
    name: "sim",
    digest: "d",
    partition: "serve",
    timing: {
      heartbeat: duration(100),
      timeout: duration(500),
      mature: duration(1_000),
      lease: duration(3_000),
    },
    hosts: names.map((name) => ({ name, weight: 1 })),
    vips: vips.map((text) => ({
      name: vipName(text.replace("!", "")),
      addresses: [{ address: text.replace("!", ""), family: 4, prefix: 32, interface: "eth0" }],
      prefer: [],
      hosts: names,
      handover: text.endsWith("!") ? "overlap" : "exclusive",
      takeover: "at-once",
      foreignHolder: "defend",
    })),
    balance: { movesPerRound: "all", interval: duration(1_000) },
    refresh: null,
    settings: [],
    ...change,
  };
}

/** A program that notes its events, each with the time on its own clock, and answers with what `reply` says. */
export function fakeProgram(
  reply: (event: NodeEvent) => readonly NodeEffect[] = () => [],
  deadline: () => Instant | null = () => null,
): Program & { readonly events: NodeEvent[]; readonly times: number[]; hasLeft: boolean } {
  const program = {
    events: [] as NodeEvent[],
    times: [] as number[],
    hasLeft: false,
    start: ({ self }: { readonly self: HostName }) => ({
      step(event: NodeEvent, now: Instant) {
        program.events.push(event);
        program.times.push(now);
        return reply(event);
      },
      deadline,
      status: () => fakeStatus({ host: self }),
      hasLeft: () => program.hasLeft,
    }),
  };
  return program;
}

export interface FakeHost {
  readonly name: string;
  readonly daemon?: HostView["daemon"];
  readonly has?: readonly string[];
  readonly byPerson?: readonly string[];
  readonly releasing?: readonly string[];
  readonly status?: Omit<FakeStatus, "host">;
  readonly group?: Group;
  readonly isTroubled?: boolean;
  /** VIPs that a health check of it fails for. */
  readonly unfitFor?: readonly string[];
}

/** What of a world matters to some checkers only; without it all is well, nothing is cut, and nobody is a client. */
interface Circumstances {
  readonly now?: number;
  readonly undisturbedSince?: number;
  readonly isCalm?: boolean;
  readonly clients?: World["clients"];
  /** Pairs as "ab" that nothing passes between. */
  readonly apart?: readonly string[];
  /** Pairs as "ab" between which something is wrong. */
  readonly strained?: readonly string[];
  /** Of other configurations besides. */
  readonly addresses?: readonly string[];
}

export function fakeWorld(group: Group, hosts: readonly FakeHost[], of: Circumstances = {}): World {
  const {
    now = 0,
    undisturbedSince = 0,
    isCalm = true,
    clients = [],
    apart = [],
    strained = [],
    addresses = [],
  } = of;
  const isAmong = (pairs: readonly string[], one: HostName, other: HostName) =>
    pairs.includes(one + other) || pairs.includes(other + one);
  return {
    now,
    group,
    undisturbedSince,
    isCalm,
    clients,
    addresses: [
      ...new Set(
        [group, ...hosts.flatMap((host) => host.group ?? [])].flatMap(({ vips }) => vips)
          .flatMap((vip) => vip.addresses.map(({ address }) => address)),
      ),
      ...addresses,
    ],
    areApart: (one, other) => isAmong(apart, one, other),
    areJoined: (one, other) => !isAmong([...apart, ...strained], one, other),
    saw: () => {},
    hosts: hosts.map((
      { name, daemon = "running", has = [], byPerson = [], releasing = [], status = {}, ...host },
    ) => ({
      name: hostName(name),
      daemon,
      group: host.group ?? group,
      isTroubled: host.isTroubled ?? false,
      hasLink: true,
      isFitFor: (vip) => !(host.unfitFor ?? []).includes(vip),
      status: () => daemon === "down" ? null : fakeStatus({ ...status, host: hostName(name) }),
      has: (address) => has.includes(address),
      isForeign: (address) => byPerson.includes(address),
      isReleasing: (address) => releasing.includes(address),
    })),
  };
}

interface FakeStatus {
  readonly host: HostName;
  readonly phase?: NodeStatus["phase"];
  readonly draining?: string | null;
  /** Number and members: the first coordinates. */
  readonly view?: readonly [number, string] | null;
  readonly vips?: readonly VipStatus[];
}

/** Incarnations are those of `lifeOf`. */
function fakeStatus(
  { host, phase = "running", draining = null, view = null, vips = [] }: FakeStatus,
): NodeStatus {
  const members = view === null
    ? []
    : [...view[1]].map((name): Member => ({ host: hostName(name), incarnation: lifeOf(name) }));
  const coordinator = members[0]?.host ?? host;
  return {
    host,
    incarnation: lifeOf(host),
    phase,
    mature: true,
    draining,
    hasWishes: false,
    words: { asked: 0, said: 0, lost: 0 },
    needed: 1,
    view: view === null
      ? null
      : { number: viewNumber(view[0]), coordinator, incarnation: lifeOf(coordinator), members },
    hosts: [],
    vips,
    failedOpen: [],
    moves: [],
  };
}

const lifeOf = (name: string) => incarnation(name.charCodeAt(0));

/** A VIP as a settled host tells of it. */
export function fakeVip(vip: string, holder: string | null, change: Partial<VipStatus> = {}): VipStatus {
  return {
    vip: vipName(vip),
    isKnown: true,
    holder: holder === null ? null : hostName(holder),
    state: holder === null ? "uncovered" : "held",
    since: instant(0),
    reason: "unheld",
    here: "absent",
    problem: null,
    contender: null,
    ...change,
  };
}
