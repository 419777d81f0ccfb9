// What is going to happen in one simulation: the group, when its hosts start, what goes wrong and when, and when all
// is healed. A plan is drawn from a seed (draw_plan.ts), or written by hand to tell one particular story.

import type { OperatorRequest } from "../core/events.ts";
import { type Group, type HostName, sorted, type Timing, type VipName } from "../core/vocabulary.ts";
import type { Weather } from "./network.ts";
import type { Attachments } from "./segments.ts";

export interface Plan {
  /** What every host's configuration file says, or says in the end. */
  readonly group: Group;
  /** What the files say before that. */
  readonly older?: OlderFile;
  /** The network's weather even when nothing is wrong. */
  readonly calm: Weather;
  /** On which segments, by number, hosts send and hear; all on one when it is not given. */
  readonly attachments?: Attachments;
  /** Beside which host each client of the VIPs is plugged in. */
  readonly clients?: readonly HostName[];
  /** By how much the rates of the hosts' clocks may be wrong, as a fraction; 1e-4 when it is not given. */
  readonly drift?: number;
  /** How often each host collects its neighbours, in ms; never when it is not given. */
  readonly neighboursEvery?: number;
  /** How long what has to be done before an acquisition takes at most, in ms; there is nothing when it is not given. */
  readonly gateMax?: number;
  /** When each host starts for the first time, in ms. */
  readonly starts: ReadonlyMap<HostName, number>;
  /** In the order of their times. */
  readonly faults: readonly Fault[];
  /** When all faults end and all hosts that are down, but for these, start. */
  readonly healAt: number;
  readonly staysDown: readonly HostName[];
  /** Whether it goes on as soon as a milestone's work is done, and not only when its time is over. */
  readonly endsEarly?: boolean;
  /** Whether all is over when it would be healed: what comes after is of no interest. */
  readonly endsUnhealed?: boolean;
}

export interface OlderFile {
  readonly group: Group;
  /** Who starts with it. */
  readonly hosts: readonly HostName[];
  /** Whether hosts that have it when all is healed keep it. */
  readonly isKept: boolean;
  /** The host that only one of the files has; it starts late, or stops for good, then. */
  readonly change?: { readonly kind: "joins" | "leaves"; readonly host: HostName; readonly at: number };
}

/** Times in ms since the simulation began; `lasts`, `down` and `delay` in ms. `segment`: on this one only. */
export type Fault =
  & { readonly at: number }
  & (
    | {
      readonly kind: "partition";
      readonly side: readonly HostName[];
      readonly segment?: number;
      readonly lasts: number;
    }
    /** Cuts one direction, or both. */
    | {
      readonly kind: "cut";
      readonly from: HostName;
      readonly to: HostName;
      readonly bothWays: boolean;
      readonly segment?: number;
      readonly lasts: number;
    }
    /** All links of these hosts become bad, or only those out of them, or into them. */
    | {
      readonly kind: "weather";
      readonly hosts: readonly HostName[];
      readonly ways?: "out" | "in";
      readonly weather: Partial<Weather>;
      readonly segment?: number;
      readonly lasts: number;
    }
    | { readonly kind: "kill"; readonly host: HostName; readonly guard: boolean; readonly down: number }
    | { readonly kind: "powerLoss"; readonly host: HostName; readonly down: number }
    | { readonly kind: "pause"; readonly host: HostName; readonly lasts: number }
    | { readonly kind: "stop"; readonly host: HostName; readonly down: number }
    | { readonly kind: "operator"; readonly host: HostName; readonly request: OperatorRequest }
    /** A person adds or removes the first address of the VIP, or all of them. */
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
      readonly hangs?: number;
      readonly broken: readonly VipName[];
      readonly lasts: number;
    }
    /** The interface of the VIPs has no link: nothing passes on the first segment, and the host knows. */
    | { readonly kind: "unplug"; readonly host: HostName; readonly lasts: number }
    /** These hosts fail a health check, for some VIPs or, null, for all; one that lasts for ever outlasts the heal. */
    | {
      readonly kind: "unhealthy";
      readonly hosts: readonly HostName[];
      readonly check: string;
      readonly vips: readonly VipName[] | null;
      readonly lasts: number;
    }
    /** The host is told that the daemon of another one has ended, which is not so. */
    | { readonly kind: "falseHint"; readonly host: HostName; readonly about: HostName }
    /** The host's clock jumps forward. */
    | { readonly kind: "clockJump"; readonly host: HostName; readonly by: number }
    /** The host gets one of the two files, and its daemon is told. */
    | { readonly kind: "reload"; readonly host: HostName; readonly file: "older" | "last" }
    /** Waits until somebody proposes a view, and strikes a moment after; its strike's own time does not count. */
    | { readonly kind: "ambush"; readonly delay: number; readonly strike: Fault }
  );

