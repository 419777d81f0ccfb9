// One simulation from beginning to end: a seed, a plan, a group of simulated hosts on one clock and one network.
//
//   chaos        faults happen as planned
//   healed       they all end; hosts that are down start again, but for some
//   settled      a stated time later the group must have settled
//   calm         no host is damped any more for having come and gone: from now on only balance moves VIPs
//   quiet        after the rounds that balance may need nothing moves any more
//   ended        and all is as it was
//
// A plan that ends early does not wait for these times to pass when there is nothing left to wait for. The checkers
// look on all the time. What one of them objects to ends the simulation.

import type { HostName, Member } from "../core/vocabulary.ts";
import { allCheckers } from "./checkers/all.ts";
import type { Checker, Violation } from "./checkers/checker.ts";
import { isEven, isFree } from "./checkers/evenness.ts";
import { isAnyDamped, isPending, unsettled } from "./checkers/settlement.ts";
import { SimulatedClient } from "./client.ts";
import { concerns, describe, isMinor } from "./describe.ts";
import type { Size } from "./draw_group.ts";
import { drawPlan } from "./draw_plan.ts";
import { carryOut, heal, type Stage } from "./faults.ts";
import { type Program, SimulatedHost } from "./host.ts";
import { Network } from "./network.ts";
import type { Milestone, Occurrence, World } from "./occurrence.ts";
import { everyoneIn, type Fault, filesOf, hasChecks, type Plan, slowestTiming, traitsOf } from "./plan.ts";
import { Random } from "./random.ts";
import { Segments } from "./segments.ts";
import { balanceBound, dampingBound, gateWait, settlementBound } from "./settling_time.ts";
import { Timeline } from "./timeline.ts";
import { codecWire, corruptPacket, type Packet, plainWire } from "./wire.ts";

export interface Setting {
  readonly seed: number;
  readonly program: Program;
  /** Messages as datagrams, or, for speed, as they are. */
  readonly wire: "codec" | "plain";
  /** Instead of the seed's own. */
  readonly plan?: Plan;
  /** Of the group that is drawn. */
  readonly size?: Size;
  /** Only these faults of the plan, by their places in it. */
  readonly faults?: readonly number[];
  /** Told of every line of the trace; making them takes time. */
  readonly trace?: (line: TraceLine) => void;
  readonly director?: Director;
}

/** Somebody who tells one story: without chance, and looking on. */
export interface Director {
  /** Where delays come from, instead of the seed. */
  readonly random: Random;
  /** Called once, before anything happens: now is the time to make appointments. */
  readonly begin: (timeline: Timeline, world: World) => void;
  /** Told of everything, before the checkers are. */
  readonly watch: (occurrence: Occurrence, world: World) => void;
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
  /** How long that may have taken, in ms. */
  readonly settlementBound: number;
  /** How many faults were planned. */
  readonly faultsCount: number;
  /** How often each kind of fault happened, and each situation that checkers look for. */
  readonly seen: ReadonlyMap<string, number>;
  readonly violation: FoundViolation | null;
}

export interface FoundViolation extends Violation {
  readonly checker: string;
  /** In ms since the simulation began. */
  readonly at: number;
}

/** Between two looks at what has to end in time. */
const pollEvery = 100;
/** Between two looks of a client at all its addresses. */
const talkEvery = 500;
/** How long late packets and old suspicions may have their effect after the heal, in timeouts. */
const echoTimeouts = 4;
/** At the end nothing may move for this long, in ms, or as many timeouts. */
const quietFor = { ms: 3_000, early: 1_000, timeouts: 2 };

/** Runs the simulation of a seed. */
export function simulate(setting: Setting): Outcome {
  const simulation = new Simulation(setting);
  let violation: FoundViolation | null = null;
  try {
    simulation.run();
  } catch (error) {
    violation = error instanceof Objection ? error.violation : simulation.thrown(error);
  }
  return simulation.outcome(setting.seed, violation);
}

/** What a seed, or a setting's own plan, is going to be. */
export function planOf({ seed, plan, size, faults }: Omit<Setting, "program" | "wire">): Plan {
  const whole = plan ?? drawPlan(new Random(seed).fork("plan"), size);
  if (faults === undefined) return whole;
  return { ...whole, faults: whole.faults.filter((_, place) => faults.includes(place)) };
}

/** What is under way in a segment: a datagram to a host, or an announcement to the clients beside it. */
type Carried = Packet | Announcement;

interface Announcement {
  readonly host: HostName;
  readonly addresses: readonly string[];
  readonly said: number;
}

const isAnnouncement = (carried: Carried): carried is Announcement => "addresses" in carried;

