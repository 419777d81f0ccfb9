// Joins the core to the machine. One loop:
//
//     datagram ─┐
//     alarm     ├─> event ─> stepNode ─> effects, in order ─> ports
//     outcome   │                                              │
//     operator ─┘ <────────────────────────────────────────────┘  what came of an effect is an event again
//
// A signal may ask for the configuration to be read again. While it is read the loop goes on; then the ports have
// changed, and here the group, the inbox and the node follow within the same turn.
//
// An event that arises during a step waits until the step's effects are done, so the node is never entered twice.
// There is one alarm: the earliest instant at which the node, a waiting request or the grace of a clean stop wants to
// be woken. However the loop ends, shutdown.ts is the one way out.

import type { ControlRequest, ControlResponse } from "../codec/control.ts";
import { type Authenticator, encodeDatagrams } from "../codec/datagram.ts";
import type { NodeEffect, NodeEvent, Note } from "../core/events.ts";
import { explainVip } from "../core/explain.ts";
import type { Message } from "../core/message.ts";
import { groupSight } from "../core/monitor.ts";
import { createNode, hasLeft, type Node, nodeDeadline, nodeStatus, stepNode } from "../core/node.ts";
import {
  after,
  type Duration,
  duration,
  earliest,
  type Group,
  type HostName,
  type Incarnation,
  type Instant,
  type SegmentName,
  type Sequence,
  sorted,
  type VipName,
} from "../core/vocabulary.ts";
import { whatIf } from "../core/what_if.ts";
import { AddressWork } from "./address_work.ts";
import { HookWork } from "./hook_work.ts";
import { planRequest, requestPatience } from "./control_requests.ts";
import { Drains } from "./drains.ts";
import { Failovers } from "./failovers.ts";
import { reportExplanation } from "./explain_report.ts";
import { Inbox } from "./inbox.ts";
import { reportMonitor } from "./monitor_report.ts";
import { answerListeners, type Listener, listenersDeadline } from "./listeners.ts";
import { notesText } from "./notes_text.ts";
import { reportPlan } from "./plan_report.ts";
import type { Ports, Reloaded } from "./ports.ts";
import { Chronicle, recordingLog } from "./record.ts";
import { type Ending, shutDown } from "./shutdown.ts";
import { type Refusal, reportStatus } from "./status_report.ts";
import { answerWaiters, dismissWaiters, type Waiter, waitersDeadline } from "./waiters.ts";
import { spanText } from "./words.ts";

/** What a daemon is made of. */
export interface DaemonParts {
  readonly group: Group;
  readonly self: HostName;
  readonly incarnation: Incarnation;
  /** Of the program, for "status". */
  readonly version: string;
  /** The segments that each host is part of. */
  readonly segments: ReadonlyMap<HostName, readonly SegmentName[]>;
  readonly authenticator: Authenticator;
  readonly ports: Ports;
}

/** Runs a host of the group until it is stopped or fails. Answers the process's exit code; never throws. */
export async function runDaemon(parts: DaemonParts): Promise<number> {
  /** All that the configuration ever had while this daemon runs: any of them may be left on this host. */
  const vips = new Set(namesOf(parts.group));
  const hookWork = new HookWork({ ...parts, ...parts.ports, log: recordingLog(parts.ports) });
  const ending = await new Promise<Ending>((resolve) => {
    try {
      new Daemon(parts, { end: resolve, vips, hookWork }).start();
    } catch (error) {
      resolve({ kind: "failed", error });
    }
  });
  return await shutDown(ending, { ports: parts.ports, vips: sorted(vips), hookWork });
}

const namesOf = ({ vips }: Group): readonly VipName[] => vips.map(({ name }) => name);

interface Outside {
  readonly end: (ending: Ending) => void;
  /** Grows with each configuration. */
  readonly vips: Set<VipName>;
  readonly hookWork: HookWork;
}

class Daemon {
  readonly #parts: DaemonParts;
  readonly #ports: Ports;
  readonly #outside: Outside;
  readonly #inbox: Inbox;
  readonly #addressWork: AddressWork;
  readonly #failovers: Failovers;
  readonly #chronicle = new Chronicle();
  readonly #drains: Drains;
  readonly #queue: NodeEvent[] = [];
  #group: Group;
  #node: Node;
  #waiters: readonly Waiter[] = [];
  #listeners: readonly Listener[] = [];
  #isStepping = false;
  #hasEnded = false;
  /** Until when a clean stop may take; null when nobody asked for one. */
  #stopBy: Instant | null = null;
  /** "again": it was asked for once more while it went on. */
  #reloading: "no" | "yes" | "again" = "no";
  #refusal: Refusal | null = null;