/** Every configuration that some host may go by, the last one last. */
export const filesOf = ({ group, older }: Pick<Plan, "group" | "older">): readonly Group[] =>
  older === undefined ? [group] : [older.group, group];

/** Every host of any of the configurations, sorted by name. */
export const everyoneIn = (plan: Pick<Plan, "group" | "older">): readonly HostName[] =>
  sorted(new Set(filesOf(plan).flatMap(({ hosts }) => hosts.map(({ name }) => name))));

/** Whether hosts run health checks, so that a daemon that starts waits for their first results. */
export const hasChecks = ({ faults }: Pick<Plan, "faults">): boolean =>
  faults.some(({ kind }) => kind === "unhealthy");

/** What is special about it, in words: so that one sees of many plans that all kinds were among them. */
export function traitsOf(
  { group, older, attachments, clients, drift, neighboursEvery, gateMax, endsEarly, calm, faults }: Plan,
): readonly string[] {
  const { heartbeat, timeout, lease } = group.timing;
  const traits: readonly (readonly [string, boolean])[] = [
    [`partition = "${group.partition}"`, true],
    [`heartbeat ${heartbeat} ms, timeout ${timeout} ms`, true],
    ["leases off", lease === null],
    ["one host", group.hosts.length === 1],
    ["two hosts", group.hosts.length === 2],
    ["eight hosts or more", group.hosts.length >= 8],
    ["several segments", attachments !== undefined],
    ["clients", (clients ?? []).length > 0],
    ["clocks that are wrong by up to 5 %", (drift ?? 0) > 0.01],
    ["an overlapping handover", group.vips.some(({ handover }) => handover === "overlap")],
    ["a takeover after the lease", group.vips.some(({ takeover }) => takeover === "after-lease")],
    ["sets of addresses", group.vips.some(({ addresses }) => addresses.length > 1)],
    ["files that change", older !== undefined && older.change === undefined],
    ["files that differ to the end", older?.isKept === true],
    [`a host that ${older?.change?.kind}`, older?.change !== undefined],
    ["packets lost even in calm weather", calm.loss > 0],
    ["neighbours that are shared", neighboursEvery !== undefined],
    ["hooks before acquisitions", gateMax !== undefined],
    ["health checks", hasChecks({ faults })],
    ["bursts of messages", faults.some((fault) => fault.kind === "operator" && fault.request.kind === "say")],
    ["all its time", !endsEarly],
  ];
  return traits.filter(([, isSo]) => isSo).map(([trait]) => trait);
}

/** The longest of each time that some configuration has. */
export function slowestTiming(groups: readonly Group[]): Timing {
  const timings = groups.map(({ timing }) => timing);
  const [first] = timings;
  if (first === undefined) throw new RangeError("Cannot do without a configuration");
  return timings.reduce((slowest, each): Timing => ({
    heartbeat: each.heartbeat > slowest.heartbeat ? each.heartbeat : slowest.heartbeat,
    timeout: each.timeout > slowest.timeout ? each.timeout : slowest.timeout,
    mature: each.mature > slowest.mature ? each.mature : slowest.mature,
    lease: each.lease === null || slowest.lease === null
      ? null
      : each.lease > slowest.lease
      ? each.lease
      : slowest.lease,
  }), first);
}
