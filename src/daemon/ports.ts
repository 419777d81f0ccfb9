// What the daemon needs from the machine. One interface for each thing; src/host/ has the real ones, one file
// each, and tests have fakes. Nothing here throws for an operating error: it comes back as a value.

import type { Conflict, Observed, ProbeAnswer, VipProblem } from "../core/events.ts";
import type { Hook, Hooks } from "../core/hook.ts";
import type { FailingCheck, KnownNeighbour } from "../core/message.ts";
import type { Duration, Group, HostName, Instant, Member, SegmentName, VipName } from "../core/vocabulary.ts";
import type { DrainRecord } from "../codec/drain_record.ts";
import type { ControlRequest, ControlResponse, EventEntry } from "../codec/control.ts";

export interface Clock {
  /** Monotonic; goes on while the process is stopped. */
  now(): Instant;
  /** Milliseconds since 1970, for people. */
  wallTime(): number;
  /** Sets the one alarm; an earlier setting is forgotten. Null: no alarm. Rings once, never early. */
  setAlarm(at: Instant | null): void;
  onAlarm(ring: () => void): void;
  /** Calls back once, in so many milliseconds, unless what it answers is called before. */
  later(wait: Duration, call: () => void): () => void;
}

/** Datagrams between the hosts of the group, over all segments at once. */
export interface Network {
  /** Sends to every other host on every segment. A failure is counted, not thrown: the network may lose anyway. */
  broadcast(datagrams: readonly Uint8Array[]): void;
  /** Sends to one host on every segment it shares with us. */
  send(to: HostName, datagrams: readonly Uint8Array[]): void;
  onDatagram(receive: (datagram: Uint8Array, segment: SegmentName) => void): void;
  close(): Promise<void>;
}

export interface AddressOutcome {
  readonly done: readonly VipName[];
  readonly problems: readonly VipProblem[];
}

/** Connections to the daemons of other hosts, which carry nothing: their end tells that a daemon has ended. */
export interface Lifelines {
  /** Keeps connected with this life of a host's daemon, in place of an earlier one. For when it is first heard. */
  hold(member: Member): void;
  /** Calls back, once for each life, when its connection has ended and its host refuses another one. */
  onEnd(ended: (member: Member) => void): void;
  close(): Promise<void>;
}

/** VIPs as addresses of this host's interfaces. Calls are carried out one at a time, in order. */
export interface Addresses {
  /** Adds all addresses of the VIPs, or renews their lease. */
  add(vips: readonly VipName[]): Promise<AddressOutcome>;
  /** Removes all addresses of the VIPs; one that is not there is done. */
  remove(vips: readonly VipName[]): Promise<AddressOutcome>;
  observe(): Promise<Observed>;
  /** Calls back soon after any address of the host changed; also when the watch broke and was set up again. */
  onChange(changed: () => void): void;
  close(): Promise<void>;
}

/** Tells the network where VIPs are, and hears who else says so. */
export interface Announcer {
  /**
   * Sends the announcements of all addresses of the VIPs, without waiting, and asks those notify targets that have not
   * confirmed them yet. `isFirst`: what was confirmed before does not count any more.
   */
  announce(vips: readonly VipName[], how: { readonly isFirst: boolean }): void;
  /** Asks whether anybody answers for the VIPs, which are not on this host; gives one answer for each, soon. */
  probe(vips: readonly VipName[]): Promise<readonly ProbeAnswer[]>;
  /** Calls back when somebody else answers for VIPs that are on this host, or announces them. */
  onConflicts(conflicting: (conflicts: readonly Conflict[]) => void): void;
  /** Which notify targets have proved that they know where each VIP on this host is. */
  confirmations(): ReadonlyMap<VipName, Confirmation>;
  /** Calls back when one more has. */
  onConfirmed(confirmed: () => void): void;
  close(): Promise<void>;
}

/** What came of asking the notify targets of a VIP, since it was announced first. */
export interface Confirmation {
  /** How many of them have answered; of a block, each neighbour that has. */
  readonly confirmed: number;
  /** Those that have not, as people write them; the first few. */
  readonly missing: readonly string[];
  /** How many there are besides. */
  readonly more: number;
  /** How many collected neighbours that are no notify targets have answered. */
  readonly neighbours: number;
}

/** Whom kernels know on the networks of VIPs: this host's, and, as far as they have told, those of the others. */
export interface Neighbours {
  /** Calls back at once, and then every interval, with those of this host; also when there is nobody to be told of. */
  onCollected(collected: (neighbours: readonly KnownNeighbour[]) => void): void;
  /** Another host has told of some of its own. */
  remember(from: HostName, neighbours: readonly KnownNeighbour[]): void;
  /** Null: none are collected. */
  summary(): NeighbourSummary | null;
  close(): Promise<void>;
}

export interface NeighbourSummary {
  /** How many different ones. */
  readonly known: number;
  /** How many hosts have told of some, this one too. */
  readonly hosts: number;
  /** In ms, since the one that was told of least lately was told of; null: there is none. */
  readonly oldest: number | null;
}

/** Removes all VIPs of the configuration from this host when the daemon dies, however it dies. */
export interface Guard {
  /** Calls back when the guard itself died; the daemon then starts another. */
  onDeath(died: () => void): void;
  /** Why none stands by, for people; null: one does, or is about to. */
  problem(): string | null;
  /** Ends the guard without any harm to addresses that are still there. */
  release(): Promise<void>;
}

