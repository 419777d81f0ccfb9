// Hooks whose programs a test ends when it likes.

import type { Hook, HookEvent, Hooks } from "../../src/core/hook.ts";
import { duration, type VipName } from "../../src/core/vocabulary.ts";
import type { HookOutcome, HookPrograms } from "../../src/daemon/ports.ts";

export const noHooks: Hooks = {
  before_acquire: [],
  acquire: [],
  release: [],
  view: [],
  partition: [],
  foreign_holder: [],
};

/** A hook that is run for all VIPs, one by one, but for what is said otherwise. */
export const hook = (change: Partial<Hook> = {}): Hook => ({
  command: ["/etc/molehill/hook.sh"],
  user: null,
  timeout: duration(5_000),
  vips: null,
  batch: false,
  onFailure: "refuse",
  ...change,
});

export interface FakeRun {
  readonly hook: Hook;
  readonly variables: Readonly<Record<string, string>>;
  readonly atMostMs: number;
  /** Whether somebody has asked for its end. */
  isEnded: boolean;
  finish(outcome?: HookOutcome): Promise<void>;
  /** Its time is over: the outcome is known, and it still runs. */
  timeOut(): Promise<void>;
}

export interface FakeHooks extends HookPrograms {
  /** All that were started, in order. */
  readonly runs: FakeRun[];
  /** As "acquire web-a", those that have not ended. */
  running(): readonly string[];
  /** What is running for these words. */
  find(words: string): FakeRun;
}

export const done: HookOutcome = { kind: "done", code: 0, said: [] };
export const failed: HookOutcome = { kind: "done", code: 3, said: ["no quota"] };

export function fakeHooks(hooks: Partial<Record<HookEvent, readonly Hook[]>>): FakeHooks {
  const runs: FakeRun[] = [];
  const under = new Set<FakeRun>();
  const wordsOf = ({ variables }: FakeRun) => `${variables.MOLEHILL_EVENT} ${variables.MOLEHILL_VIP}`.trim();
  return {
    runs,
    running: () => [...under].map(wordsOf),
    find(words) {
      const run = [...under].find((each) => wordsOf(each) === words);
      if (run === undefined) {
        throw new Error(`"${words}" does not run: ${[...under].map(wordsOf).join(", ")}`);
      }
      return run;
    },
    configured: () => ({ ...noHooks, ...hooks }),
    placeOf: (vip: VipName) => ({ addresses: [`address-of-${vip}/32`], interfaces: ["eth0"] }),
    start(of, { variables, atMostMs }) {
      const outcome = Promise.withResolvers<HookOutcome>();
      const ended = Promise.withResolvers<void>();
      const run: FakeRun = {
        hook: of,
        variables,
        atMostMs,
        isEnded: false,
        async finish(how = done) {
          outcome.resolve(how);
          under.delete(run);
          ended.resolve();
          await shortTurn();
        },
        async timeOut() {
          outcome.resolve({ kind: "timedOut", said: [] });
          await shortTurn();
        },
      };
      runs.push(run);
      under.add(run);
      return {
        outcome: outcome.promise,
        ended: ended.promise,
        end() {
          run.isEnded = true;
          outcome.resolve({ kind: "ended" });
        },
      };
    },
  };
}

/** Whatever was put off is done: of many runs that may begin, one begins after the other. */
export const turn = (): Promise<void> => rounds(40);

/** What one end brings about is done. */
const shortTurn = (): Promise<void> => rounds(6);

async function rounds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}
