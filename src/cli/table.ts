// Aligned columns. A cell may have a colour; colours are put on after the widths were measured, so that they
// never count.

import { type Colour, paint } from "./paint.ts";

/** Of many addresses so many stand in one cell: a row should still be one line of a screen. */
export const shownInCell = 3;

/** What stands in one place of a table. */
export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

export interface TableOptions {
  readonly colours: boolean;
  /** Columns whose cells stand at the right: numbers. Counted from 0. */
  readonly rightColumns?: readonly number[];
}

/** The rows under the heads as lines, columns two blanks apart, without blanks at the ends. */
export function renderTable(
  { heads, rows }: {
    readonly heads: readonly string[];
    readonly rows: readonly (readonly (Cell | string)[])[];
  },
  options: TableOptions,
): readonly string[] {
  const head = heads.map((text): Cell => ({ text, colour: "faint" }));
  const cells = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell } : cell))),
  ];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.text.length ?? 0)));
  return cells.map((row) => renderRow(row, { ...options, widths }));
}

function renderRow(row: readonly Cell[], { widths, colours, rightColumns = [] }: TableOptions & {
  readonly widths: readonly number[];
}): string {
  const last = row.findLastIndex((cell) => cell.text !== "");
  const places = row.slice(0, last + 1).map(({ text, colour }, column) => {
    const blanks = " ".repeat((widths[column] ?? 0) - text.length);
    const painted = colours && colour !== undefined ? paint(text, colour) : text;
    if (rightColumns.includes(column)) return blanks + painted;
    return column === last ? painted : painted + blanks;
  });
  return places.join("  ");
}
