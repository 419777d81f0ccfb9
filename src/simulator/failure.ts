// What a person gets when a simulation fails: what was violated and when, the last lines of those concerned, and the
// command that shows it all again. The trace comes from a second run of the same seed, which is the same run.

import { type FoundViolation, type Setting, simulate, type TraceLine } from "./simulate.ts";

const linesMax = 60;

/** Runs the failed simulation again for its trace, and reports. */
export function report(setting: Setting, violation: FoundViolation): string {
  const lines: TraceLine[] = [];
  simulate({ ...setting, trace: (line) => isOfInterest(line, violation) && lines.push(line) });
  return [
    `Seed ${setting.seed} violates "${violation.checker}" at ${
      violation.at.toFixed(3)
    } ms: ${violation.what}`,
    ...lines.slice(-linesMax).map(printed),
    `To see it all: deno task sim --seed ${setting.seed} --wire ${setting.wire} --trace`,
  ].join("\n");
}

/** A line of the trace with its time. */
export const printed = ({ at, text }: TraceLine): string => `${at.toFixed(3).padStart(10)}  ${text}`;

const isOfInterest = ({ isMinor, hosts }: TraceLine, violation: FoundViolation): boolean =>
  !isMinor && (hosts.length === 0 || hosts.some((host) => violation.hosts.includes(host)));
