// In which order hooks are run, and how many at once.
//
// Each VIP has a lane, and so has the host for what concerns no VIP: what is in one lane runs one after the other, in
// the order in which it happened. A run for several VIPs is in the lanes of all of them, and starts when it is the first
// in each. Runs in different lanes go on side by side, up to a bound.
//
//     web-a   [release] acquire                      "release" runs; "acquire" of both waits for it,
//     web-b             acquire   release            and "release" of web-b for that
//     host    [view]
//
// Before an acquisition nobody waits for what is left of earlier events: a run for that VIP that still goes on is
// ended, and one that has not begun is dropped, because it is not true any more. Where events come faster than their
// hooks are run, a lane keeps the newest and drops what newer ones have made untrue.
//
// Nothing waits for ever. A run that an acquisition waits for has its time from when it is asked for, begun or not; and
// one that was killed but does not go, because it hangs in the kernel, is taken for gone a moment later.

import type { Hook } from "../core/hook.ts";
import { duration, type Instant, type VipName } from "../core/vocabulary.ts";
import { type HookMoment, samenessOf } from "./hook_moments.ts";
import type { Clock, HookOutcome, HookProcess } from "./ports.ts";

/** How many run side by side; of those that an acquisition waits for, and of all others. */
export const atOnceMax = { before: 32, beside: 16 } as const;
/** So many runs may wait in a lane before one that a newer one has overtaken is dropped. */
export const laneMax = 16;
/** After its time is over, or it was ended, a run is killed; what is not gone by then cannot be killed. */
export const killPatience = duration(1_000);
/** Starting a process takes a millisecond; heartbeats that are due come in between. */
const startsInARow = 1;
/** Variables of the kernel's MAX_ARG_STRLEN, 128 KiB, hold the addresses of so many VIPs, though each has several. */
export const batchMax = 500;

export interface QueuedRun {
  readonly hook: Hook;
  readonly moment: HookMoment;
  /** Since when its time counts; null: since it is started. */
  readonly askedAt: Instant | null;
}

export interface HookQueueParts {
  readonly start: (run: QueuedRun) => HookProcess;
  /** What came of a run that was started, or whose time was over before that. */
  readonly ended: (run: QueuedRun, outcome: HookOutcome) => void;
  /** So many runs were dropped since this was told last. */
  readonly dropped: (count: number) => void;
  /** Calls back in a while, after what is due now. */
  readonly defer: (call: () => void) => void;
  readonly later: Clock["later"];
}

/** What a lane belongs to: a VIP, the host, or a hook that is run in batches. */
type LaneKey = VipName | Hook | typeof host;
const host = Symbol("host");

interface Entry extends QueuedRun {
  moment: HookMoment;
  readonly keys: LaneKey[];
  readonly pool: keyof typeof atOnceMax;
  /** Runs of one moment do not overtake each other. */
  readonly number: number;
  /** In how many of its lanes it is not the first. */
  behind: number;
  process: HookProcess | null;
  isOver: boolean;
  /** It is waited for no longer than to a certain time: forgets that. */
  forgetLimit: () => void;
  readonly told: (outcome: HookOutcome) => void;
}

export class HookQueue {
  readonly #parts: HookQueueParts;
  readonly #lanes = new Map<LaneKey, Entry[]>();
  readonly #ready = { before: new Set<Entry>(), beside: new Set<Entry>() };
  readonly #running = { before: 0, beside: 0 };
  readonly #entries = new Set<Entry>();
  #isDeferred = false;
  #dropped = 0;
  readonly #idle: (() => void)[] = [];

  constructor(parts: HookQueueParts) {
    this.#parts = parts;
  }

  /** Runs a hook for something that has happened; `number` grows with the moments. */
  add(run: QueuedRun, number: number): void {
    if (run.hook.batch && this.#join(run)) return;
    const { vips } = run.moment;
    const keys: LaneKey[] = [
      ...(vips.length === 0 ? [host] as const : vips),
      ...(run.hook.batch ? [run.hook] : []),
    ];
    const entry = this.#create(run, { keys, pool: "beside", number, told: () => {} });
    for (const key of keys) this.#enter(entry, key);
    for (const key of keys) this.#thin(key);
    this.#wake(entry);
  }

  /**
   * Runs a hook that an acquisition waits for, at once, and tells what came of it within its time, begun or not.
   * Answers how to end it.
   */
  addBefore(run: QueuedRun, number: number, told: (outcome: HookOutcome) => void): () => void {
    const entry = this.#create(run, { keys: [...run.moment.vips], pool: "before", number, told });
    for (const vip of run.moment.vips) {
      for (const other of [...this.#lanes.get(vip) ?? []]) this.#giveWay(other, vip);
      this.#enterFirst(entry, vip);
    }
    entry.forgetLimit = this.#parts.later(run.hook.timeout, () => {
      this.#leave(entry);
      this.#tell(entry, { kind: "timedOut", said: [] });
    });
    this.#wake(entry);
    return () => {
      if (entry.process !== null) entry.process.end();
      else if (!entry.isOver) this.#drop(entry);
    };
  }

  /** Ends what runs, but for the runs that are kept, and drops what waits, but for those. Done when nothing is left. */
  async drain({ keeps }: { readonly keeps: (run: QueuedRun) => boolean }): Promise<void> {
    for (const entry of [...this.#entries]) {
      if (keeps(entry)) continue;
      if (entry.process !== null) entry.process.end();
      else this.#leave(entry);
    }
    if (this.#entries.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #create(run: QueuedRun, of: Pick<Entry, "keys" | "pool" | "number" | "told">): Entry {
    const entry: Entry = { ...run, ...of, behind: 0, process: null, isOver: false, forgetLimit: () => {} };
    this.#entries.add(entry);
    return entry;
  }

  /** What waits already, of the same hook and for the same reason, takes further VIPs along. */
  #join({ hook, moment }: QueuedRun): boolean {
    const last = this.#lanes.get(hook)?.at(-1);
    if (last === undefined || last.process !== null) return false;
    const vips = last.moment.vips;
    if (vips.length + moment.vips.length > batchMax || moment.vips.some((vip) => vips.includes(vip))) {
      return false;
    }
    if (samenessOf(last.moment) !== samenessOf(moment)) return false;
    last.moment = { ...moment, vips: [...vips, ...moment.vips] };
    last.keys.push(...moment.vips);
    for (const vip of moment.vips) this.#enter(last, vip);
    if (last.behind > 0) this.#ready.beside.delete(last);
    return true;
  }

  #enter(entry: Entry, key: LaneKey): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return void this.#lanes.set(key, [entry]);
    lane.push(entry);
    entry.behind += 1;
  }

  /** Before everything that has not been started. */
  #enterFirst(entry: Entry, key: LaneKey): void {
    const lane = this.#lanes.get(key);
    const first = lane?.[0];
    if (lane === undefined || first === undefined) return void this.#lanes.set(key, [entry]);
    const isRunning = first.process !== null;
    lane.splice(isRunning ? 1 : 0, 0, entry);
    if (isRunning) return void (entry.behind += 1);
    first.behind += 1;
    this.#ready[first.pool].delete(first);
  }