  constructor(parts: DaemonParts, outside: Outside) {
    const { group, self, incarnation, version, ports } = parts;
    this.#parts = parts;
    this.#ports = ports;
    this.#outside = outside;
    this.#group = group;
    const awaitsHealth = ports.checks.hasAny;
    this.#node = createNode({ group, self, incarnation, version, now: ports.clock.now(), awaitsHealth });
    this.#inbox = new Inbox(parts);
    this.#failovers = new Failovers(self, () => ports.announcer.confirmations());
    this.#drains = new Drains(ports.drainFile, () => Math.round(ports.clock.wallTime()));
    this.#addressWork = new AddressWork({
      addresses: ports.addresses,
      gate: outside.hookWork,
      submit: (event) => this.#submit(event),
      fail: (error) => this.#fail(error),
    });
  }

  start(): void {
    const { clock, network, lifelines, announcer, neighbours, control, guard, checks, signals, log } =
      this.#ports;
    announcer.onConfirmed(() => this.#submit({ kind: "clockTicked" }));
    signals.onStop((signal) => this.#stop(signal));
    signals.onReload(() => void this.#reload());
    signals.onFatal((error) => this.#fail(error));
    clock.onAlarm(() => this.#submit({ kind: "clockTicked" }));
    control.onRequest((request) => this.#answer(request));
    lifelines.onEnd((member) => this.#submit({ kind: "connectionEnded", member }));
    announcer.onConflicts((conflicts) => this.#submit({ kind: "conflictsDetected", conflicts }));
    guard.onDeath(() =>
      log.write("warning", "The guard died: somebody ended it; another one takes its place")
    );
    this.#submit({ kind: "started" });
    this.#inherit();
    if (checks.hasAny) {
      log.write("info", "Running the health checks of this host before it takes part in the group");
    }
    checks.onChange((failing) => this.#submit({ kind: "healthChanged", failing }));
    network.onDatagram((datagram, segment) => this.#receive(datagram, segment));
    neighbours.onCollected((these) => this.#submit({ kind: "neighboursCollected", neighbours: these }));
  }

  /** Before anything else can happen: such a host holds nothing, not even for a moment. */
  #inherit(): void {
    const drain = this.#drains.inherited();
    if (drain === null) return;
    const { reason, isUnreadable, text } = drain;
    this.#ports.log.write(isUnreadable ? "error" : "warning", text);
    this.#submit({ kind: "operatorRequested", request: { kind: "drain", reason } });
  }

  #submit(event: NodeEvent): void {
    this.#queue.push(event);
    if (this.#isStepping || this.#hasEnded) return;
    this.#isStepping = true;
    try {
      this.#stepThrough();
      this.#tellFailovers();
      this.#stepThrough();
      this.#afterSteps();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isStepping = false;
    }
  }

  #stepThrough(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
  }

  #step(event: NodeEvent): void {
    const { clock } = this.#ports;
    const at = clock.now();
    const { state, effects } = stepNode(this.#node, event, at);
    this.#node = state;
    const notes = effects.flatMap((effect) => (effect.kind === "note" ? [effect.note] : []));
    // What VIPs are about to be acquired for is known before their hooks are asked.
    this.#outside.hookWork.hear(notes);
    try {
      for (const effect of effects) if (effect.kind !== "note") this.#perform(effect);
    } finally {
      if (notes.length > 0) {
        this.#failovers.hear(notes, { at, doneAt: clock.now() });
        this.#tell(notes);
      }
    }
  }

  #perform(effect: Exclude<NodeEffect, { kind: "note" }>): void {
    const { network, announcer, neighbours } = this.#ports;
    switch (effect.kind) {
      case "broadcast":
        return network.broadcast(this.#encode(effect));
      case "send":
        return network.send(effect.to, this.#encode(effect));
      case "addAddresses":
        return this.#addressWork.add(effect.vips);
      case "removeAddresses":
        return this.#addressWork.remove(effect.vips);
      case "announce":
        return announcer.announce(effect.vips, effect);
      case "probeAddresses":
        return void this.#probe(effect.vips);
      case "observeAddresses":
        return void this.#addressWork.observe();
      case "rememberNeighbours":
        return neighbours.remember(effect.from, effect.neighbours);
    }
  }

  async #probe(vips: readonly VipName[]): Promise<void> {
    try {
      this.#submit({ kind: "addressesProbed", answers: await this.#ports.announcer.probe(vips) });
    } catch (error) {
      this.#fail(error);
    }
  }

  #encode(
    { sequence, message }: { readonly sequence: Sequence; readonly message: Message },
  ): readonly Uint8Array[] {
    const { self, incarnation, authenticator } = this.#parts;
    return encodeDatagrams({
      group: this.#group.name,
      sender: { host: self, incarnation, sequence },
      message,
      wallTime: this.#ports.clock.wallTime(),
      authenticator,
    });
  }

  #receive(datagram: Uint8Array, segment: SegmentName): void {
    if (this.#hasEnded) return;
    const letter = this.#inbox.open(datagram, segment);
    if (letter === null) return;
    const { sender, message } = letter;
    this.#ports.lifelines.hold(sender);
    this.#submit({ kind: "messageReceived", sender, message });
  }

  #tell(notes: readonly Note[]): void {
    const { log, record } = this.#ports;
    const lines = notesText(notes);
    for (const { level, text, kind } of lines) log.write(level, text, { kind });
    record.append(this.#chronicle.entriesOf(lines));
  }

  /** Tells the group what failovers to this host took, as soon as that is known. */
  #tellFailovers(): void {
    for (const matter of this.#failovers.completed(this.#ports.clock.now())) {
      this.#submit({ kind: "operatorRequested", request: { kind: "say", matter } });
    }
  }

  #afterSteps(): void {
    const { clock } = this.#ports;
    const now = clock.now();
    if (hasLeft(this.#node)) return this.#finish({ kind: "left" });
    if (this.#stopBy !== null && now >= this.#stopBy) {
      return this.#finish({ kind: "hurried", why: "The clean stop was not done in time" });
    }
    if (this.#waiters.length > 0) this.#answerWaiters(now);
    this.#listeners = answerListeners(this.#listeners, {
      last: this.#ports.record.last(),
      now,
      entriesAfter: (number) => this.#entriesAfter(number),
    });
    clock.setAlarm(
      earliest([
        nodeDeadline(this.#node),
        waitersDeadline(this.#waiters),
        listenersDeadline(this.#listeners),
        this.#failovers.deadline,
        this.#stopBy,
      ]),
    );
  }

  #answerWaiters(now: Instant): void {
    const status = nodeStatus(this.#node, now);
    this.#waiters = answerWaiters(this.#waiters, { status, now, done: () => this.#report() });
  }

  async #answer(asked: ControlRequest): Promise<ControlResponse> {
    const drains = this.#drains;
    if (!this.#hasEnded && drains.concerns(asked)) {
      const prepared = await drains.prepare(asked);
      if (prepared.kind === "refused") return prepared;
    }
    return drains.conclude(asked, await this.#carryOut(drains.phrased(asked)));
  }

  #carryOut(request: ControlRequest): Promise<ControlResponse> {
    if (this.#hasEnded) return Promise.resolve({ kind: "refused", http: 503, error: stopping });
    this.#drains.begin(request);
    const group = this.#group;
    const now = this.#ports.clock.now();
    const plan = planRequest(request, { status: nodeStatus(this.#node, now), group });
    switch (plan.kind) {
      case "answer":
        return Promise.resolve(this.#report());
      case "refuse":
        return Promise.resolve({ kind: "refused", http: plan.http, error: plan.error });
      case "monitor":
        return Promise.resolve(this.#monitor());
      case "explain":
        return this.#explain(plan.vip);
      case "foresee":
        return Promise.resolve(this.#foresee(plan.without));
      case "await":
        return new Promise((answer) => {
          const { request: wish, kind: _, ...conditions } = plan;
          const deadline = after(
            now,
            requestPatience(wish, { group, hooks: this.#ports.hooks.configured() }),
          );
          this.#waiters = [...this.#waiters, { ...conditions, deadline, answer }];
          this.#submit({ kind: "operatorRequested", request: wish });
        });
      case "listen":
        return this.#listen(plan);
    }
  }

  /** Answers what the record has after this entry; when there is nothing yet, waits for it for so long. */
  #listen(
    { after: number, wait }: { readonly after: number; readonly wait: Duration },
  ): Promise<ControlResponse> {
    const deadline = after(this.#ports.clock.now(), wait);
    return new Promise((answer) => {
      this.#listeners = [...this.#listeners, { after: number, deadline, answer }];
      this.#submit({ kind: "clockTicked" });
    });
  }

  #entriesAfter(number: number): ControlResponse {
    const { version, self: host, ports: { record } } = this.#parts;
    const entries = record.after(number);
    return {
      kind: "events",
      events: { version, group: this.#group.name, host, entries, last: record.last() },
    };
  }

  #foresee(without: readonly HostName[]): ControlResponse {
    const outlook = whatIf(this.#node, without);
    if (outlook === null) return { kind: "refused", http: 409, error: unheld };
    const { version, self: host } = this.#parts;
    const isChanging = nodeStatus(this.#node, this.#ports.clock.now()).phase !== "running";
    const facts = { version, group: this.#group.name, host, without, isChanging };
    return { kind: "plan", plan: reportPlan(outlook, facts) };
  }

  #monitor(): ControlResponse {
    const { version, ports: { clock } } = this.#parts;
    const now = clock.now();
    const monitor = reportMonitor(groupSight(this.#node, now), {
      version,
      group: this.#group.name,
      status: nodeStatus(this.#node, now),
      clockDifference: ({ host, roundTrip }) => this.#inbox.clocks.differenceOf(host, roundTrip),
      wallTime: clock.wallTime(),
    });
    return { kind: "monitor", monitor };
  }

  /** The kernel is asked first; all the rest is of one instant. */
  async #explain(vip: VipName): Promise<ControlResponse> {
    const { version, ports: { clock, announcer, configuration } } = this.#parts;
    const observed = await this.#addressWork.observe();
    const now = clock.now();
    const account = explainVip(this.#node, vip, now);
    if (account === null) {
      return { kind: "refused", http: 404, error: `Cannot explain "${vip}": it is gone just now` };
    }
    const { holder } = account.vip;
    const explanation = reportExplanation(account, {
      version,
      group: this.#group,
      confirmations: announcer.confirmations(),
      observed,
      isChecked: holder !== null && configuration.isChecked({ host: holder, vip }),
      now,
      wallTime: clock.wallTime(),
    });
    return { kind: "explanation", explanation };
  }

  #report(): ControlResponse {
    const { version, ports: { clock, announcer, guard, neighbours: port, log } } = this.#parts;
    const group = this.#group;
    const now = clock.now();
    const paths = this.#inbox.paths(now);
    const { drops } = this.#inbox;
    const refusal = this.#refusal;
    const confirmations = announcer.confirmations();
    const guardProblem = guard.problem();
    const drain = this.#drains.now();
    const leftover = this.#drains.leftoverText();
    const logProblems = log.problems?.() ?? [];
    const wallTime = clock.wallTime();
    const neighbours = port.summary();
    const machine = { confirmations, drops, guardProblem, logProblems, drain, leftover, neighbours };
    const facts = { version, group, paths, ...machine, refusal, now, wallTime };
    return { kind: "status", status: reportStatus(nodeStatus(this.#node, now), facts) };
  }

  /** One at a time. What is asked for meanwhile is done once, afterwards: the file may have changed since it was read. */
  async #reload(): Promise<void> {
    const { configuration, log } = this.#ports;
    if (this.#reloading !== "no") {
      log.write("info", "SIGHUP: the configuration is being read, and will be read once more after that");
      return void (this.#reloading = "again");
    }
    try {
      do {
        if (this.#hasEnded || this.#stopBy !== null) return;
        this.#reloading = "yes";
        log.write("info", "SIGHUP: reading the configuration again");
        this.#take(await configuration.reload());
      } while (this.#isAskedAgain());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#reloading = "no";
    }
  }

  #isAskedAgain(): boolean {
    return this.#reloading === "again";
  }

  #take(reloaded: Reloaded): void {
    if (this.#hasEnded) return;
    if (reloaded.kind === "refused") {
      const { problems } = reloaded;
      this.#refusal = { at: this.#ports.clock.now(), problems };
      for (const problem of problems) this.#ports.log.write("error", problem);
      this.#ports.log.write(
        "error",
        "Nothing has changed: this host goes on with the configuration that it had",
      );
      return;
    }
    const { group, segments } = reloaded;
    this.#refusal = null;
    if (group.digest === this.#group.digest) {
      this.#ports.log.write(
        "info",
        "The configuration says what it said before; the secrets were read again",
      );
    }
    for (const vip of namesOf(group)) this.#outside.vips.add(vip);
    this.#group = group;
    this.#inbox.adopt({ group, segments });
    this.#outside.hookWork.adopt(group);
    this.#submit({ kind: "configurationChanged", group });
  }

  #stop(signal: string): void {
    if (this.#hasEnded) return;
    if (this.#stopBy !== null) return this.#finish({ kind: "hurried", why: `${signal}, a second signal` });
    const { clock, log } = this.#ports;
    const grace = stopGrace(this.#group);
    log.write("info", `${signal}: stopping within ${spanText(grace)}`);
    this.#stopBy = after(clock.now(), grace);
    this.#submit({ kind: "operatorRequested", request: { kind: "stop" } });
  }

  #fail(error: unknown): void {
    this.#finish({ kind: "failed", error });
  }

  #finish(ending: Ending): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#ports.clock.setAlarm(null);
    this.#addressWork.end();
    dismissWaiters(this.#waiters, "Cannot finish this: the daemon stops");
    dismissWaiters(this.#listeners, stopping);
    this.#outside.end(ending);
  }
}

const stopping = "The daemon stops";
const unheld = "Cannot plan: the group has no view yet in which VIPs are held (wanted one)";

/** How long a clean stop may take: what the node gives the others to take over, and the machine's work. */
const stopGrace = ({ timing }: Group): Duration => duration(4 * timing.timeout + 2000);
