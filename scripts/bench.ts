// How well it does its job, in figures, and beside it how well keepalived does: for each fault what a client saw of
// it, several times over, then what a daemon costs while nothing happens. Prints one table in Markdown.
//
//   deno task bench --output bench.md
//   deno task bench --runs 20 --only kill,crash --interval 100ms --peer none
//
// Both programs run on the same hosts of the same lab, one after the other, in turns: a run of all faults with one,
// then with the other, and so on, so that whatever else the machine does befalls both.

import { passBeat } from "./bench_beat.ts";
import { measureSteadyState } from "./bench_cost.ts";
import { type Fault, faults } from "./bench_faults.ts";
import {
  type Group,
  type Handover,
  keepalivedGroup,
  labWith,
  makeWhole,
  molehillGroup,
} from "./bench_group.ts";
import { AGAIN_MAX, legend, machine, STALL_MAX_MS, STALL_MAX_SHARE, stolenTime } from "./bench_legend.ts";
import { type Cell, readOptions, type Wanted } from "./bench_options.ts";
import { type Progress, startProgress } from "./bench_progress.ts";
import { type Asked, type Found, noteCost, noteRun, otherCosts, rowsOf } from "./bench_rows.ts";
import { benchTable, type Row } from "./bench_table.ts";
import { KEEPALIVED_VIPS_MAX, keepalivedVersion } from "../test/support/keepalived.ts";
import type { Lab } from "../test/support/lab.ts";
import { measure, type Seen } from "../test/support/measure.ts";
import { labObstacle } from "../test/support/namespace.ts";

const COST = "cost";

/** A turn of one program: every fault that is wanted, once. */
interface Turn {
  readonly cell: Cell;
  readonly run: number;
  readonly program: Group["program"];
  readonly handover: Handover;
  readonly faults: readonly Fault[];
  /** What it costs while nothing happens, too. */
  readonly withCosts: boolean;
}

async function bench(wanted: Wanted): Promise<void> {
  const found: Found = { runs: new Map(), costs: new Map() };
  const about = await machine();
  const stolen = await stolenTime();
  const turns = turnsOf(wanted);
  const asked: Asked = {
    cells: wanted.cells,
    faults: faults.filter(({ name }) => isWanted(wanted, name)),
    withCosts: isWanted(wanted, COST),
  };
  const progress = startProgress(turns.reduce((sum, turn) => sum + expectedSeconds(turn), 0));
  const text = async (rows: readonly Row[]) =>
    `${about}; ${await stolen()}\n\n${legend(wanted.runs)}\n\n${benchTable(rows)}`;
  // Labs differ in their VIPs alone.
  for (const [vips, these] of Map.groupBy(turns, (turn) => turn.cell.vips)) {
    await using lab = await labWith(vips);
    for (const turn of these) {
      await takeTurn({ lab, turn, found, progress, runs: wanted.runs });
      progress.done(expectedSeconds(turn));
    }
    // Who ends a bench of hours has what was measured until then.
    if (wanted.output !== undefined) {
      await Deno.writeTextFile(wanted.output, await text(rowsOf(asked, found)));
    }
  }
  const rows = [...rowsOf(asked, found), ...(asked.withCosts ? await otherCosts(wanted) : [])];
  progress.end();
  if (wanted.output === undefined) console.log(await text(rows));
  else await Deno.writeTextFile(wanted.output, await text(rows));
}

const isWanted = ({ only }: Wanted, name: string): boolean =>
  only?.some((part) => name.includes(part)) ?? true;

/** In the order in which they are taken: who begins changes from run to run. */
function turnsOf(wanted: Wanted): readonly Turn[] {
  const chosen = faults.filter(({ name }) => isWanted(wanted, name));
  const of = (handover: Handover) => chosen.filter((fault) => fault.handover === handover);
  const peerFaults = faults.filter(({ name }) => chosen.some(({ peers }) => peers === name));
  return wanted.cells.flatMap((cell) =>
    Array.from({ length: wanted.runs }, (_, run): readonly Turn[] => {
      const common = { cell, run, withCosts: run === 0 && isWanted(wanted, COST) };
      const ours: Turn = { ...common, program: "Molehill", handover: "exclusive", faults: of("exclusive") };
      const theirs: Turn = {
        ...ours,
        program: "keepalived",
        faults: peerFaults,
      };
      const overlap: Turn = { ...ours, handover: "overlap", faults: of("overlap"), withCosts: false };
      const both = peerCan(wanted, cell) ? [ours, theirs] : [ours];
      return [...(run % 2 === 0 ? both : both.toReversed()), overlap];
    }).flat().filter((turn) => turn.faults.length > 0 || turn.withCosts)
  );
}

const peerCan = ({ peer }: Wanted, { vips }: Cell): boolean =>
  peer === "keepalived" && vips <= KEEPALIVED_VIPS_MAX;

