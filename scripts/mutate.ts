// deno task mutants: puts each deliberate fault of test/mutants.ts into a copy of the sources, and looks whether the
// test or the checker of the simulator that is to catch it does.
//
//   --list         only tells of the faults
//   --only WORDS   only those whose names have these words
//
// Exit codes: 0 all were caught, by whom they should be; 1 one was not; 64 the command line is wrong.

import process from "node:process";
import { parseArgs } from "node:util";
import { mutants } from "../test/mutants.ts";
import type { Catcher, Mutant } from "../test/support/mutant.ts";
import { Copy } from "./mutant_copy.ts";

/** How many seeds a checker is given; those that were recorded are far lower. */
const seedsMax = 400;

interface Verdict {
  readonly isCaught: boolean;
  readonly how: string;
}

async function main(): Promise<number> {
  const wanted = readOptions(Deno.args);
  if (typeof wanted === "string") {
    console.error(`mutants: ${wanted}\n\nSee the beginning of scripts/mutate.ts`);
    return 64;
  }
  if (wanted.lists) {
    for (const mutant of wanted.mutants) console.log(row(mutant, named(mutant.caughtBy)));
    return 0;
  }
  const copy = new Copy();
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    process.on(signal, () => {
      copy.remove();
      process.exit(code);
    });
  }
  try {
    return await tryAll(copy, wanted.mutants);
  } finally {
    copy.remove();
  }
}

function readOptions(args: readonly string[]): { lists: boolean; mutants: readonly Mutant[] } | string {
  const options = { list: { type: "boolean" }, only: { type: "string" } } as const;
  try {
    const { list = false, only = "" } = parseArgs({ args: [...args], options }).values;
    const chosen = mutants.filter(({ fault }) => fault.includes(only));
    return chosen.length > 0 ? { lists: list, mutants: chosen } : `No fault has "${only}" in its name`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function tryAll(copy: Copy, chosen: readonly Mutant[]): Promise<number> {
  const began = performance.now();
  for (const mutant of chosen) copy.expectPlaceFor(mutant);
  const wrong = await objections(copy, chosen);
  if (wrong.length > 0) {
    console.log(`Cannot try faults: without any, somebody objects already:\n${wrong.join("\n")}`);
    return 1;
  }
  console.log(`Without a fault nobody objects (${seconds(began)}).\n`);
  const survivors: string[] = [];
  for (const mutant of chosen) {
    const since = performance.now();
    const { isCaught, how } = await copy.during(mutant, () => judge(copy, mutant.caughtBy));
    console.log(`${isCaught ? "caught  " : "SURVIVES"}  ${row(mutant, how)}  ${seconds(since)}`);
    if (!isCaught) survivors.push(mutant.fault);
  }
  const bySimulator = chosen.filter(({ caughtBy }) => "checker" in caughtBy).length;
  console.log(
    `\n${chosen.length - survivors.length} of ${chosen.length} faults caught as they should be, ` +
      `in ${seconds(began)}; ${bySimulator} are the simulator's, ${
        chosen.length - bySimulator
      } a single test's.`,
  );
  for (const fault of survivors) console.log(`Not caught: ${fault}`);
  return survivors.length > 0 ? 1 : 0;
}

/** Who objects to the program as it is, among those who are to catch these faults. */
async function objections(copy: Copy, chosen: readonly Mutant[]): Promise<readonly string[]> {
  const catchers = chosen.map(({ caughtBy }) => caughtBy);
  const tests = catchers.flatMap((each) => ("test" in each ? [each] : []));
  const wrong: string[] = [];
  if (tests.length > 0) {
    const { passed, said } = await copy.test([...new Set(tests.map(({ test }) => test))]);
    for (const { test, name } of tests) if (!passed.has(name)) wrong.push(`${test}: ${name}\n${said}`);
  }
  const seeds = [...new Set(catchers.flatMap((each) => ("seed" in each ? [each.seed] : [])))];
  if (seeds.length > 0) {
    const { others } = await copy.simulate("none", { seeds, bound: 0 });
    wrong.push(...Object.entries(others).map(([checker, seed]) => `${checker} in seed ${seed}`));
  }
  return wrong;
}

async function judge(copy: Copy, by: Catcher): Promise<Verdict> {
  if ("checker" in by) {
    const { caughtIn, others } = await copy.simulate(by.checker, { seeds: [by.seed], bound: seedsMax });
    const besides = Object.entries(others).map(([checker, seed]) => `${checker} in seed ${seed}`).join(", ");
    if (caughtIn !== null) return { isCaught: true, how: `${by.checker}, seed ${caughtIn}` };
    return { isCaught: false, how: `not by ${by.checker} in ${seedsMax} seeds; by ${besides || "nobody"}` };
  }
  const { passed, failed, said } = await copy.test([by.test], by.name);
  if (failed.has(by.name)) return { isCaught: true, how: named(by) };
  return {
    isCaught: false,
    how: passed.has(by.name) ? `not by ${named(by)}` : `only by not running: ${said}`,
  };
}

const named = (by: Catcher): string =>
  "checker" in by ? `checker ${by.checker}` : `${by.test.replace(/^test\//, "")}: ${by.name}`;

const row = ({ fault, file }: Mutant, how: string): string =>
  `${file.replace(/^src\//, "").padEnd(20)} ${fault.padEnd(84)}  ${how}`;

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

Deno.exit(await main());
