// The one table of the bench, as Markdown: what was measured with Molehill beside what was measured with keepalived.

import type { Seen } from "../test/support/measure.ts";
import type { Cell } from "./bench_options.ts";

/** What came of all runs of one fault with one program. */
export interface Runs {
  readonly seen: readonly Seen[];
  /** Runs in which the group did not come to rest. */
  readonly failed: number;
}

export type Row =
  | {
    readonly kind: "fault";
    readonly name: string;
    readonly cell: Cell;
    readonly target: string;
    /** Null: it cannot do that, or was not asked. */
    readonly molehill: Runs | null;
    readonly keepalived: Runs | null;
  }
  | {
    readonly kind: "cost";
    readonly name: string;
    /** Null: it does not depend on it. */
    readonly cell: Cell | null;
    readonly target: string;
    readonly molehill: number | null;
    readonly keepalived: number | null;
  };

const HEADS = [
  "what",
  "VIPs",
  "interval",
  "target",
  "Molehill: gap",
  "lost",
  "two hosts",
  "keepalived: gap",
  "lost",
  "two hosts",
  "stall",
];

/** Rows in the order in which they are given. */
export const benchTable = (rows: readonly Row[]): string => markdown([HEADS, ...rows.map(cellsOf)]);

function cellsOf(row: Row): readonly string[] {
  const { name, cell, target } = row;
  const head = [name, cell === null ? "" : String(cell.vips), cell === null ? "" : cell.pace.name, target];
  if (row.kind === "cost") return [...head, figure(row.molehill), "", "", figure(row.keepalived), "", "", ""];
  const stalls = [row.molehill, row.keepalived].flatMap((runs) => runs?.seen ?? []);
  const stall = stalls.length === 0 ? "" : Math.max(...stalls.map((seen) => seen.longestStallMs)).toFixed(1);
  return [...head, ...runsCells(row.molehill), ...runsCells(row.keepalived), stall];
}

/** Gap, probes lost, two holders. */
function runsCells(runs: Runs | null): readonly string[] {
  if (runs === null) return ["-", "-", "-"];
  const { seen, failed } = runs;
  const unsettled = failed === 0 ? "" : `${failed} of ${failed + seen.length} did not settle`;
  if (seen.length === 0) return [unsettled, "", ""];
  const gap = spread(seen.map((each) => each.longestGapMs));
  const two = spread(seen.map((each) => each.twoHoldersMs));
  const isForGood = median(seen.map((each) => each.stillTwo)) > 0;
  return [
    unsettled === "" ? gap : `${gap}; ${unsettled}`,
    String(median(seen.map((each) => each.lost))),
    isForGood ? "for good" : two,
  ];
}

const figure = (value: number | null): string => value === null ? "-" : value.toFixed(value < 10 ? 2 : 1);

/** The median, and the least and the most. */
function spread(values: readonly number[]): string {
  const middle = median(values);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most === 0 ? "0" : `${rounded(middle)} (${rounded(least)}-${rounded(most)})`;
}

const rounded = (ms: number): string => ms > 0 && ms < 10 ? ms.toFixed(1) : ms.toFixed(0);

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] ?? NaN;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? NaN) + upper) / 2;
}

function markdown(lines: readonly (readonly string[])[]): string {
  const [heads = [], ...rows] = lines;
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [heads, rule, ...rows].map((cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`
  ).join("");
}
