// deno task sim: simulates seeds, one after the other, and stops at the first that fails.
//
//   deno task sim                        1,000 seeds from 1 on
//   deno task sim --from 5000 --seeds 200
//   deno task sim --seed 42 --trace      one seed, with everything that happens in it
//   deno task sim --keep-going           all seeds, one line for each that fails

import { parseArgs } from "node:util";
import { printed, report } from "../src/simulator/failure.ts";
import { settingOf } from "../src/simulator/seeds.ts";
import { type Outcome, type Setting, simulate, type TraceLine } from "../src/simulator/simulate.ts";

interface Wanted {
  readonly from: number;
  readonly count: number;
  readonly trace: boolean;
  /** Goes on after a failure and only counts them. */
  readonly keepGoing: boolean;
  /** Null: as the seed says. */
  readonly wire: Setting["wire"] | null;
}

function main(): number {
  const wanted = parse(Deno.args);
  const settings = Array.from(
    { length: wanted.count },
    (_, index) => wantedSetting(wanted.from + index, wanted),
  );
  const began = performance.now();
  const outcomes: Outcome[] = [];
  for (const setting of settings) {
    const outcome = simulate(setting);
    outcomes.push(outcome);
    if (outcome.violation !== null && wanted.keepGoing) {
      const { checker, at, what } = outcome.violation;
      console.log(`seed ${setting.seed} ${checker} at ${at.toFixed(0)}: ${what}`);
    } else if (outcome.violation !== null) {
      console.log(wanted.trace ? outcome.violation.what : report(setting, outcome.violation));
      return 1;
    }
    if (outcomes.length % 100 === 0) console.log(summary(outcomes, performance.now() - began));
  }
  console.log(summary(outcomes, performance.now() - began));
  return outcomes.some((outcome) => outcome.violation !== null) ? 1 : 0;
}

function parse(args: string[]): Wanted {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string" },
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      trace: { type: "boolean", default: false },
      "keep-going": { type: "boolean", default: false },
      wire: { type: "string" },
    },
  });
  const wire = values.wire === "codec" || values.wire === "plain" ? values.wire : null;
  const how: Omit<Wanted, "from" | "count"> = { trace: values.trace, keepGoing: values["keep-going"], wire };
  if (values.seed !== undefined) return { ...how, from: Number(values.seed), count: 1 };
  return { ...how, from: Number(values.from), count: Number(values.seeds) };
}

function wantedSetting(seed: number, { trace, wire }: Wanted): Setting {
  const { wire: usual, ...setting } = settingOf(seed);
  const traced = trace ? { trace: (line: TraceLine) => console.log(printed(line)) } : {};
  return { ...setting, ...traced, wire: wire ?? usual };
}

function summary(outcomes: readonly Outcome[], took: number): string {
  const failed = outcomes.filter((outcome) => outcome.violation !== null).length;
  const simulated = outcomes.reduce((total, outcome) => total + outcome.simulated, 0);
  const settled = outcomes.map((outcome) => outcome.settledAfter).filter((time) => time !== null);
  const slowest = settled.reduce((most, time) => Math.max(most, time), 0);
  const perSecond = (outcomes.length / took * 1000).toFixed(1);
  const hours = Math.round(simulated / took);
  return `${outcomes.length} seeds, ${failed} failed; ${perSecond} seeds/s, ${hours} simulated hours an hour; ` +
    `settled after at most ${(slowest / 1000).toFixed(1)} s`;
}

Deno.exit(main());
