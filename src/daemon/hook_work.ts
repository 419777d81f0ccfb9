// Runs the operator's hooks for what happens. They run beside everything else: nothing waits for one, but an
// acquisition for its before_acquire, and a clean stop, for a bounded time, for what is run after a release.
//
//   notes ──▶ hook_moments.ts ──▶ hook_queue.ts ──▶ port ──▶ log
//
// before_acquire has its whole time limit from when the acquisition is asked for: whatever it waits for itself counts.

import type { Note } from "../core/events.ts";
import { type Hook, isFor } from "../core/hook.ts";
import {
  type Duration,
  duration,
  elapsed,
  type Group,
  type HostName,
  type VipName,
} from "../core/vocabulary.ts";
import { type HookMoment, HookMoments, samenessOf } from "./hook_moments.ts";
import { batchMax, HookQueue, type QueuedRun } from "./hook_queue.ts";
import { hookVariables } from "./hook_variables.ts";
import type { Clock, HookOutcome, HookPlace, HookProcess, HookPrograms, Log } from "./ports.ts";
import { counted, listed, spanText } from "./words.ts";

export interface HookWorkParts {
  readonly group: Group;
  readonly self: HostName;
  readonly hooks: HookPrograms;
  readonly log: Log;
  readonly clock: Pick<Clock, "now" | "later">;
}

/** How long a clean stop waits for what is run after a release. */
export const stopPatience: Duration = duration(5_000);

/** What stands between the wish to acquire VIPs and their addresses. */
export interface AcquisitionGate {
  /** Whether anything has to be done before the VIP is acquired. */
  holdsUp(vip: VipName): boolean;
  /** Does it, and tells for each VIP when it may be acquired, or why it may not. Never before it returns. */
  open(vips: readonly VipName[], told: (vip: VipName, problem: string | null) => void): Acquisition;
}

export interface Acquisition {
  /** The VIP is not to be acquired any more: nothing is told of it. */
  withdraw(vip: VipName): void;
}

export class HookWork implements AcquisitionGate {
  readonly #parts: HookWorkParts;
  readonly #moments: HookMoments;
  readonly #queue: HookQueue;
  /** Where VIPs were when they were acquired: a changed configuration may say otherwise when they are released. */
  readonly #places = new Map<VipName, HookPlace>();
  #group: Group;
  #number = 0;
  #isClosed = false;