/** From what it took on a machine with two cores; only the progress goes by it. */
function expectedSeconds({ program, cell: { pace }, faults, withCosts }: Turn): number {
  const each = program === "Molehill" ? 4 + 2 * pace.timeoutMs / 1_000 : 2 + 4 * pace.advertMs / 1_000;
  return each * (faults.length + 1) + (withCosts ? 45 : 0);
}

interface Taking {
  readonly lab: Lab;
  readonly turn: Turn;
  readonly found: Found;
  readonly progress: Progress;
  /** Of how many this is one. */
  readonly runs: number;
}

/**
 * Molehill gives nothing to a host that has come and gone thrice within some timeouts, and of two hosts that a partition
 * parts each has gone for the other. With longer timeouts than this the faults follow one another faster than that: then
 * the group is started afresh after so many of them.
 */
const CALMS_WITHIN_MS = 1_000, CALM_FAULTS = 3;

async function takeTurn({ lab, turn, found, progress, runs }: Taking): Promise<void> {
  const { cell, run, program, faults } = turn;
  const { pace } = cell;
  const say = (what: string) =>
    progress.at(`${cell.vips} VIPs, ${pace.name}, run ${run + 1} of ${runs}, ${program}: ${what}`);
  say("start");
  const group = await groupOf(lab, turn);
  let isSound = await succeeds(`${program}, start`, () => makeWhole(group));
  for (const [at, fault] of faults.entries()) {
    if (isSound && pace.timeoutMs > CALMS_WITHIN_MS && at > 0 && at % CALM_FAULTS === 0) {
      isSound = await succeeds(`${program}, start afresh`, startAfresh);
    }
    say(fault.name);
    const seen = isSound ? await benchRun(fault, group, { run, runs }) : null;
    noteRun(found, { cell, program, fault }, seen);
    if (seen === null) {
      isSound = isSound && await succeeds(`${program}, start again`, startAfresh);
    }
  }
  if (turn.withCosts && isSound) {
    say(COST);
    noteCost(found, { cell, program }, await measureSteadyState(group));
  }
  await succeeds(`${program}, end`, () => group.lab.clear());

  async function startAfresh(): Promise<void> {
    await group.lab.clear();
    await makeWhole(group);
  }
}

const groupOf = (lab: Lab, { cell: { vips, pace }, program, handover }: Turn): Promise<Group> =>
  program === "Molehill" ? molehillGroup(lab, { pace, vips, handover }) : keepalivedGroup(lab, pace);

/** A stall of the machine is not the group's: the run is done again, and the one with the least stall counts. */
async function benchRun(
  fault: Fault,
  group: Group,
  { run, runs }: { readonly run: number; readonly runs: number },
): Promise<Seen | null> {
  const share = (run + 0.5) / runs;
  let best = await benchOnce(fault, group, { run, share });
  for (let again = 1; again <= AGAIN_MAX && best !== null && isDisturbed(best); again++) {
    const seen = await benchOnce(fault, group, { run: run + again, share });
    if (seen === null) return null;
    if (seen.longestStallMs < best.longestStallMs) best = seen;
  }
  return best;
}

const isDisturbed = ({ longestStallMs, longestGapMs }: Seen): boolean =>
  longestStallMs > Math.max(STALL_MAX_MS, longestGapMs * STALL_MAX_SHARE);

/** Null: the group did not come to rest. */
async function benchOnce(
  fault: Fault,
  group: Group,
  { run, share }: { readonly run: number; readonly share: number },
): Promise<Seen | null> {
  const { lab, program } = group;
  // The victim changes from run to run, so that each is the coordinator in some and a plain member in others, and from
  // fault to fault, or one host would come and go until it is damped.
  const victim = lab.hosts[(run + faults.indexOf(fault)) % lab.hosts.length]?.name ?? "";
  let seen: Seen | null = null;
  const isWhole = await succeeds(`${program}, ${fault.name}`, async () => {
    await fault.prepare?.(group, victim);
    seen = await measure(lab, async () => {
      if (fault.isTimed) await passBeat(group, { host: victim, share });
      await fault.strike(group, victim);
    });
    await fault.restore(group, victim);
  });
  return isWhole ? seen : null;
}

/** What goes wrong is told, and the bench goes on. */
async function succeeds(what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    console.error(`\n${what}: ${told.split("\n").slice(0, 4).join("\n")}`);
    return false;
  }
}

/** Says what is in the way, in words for a stranger; null when nothing is. */
async function obstacleFor({ peer }: Wanted): Promise<string | null> {
  const obstacle = await labObstacle();
  if (obstacle !== null || peer === "none" || await keepalivedVersion() !== null) return obstacle;
  return 'Cannot compare with keepalived: the program "keepalived" is missing.\n' +
    "Install it: apt-get install --no-install-recommends keepalived\nOr leave it out: --peer none";
}

if (import.meta.main) {
  const wanted = readOptions(Deno.args, [...faults.map(({ name }) => name), COST]);
  if (typeof wanted === "number") Deno.exit(wanted);
  const obstacle = await obstacleFor(wanted);
  if (obstacle !== null) {
    console.error(obstacle);
    Deno.exit(77);
  }
  await bench(wanted);
}
