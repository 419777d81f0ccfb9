// What the bench has found out so far, and the rows of the table that it makes: first the faults, then what a daemon
// costs while nothing happens.

import { measureAllocation, measureStartTime, type SteadyState } from "./bench_cost.ts";
import type { Fault } from "./bench_faults.ts";
import type { ProgramName } from "./bench_group.ts";
import type { Cell, Wanted } from "./bench_options.ts";
import { isDefault } from "./bench_pace.ts";
import type { Row, Runs } from "./bench_table.ts";
import { builtBinary } from "../test/support/binary.ts";
import type { Seen } from "../test/support/measure.ts";

export interface Found {
  readonly runs: Map<string, Runs>;
  readonly costs: Map<string, SteadyState>;
}

/** With which program something was found, and with how many VIPs at which pace. */
export interface Where {
  readonly cell: Cell;
  readonly program: ProgramName;
}

/** Notes one run of a fault; null: the group did not come to rest. */
export function noteRun({ runs }: Found, of: Where & { readonly fault: Fault }, seen: Seen | null): void {
  const before = runs.get(runsKey(of)) ?? { seen: [], failed: 0 };
  const after = seen === null
    ? { ...before, failed: before.failed + 1 }
    : { ...before, seen: [...before.seen, seen] };
  runs.set(runsKey(of), after);
}

/** Notes what the hosts of a group cost. */
export const noteCost = ({ costs }: Found, where: Where, cost: SteadyState): void =>
  void costs.set(keyOf(where), cost);

const keyOf = ({ cell, program }: Where): string => `${cell.vips} ${cell.pace.name} ${program}`;
const runsKey = (of: Where & { readonly fault: Pick<Fault, "name"> }): string =>
  `${keyOf(of)} ${of.fault.name}`;

export interface Asked {
  readonly cells: readonly Cell[];
  readonly faults: readonly Fault[];
  readonly withCosts: boolean;
}

/** The rows of all that was asked, in the order of the table; what was not found is not there, or not possible. */
export const rowsOf = ({ cells, faults, withCosts }: Asked, found: Found): readonly Row[] => [
  ...faults.flatMap((fault) => cells.map((cell) => faultRow(fault, cell, found))),
  ...(withCosts ? steadyCosts : []).flatMap((cost) => cells.map((cell) => costRow(cost, cell, found))),
];

function faultRow(fault: Fault, cell: Cell, { runs }: Found): Row {
  const { name, target, peers } = fault;
  const of = (program: ProgramName, name: string) =>
    runs.get(runsKey({ cell, program, fault: { name } })) ?? null;
  return {
    kind: "fault",
    name,
    cell,
    target: target(cell),
    molehill: of("Molehill", name),
    keepalived: peers === null ? null : of("keepalived", peers),
  };
}

function costRow({ name, target, of }: SteadyCost, cell: Cell, { costs }: Found): Row {
  const figure = (program: ProgramName) => {
    const cost = costs.get(keyOf({ cell, program }));
    return cost === undefined ? null : of(cost);
  };
  return {
    kind: "cost",
    name,
    cell,
    target: target(cell),
    molehill: figure("Molehill"),
    keepalived: figure("keepalived"),
  };
}

interface SteadyCost {
  readonly name: string;
  readonly target: (cell: Cell) => string;
  readonly of: (cost: SteadyState) => number;
}

const steadyCosts: readonly SteadyCost[] = [
  {
    name: "frames sent by a host, a second",
    target: ({ pace }) => String(1_000 / pace.heartbeatMs),
    of: (cost) => cost.framesPerSecond,
  },
  {
    name: "CPU of a host's processes, % of a core",
    target: ({ pace }) => isDefault(pace) ? "< 1" : "",
    of: (cost) => cost.cpuPercent,
  },
  { name: "resident memory of them, MB", target: () => "< 60", of: (cost) => cost.residentMegabytes },
  { name: "... of which is no file's, MB", target: () => "", of: (cost) => cost.ownMegabytes },
];

/** What has nothing to do with a group. */
export async function otherCosts({ peer }: Pick<Wanted, "peer">): Promise<readonly Row[]> {
  const cost = { kind: "cost", cell: null, keepalived: null } as const;
  const allocator = measureAllocation({ vips: 10_000, hosts: 100 });
  const start = "asking for its version, start to end, ms";
  return [
    {
      ...cost,
      name: start,
      target: "",
      molehill: await measureStartTime([await builtBinary(), "version"]),
      keepalived: peer === "none" ? null : await measureStartTime(["keepalived", "--version"]),
    },
    {
      ...cost,
      name: "allocator, 10,000 VIPs x 100 hosts, cold, ms",
      target: "< 20",
      molehill: allocator.coldMs,
    },
    {
      ...cost,
      name: "allocator, the same after one host died, ms",
      target: "< 20",
      molehill: allocator.oneGoneMs,
    },
  ];
}
