// deno task sim, deno task soak: simulates seeds, on all cores, until enough are done or one fails.

import { printed, report } from "../src/simulator/failure.ts";
import { settingOf } from "../src/simulator/seeds.ts";
import { type Setting, simulate } from "../src/simulator/simulate.ts";
import { counted, noSeeds, summary, type Tally } from "../src/simulator/tally.ts";
import { readOptions, type Wanted } from "./sim_options.ts";
import { simulateAll } from "./sim_pool.ts";

/** Seeds that a worker gets at a time. */
const share = 4;
const hour = 3_600_000;

async function main(): Promise<number> {
  const wanted = readOptions(Deno.args, navigator.hardwareConcurrency);
  if (typeof wanted === "number") return wanted;
  if (wanted.seed === undefined && (wanted.trace || wanted.faults !== undefined)) {
    console.error("sim: --trace and --faults are for one seed: say which, with --seed");
    return 64;
  }
  return wanted.seed === undefined ? await runMany(wanted) : runOne(wanted.seed, wanted);
}

function changeOf({ wire, hosts, vips }: Wanted): Pick<Setting, "size"> & Partial<Pick<Setting, "wire">> {
  const size = { ...(hosts === undefined ? {} : { hosts }), ...(vips === undefined ? {} : { vips }) };
  return { size, ...(wire === undefined ? {} : { wire }) };
}

function runOne(seed: number, wanted: Wanted): number {
  const faults = wanted.faults === undefined ? {} : { faults: wanted.faults };
  const setting: Setting = { ...settingOf(seed), ...changeOf(wanted), ...faults };
  const began = performance.now();
  const outcome = simulate(
    wanted.trace ? { ...setting, trace: (line) => console.log(printed(line)) } : setting,
  );
  if (outcome.violation === null) {
    console.log(summary(counted(noSeeds, outcome), performance.now() - began));
    return 0;
  }
  const { checker, what, at } = outcome.violation;
  console.log(
    wanted.trace
      ? `Seed ${seed} violates "${checker}" at ${at.toFixed(3)} ms: ${what}`
      : report(setting, outcome),
  );
  return 1;
}

async function runMany(wanted: Wanted): Promise<number> {
  const from = wanted.from ?? (wanted.soak ? Math.floor(Math.random() * 2 ** 40) : 1);
  if (wanted.soak) console.log(`From seed ${from} on; Ctrl-C ends it.`);
  const began = performance.now();
  const progress = progressLine();
  const next = seedsFor(wanted, from);
  let tally: Tally = noSeeds;
  let isInterrupted = false;
  Deno.addSignalListener("SIGINT", () => {
    isInterrupted = true;
  });
  const isLate = () => wanted.soak && performance.now() - began > (wanted.hours ?? Infinity) * hour;
  await simulateAll({
    next,
    workers: wanted.jobs,
    change: changeOf(wanted),
    explains: !wanted.keepGoing,
    done({ outcome, report }) {
      tally = counted(tally, outcome);
      if (report !== null) progress.interrupt(report);
      progress.show(tally, performance.now() - began);
      const isEnough = !wanted.soak && tally.simulated > (wanted.hours ?? Infinity) * hour;
      return !isInterrupted && !isEnough && !isLate() && (report === null || wanted.keepGoing);
    },
  });
  progress.interrupt(summary(tally, performance.now() - began));
  return tally.failed > 0 ? 1 : 0;
}

/** Share after share; without end for a soak, and where hours are counted. */
function seedsFor({ seeds, hours, soak }: Wanted, from: number): () => readonly number[] | null {
  const end = from + (seeds ?? (soak || hours !== undefined ? Infinity : 1_000));
  let at = from;
  return () => {
    const count = Math.min(share, end - at);
    if (count <= 0) return null;
    at += count;
    return Array.from({ length: count }, (_, index) => at - count + index);
  };
}

/** On a terminal, one line that is written over and over. */
function progressLine() {
  const isTerminal = Deno.stdout.isTerminal();
  const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  let shownAt = 0;
  return {
    show(tally: Tally, took: number): void {
      if (!isTerminal || took - shownAt < 200) return;
      shownAt = took;
      write(`\r\x1b[K${summary({ ...tally, seen: new Map(), slowest: null }, took)}`);
    },
    interrupt(text: string): void {
      write(`${isTerminal ? "\r\x1b[K" : ""}${text}\n`);
    },
  };
}

Deno.exit(await main());