  /** Makes room for an acquisition of the VIP. What is run for others too goes on without it. */
  #giveWay(entry: Entry, vip: VipName): void {
    const { vips, event } = entry.moment;
    if (entry.process !== null) return vips.length > 1 ? this.#leaveLane(entry, vip) : entry.process.end();
    if (event === "foreign_holder") return;
    if (vips.length === 1) return this.#drop(entry);
    entry.moment = { ...entry.moment, vips: vips.filter((each) => each !== vip) };
    this.#leaveLane(entry, vip);
  }

  /** Drops the oldest run of a long lane that newer events have made untrue; there is one. */
  #thin(key: LaneKey): void {
    const lane = this.#lanes.get(key) ?? [];
    if (lane.length <= laneMax) return;
    const old = lane.find((entry) =>
      entry.process === null && entry.pool === "beside" && this.#isOvertaken(entry)
    );
    if (old !== undefined) this.#drop(old);
  }

  #isOvertaken(entry: Entry): boolean {
    return entry.keys.every((key) =>
      this.#lanes.get(key)?.some((other) =>
        other.number > entry.number && matterOf(other.moment) === matterOf(entry.moment)
      )
    );
  }

  #drop(entry: Entry): void {
    this.#dropped += 1;
    this.#leave(entry);
  }

  #leave(entry: Entry): void {
    entry.isOver = true;
    entry.forgetLimit();
    this.#entries.delete(entry);
    this.#ready[entry.pool].delete(entry);
    for (const key of [...entry.keys]) this.#leaveLane(entry, key);
    if (this.#entries.size === 0) { for (const tell of this.#idle.splice(0)) tell(); }
  }

  #leaveLane(entry: Entry, key: LaneKey): void {
    entry.keys.splice(entry.keys.indexOf(key), 1);
    const lane = this.#lanes.get(key) ?? [];
    const place = lane.indexOf(entry);
    lane.splice(place, 1);
    const [first] = lane;
    // Whoever is the first in a lane now waits for one lane less.
    const relieved = place === 0 ? first : entry;
    if (first === undefined) this.#lanes.delete(key);
    if (relieved === undefined || relieved.isOver) return;
    relieved.behind -= 1;
    this.#wake(relieved);
  }

  #wake(entry: Entry): void {
    if (entry.behind > 0 || entry.isOver || entry.process !== null) return;
    this.#ready[entry.pool].add(entry);
    this.#defer();
  }

  #defer(): void {
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    this.#parts.defer(() => {
      this.#isDeferred = false;
      this.#startSome();
    });
  }

  /** Those that somebody waits for come first. */
  #startSome(): void {
    for (let left = startsInARow; left > 0; left--) {
      const entry = this.#next("before") ?? this.#next("beside");
      if (entry === null) return;
      this.#start(entry);
    }
    this.#defer();
  }

  #next(pool: Entry["pool"]): Entry | null {
    if (this.#running[pool] >= atOnceMax[pool]) return null;
    const [first = null] = this.#ready[pool];
    return first;
  }

  #start(entry: Entry): void {
    const { pool } = entry;
    this.#ready[pool].delete(entry);
    this.#running[pool] += 1;
    entry.forgetLimit();
    const process = this.#parts.start(entry);
    entry.process = process;
    const free = () => {
      this.#running[pool] -= 1;
      this.#defer();
    };
    const gone = () => {
      if (entry.isOver) return;
      if (pool === "beside") free();
      this.#leave(entry);
      this.#tellDropped();
    };
    void process.outcome.then((outcome) => {
      // Others that an acquisition waits for must not wait for one whose time is over.
      if (pool === "before") free();
      if (!entry.isOver && outcome.kind !== "done") entry.forgetLimit = this.#parts.later(killPatience, gone);
      this.#tell(entry, outcome);
    });
    void process.ended.then(gone);
  }

  #tell(entry: Entry, outcome: HookOutcome): void {
    this.#parts.ended(entry, outcome);
    entry.told(outcome);
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const count = this.#dropped;
    this.#dropped = 0;
    this.#parts.dropped(count);
  }
}

/** Moments of one matter make each other untrue. */
const matterOf = ({ event }: HookMoment): string =>
  event === "acquire" || event === "release" ? "place" : event;
