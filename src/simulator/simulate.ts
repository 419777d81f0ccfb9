// One simulation from beginning to end: a seed, a plan, a group of simulated hosts on one clock and one network.
//
//   chaos        faults happen as planned
//   healed       they all end; hosts that are down start again, but for some
//   settled      a stated time later the group must have settled, and only balance moves VIPs
//   quiet        after the rounds that balance may need nothing moves any more
//   ended        and all is as it was
//
// The checkers look on all the time. What one of them objects to ends the simulation.

import type { HostName } from "../core/vocabulary.ts";
import { alarm } from "./checkers/alarm.ts";
import { announcements } from "./checkers/announcements.ts";
import type { Checker, Violation } from "./checkers/checker.ts";
import { evenness } from "./checkers/evenness.ts";
import { exclusive } from "./checkers/exclusive.ts";
import { fence } from "./checkers/fence.ts";
import { leastMovement } from "./checkers/least_movement.ts";
import { leaving } from "./checkers/leaving.ts";
import { quorum } from "./checkers/quorum.ts";
import { settlement, unsettled } from "./checkers/settlement.ts";
import { views } from "./checkers/views.ts";
import { concerns, describe, isMinor } from "./describe.ts";
import { carryOut, heal, type Stage } from "./faults.ts";
import { type Program, SimulatedHost } from "./host.ts";
import { Network } from "./network.ts";
import type { Milestone, Occurrence, World } from "./occurrence.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { Random } from "./random.ts";
import { Timeline } from "./timeline.ts";
import { codecWire, corruptPacket, type Packet, plainWire } from "./wire.ts";

export interface Setting {
  readonly seed: number;
  readonly program: Program;
  /** Messages as datagrams, or, for speed, as they are. */
  readonly wire: "codec" | "plain";
  /** Instead of the seed's own. */
  readonly plan?: Plan;
  /** Told of every line of the trace; making them takes time. */
  readonly trace?: (line: TraceLine) => void;
}

export interface TraceLine {
  /** Milliseconds since the simulation began. */
  readonly at: number;
  /** Whom it concerns; empty: everybody. */
  readonly hosts: readonly HostName[];
  /** Of interest only when everything is to be seen. */
  readonly isMinor: boolean;
  readonly text: string;
}

export interface Outcome {
  readonly seed: number;
  /** In ms. */
  readonly simulated: number;
  /** From the heal until the group had settled, in ms; null if it did not come so far. */
  readonly settledAfter: number | null;
  readonly violation: FoundViolation | null;
}

export interface FoundViolation extends Violation {
  readonly checker: string;
  /** In ms since the simulation began. */
  readonly at: number;
}

/** Between two looks at what has to end in time. */
const pollEvery = 100;
const quietFor = 3_000;

/** Runs the simulation of a seed. */
export function simulate(setting: Setting): Outcome {
  const simulation = new Simulation(setting);
  let violation: FoundViolation | null = null;
  try {
    simulation.run();
  } catch (error) {
    violation = error instanceof Objection ? error.violation : simulation.thrown(error);
  }
  return { seed: setting.seed, simulated: simulation.now, settledAfter: simulation.settledAfter, violation };
}

/** How long after the heal a group must have settled, in ms. */
export function settlementBound({ group, faults }: Plan): number {
  const { mature, timeout, lease } = group.timing;
  // A host that failed to add a VIP does not ask for it again for a while.
  const inability = faults.some((fault) => fault.kind === "troubles") ? 161_000 : 0;
  // What a daemon that is gone has left in the kernel goes with its lease.
  const leftovers = lease === null ? 0 : lease + 500;
  return Math.max(mature + 10 * timeout + inability, leftovers);
}

/** How long balance may take after that, in ms: its rounds, and a view change and a handover each. */
function balanceBound({ group: { vips, balance, timing } }: Plan): number {
  const rounds = balance.movesPerRound === "all" ? 2 : Math.ceil(vips.length / balance.movesPerRound) + 1;
  return rounds * (balance.interval + timing.timeout);
}

class Objection extends Error {
  constructor(readonly violation: FoundViolation) {
    super(violation.what);
  }
}

