// What may be asked of the bench on the command line.

import { object } from "@optique/core/constructs";
import { runParserSync } from "@optique/core/facade";
import { formatMessage, lineBreak, type Message, message, text } from "@optique/core/message";
import { optional, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { type Pace, paceNamed } from "./bench_pace.ts";

export interface Wanted {
  readonly runs: number;
  /** Parts of names of faults, or of "cost"; null: all. */
  readonly only: readonly string[] | null;
  /** What is compared: numbers of VIPs, each at some pace. */
  readonly cells: readonly Cell[];
  readonly peer: "keepalived" | "none";
  /** The file that the table goes to; undefined: standard output. */
  readonly output: string | undefined;
}

export interface Cell {
  readonly vips: number;
  readonly pace: Pace;
}

/** What the command line asks for, or the exit code with which it is answered already. */
export function readOptions(args: readonly string[], names: readonly string[]): Wanted | number {
  const given = runParserSync<typeof parser, Given | number, number>(parser, "deno task bench", args, {
    help: { option: { names: ["--help", "-h"] }, onShow: () => 0 },
    onError: (_, problem) => refuse(formatMessage(problem as Message, { colors: false, quotes: false })),
    stdout: (line) => console.log(line.replaceAll(/ +$/gm, "")),
    stderr: () => {},
    aboveError: "none",
    showDefault: true,
    maxWidth: 100,
    brief:
      message`Compares Molehill with keepalived: what a client sees of each fault, what a daemon costs. Needs root.`,
    footer: verbatim([
      "Examples:",
      "  deno task bench --output bench.md",
      "  deno task bench --vips 3 --interval 100ms --runs 3 --only crash,merge",
      "  deno task bench --full --output bench.md     every number of VIPs at every interval: takes hours",
      "",
      "Names:",
      ...names.map((name) => `  ${name}`),
      "",
      "Exit codes: 0 measured, 64 the command line is wrong, 77 this machine cannot do it.",
    ]),
  });
  if (typeof given === "number") return given;
  const { runs, peer, output } = given;
  const only = given.only?.split(",") ?? null;
  const unknown = only?.find((part) => !names.some((name) => name.includes(part)));
  if (unknown !== undefined) {
    return refuse(`Cannot find "${unknown}": wanted a part of one of: ${names.join(", ")}`);
  }
  const cells = cellsOf(given);
  return typeof cells === "string" ? refuse(cells) : { only, runs, peer, output, cells };
}

function refuse(problem: string): number {
  console.error(`bench: ${problem}`);
  console.error("\nSee: deno task bench --help");
  return 64;
}

interface Given extends Omit<Wanted, "cells" | "only"> {
  readonly only: string | undefined;
  readonly vips: string | undefined;
  readonly interval: string | undefined;
  readonly full: boolean;
}

const parser = object({
  runs: withDefault(
    option("--runs", integer({ metavar: "N", min: 1 }), {
      description: message`How often each fault strikes.`,
    }),
    5,
  ),
  only: optional(
    option("--only", string({ metavar: "NAMES" }), {
      description: message`What has one of these in its name, as kill,crash.`,
    }),
  ),
  vips: optional(
    option("--vips", string({ metavar: "LIST", pattern: /^[1-9]\d*(,[1-9]\d*)*$/ }), {
      description: message`Numbers of VIPs, as 3,30.`,
    }),
  ),
  interval: optional(
    option("--interval", string({ metavar: "LIST" }), {
      description: message`Between two heartbeats or adverts, as default,100ms.`,
    }),
  ),
  peer: withDefault(
    option("--peer", choice(["keepalived", "none"]), {
      description: message`What Molehill is compared with.`,
    }),
    "keepalived",
  ),
  full: option("--full", { description: message`All numbers of VIPs at all intervals.` }),
  output: optional(
    option("--output", string({ metavar: "FILE" }), { description: message`Where the table is written.` }),
  ),
});

const ALL_VIPS = [3, 30, 250, 1_000];
const ALL_INTERVALS = ["default", "1s", "100ms", "20ms"];
const VIPS_MAX = 1_000;

/** Each number of VIPs at each interval; when neither is said, what fits into forty minutes. */
function cellsOf({ vips, interval, full }: Given): readonly Cell[] | string {
  if (vips === undefined && interval === undefined && !full) return cellsNamed(FORTY_MINUTES);
  const numbers = vips?.split(",").map(Number) ?? (full ? ALL_VIPS : [3]);
  const tooMany = numbers.find((number) => number > VIPS_MAX);
  if (tooMany !== undefined) return `Cannot use ${tooMany} VIPs: wanted at most ${VIPS_MAX}`;
  const names = interval?.split(",") ?? ALL_INTERVALS;
  const unknown = names.find((name) => paceNamed(name) === null);
  if (unknown === undefined) return cellsNamed(numbers.flatMap((each) => names.map((name) => [each, name])));
  return `Cannot use interval "${unknown}": wanted "default", or a multiple of 10 ms, as 100ms or 1s`;
}

const FORTY_MINUTES: readonly (readonly [number, string])[] = [
  [3, "default"],
  [3, "100ms"],
  [3, "20ms"],
  [250, "100ms"],
];

const cellsNamed = (named: readonly (readonly [number, string])[]): readonly Cell[] =>
  named.flatMap(([vips, name]) => {
    const pace = paceNamed(name);
    return pace === null ? [] : [{ vips, pace }];
  });

const verbatim = (lines: readonly string[]): Message =>
  lines.flatMap((line, number) => (number === 0 ? [text(line)] : [lineBreak(), text(line)]));
