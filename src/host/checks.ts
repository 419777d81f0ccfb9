// Runs the health checks of this host, each by its own clock: a slow one delays no other, and one that hangs is ended and
// counts as failed. No check is run a second time while it goes on.
//
//   look ──▶ well, or a problem ──▶ check_state.ts ──▶ who fails now ──▶ the daemon
//     ▲ every interval, the checks spread over it
//
// At the start all of them are run at once, for the daemon waits for their results before it takes part in the group.

import type { FailingCheck } from "../core/message.ts";
import type { Checks, Log } from "../daemon/ports.ts";
import type { Looker, PlacedCheck, Probe } from "./check.ts";
import { createExecLooker } from "./check_exec.ts";
import { createFileLooker } from "./check_file.ts";
import { createGatewayLooker } from "./check_gateway.ts";
import { createHttpLooker } from "./check_http.ts";
import { createProcessLooker } from "./check_process.ts";
import { type CheckState, nextState } from "./check_state.ts";
import { createTcpLooker } from "./check_tcp.ts";
import { messageOf } from "./command.ts";
import { startPatientTimer } from "./patient_timer.ts";

export interface ChecksOptions {
  /** Those that this host runs. */
  readonly checks: readonly PlacedCheck[];
  /** Of this host. */
  readonly host: string;
  /** The program, with its whole path. */
  readonly setsid: string;
  readonly log: Pick<Log, "write">;
  /** What looks, instead of the kinds that there are. */
  readonly lookerOf?: (name: string, probe: Probe) => Looker;
}

export interface LocalChecks extends Checks {
  /**
   * Goes by another configuration. A check that is new counts as passed until its first result; one that looks at
   * something else now counts as it did until then.
   */
  adopt(checks: readonly PlacedCheck[]): void;
}

/** How long a check that was told to give up may take to do so, in milliseconds. Then nobody waits for it. */
const GIVING_UP_MS = 500;
/** Of the golden ratio: so many checks as there may be, each starts far from all others. */
const SPREAD = 0.618034;

/** Starts looking at once. */
export function openChecks(options: ChecksOptions): LocalChecks {
  const { checks: firstChecks, host, setsid, log } = options;
  const running = new Map<string, Running>();
  let tell: ((failing: readonly FailingCheck[]) => void) | null = null;
  /** Null: not before all have a result. */
  let told: string | null = null;
  let isClosed = false;
  let started = 0;

  const surroundings: Surroundings = {
    lookerOf: options.lookerOf ??
      ((name, probe) => lookerOf(probe, { setsid, names: { check: name, host } })),
    changed: () => report(),
    log,
  };
  for (const check of firstChecks) begin(check, null);

  return {
    hasAny: firstChecks.length > 0,
    onChange(changed) {
      tell = changed;
      report();
    },
    adopt(checks) {
      const next = new Map(checks.map((check) => [check.name, check]));
      for (const [name, check] of running) {
        if (next.has(name)) continue;
        check.close();
        running.delete(name);
      }
      for (const check of checks) {
        const before = running.get(check.name);
        if (before !== undefined && isSame(before.check, check)) continue;
        before?.close();
        begin(check, before ?? null);
      }
      report();
    },
    async close() {
      isClosed = true;
      await Promise.all([...running.values()].map((check) => check.close()));
    },
  };

  function begin(check: PlacedCheck, before: Running | null): void {
    const phase = check.interval * ((started * SPREAD) % 1);
    started += 1;
    running.set(check.name, run({ check, before, phase }, surroundings));
  }

  /** Says who fails and why, when that has changed. */
  function report(): void {
    const all = [...running.values()];
    if (tell === null || isClosed || (told === null && all.some(({ isKnown }) => !isKnown()))) return;
    const failing = all.flatMap((each) => each.failing() ?? []);
    const text = JSON.stringify(failing);
    if (text === told) return;
    told = text;
    tell(failing);
  }
}

interface Surroundings {
  readonly lookerOf: (name: string, probe: Probe) => Looker;
  readonly changed: () => void;
  readonly log: Pick<Log, "write">;
}

/** A check that is being run. */
interface Running {
  readonly check: PlacedCheck;
  /** Whether there was a result. */
  isKnown(): boolean;
  /** Null: it does not count as failed. */
  failing(): FailingCheck | null;
  state(): CheckState | null;
  problem(): string;
  /** Done when what it has started is ended, as far as that can be ended. */
  close(): Promise<void>;
}