class Simulation implements World {
  readonly group;
  readonly hosts: readonly SimulatedHost[];
  settledAfter: number | null = null;
  readonly #plan: Plan;
  readonly #timeline = new Timeline();
  readonly #stage: Stage;
  readonly #checkers: readonly Checker[];
  readonly #trace: Setting["trace"];
  #isChaos = true;

  constructor({ seed, program, wire: travelling, plan, trace }: Setting) {
    const random = new Random(seed);
    const timeline = this.#timeline;
    this.#plan = plan ?? drawPlan(random.fork("plan"));
    const { group, sizes, calm } = this.#plan;
    this.group = group;
    const wire = travelling === "plain"
      ? plainWire
      : codecWire(group.name, group.hosts.map(({ name }) => name));
    this.#trace = trace;
    this.#checkers = allCheckers();
    const hosts = new Map<HostName, SimulatedHost>();
    const network = new Network<Packet>({
      timeline,
      random: random.fork("network"),
      calm,
      deliver: (to, packet) => hosts.get(to)?.receive(packet),
      corrupt: corruptPacket,
    });
    const transmit = (packet: Packet, between: { from: HostName; to: HostName }) =>
      network.send(packet, between);
    const tell = (occurrence: Occurrence) => this.#tell(occurrence);
    for (const { name } of group.hosts) {
      const own = random.fork(`host ${name}`);
      hosts.set(
        name,
        new SimulatedHost(name, { timeline, random: own, group, sizes, program, wire, transmit, tell }),
      );
    }
    this.hosts = [...hosts.values()];
    const ended: Stage["ended"] = (fault) => this.#tell({ kind: "faultEnded", fault });
    this.#stage = { timeline, network, hosts, isChaos: () => this.#isChaos, ended };
  }

  get now(): number {
    return this.#timeline.now;
  }

  run(): void {
    const { starts, faults, healAt, staysDown } = this.#plan;
    for (const [host, at] of starts) this.#timeline.at(at, () => this.#stage.hosts.get(host)?.start());
    for (const fault of faults) this.#timeline.at(fault.at, () => this.#begin(fault));
    this.#poll();
    this.#timeline.runUntil(healAt);
    this.#isChaos = false;
    heal(this.#stage);
    for (const host of this.hosts) if (!staysDown.includes(host.name)) host.start();
    this.#reach("healed");
    this.#timeline.runUntil(this.now + settlementBound(this.#plan));
    this.#reach("settled");
    this.#timeline.runUntil(this.now + balanceBound(this.#plan));
    this.#reach("quiet");
    this.#timeline.runUntil(this.now + quietFor);
    this.#reach("ended");
  }

  /** A program that throws is as wrong as one that breaks a promise. */
  thrown(error: unknown): FoundViolation {
    const what = error instanceof Error ? error.stack ?? error.message : String(error);
    return { checker: "thrown", what, hosts: this.hosts.map(({ name }) => name), at: this.now };
  }

  #begin(fault: Plan["faults"][number]): void {
    this.#tell({ kind: "faultBegan", fault });
    carryOut(fault, this.#stage);
  }

  #reach(milestone: Milestone): void {
    this.#tell({ kind: "milestone", milestone });
  }

  #poll(): void {
    if (!this.#isChaos && this.settledAfter === null && unsettled(this) === null) {
      this.settledAfter = this.now - this.#plan.healAt;
    }
    this.#tell({ kind: "polled" });
    this.#timeline.after(pollEvery, () => this.#poll());
  }

  #tell(occurrence: Occurrence): void {
    if (this.#trace !== undefined && occurrence.kind !== "polled") {
      const text = describe(occurrence);
      this.#trace({ at: this.now, hosts: concerns(occurrence), isMinor: isMinor(occurrence), text });
    }
    for (const checker of this.#checkers) {
      const violation = checker.check(occurrence, this);
      if (violation !== null) throw new Objection({ ...violation, checker: checker.name, at: this.now });
    }
  }
}

const allCheckers = (): readonly Checker[] => [
  exclusive(),
  quorum(),
  views(),
  fence(),
  leaving(),
  alarm(),
  settlement(),
  announcements(),
  leastMovement(),
  evenness(),
];
