// One simulated host: a kernel with addresses, a clock of its own, a configuration file, and, most of the time, a daemon
// around a node. It does what src/daemon does on a real host: event -> step -> effects in order, one alarm, commands
// answered by events. And it can be treated as hosts are: killed, stopped, paused, switched off, operated, given
// another file, and meddled with by hand.

import type { NodeEffect, NodeEvent, OperatorRequest } from "../core/events.ts";
import type { FailingCheck, KnownNeighbour } from "../core/message.ts";
import type { NodeStatus } from "../core/status.ts";
import {
  duration,
  type Group,
  type HostName,
  type Incarnation,
  incarnation,
  type Instant,
  instant,
  type Member,
  sameView,
  type VipName,
} from "../core/vocabulary.ts";
import { AddressBook, vipAt } from "./address_book.ts";
import { CommandQueue } from "./commands.ts";
import { Gate } from "./gate.ts";
import { Kernel, type KernelChange } from "./kernel.ts";
import type { Asked, DaemonChange, HostView, Occurrence } from "./occurrence.ts";
import type { Fault } from "./plan.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Packet, Receive, Wire } from "./wire.ts";

/** The program under test: the core, or in a test of the simulator something simpler or worse. */
export interface Program {
  start(
    of: {
      readonly group: Group;
      readonly self: HostName;
      readonly incarnation: Incarnation;
      readonly now: Instant;
      readonly awaitsHealth: boolean;
    },
  ): RunningProgram;
}

export interface RunningProgram {
  step(event: NodeEvent, now: Instant): readonly NodeEffect[];
  deadline(): Instant | null;
  status(now: Instant): NodeStatus;
  hasLeft(): boolean;
}

export interface Surroundings {
  readonly timeline: Timeline;
  readonly random: Random;
  /** What its configuration file says at first. */
  readonly file: Group;
  /** All hosts that may ever be in the group. */
  readonly everyone: readonly HostName[];
  /** Whether it runs health checks. */
  readonly hasChecks: boolean;
  /** By how much the rate of its clock may be wrong, as a fraction. */
  readonly drift: number;
  /** How often it collects its neighbours, in ms; null: never. */
  readonly neighboursEvery: number | null;
  /** How long what has to be done before an acquisition takes at most, in ms; 0: there is nothing. */
  readonly gateMax: number;
  readonly program: Program;
  readonly wire: Wire;
  readonly transmit: (packet: Packet, between: { readonly from: HostName; readonly to: HostName }) => void;
  /** Whom the hosts that it is connected with are told of: a daemon that is gone. */
  readonly ended: (member: Member) => void;
  /** Who answers for the address on the network of this host; null: nobody. */
  readonly answerer: (of: { readonly host: HostName; readonly address: string }) => HostName | null;
  readonly announce: (
    announcement: { readonly host: HostName; readonly addresses: readonly string[] },
  ) => void;
  readonly tell: (occurrence: Occurrence) => void;
}

type Ailment = Fault & { readonly kind: "unhealthy" };

interface Daemon {
  readonly program: RunningProgram;
  readonly incarnation: Incarnation;
  readonly receive: Receive;
  readonly book: AddressBook;
  readonly gate: Gate;
  paused: boolean;
  /** Every health check has a result. */
  knowsHealth: boolean;
  lastStep: Instant;
  /** The alarm that counts, and for when it is set. */
  alarm: { readonly deadline: Instant } | null;
  /** What came in while it was paused. */
  readonly inbox: (() => void)[];
  datagramsQueued: number;
}

/** How long the first results of health checks may take, in ms. */
const firstResults = { least: 1, most: 300 };

/** What a socket buffer takes before it drops. */
const inboxDatagramsMax = 200;

export class SimulatedHost implements HostView {
  readonly name: HostName;
  readonly kernel: Kernel;
  readonly commands: CommandQueue;
  readonly #in: Surroundings;
  /** The clock shows offset + rate * simulated time. */
  #offset: number;
  readonly #rate: number;
  /** Whom it sees on its network. */
  readonly #seen: Random;
  #daemon: Daemon | null = null;
  #status: NodeStatus | null = null;
  /** Addresses that an earlier daemon has left and this one cannot know, or has not asked for and had added late. */
  readonly #strays = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  #file: Group;
  /** The health checks that fail, by fault. */
  readonly #failing = new Map<Ailment, FailingCheck>();
  /** Its watch on addresses is about to tell of changes. */
  #isNoticing = false;