  constructor(parts: HookWorkParts) {
    this.#parts = parts;
    this.#group = parts.group;
    this.#moments = new HookMoments(parts);
    this.#queue = new HookQueue({
      start: (run) => this.#start(run),
      ended: (run, outcome) => this.#tell(run, outcome),
      dropped: (count) =>
        parts.log.write(
          "warning",
          `${counted(count, "run")} of hooks dropped: they had not begun when newer events made them untrue`,
          { kind: "hooksDropped", count },
        ),
      defer: (call) => void setTimeout(call, 0),
      later: (wait, call) => parts.clock.later(wait, call),
    });
  }

  /** Goes by another configuration. */
  adopt(group: Group): void {
    this.#group = group;
    this.#moments.adopt(group);
  }

  /** What happened in a step. Nothing is started before the step's effects are performed. */
  hear(notes: readonly Note[]): void {
    if (this.#isClosed) return;
    const moments = notes.flatMap((note) => this.#moments.hear(note));
    if (moments.length === 0) return;
    this.#number += 1;
    const configured = this.#parts.hooks.configured();
    for (const { event, vips } of moments) {
      if (event === "acquire") {
        for (const vip of vips) this.#places.set(vip, this.#parts.hooks.placeOf(vip));
      }
    }
    for (const [event, alike] of Map.groupBy(moments, (moment) => moment.event)) {
      for (const hook of configured[event]) {
        for (const moment of momentsFor(hook, alike)) {
          this.#queue.add({ hook, moment, askedAt: null }, this.#number);
        }
      }
    }
  }

  holdsUp(vip: VipName): boolean {
    return !this.#isClosed && this.#beforeAcquire().some((hook) => isFor(hook, vip));
  }

  open(vips: readonly VipName[], told: (vip: VipName, problem: string | null) => void): Acquisition {
    const hooks = this.#beforeAcquire();
    const waiting = new Set(vips);
    const endings = new Map<() => void, readonly VipName[]>();
    const pass = (from: number, passing: readonly VipName[]) => {
      const at = hooks.findIndex((hook, place) => place >= from && passing.some((vip) => isFor(hook, vip)));
      const hook = hooks[at];
      const { held = [], others = [] } = Object.groupBy(
        passing,
        (vip) => hook !== undefined && isFor(hook, vip) ? "held" : "others",
      );
      if (hook === undefined) return others.forEach((vip) => tell(vip, null));
      if (others.length > 0) pass(at + 1, others);
      for (const moment of momentsFor(hook, this.#moments.acquiring(held))) {
        const askedAt = this.#parts.clock.now();
        const end = this.#queue.addBefore({ hook, moment, askedAt }, ++this.#number, (outcome) => {
          endings.delete(end);
          const left = moment.vips.filter((vip) => waiting.has(vip));
          const problem = problemOf(outcome, hook);
          if (problem === null || hook.onFailure === "acquire") return pass(at + 1, left);
          for (const vip of left) {
            tell(vip, `its hook before_acquire (${hook.command[0]}) failed: ${problem}`);
          }
        });
        endings.set(end, moment.vips);
      }
    };
    const tell = (vip: VipName, problem: string | null) => {
      if (waiting.delete(vip)) told(vip, problem);
    };
    pass(0, vips);
    return {
      withdraw: (vip) => {
        waiting.delete(vip);
        for (const [end, of] of [...endings]) {
          if (of.some((each) => waiting.has(each))) continue;
          endings.delete(end);
          end();
        }
      },
    };
  }

  /**
   * Runs nothing more. After a clean stop what is run for releases is waited for, up to the patience; everything else is
   * ended. Done when nothing is left.
   */
  async close({ isClean }: { readonly isClean: boolean }): Promise<void> {
    this.#isClosed = true;
    const endAll = () => void this.#queue.drain({ keeps: () => false });
    const forgetLimit = this.#parts.clock.later(stopPatience, endAll);
    await this.#queue.drain({ keeps: ({ moment }) => isClean && moment.event === "release" });
    forgetLimit();
  }

  #beforeAcquire(): readonly Hook[] {
    return this.#parts.hooks.configured().before_acquire;
  }

  #start({ hook, moment, askedAt }: QueuedRun): HookProcess {
    const { hooks, clock, self } = this.#parts;
    const waited = askedAt === null ? 0 : elapsed(askedAt, clock.now());
    const atMostMs = Math.max(0, hook.timeout - waited);
    const places = moment.vips.map((vip) =>
      moment.event === "release" ? this.#places.get(vip) ?? hooks.placeOf(vip) : hooks.placeOf(vip)
    );
    const variables = hookVariables(moment, { group: this.#group.name, self, places });
    return hooks.start(hook, { variables, atMostMs, isUrgent: moment.event === "before_acquire" });
  }

  #tell({ hook, moment }: QueuedRun, outcome: HookOutcome): void {
    const subject = subjectOf(hook, moment);
    const problem = problemOf(outcome, hook);
    const write = this.#parts.log.write;
    const fields = { event: moment.event, vips: moment.vips.join(" ") };
    if (outcome.kind === "ended") return write("info", `${subject} was ended: it is not wanted any more`);
    if (problem !== null) {
      const more = moment.event === "before_acquire" && hook.onFailure === "acquire"
        ? "; it is acquired all the same, as on_failure says"
        : "";
      return write("warning", `${subject} failed: ${problem}${more}`, { kind: "hookFailed", ...fields });
    }
    const said = outcome.kind === "done" ? outcome.said : [];
    if (said.length === 0) return write("debug", `${subject} ended well`, { kind: "hookDone", ...fields });
    write("info", `${subject} ended well and said: ${said.join(" | ")}`, { kind: "hookDone", ...fields });
  }
}

/** What is to be run: one for each VIP, or for as many as possible at once. */
function momentsFor(hook: Hook, moments: readonly HookMoment[]): readonly HookMoment[] {
  const meant = moments.filter(({ vips }) => vips.every((vip) => isFor(hook, vip)));
  if (!hook.batch) return meant;
  return [...Map.groupBy(meant, samenessOf).values()].flatMap((alike) => {
    const vips = alike.flatMap((moment) => moment.vips);
    const parts = Array.from({ length: Math.ceil(vips.length / batchMax) }, (_, part) => part * batchMax);
    return parts.flatMap((from) =>
      alike.slice(0, 1).map((moment) => ({
        ...moment,
        vips: vips.slice(from, from + batchMax),
      }))
    );
  });
}

/** "Hook acquire of VIP "web-a" (/etc/molehill/flush.sh)" */
function subjectOf({ command }: Hook, { event, vips }: HookMoment): string {
  const of = vips.length === 0 ? "" : vips.length === 1 ? ` of VIP "${vips[0]}"` : ` of VIPs ${listed(vips)}`;
  return `Hook ${event}${of} (${command[0]})`;
}

/** What went wrong, for people; null: nothing did. */
function problemOf(outcome: HookOutcome, { timeout }: Hook): string | null {
  switch (outcome.kind) {
    case "done":
      return outcome.code === 0 ? null : `it ended with code ${outcome.code}${wordsOf(outcome.said)}`;
    case "timedOut":
      return `it took longer than ${spanText(timeout)} and was killed${wordsOf(outcome.said)}`;
    case "ended":
      return "it was ended";
    case "missing":
      return outcome.problem;
  }
}

const wordsOf = (said: readonly string[]): string => said.length === 0 ? "" : `: ${said.join(" | ")}`;
