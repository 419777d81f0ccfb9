// What a person gets when a simulation fails: what was violated and when, how few of the planned faults that takes, the
// last lines of those concerned, and the command that shows it all again. The trace comes from a further run of the
// same seed with the same faults, which is the same run.

import { shorten } from "./shorten.ts";
import { type Outcome, type Setting, simulate, type TraceLine } from "./simulate.ts";

const linesMax = 60;

/** Finds the shortest way to the same failure, runs it again for its trace, and reports. */
export function report(setting: Setting, outcome: Outcome): string {
  if (outcome.violation === null) return `Seed ${setting.seed} violates nothing.`;
  const { faults, faultsCount, violation } = shorten(setting, { ...outcome, violation: outcome.violation });
  const lines: TraceLine[] = [];
  const isOfInterest = ({ isMinor, hosts }: TraceLine): boolean =>
    !isMinor && (hosts.length === 0 || hosts.some((host) => violation.hosts.includes(host)));
  simulate({ ...setting, faults, trace: (line) => isOfInterest(line) && lines.push(line) });
  return [
    `Seed ${setting.seed} violates "${violation.checker}" at ${
      violation.at.toFixed(3)
    } ms: ${violation.what}`,
    `Of its ${faultsCount} faults these are enough: ${faults.length === 0 ? "none" : faults.join(", ")}`,
    ...lines.slice(-linesMax).map(printed),
    `To see it all: ${replayOf({ ...setting, faults })}`,
  ].join("\n");
}

/** The command line that runs it again and shows everything. */
export function replayOf({ seed, wire, size = {}, faults }: Omit<Setting, "program">): string {
  return [
    "deno task sim",
    `--seed ${seed}`,
    `--wire ${wire}`,
    ...(size.hosts === undefined ? [] : [`--hosts ${size.hosts}`]),
    ...(size.vips === undefined ? [] : [`--vips ${size.vips}`]),
    ...(faults === undefined ? [] : [`--faults ${faults.length === 0 ? "none" : faults.join(",")}`]),
    "--trace",
  ].join(" ");
}

/** A line of the trace with its time. */
export const printed = ({ at, text }: TraceLine): string => `${at.toFixed(3).padStart(10)}  ${text}`;
