// Thousands of hours of the group's life in a minute: what must always be true holds for every seed. Further seeds:
// deno task sim --from 2001 --seeds 100000.

import assert from "node:assert/strict";
import { type Instant, instant, type VipName } from "../../src/core/vocabulary.ts";
import { coreProgram } from "../../src/simulator/core_program.ts";
import { printed } from "../../src/simulator/failure.ts";
import { simulateAll } from "../../scripts/sim_pool.ts";
import type { Program } from "../../src/simulator/host.ts";
import { settingOf } from "../../src/simulator/seeds.ts";
import { simulate } from "../../src/simulator/simulate.ts";

const seedsCount = 2_000;
const workersMax = 4;
/** Seeds that a worker gets at a time. */
const share = 10;

Deno.test(`the group keeps its promises in ${seedsCount} seeds of chaos`, async () => {
  const failures: string[] = [];
  let [at, done] = [1, 0];
  await simulateAll({
    next() {
      const seeds = Array.from({ length: Math.min(share, seedsCount + 1 - at) }, () => at++);
      return seeds.length > 0 ? seeds : null;
    },
    workers: Math.min(workersMax, navigator.hardwareConcurrency),
    change: {},
    explains: true,
    done({ report }) {
      done++;
      if (report !== null) failures.push(report);
      return failures.length === 0;
    },
  });
  assert.equal(failures.length, 0, `${failures.length} of ${done} seeds fail, the first:\n${failures[0]}`);
  assert.equal(done, seedsCount);
});

for (const wire of ["codec", "plain"] as const) {
  Deno.test(`the same seed gives the same trace, byte for byte (${wire})`, () => {
    for (const seed of [3, 4, 5]) assert.equal(traceOf(seed, wire), traceOf(seed, wire));
  });
}

Deno.test("another seed gives another trace", () => {
  assert.notEqual(traceOf(3, "plain"), traceOf(4, "plain"));
});

/** Its clock stands still while it does not run. */
const unawareOfPauses: Program = {
  start(of) {
    const running = coreProgram.start(of);
    let [last, slept] = [of.now, 0];
    const wake = (now: Instant): Instant => {
      if (now - last > 200) slept += now - last - 200;
      last = now;
      return instant(now - slept);
    };
    return {
      ...running,
      step: (event, now) => running.step(event, wake(now)),
      deadline() {
        const deadline = running.deadline();
        return deadline === null ? null : instant(deadline + slept);
      },
    };
  },
};

// The checkers are only worth something if a worse program does not pass them.
const worsePrograms: readonly {
  readonly flaw: string;
  readonly program: Program;
  readonly caughtBy: string[];
}[] = [
  {
    flaw: "never removes an address",
    program: without((effect) => effect.kind === "removeAddresses"),
    caughtBy: ["exclusive", "settlement", "quorum", "fence", "leaving", "window"],
  },
  {
    flaw: "never announces",
    program: without((effect) => effect.kind === "announce"),
    caughtBy: ["announcements", "clients"],
  },
  {
    flaw: "announces each VIP once, and never again",
    program: announcingOnce(),
    caughtBy: ["announcements", "clients"],
  },
  {
    flaw: "never adds an address",
    program: without((effect) => effect.kind === "addAddresses"),
    caughtBy: ["settlement"],
  },
  {
    flaw: "never proposes a view",
    program: without((effect) => "message" in effect && effect.message.kind === "propose"),
    caughtBy: ["settlement", "window"],
  },
  {
    flaw: "does not say what it has still to release",
    program: changed((effect) =>
      effect.kind === "broadcast" && effect.message.kind === "heartbeat"
        ? { ...effect, message: { ...effect.message, releasing: [] } }
        : effect
    ),
    caughtBy: ["exclusive"],
  },
  {
    flaw: "does not notice that it was paused",
    program: unawareOfPauses,
    caughtBy: ["fence", "quorum"],
  },
];

for (const { flaw, program, caughtBy } of worsePrograms) {
  Deno.test(`a program that ${flaw} is caught`, () => {
    const found = Array.from(
      { length: 20 },
      (_, index) => simulate({ seed: index + 1, program, wire: "plain" }).violation,
    );
    const first = found.find((violation) => violation !== null);
    assert.ok(first !== undefined, "no seed found it");
    assert.ok(caughtBy.includes(first.checker), `it was ${first.checker} that objected: ${first.what}`);
  });
}

/** In one life of a daemon. */
function announcingOnce(): Program {
  return {
    start(of) {
      const running = coreProgram.start(of);
      const announced = new Set<VipName>();
      const once = (effect: Effect): Effect => {
        if (effect.kind !== "announce") return effect;
        const vips = effect.vips.filter((vip) => !announced.has(vip));
        for (const vip of vips) announced.add(vip);
        return { ...effect, vips };
      };
      return { ...running, step: (event, now) => running.step(event, now).map(once) };
    },
  };
}

type Effect = ReturnType<ReturnType<Program["start"]>["step"]>[number];

function without(isLost: (effect: Effect) => boolean): Program {
  return changed((effect) => isLost(effect) ? null : effect);
}

function changed(change: (effect: Effect) => Effect | null): Program {
  return {
    start(of) {
      const running = coreProgram.start(of);
      const step: typeof running.step = (event, now) =>
        running.step(event, now).map(change).filter((effect) => effect !== null);
      return { ...running, step };
    },
  };
}

function traceOf(seed: number, wire: "codec" | "plain"): string {
  const lines: string[] = [];
  simulate({ ...settingOf(seed), wire, trace: (line) => lines.push(printed(line)) });
  return lines.join("\n");
}
