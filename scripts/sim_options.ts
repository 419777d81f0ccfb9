// What may be asked of the simulator on the command line.

import { object } from "@optique/core/constructs";
import { runParserSync } from "@optique/core/facade";
import { formatMessage, lineBreak, type Message, message, text } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import type { NonEmptyString } from "@optique/core/nonempty";
import { option } from "@optique/core/primitives";
import { choice, float, integer, string } from "@optique/core/valueparser";

export interface Wanted {
  readonly seed: number | undefined;
  /** Undefined: a thousand, or, where a time is given, as many as it takes. */
  readonly seeds: number | undefined;
  /** Undefined: 1, or, for a soak, any. */
  readonly from: number | undefined;
  readonly hosts: number | undefined;
  readonly vips: number | undefined;
  /** Simulated hours; for a soak hours of real time. */
  readonly hours: number | undefined;
  readonly faults: readonly number[] | undefined;
  readonly wire: "codec" | "plain" | undefined;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly trace: boolean;
  readonly soak: boolean;
}

/** What the command line asks for, or the exit code with which it is answered already. */
export function readOptions(args: readonly string[], cores: number): Wanted | number {
  return runParserSync<ReturnType<typeof parser>, Wanted | number, number>(
    parser(cores),
    "deno task sim",
    args,
    {
      help: { option: { names: ["--help", "-h"] }, onShow: () => 0 },
      onError: (_, problem) => {
        console.error(`sim: ${formatMessage(problem as Message, { colors: false, quotes: false })}`);
        console.error("\nSee: deno task sim --help");
        return 64;
      },
      stdout: (line) => console.log(line.replaceAll(/ +$/gm, "")),
      stderr: () => {},
      aboveError: "none",
      showDefault: true,
      maxWidth: 100,
      brief:
        message`Simulates groups of hosts on which faults fall, and checks that they keep their promises.`,
      footer: verbatim([
        "Examples:",
        "  deno task sim                               a thousand seeds from 1 on",
        "  deno task sim --from 5000 --seeds 200       others",
        "  deno task sim --seed 42 --trace             one seed, with everything that happens in it",
        "  deno task sim --seed 42 --faults 0,3,7      the same with only three of its faults",
        "  deno task sim --hosts 16 --vips 40 --hours 5",
        "  deno task soak --hours 8                    from any seed on, for eight hours of real time",
        "",
        "Exit codes: 0 all promises were kept, 1 a seed failed, 64 the command line is wrong.",
      ]),
    },
  );
}

const whole = (metavar: NonEmptyString, min: number) => integer({ metavar, min });

const parser = (cores: number) =>
  object({
    seed: optional(option("--seed", whole("N", 0), { description: message`Only this seed.` })),
    seeds: optional(option("--seeds", whole("M", 1), { description: message`How many seeds (1000).` })),
    from: optional(option("--from", whole("N", 0), { description: message`The first seed (1).` })),
    hosts: optional(
      option("--hosts", whole("H", 1), { description: message`So many hosts in every group.` }),
    ),
    vips: optional(option("--vips", whole("V", 1), { description: message`So many VIPs in every group.` })),
    hours: optional(
      option("--hours", float({ metavar: "T", min: 0 }), {
        description: message`Seeds until so many hours are simulated; for a soak, hours of real time.`,
      }),
    ),
    faults: map(
      optional(
        option("--faults", string({ metavar: "LIST", pattern: /^(none|\d+(,\d+)*)$/ }), {
          description: message`Only these of the seed's faults, by number from 0, or "none".`,
        }),
      ),
      (list) => list === undefined ? undefined : list === "none" ? [] : list.split(",").map(Number),
    ),
    wire: optional(
      option("--wire", choice(["codec", "plain"]), {
        description: message`Messages as datagrams or as they are; else as the seed says.`,
      }),
    ),
    jobs: withDefault(
      option("--jobs", whole("J", 1), { description: message`How many seeds at a time.` }),
      cores,
    ),
    keepGoing: option("--keep-going", { description: message`Do not stop at the first seed that fails.` }),
    trace: option("--trace", { description: message`Show everything that happens; with --seed.` }),
    soak: option("--soak", { hidden: true }),
  });

const verbatim = (lines: readonly string[]): Message =>
  lines.flatMap((line, number) => (number === 0 ? [text(line)] : [lineBreak(), text(line)]));
