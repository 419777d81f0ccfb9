// Plays a script with the real core in the simulator, with all its checkers looking on, and gives the file anew.
// When the story is over the simulation goes on as all others do: everything is healed, and the group must settle.

import type { HostName } from "../../src/core/vocabulary.ts";
import { coreProgram } from "../../src/simulator/core_program.ts";
import type { Program } from "../../src/simulator/host.ts";
import { calmWeather } from "../../src/simulator/network.ts";
import type { Fault, Plan } from "../../src/simulator/plan.ts";
import { type Director, simulate } from "../../src/simulator/simulate.ts";
import type { Doing } from "./acts.ts";
import { CalmRandom } from "./calm_random.ts";
import { outcomeText } from "./outcome_text.ts";
import { readScript, type Script, type Step, type TimedAct } from "./script.ts";
import { Trace } from "./trace.ts";

/** The whole file as it should be; throws when it cannot be read, or a checker objects. */
export function play(path: string, text: string, program: Program = coreProgram): string {
  const script = readScript(path, text);
  const trace = new Trace();
  const outcomes = new Map<Step, string>();
  const { violation } = simulate({
    seed: 0,
    program,
    wire: "codec",
    plan: planOf(script),
    director: directorOf(script, { trace, outcomes }),
  });
  if (violation !== null) {
    const { checker, what, at } = violation;
    throw new Error(
      `${path}: The story violates "${checker}" ${at.toFixed(1)} ms after its beginning: ${what}`,
    );
  }
  return written(script, { trace, outcomes });
}

/** What comes to light while it is played. */
interface Record {
  readonly trace: Trace;
  readonly outcomes: Map<Step, string>;
}

/** Every message takes 1 ms, and every `ip`. */
function planOf({ group, older, segmentsCount, steps }: Script): Plan {
  const acts = steps.flatMap((step) => step.acts);
  return {
    group,
    ...(older === null
      ? {}
      : { older: { group: older, hosts: older.hosts.map(({ name }) => name), isKept: false } }),
    attachments: new Map(
      group.hosts.map(({ name }) => [name, Array.from({ length: segmentsCount }, (_, at) => at)]),
    ),
    // Beside each host, so that both sides of a partition have one.
    clients: group.hosts.map(({ name }) => name),
    calm: { ...calmWeather, delayMin: 1, delayMax: 1 },
    starts: firstStarts(acts),
    faults: acts.flatMap((each) => faultOf(each, acts)),
    healAt: steps.at(-1)?.until ?? 0,
    staysDown: [],
    endsEarly: true,
  };
}

function firstStarts(acts: readonly TimedAct[]): ReadonlyMap<HostName, number> {
  const starts = new Map<HostName, number>();
  for (const { at, act: { does } } of acts) {
    if (does.kind === "starts" && !starts.has(does.host)) starts.set(does.host, at);
  }
  return starts;
}

/** Longer than any story. */
const forGood = 1e9;

/** The fault that a command begins, with its length: until the first command after it that ends it. */
function faultOf({ at, act: { does } }: TimedAct, acts: readonly TimedAct[]): readonly Fault[] {
  if (does.kind !== "begins") return [];
  const fault = does.fault(at, forGood);
  const end = acts.find((each) => each.at > at && ends(each.act.does, fault));
  return [end === undefined ? fault : does.fault(at, end.at - at)];
}

function ends(does: Doing, fault: Fault): boolean {
  if (does.kind === "starts") return "down" in fault && fault.host === does.host;
  return does.kind === "ends" && does.which(fault);
}

function directorOf({ steps }: Script, { trace, outcomes }: Record): Director {
  return {
    random: new CalmRandom("scenario"),
    begin(timeline, world) {
      for (const step of steps) {
        for (const { at, act } of step.acts) {
          timeline.at(at, () => trace.tell(at, act.who, act.text));
        }
        timeline.at(step.until, () => outcomes.set(step, outcomeText(world)));
      }
    },
    watch: (occurrence, world) => trace.watch(occurrence, world),
  };
}

/** Comments and commands as they were, each step followed by what it caused. */
function written({ lines }: Script, { trace, outcomes }: Record): string {
  const paragraphs: string[] = [];
  let kind = "";
  for (const { text, step } of lines) {
    const next = text.startsWith("#") ? "comment" : "command";
    if (kind !== "" && next !== kind) paragraphs.push("");
    paragraphs.push(text);
    kind = next;
    if (step === null) continue;
    if (!step.isHidden) paragraphs.push(...trace.lines(step.from, step.until));
    paragraphs.push(outcomes.get(step) ?? "");
    kind = "recorded";
  }
  return paragraphs.join("\n") + "\n";
}
