// A scenario file as values. It is read line by line:
//
//   # what the story is about                comment: kept as it is
//   > hosts a b c                            command: what is so, what happens, or for how long to look
//   > after 30ms: power a                    the same, but so long after the step began
//   anything else                            recorded: written anew by `deno task golden`
//
// A step begins after a `wait` and ends with the next one: times in its trace count from its beginning.

import type { Group } from "../../src/core/vocabulary.ts";
import type { Act } from "./acts.ts";
import { actOf, durationOf, Misread, startAll } from "./acts.ts";
import { emptyGroup, olderOf, settingOf } from "./setting.ts";

export interface Script {
  readonly group: Group;
  /** What the file says on every host until it gets the other one; null: there is no other one. */
  readonly older: Group | null;
  readonly steps: readonly Step[];
  /** How many segments all hosts are attached to. */
  readonly segmentsCount: number;
  /** The file without its recorded lines. */
  readonly lines: readonly ScriptLine[];
}

export interface Step {
  /** Milliseconds since the simulation began. */
  readonly from: number;
  readonly until: number;
  readonly acts: readonly TimedAct[];
  /** Only how it ends is of interest. */
  readonly isHidden: boolean;
}

export interface TimedAct {
  readonly at: number;
  readonly act: Act;
}

/** A line to keep; `step` is the step that ends there. */
export interface ScriptLine {
  readonly text: string;
  readonly step: Step | null;
}

/** How long a group that begins settled has run: longer than announcements are repeated and balance may take. */
const settledAfter = 10_010;

/** Reads the file; throws what a person can mend, with its place. */
export function readScript(path: string, text: string): Script {
  const reader = new Reader();
  text.split("\n").forEach((line, at) => {
    try {
      reader.read(line);
    } catch (error) {
      if (!(error instanceof Misread)) throw error;
      throw new Error(`${path}:${at + 1}: Cannot read "${line}": ${error.message}`);
    }
  });
  return reader.finished(path);
}

class Reader {
  #group = emptyGroup;
  #older: Group | null = null;
  #segmentsCount = 1;
  #now = 0;
  #acts: TimedAct[] = [];
  readonly #steps: Step[] = [];
  readonly #lines: ScriptLine[] = [];

  read(line: string): void {
    if (line.startsWith("#")) this.#keep(line);
    else if (line.startsWith("> ")) this.#keep(line, this.#command(line.slice(2).trim()));
    else if (line.startsWith(">")) throw new Misread('a command begins with "> "');
  }

  finished(path: string): Script {
    if (this.#acts.length > 0) {
      throw new Error(`${path}: Cannot end the last step: found no "> wait" after it`);
    }
    if (this.#steps.length === 0) {
      throw new Error(`${path}: Cannot tell a story: found no "> wait" or "> settled"`);
    }
    return {
      group: this.#group,
      older: this.#older,
      segmentsCount: this.#segmentsCount,
      steps: this.#steps,
      lines: this.#lines,
    };
  }

  #keep(text: string, step: Step | null = null): void {
    this.#lines.push({ text: text.trimEnd(), step });
  }

  /** Gives the step that the command ends. */
  #command(text: string): Step | null {
    const changed = settingOf(text, this.#group);
    if (changed !== null) {
      if (this.#now > 0) throw new Misread("it comes too late: the group has begun to run");
      this.#group = changed;
      return null;
    }
    const [, segments] = /^segments ([1-9])$/.exec(text) ?? [];
    if (segments !== undefined) {
      this.#segmentsCount = Number(segments);
      return null;
    }
    const older = olderOf(text, this.#group);
    if (older !== null) {
      this.#older = older;
      return null;
    }
    if (text === "settled") return this.#settled();
    const wait = /^wait (\S+)( quietly)?$/.exec(text);
    if (wait !== null) return this.#end(durationOf(wait[1] ?? ""), wait[2] !== undefined);
    const [, delay, what = text] = /^after (\S+): (.*)$/.exec(text) ?? [];
    const at = this.#now + (delay === undefined ? 0 : durationOf(delay));
    this.#acts.push({ at, act: actOf(what, this.#group) });
    return null;
  }

  #settled(): Step {
    if (this.#now > 0 || this.#acts.length > 0) {
      throw new Misread("it can only be the first thing that happens");
    }
    this.#acts.push(...startAll(this.#group));
    return this.#end(settledAfter, true);
  }

  #end(lasts: number, isHidden: boolean): Step {
    if (this.#group.vips.length === 0) {
      throw new Misread('the group is not complete: wanted "> hosts" and "> vips" before');
    }
    const until = this.#now + lasts;
    const late = this.#acts.find(({ at }) => at >= until);
    if (late !== undefined) {
      throw new Misread(`a command of this step comes ${late.at - this.#now} ms after its beginning`);
    }
    const acts = this.#acts.sort((one, other) => one.at - other.at);
    const step = { from: this.#now, until, acts, isHidden };
    this.#steps.push(step);
    this.#acts = [];
    this.#now = until;
    return step;
  }
}
