// Which simulation a seed stands for, so that the test run, the command and a report of failure mean the same one.

import { coreProgram } from "./core_program.ts";
import type { Setting } from "./simulate.ts";

/** Every eighth seed sends its messages through the codec, which takes longer than all the rest. */
export const settingOf = (seed: number): Setting => ({
  seed,
  program: coreProgram,
  wire: seed % 8 === 0 ? "codec" : "plain",
});