  constructor(name: HostName, surroundings: Surroundings) {
    this.name = name;
    this.#in = surroundings;
    const { timeline, random } = surroundings;
    this.#offset = random.between(0, 1e9);
    this.#seen = random.fork("neighbours");
    this.#rate = 1 + random.between(-surroundings.drift, surroundings.drift);
    this.#file = surroundings.file;
    this.kernel = new Kernel({
      timeline,
      random: random.fork("kernel"),
      changed: (change) => this.#kernelChanged(change),
    });
    this.commands = new CommandQueue({
      timeline,
      random: random.fork("commands"),
      kernel: this.kernel,
      answered: (answers) => this.#arrived(() => this.#answered(answers)),
    });
  }

  get daemon(): "down" | "running" | "paused" {
    if (this.#daemon === null) return "down";
    return this.#daemon.paused ? "paused" : "running";
  }

  get group(): Group {
    return this.#daemon?.book.group ?? this.#file;
  }

  get hasLink(): boolean {
    return this.kernel.hasLink;
  }

  /** The life that runs now; null: none does. */
  get life(): Member | null {
    return this.#daemon && { host: this.name, incarnation: this.#daemon.incarnation };
  }

  isFitFor(vip: VipName): boolean {
    return [...this.#failing.values()].every(({ vips }) => vips !== null && !vips.includes(vip));
  }

  get isTroubled(): boolean {
    const { addFails, removeFails, slow, hangs, broken } = this.commands.troubles;
    return addFails + removeFails + slow + hangs > 0 || broken.size > 0 || this.commands.isHanging;
  }

  status(): NodeStatus | null {
    if (this.#daemon === null) return null;
    return this.#status ??= this.#daemon.program.status(this.#clock());
  }

  has(address: string): boolean {
    return this.kernel.has(address);
  }

  isForeign(address: string): boolean {
    return this.kernel.isByPerson(address) || this.#strays.has(address);
  }

  isReleasing(address: string): boolean {
    return this.commands.isReleasing(address);
  }

  /** Starts a daemon, unless one is there. */
  start(): void {
    if (this.#daemon !== null) return;
    const now = this.#clock();
    const life = incarnation(
      Math.floor(this.#in.random.next() * 2 ** 24) * 2 ** 24 + this.#in.random.whole(1, 2 ** 24 - 1),
    );
    this.#daemon = {
      program: this.#in.program.start({
        group: this.#file,
        self: this.name,
        incarnation: life,
        now,
        awaitsHealth: this.#in.hasChecks,
      }),
      incarnation: life,
      receive: this.#in.wire.receiver({ host: this.name, incarnation: life }),
      book: new AddressBook(this.#file, this.kernel),
      gate: this.#openGate(life),
      paused: false,
      knowsHealth: false,
      lastStep: now,
      alarm: null,
      inbox: [],
      datagramsQueued: 0,
    };
    const unknown = this.kernel.addresses.filter((address) => vipAt(this.#file, address) === undefined);
    for (const address of unknown) this.#strays.add(address);
    this.#changed("started");
    this.#step({ kind: "started" });
    if (this.#in.neighboursEvery !== null) this.#collect(this.#daemon, this.#in.neighboursEvery);
    if (this.#in.hasChecks) this.#checkFirst();
  }

  #openGate(life: Incarnation): Gate {
    const { timeline, random, gateMax } = this.#in;
    return new Gate({
      timeline,
      random: random.fork(`gate ${life}`),
      most: gateMax,
      opened: (vip, admit) => {
        const daemon = this.#daemon;
        if (daemon?.incarnation === life) this.#arrived(() => this.#admit(daemon, { vip, admit }));
      },
    });
  }

  /** Time has passed: the node may have to give up what it is about to get. */
  #admit(daemon: Daemon, { vip, admit }: { readonly vip: VipName; readonly admit: () => boolean }): void {
    if (this.#daemon === daemon) this.#step({ kind: "clockTicked" });
    if (this.#daemon === daemon && admit()) this.#enqueueAddition(daemon, [vip]);
  }

  /** SIGKILL. The guard, if it lives, then removes all VIPs. */
  kill(how: { readonly guard: boolean }): void {
    if (this.#daemon === null) return;
    this.#end("killed", { power: false });
    if (how.guard) {
      this.#in.timeline.after(this.#in.random.between(1, 50), () => this.kernel.removeAll("guard"));
    }
  }

  /** The power goes, and all addresses with it. */
  losePower(): void {
    this.#end("lostPower", { power: true });
    this.kernel.removeAll("power");
  }

  /** SIGSTOP: the kernel and a command that runs go on, and datagrams queue up. */
  pause(): void {
    if (this.#daemon === null || this.#daemon.paused) return;
    this.#daemon.paused = true;
    this.#changed("paused");
  }

  /** SIGCONT: the alarm, if it is due, comes before or after what has queued up, as chance has it. */
  wake(): void {
    const daemon = this.#daemon;
    if (daemon === null || !daemon.paused) return;
    daemon.paused = false;
    this.#changed("woke");
    const waiting = daemon.inbox.splice(0);
    daemon.datagramsQueued = 0;
    if (this.#in.random.chance(0.5)) this.#ring(daemon);
    for (const happen of waiting) if (this.#daemon === daemon) happen();
    // It may have rung unheard.
    daemon.alarm = null;
    if (this.#daemon === daemon) this.#setAlarm(daemon, daemon.program.deadline());
  }

  /** Somebody puts another file there. A daemon is told to read it; a paused one does when it wakes. */
  reload(file: Group): void {
    this.#file = file;
    const daemon = this.#daemon;
    this.#arrived(() => {
      if (this.#daemon !== daemon || daemon === null || daemon.book.group === file) return;
      daemon.book.adopt(file);
      this.#noticed();
      this.#step({ kind: "configurationChanged", group: file });
    });
  }

  /**
   * The clock jumps forward, as it does on a machine that was away for a while without knowing. The kernel counts
   * leases by the same clock.
   */
  jump(ms: number): void {
    this.#offset += ms;
    this.kernel.jump(ms);
    const daemon = this.#daemon;
    if (daemon === null || daemon.paused) return;
    daemon.alarm = null;
    this.#setAlarm(daemon, daemon.program.deadline());
  }

  /** An operator's word; a paused daemon does not hear it. */
  operate(request: OperatorRequest): void {
    if (this.daemon === "running") this.#step({ kind: "operatorRequested", request });
  }

  /** A health check fails from now on. */
  fail(ailment: Ailment): void {
    this.#failing.set(ailment, { check: ailment.check, vips: ailment.vips, problem: "no answer" });
    this.#tellHealth();
  }

  /** It passes again. */
  pass(ailment: Ailment): void {
    if (this.#failing.delete(ailment)) this.#tellHealth();
  }

  /** All checks pass again but those that fail for ever. */
  recover(): void {
    const over = [...this.#failing.keys()].filter(({ lasts }) => lasts < Infinity);
    for (const ailment of over) this.#failing.delete(ailment);
    if (over.length > 0) this.#tellHealth();
  }

  /** A daemon that waits for its first results is told when all of them are there. */
  #tellHealth(): void {
    if (this.#daemon?.knowsHealth) this.#arrived(() => this.#step(this.#health()));
  }

  #checkFirst(): void {
    const daemon = this.#daemon;
    this.#in.timeline.after(this.#in.random.between(firstResults.least, firstResults.most), () => {
      if (daemon === null || this.#daemon !== daemon) return;
      daemon.knowsHealth = true;
      this.#tellHealth();
    });
  }

  #health(): NodeEvent {
    return { kind: "healthChanged", failing: [...this.#failing.values()] };
  }

  /** The connection to this daemon has ended. */
  hearEnd(member: Member): void {
    this.#arrived(() => this.#step({ kind: "connectionEnded", member }));
  }

  /** The interface of its VIPs loses its link, or has it again. */
  plug(hasLink: boolean): void {
    if (this.kernel.hasLink === hasLink) return;
    this.kernel.hasLink = hasLink;
    this.#arrived(() => this.#noticed());
  }

  /** The network brings a packet. */
  receive(packet: Packet): void {
    const daemon = this.#daemon;
    if (daemon === null) return;
    if (daemon.paused && ++daemon.datagramsQueued > inboxDatagramsMax) return;
    this.#arrived(() => {
      const spoken = daemon.receive(packet);
      if (spoken !== null) {
        this.#step({ kind: "messageReceived", sender: spoken.sender, message: spoken.message });
      }
    });
  }

  #clock(): Instant {
    return instant(this.#offset + this.#rate * this.#in.timeline.now);
  }

  /** Lets the daemon have it now, or when it wakes. */
  #arrived(happen: () => void): void {
    if (this.#daemon?.paused) this.#daemon.inbox.push(happen);
    else if (this.#daemon !== null) happen();
  }

  #answered(answers: readonly NodeEvent[]): void {
    const daemon = this.#daemon;
    for (const answer of answers) if (this.#daemon === daemon) this.#step(answer);
    if (this.#daemon === daemon) this.commands.proceed();
  }

  #step(event: NodeEvent): void {
    const daemon = this.#daemon;
    if (daemon === null) return;
    const now = this.#clock();
    const idle = duration(now - daemon.lastStep);
    daemon.lastStep = now;
    const effects = daemon.program.step(event, now);
    this.#status = null;
    const deadline = daemon.program.deadline();
    const wait = deadline === null ? null : duration(deadline - now);
    this.#in.tell({ kind: "stepped", host: this.name, event, effects, idle, wait });
    for (const effect of effects) this.#perform(daemon, effect);
    if (effects.some(isInstallation)) daemon.gate.viewInstalled();
    if (daemon.program.hasLeft()) this.#end("exited", { power: false });
    else if (this.#daemon === daemon) this.#setAlarm(daemon, deadline);
  }

  #perform(daemon: Daemon, effect: NodeEffect): void {
    switch (effect.kind) {
      case "broadcast":
        return this.#send(daemon, { effect, to: this.#others() });
      case "send":
        return this.#send(daemon, { effect, to: [effect.to] });
      case "addAddresses":
        return this.#add(daemon, effect.vips);
      case "removeAddresses": {
        daemon.gate.withdraw(effect.vips);
        const tasks = effect.vips.map((vip) => daemon.book.removal(vip));
        return this.commands.enqueue({ kind: "remove", tasks }, daemon.book);
      }
      case "probeAddresses":
        return this.#probe(daemon, effect.vips);
      case "observeAddresses":
        return this.commands.enqueue({ kind: "observe" }, daemon.book);
      case "announce":
        return this.#in.announce({
          host: this.name,
          addresses: effect.vips.flatMap((vip) => daemon.book.addressesOf(vip)),
        });
      case "rememberNeighbours":
      case "note":
        return;
    }
  }

  /** Some hosts have seen many, some nobody; what is collected while it is paused is told when it wakes. */
  #collect(daemon: Daemon | null, every: number): void {
    if (daemon === null || this.#daemon !== daemon) return;
    const { timeline } = this.#in;
    this.#arrived(() => this.#step({ kind: "neighboursCollected", neighbours: drawNeighbours(this.#seen) }));
    timeline.after(every, () => this.#collect(daemon, every));
  }

  #add(daemon: Daemon, vips: readonly VipName[]): void {
    const passing = daemon.gate.pass(vips);
    if (passing.length > 0) this.#enqueueAddition(daemon, passing);
  }

  #enqueueAddition({ book }: Daemon, vips: readonly VipName[]): void {
    const tasks = vips.map((vip) => book.addition(vip));
    const view = this.status()?.view ?? null;
    for (const { adds } of tasks) {
      for (const address of adds) {
        const handover = vipAt(book.group, address)?.handover ?? "exclusive";
        this.#asked.set(address, { view, handover });
      }
    }
    this.commands.enqueue({ kind: "add", tasks, lease: book.group.timing.lease }, book);
  }

  /** Asks twice. Whoever has any address of the VIP answers for it. */
  #probe({ book }: Daemon, vips: readonly VipName[]): void {
    const answers = new Map<VipName, HostName>();
    const ask = () => {
      for (const vip of vips) {
        for (const address of book.addressesOf(vip)) {
          const by = this.#in.answerer({ host: this.name, address });
          if (by !== null) answers.set(vip, by);
        }
      }
    };
    const { timeline, random } = this.#in;
    timeline.after(random.between(0.1, 1), ask);
    timeline.after(random.between(3, 4), ask);
    timeline.after(random.between(8, 10), () =>
      this.#arrived(() =>
        this.#step({
          kind: "addressesProbed",
          answers: vips.map((vip) => {
            const by = answers.get(vip);
            return by === undefined
              ? { vip, answer: { kind: "silent" } }
              : { vip, answer: { kind: "answered", by: { mac: by, host: by } } };
          }),
        })
      ));
  }

  #send(
    daemon: Daemon,
    what: { readonly effect: NodeEffect & { kind: "broadcast" | "send" }; readonly to: readonly HostName[] },
  ): void {
    const sender = { host: this.name, incarnation: daemon.incarnation, sequence: what.effect.sequence };
    const packets = this.#in.wire.encode({ sender, message: what.effect.message });
    for (const to of what.to) {
      if (to === this.name) continue;
      for (const packet of packets) this.#in.transmit(packet, { from: this.name, to });
    }
  }

  #others(): readonly HostName[] {
    return this.#in.everyone;
  }

  /** The alarm rings up to 2 ms late, never early. */
  #setAlarm(daemon: Daemon, deadline: Instant | null): void {
    if (deadline === null) {
      daemon.alarm = null;
      return;
    }
    if (daemon.alarm?.deadline === deadline) return;
    const alarm = { deadline };
    daemon.alarm = alarm;
    const due = (deadline - this.#offset) / this.#rate;
    this.#in.timeline.at(Math.max(due, this.#in.timeline.now) + this.#in.random.between(0.01, 2), () => {
      if (daemon.alarm === alarm && !daemon.paused) this.#ring(daemon);
    });
  }