/** Another look at another thing has nothing to do with the results before. */
const looksAtTheSame = (a: PlacedCheck, b: PlacedCheck): boolean =>
  JSON.stringify(a.probe) === JSON.stringify(b.probe);
const isSame = (a: PlacedCheck, b: PlacedCheck): boolean => JSON.stringify(a) === JSON.stringify(b);

function run(
  { check, before, phase }: {
    readonly check: PlacedCheck;
    /** The same check as it was, if there was one. */
    readonly before: Running | null;
    /** How long after the first look and the interval the second one comes, in milliseconds. */
    readonly phase: number;
  },
  { lookerOf, changed, log }: Surroundings,
): Running {
  const { name, interval, timeout } = check;
  const looker = lookerOf(name, check.probe);
  const keepsState = before !== null && looksAtTheSame(before.check, check);
  let state: CheckState | null = keepsState ? before.state() : null;
  /** Of one that fails, or that has failed in its earlier form. */
  let problem = before?.problem() ?? "";
  let counts = before?.failing() !== null && before !== null;
  let underWay: { readonly giveUp: AbortController; readonly done: Promise<unknown> } | null = null;
  /** The look under way was given up, and goes on. */
  let isStuck = false;
  /** It was time to look again while a look was under way. */
  let isMissed = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = performance.now() + phase;
  void tick();

  return {
    check,
    isKnown: () => state !== null || before !== null,
    failing: () => counts ? { check: name, vips: check.vips, problem } : null,
    state: () => state,
    problem: () => problem,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      underWay?.giveUp.abort();
      let late: ReturnType<typeof setTimeout> | undefined;
      const tooLate = new Promise<void>((resolve) => late = setTimeout(resolve, GIVING_UP_MS));
      await Promise.race([underWay?.done, tooLate]);
      clearTimeout(late);
      looker.close();
    },
  };

  async function tick(): Promise<void> {
    schedule();
    if (underWay === null) return await lookAndJudge();
    if (isStuck) return judge("the last look is still under way, and cannot be ended");
    isMissed = true;
  }

  async function lookAndJudge(): Promise<void> {
    do {
      isMissed = false;
      const found = await look();
      if (isClosed) return;
      judge(found);
    } while (isMissed && !isStuck);
  }

  /** By the clock, so that a slow check does not drift; what was missed is not made up for. */
  function schedule(): void {
    const now = performance.now();
    due += interval * Math.max(1, Math.ceil((now - due) / interval));
    timer = setTimeout(() => void tick(), due - now);
  }

  /** What is wrong; null when all is well. */
  async function look(): Promise<string | null> {
    const giveUp = new AbortController();
    const looking = looker.look({ giveUp: giveUp.signal, timeout }).catch(messageOf);
    const done = looking.finally(() => {
      underWay = null;
      isStuck = false;
    });
    underWay = { giveUp, done };
    let stopWaiting = () => {};
    const tooLate = new Promise<string>((resolve) => {
      // Patient ones: what came while this process was kept from running came in time.
      stopWaiting = startPatientTimer(timeout, () => {
        giveUp.abort();
        stopWaiting = startPatientTimer(GIVING_UP_MS, () => {
          isStuck = true;
          resolve("it cannot be ended");
        });
      });
    });
    const found = await Promise.race([done, tooLate]);
    stopWaiting();
    // What came just in time is an answer all the same.
    if (!giveUp.signal.aborted || found === null) return found;
    return `no answer within ${spanOf(timeout)}${found === "" ? "" : `: ${found}`}`;
  }

  function judge(found: string | null): void {
    if (found !== null) log.write("debug", `Check "${name}": ${found}`);
    state = nextState(state, found === null, check);
    const fails = state.kind === "failing";
    if (fails && found !== null) problem = found;
    counts = fails;
    changed();
  }
}

const spanOf = (ms: number): string => ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;

/** What looks, of the probe's kind. */
export function lookerOf(
  probe: Probe,
  options: Parameters<typeof createExecLooker>[1],
): Looker {
  switch (probe.kind) {
    case "exec":
      return createExecLooker(probe, options);
    case "tcp":
      return createTcpLooker(probe);
    case "http":
      return createHttpLooker(probe);
    case "process":
      return createProcessLooker(probe);
    case "file":
      return createFileLooker(probe, options);
    case "gateway":
      return createGatewayLooker(probe);
  }
}