/** The operator's programs. What is run when is for hook_work.ts; this starts one and sees to its end. */
export interface HookPrograms {
  /** As the configuration says now. */
  configured(): Hooks;
  /** Where the VIP is on this host, or would be. */
  placeOf(vip: VipName): HookPlace;
  /** Starts one. It gets these variables and PATH and HOME, and is ended, with all that it has started, when it takes longer. */
  start(hook: Hook, options: HookStart): HookProcess;
}

export interface HookPlace {
  /** With prefix. */
  readonly addresses: readonly string[];
  /** As they are called on this host, each once. */
  readonly interfaces: readonly string[];
}

export interface HookStart {
  readonly variables: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly atMostMs: number;
  /** Somebody waits for it. What nobody waits for gets what others leave of the machine. */
  readonly isUrgent: boolean;
}

export interface HookProcess {
  /** Known as soon as it has ended, or its time has. */
  readonly outcome: Promise<HookOutcome>;
  /** Nothing of it runs any more. Soon after the outcome, unless it cannot be killed. */
  readonly ended: Promise<void>;
  /** Ends it now. */
  end(): void;
}

export type HookOutcome =
  /** `said`: its last words on standard output and standard error, line by line. */
  | { readonly kind: "done"; readonly code: number; readonly said: readonly string[] }
  | { readonly kind: "timedOut"; readonly said: readonly string[] }
  /** By end(). */
  | { readonly kind: "ended" }
  /** It could not be started. `problem` is for people. */
  | { readonly kind: "missing"; readonly problem: string };

export interface ControlServer {
  onRequest(answer: (request: ControlRequest) => Promise<ControlResponse>): void;
  close(): Promise<void>;
}

/** The health checks that this host runs. */
export interface Checks {
  /** Whether there are any from the start: then the first call back tells that all have a result. */
  readonly hasAny: boolean;
  /** Calls back with all checks that fail, each time that has changed. */
  onChange(changed: (failing: readonly FailingCheck[]) => void): void;
  close(): Promise<void>;
}

/** The drain that outlives this daemon. */
export interface DrainFile {
  /** For people. */
  readonly path: string;
  /** What was there at the start; null: nothing. */
  readonly found: KeptDrain | null;
  /** Done when it is on the disk. Gives what went wrong, for people; then all is as it was. */
  write(record: DrainRecord): Promise<string | null>;
  /** Gives what went wrong, for people; null: it is gone. */
  remove(): Promise<string | null>;
}

export type KeptDrain =
  | ({ readonly kind: "read" } & DrainRecord)
  /** It is there, and nobody knows what it says. */
  | { readonly kind: "unreadable"; readonly problem: string };

/** How others end this process. */
export interface Signals {
  /** SIGTERM or SIGINT asks for a clean stop; calls back for each one. */
  onStop(stop: (signal: string) => void): void;
  /** SIGHUP asks for the configuration to be read anew. */
  onReload(reload: () => void): void;
  /** Calls back for an error that nobody caught: the program is wrong somewhere. */
  onFatal(fail: (error: unknown) => void): void;
}

/** The configuration, read again while the daemon runs. */
export interface ConfigurationFile {
  /**
   * Reads it and lets the other ports go by it: what they do from then on is for the new configuration, but what an
   * earlier one put on the host is still removed. When it cannot be used, nothing has changed.
   */
  reload(): Promise<Reloaded>;
  /** Whether that host runs a health check that is for the VIP. */
  isChecked(on: { readonly host: HostName; readonly vip: VipName }): boolean;
}

export type Reloaded =
  | {
    readonly kind: "taken";
    readonly group: Group;
    /** The segments that each host is part of. */
    readonly segments: ReadonlyMap<HostName, readonly SegmentName[]>;
  }
  /** For people: every problem, each with its place. */
  | { readonly kind: "refused"; readonly problems: readonly string[] };

export type LogLevel = "debug" | "info" | "warning" | "error";

export interface Log {
  write(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Where it is to go and cannot just now, and why; for people. */
  problems?(): readonly string[];
}

/** Something that happened, before the record has it. */
export type NewEntry = Omit<EventEntry, "number" | "at">;

/** What happened lately, kept over restarts where this host can keep it. */
export interface EventRecord {
  /** Never waits and never fails. */
  append(entries: readonly NewEntry[]): void;
  /** Those with a higher number than `number` that are kept, oldest first. */
  after(number: number): readonly EventEntry[];
  /** The number of the newest; 0: there is none. */
  last(): number;
  close(): Promise<void>;
}

export interface Ports {
  readonly clock: Clock;
  readonly network: Network;
  readonly lifelines: Lifelines;
  readonly addresses: Addresses;
  readonly announcer: Announcer;
  readonly neighbours: Neighbours;
  readonly guard: Guard;
  readonly hooks: HookPrograms;
  readonly checks: Checks;
  readonly drainFile: DrainFile;
  readonly control: ControlServer;
  readonly signals: Signals;
  readonly configuration: ConfigurationFile;
  readonly record: EventRecord;
  readonly log: Log;
}
