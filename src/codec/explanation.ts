// The answer of `explain --json`: documented in README, stable. Why a VIP is where it is, at one instant, as far as the
// answering host knows.

import type { Status } from "./control.ts";
import { array, boolean, nullable, number, object, parseJson, string } from "./json_shape.ts";
import { moveShape, vipShape } from "./control.ts";
import { type Parsed, problem } from "./parsed.ts";

export interface Explanation {
  /** Of the daemon that answers. */
  readonly version: string;
  readonly group: string;
  /** Who answers. */
  readonly host: string;
  /** On its wall clock. */
  readonly at: string;
  readonly view: { readonly number: number; readonly coordinator: string } | null;
  /** Who has it, since when and why, in one sentence. */
  readonly answer: string;
  /** As `status` tells it. */
  readonly vip: Status["vips"][number];
  /** By the answering host's file. */
  readonly addresses: readonly { readonly address: string; readonly interface: string }[];
  /** Who had it before, as far as the answering host saw it. */
  readonly previous: string | null;
  /** Whether it is really there, and who knows: sentences. */
  readonly presence: readonly string[];
  /** What would move it, or keeps it where it is: sentences. */
  readonly stays: readonly string[];
  /** Who would have it if its holder were gone, or gets it now that nobody has it; null: nobody can tell yet. */
  readonly next: {
    readonly host: string | null;
    /** Why nobody would; null when somebody would. */
    readonly problem: string | null;
  } | null;
  /** Every host of the file. */
  readonly hosts: readonly {
    readonly name: string;
    readonly holder: boolean;
    /** Its place among those that the VIP prefers, from 1. */
    readonly preferred: number | null;
    /** Whether it could hold it now. */
    readonly able: boolean;
    /** Why it could not. */
    readonly obstacles: readonly string[];
    /** Health checks that it fails: then it is given only what no host that is well can hold. */
    readonly failing: readonly string[];
    /** It is given only what nobody else can hold. */
    readonly damped: boolean;
  }[];
  /** Of this VIP, newest first. */
  readonly moves: Status["moves"];
  /** What is wrong with it; empty when all is well. */
  readonly trouble: readonly string[];
  /** What to do or to look at next, where something is wrong. */
  readonly advice: readonly string[];
  /** What the answering host cannot know. */
  readonly notes: readonly string[];
}

/** Reads an explanation. Fields that this version does not know are left out. */
export function parseExplanation(text: string): Parsed<Explanation> {
  const explanation = parseJson(text, explanationShape);
  return explanation.ok ? explanation : problem(`Cannot read the daemon's answer: ${explanation.problem}`);
}

const hostShape = object<Explanation["hosts"][number]>({
  name: string,
  holder: boolean,
  preferred: nullable(number),
  able: boolean,
  obstacles: array(string),
  failing: array(string),
  damped: boolean,
});

const explanationShape = object<Explanation>({
  version: string,
  group: string,
  host: string,
  at: string,
  view: nullable(object<NonNullable<Explanation["view"]>>({ number, coordinator: string })),
  answer: string,
  vip: vipShape,
  addresses: array(object<Explanation["addresses"][number]>({ address: string, interface: string })),
  previous: nullable(string),
  presence: array(string),
  stays: array(string),
  next: nullable(
    object<NonNullable<Explanation["next"]>>({ host: nullable(string), problem: nullable(string) }),
  ),
  hosts: array(hostShape),
  moves: array(moveShape),
  trouble: array(string),
  advice: array(string),
  notes: array(string),
});