  #ring(daemon: Daemon): void {
    if (this.#daemon !== daemon) return;
    daemon.alarm = null;
    this.#step({ kind: "clockTicked" });
  }

  #kernelChanged({ kind, address, by }: KernelChange): void {
    this.#strays.delete(address);
    const isLate = kind === "appeared" && by === "daemon" && !this.#asked.has(address);
    if (isLate && this.#daemon !== null) this.#strays.add(address);
    if (kind !== "touched") {
      const asked = by === "daemon" ? this.#asked.get(address) ?? null : null;
      const vip = this.#daemon?.book.nameOf(address) ?? vipAt(this.#file, address)?.name ?? null;
      this.#in.tell({ kind, host: this.name, address, vip, by, asked });
    }
    if (this.#isNoticing || this.#daemon === null) return;
    this.#isNoticing = true;
    this.#in.timeline.after(this.#in.random.between(0.3, 1), () => {
      this.#isNoticing = false;
      this.#arrived(() => this.#noticed());
    });
  }

  /** The watch on addresses tells of a change; the daemon looks, unless it is about to. */
  #noticed(): void {
    const daemon = this.#daemon;
    if (daemon !== null && !this.commands.isObserving()) {
      this.commands.enqueue({ kind: "observe" }, daemon.book);
    }
  }

  #end(change: DaemonChange, how: { readonly power: boolean }): void {
    if (this.#daemon === null && change !== "lostPower") return;
    if (this.#daemon !== null) {
      this.#daemon.alarm = null;
      // A host without power cannot say that a connection has ended.
      if (!how.power) this.#in.ended({ host: this.name, incarnation: this.#daemon.incarnation });
    }
    this.#daemon = null;
    this.#status = null;
    this.#asked.clear();
    this.commands.abandon(how);
    this.#changed(change);
  }

  #changed(change: DaemonChange): void {
    this.#in.tell({ kind: "daemon", host: this.name, change });
  }
}

/** Whether two daemons that run have installed the very same view. */
export function shareView(one: HostView, other: HostView): boolean {
  const view = one.status()?.view ?? null;
  return view !== null && sameView(view, other.status()?.view ?? null);
}

const isInstallation = (effect: NodeEffect): boolean =>
  effect.kind === "note" && effect.note.kind === "viewInstalled";

function drawNeighbours(random: Random): readonly KnownNeighbour[] {
  const count = random.pick([0, 1, 10, 100, 500]);
  const first = random.whole(0, 2_000);
  return Array.from({ length: count }, (_, at) => ({
    interface: "eth0",
    address: `10.9.${(first + at) >> 8}.${(first + at) & 255}`,
    age: duration(random.whole(0, 60_000)),
  }));
}