class Objection extends Error {
  constructor(readonly violation: FoundViolation) {
    super(violation.what);
  }
}

class Simulation implements World {
  readonly group;
  readonly hosts: readonly SimulatedHost[];
  readonly clients: readonly SimulatedClient[];
  readonly addresses: readonly string[];
  undisturbedSince = 0;
  readonly #plan: Plan;
  readonly #timeline = new Timeline();
  readonly #segments: Segments<Carried>;
  /** When hosts hear that a connection has ended. */
  readonly #hints: Random;
  readonly #stage: Stage;
  readonly #checkers: ReadonlyMap<Occurrence["kind"], readonly Checker[]>;
  readonly #trace: Setting["trace"];
  readonly #director: Setting["director"];
  readonly #seen = new Map<string, number>();
  /** Faults that go on. */
  readonly #present = new Set<Fault>();
  #ambushes: (Fault & { readonly kind: "ambush" })[] = [];
  #isChaos = true;
  #settledAfter: number | null = null;
  #movedAt = 0;

  constructor(setting: Setting) {
    const random = setting.director?.random ?? new Random(setting.seed);
    this.#director = setting.director;
    const plan = planOf(setting);
    this.#plan = plan;
    this.group = plan.group;
    this.#trace = setting.trace;
    this.#checkers = byKind(allCheckers(plan));
    this.#segments = this.#layOut(random);
    this.#hints = random.fork("hints");
    const hosts = this.#populate(random, setting);
    this.hosts = [...hosts.values()];
    this.clients = (plan.clients ?? []).map((beside, index) =>
      new SimulatedClient(`client ${index + 1}`, beside)
    );
    this.addresses = [
      ...new Set(
        filesOf(plan).flatMap(({ vips }) => vips.flatMap((vip) => vip.addresses))
          .map(({ address }) => address),
      ),
    ];
    this.#stage = {
      timeline: this.#timeline,
      segments: this.#segments,
      hosts,
      files: { older: plan.older?.group ?? plan.group, last: plan.group },
      isChaos: () => this.#isChaos,
      ended: (fault) => this.#end(fault),
      start: (host) => this.#start(host),
      hint: ({ host, about }) => {
        const life = hosts.get(about)?.life ?? null;
        if (life !== null) hosts.get(host)?.hearEnd(life);
      },
      lieInWait: (fault) => this.#ambushes.push(fault),
    };
  }

  get now(): number {
    return this.#timeline.now;
  }

  get isCalm(): boolean {
    return this.#present.size === 0;
  }

  areJoined(one: HostName, other: HostName): boolean {
    return this.#segments.areJoined(one, other);
  }

  areApart(one: HostName, other: HostName): boolean {
    return this.#segments.areApart(one, other);
  }

  saw(situation: string): void {
    this.#seen.set(situation, (this.#seen.get(situation) ?? 0) + 1);
  }

  run(): void {
    for (const trait of traitsOf(this.#plan)) this.saw(`plan with ${trait}`);
    const { starts, faults, healAt } = this.#plan;
    this.#director?.begin(this.#timeline, this);
    for (const [host, at] of starts) this.#timeline.at(at, () => this.#start(host));
    for (const fault of faults) this.#timeline.at(fault.at, () => this.#begin(fault));
    this.#poll();
    if (this.clients.length > 0) this.#talk();
    this.#timeline.runUntil(healAt);
    if (this.#plan.endsUnhealed) return;
    this.#heal();
    this.#reach("healed");
    this.#wait(settlementBound(this.#plan), () => this.#hasSettled());
    this.#reach("settled");
    this.#calmDown(healAt + dampingBound(this.#plan));
    this.#reach("calm");
    const calmAt = this.now;
    this.#wait(balanceBound(this.#plan), () => this.#isBalanced(calmAt));
    this.#reach("quiet");
    const { timeout } = this.group.timing;
    const { ms, early, timeouts } = quietFor;
    this.#timeline.runUntil(this.now + Math.max(this.#plan.endsEarly ? early : ms, timeouts * timeout));
    this.#reach("ended");
  }

  outcome(seed: number, violation: FoundViolation | null): Outcome {
    return {
      seed,
      simulated: this.now,
      settledAfter: this.#settledAfter,
      settlementBound: settlementBound(this.#plan),
      faultsCount: this.#plan.faults.length,
      seen: this.#seen,
      violation,
    };
  }

  /** A program that throws is as wrong as one that breaks a promise. */
  thrown(error: unknown): FoundViolation {
    const what = error instanceof Error ? error.stack ?? error.message : String(error);
    return { checker: "thrown", what, hosts: this.hosts.map(({ name }) => name), at: this.now };
  }

  /** Builds the segments, as many as hosts are attached to. */
  #layOut(random: Random): Segments<Carried> {
    const { calm, attachments } = this.#plan;
    const count = attachments === undefined ? 1 : 1 + Math.max(...[...attachments.values()].flat());
    const networks = Array.from({ length: count }, (_, number) =>
      new Network<Carried>({
        timeline: this.#timeline,
        random: random.fork(number === 0 ? "network" : `network ${number}`),
        calm,
        deliver: (to, carried) => this.#deliver(to, carried),
        corrupt: (carried, by) => corruptPacket(carried, by),
      }));
    return new Segments(networks, attachments ?? new Map());
  }

  /** Builds the hosts. */
  #populate(random: Random, { program, wire: travelling }: Setting): ReadonlyMap<HostName, SimulatedHost> {
    const { group, older, drift = 1e-4 } = this.#plan;
    const everyone = everyoneIn(this.#plan);
    const wire = travelling === "plain" ? plainWire : codecWire(group.name, everyone);
    return new Map(everyone.map((name) => {
      const host = new SimulatedHost(name, {
        timeline: this.#timeline,
        random: random.fork(`host ${name}`),
        file: older?.hosts.includes(name) ? older.group : group,
        everyone,
        drift,
        neighboursEvery: this.#plan.neighboursEvery ?? null,
        gateMax: this.#plan.gateMax ?? 0,
        hasChecks: hasChecks(this.#plan),
        program,
        wire,
        transmit: (packet, between) => this.#segments.send(packet, between),
        ended: (member) => this.#spread(member),
        answerer: (of) => this.#answerer(of),
        announce: (announcement) => this.#announce(announcement),
        tell: (occurrence) => this.#tell(occurrence),
      });
      return [name, host];
    }));
  }

  #deliver(to: HostName, carried: Carried): void {
    if (!isAnnouncement(carried)) return this.#stage.hosts.get(to)?.receive(carried);
    for (const client of this.clients) {
      if (client.beside !== to) continue;
      for (const address of carried.addresses) {
        client.hearAnnouncement(address, { host: carried.host, said: carried.said, now: this.now });
      }
    }
  }

  /** Tells those who are connected with a daemon that it has ended. */
  #spread(member: Member): void {
    for (const { name } of this.hosts) {
      if (name === member.host || this.areApart(name, member.host)) continue;
      this.#timeline.after(this.#hints.between(1.5, 4), () => {
        if (!this.areApart(name, member.host)) this.#stage.hosts.get(name)?.hearEnd(member);
      });
    }
  }

  #answerer(of: { readonly host: HostName; readonly address: string }): HostName | null {
    const { front } = this.#segments;
    const holder = this.hosts.find(({ name, kernel }) =>
      name !== of.host && kernel.has(of.address) && front.passes(of.host, name) && front.passes(name, of.host)
    );
    return holder?.name ?? null;
  }

  #announce(of: Omit<Announcement, "said">): void {
    const announcement = { ...of, said: this.now };
    for (const to of new Set(this.clients.map(({ beside }) => beside))) {
      this.#segments.front.send(announcement, { from: announcement.host, to, once: true });
    }
  }

  #talk(): void {
    for (const client of this.clients) {
      const { front } = this.#segments;
      const reached = (host: HostName) =>
        front.passes(client.beside, host) && front.passes(host, client.beside);
      client.talk(this.addresses, { now: this.now, hosts: this.hosts, reached });
    }
    this.#timeline.after(talkEvery, () => this.#talk());
  }

  #begin(fault: Fault): void {
    // A host that fails a check is as calm as one that does not: it only holds less.
    if ("lasts" in fault && fault.kind !== "unhealthy") this.#present.add(fault);
    this.saw(`fault ${fault.kind}`);
    this.#tell({ kind: "faultBegan", fault });
    carryOut(fault, this.#stage);
  }

  #end(fault: Fault): void {
    this.#present.delete(fault);
    this.#tell({ kind: "faultEnded", fault });
  }

  /** Whoever is not in the group yet, or not any more, is not started. */
  #start(name: HostName): void {
    const change = this.#plan.older?.change;
    const isToCome = change?.kind === "joins" && change.host === name && this.now < change.at;
    if (!isToCome && !this.#hasGone(name)) this.#stage.hosts.get(name)?.start();
  }

  #hasGone(name: HostName): boolean {
    const change = this.#plan.older?.change;
    return change?.kind === "leaves" && change.host === name && this.now >= change.at;
  }

  #heal(): void {
    const { staysDown, older } = this.#plan;
    this.#isChaos = false;
    this.undisturbedSince = this.now;
    this.#ambushes = [];
    this.#present.clear();
    heal(this.#stage);
    for (const host of this.hosts) {
      if (older !== undefined && !older.isKept) host.reload(this.group);
      // A daemon that was paused when it was told to leave for good has not heard it.
      if (this.#hasGone(host.name)) host.losePower();
      else if (!staysDown.includes(host.name)) this.#start(host.name);
    }
  }

  #reach(milestone: Milestone): void {
    this.#tell({ kind: "milestone", milestone });
  }

  /** Lets so much time pass, or less if the plan ends early and there is nothing to wait for. */
  #wait(most: number, isDone: () => boolean): void {
    const end = this.now + most;
    while (this.now < end) {
      if (this.#plan.endsEarly && isDone()) return;
      this.#timeline.runUntil(this.#plan.endsEarly ? Math.min(end, this.now + pollEvery) : end);
    }
  }

  /** Lets time pass while a host is damped, and then some, for what was kept from it until then. */
  #calmDown(end: number): void {
    if (!isAnyDamped(this)) return;
    while (this.now < end && isAnyDamped(this)) this.#timeline.runUntil(this.now + pollEvery);
    this.saw("host damped when the group had settled");
    this.#timeline.runUntil(this.now + 5 * this.group.timing.timeout + gateWait(this.#plan));
  }

  /** Whether the group has settled, and what was on its way when all was healed has had its effect. */
  #hasSettled(): boolean {
    const isOver = this.now - this.#plan.healAt >= echoTimeouts * slowestTiming(filesOf(this.#plan)).timeout;
    return isOver && this.#settledAfter !== null && !isPending(this) && unsettled(this) === null;
  }

  /** Whether loads are even and nothing has moved for a while; where that cannot be told, for a round of balance. */
  #isBalanced(calmAt: number): boolean {
    const intervals = filesOf(this.#plan).map(({ balance }) => balance.interval);
    const { timeout } = slowestTiming(filesOf(this.#plan));
    const rest = Math.max(1_000, 2 * timeout) + (isFree(this) ? 0 : Math.max(...intervals));
    return this.now - Math.max(calmAt, this.#movedAt) >= rest && (!isFree(this) || isEven(this)) &&
      !isPending(this) && !unsettled(this);
  }

  #poll(): void {
    if (!this.#isChaos && this.#settledAfter === null && unsettled(this) === null) {
      this.#settledAfter = this.now - this.#plan.healAt;
    }
    this.#tell({ kind: "polled" });
    this.#timeline.after(pollEvery, () => this.#poll());
  }

  #tell(occurrence: Occurrence): void {
    this.#director?.watch(occurrence, this);
    if (this.#trace !== undefined && occurrence.kind !== "polled") {
      const text = describe(occurrence);
      this.#trace({ at: this.now, hosts: concerns(occurrence), isMinor: isMinor(occurrence), text });
    }
    this.#notice(occurrence);
    const checkers = this.#checkers.get(occurrence.kind);
    if (checkers === undefined) return;
    for (const checker of checkers) {
      const violation = checker.check(occurrence, this);
      if (violation !== null) throw new Objection({ ...violation, checker: checker.name, at: this.now });
    }
  }

  /** What the world itself keeps of it. */
  #notice(occurrence: Occurrence): void {
    switch (occurrence.kind) {
      case "stepped":
        return this.#ambushes.length > 0 && isProposal(occurrence) ? this.#strike() : undefined;
      case "appeared":
      case "vanished":
        this.#movedAt = this.now;
        return;
      case "daemon":
      case "faultBegan":
      case "faultEnded":
        this.undisturbedSince = this.now;
        return;
      case "milestone":
      case "polled":
        return;
    }
  }

  /** Whoever lay in wait does what it waited to do. */
  #strike(): void {
    for (const { delay, strike } of this.#ambushes.splice(0)) {
      this.#timeline.after(delay, () => this.#isChaos && this.#begin(strike));
    }
  }
}

const isProposal = ({ effects }: Occurrence & { kind: "stepped" }): boolean =>
  effects.some((effect) => effect.kind === "note" && effect.note.kind === "viewProposed");

function byKind(checkers: readonly Checker[]): ReadonlyMap<Occurrence["kind"], readonly Checker[]> {
  const kinds = new Set(checkers.flatMap(({ watches }) => watches));
  return new Map([...kinds].map((kind) => [kind, checkers.filter(({ watches }) => watches.includes(kind))]));
}
