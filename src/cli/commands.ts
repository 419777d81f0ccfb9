// The table of commands, in the order in which help lists them.

import { balanceCommand } from "./balance.ts";
import { checkCommand } from "./check.ts";
import type { Command } from "./command.ts";
import { drainCommand } from "./drain.ts";
import { eventsCommand } from "./events.ts";
import { explainCommand } from "./explain.ts";
import { importCommand } from "./import.ts";
import { monitorCommand } from "./monitor.ts";
import { moveCommand } from "./move.ts";
import { planCommand } from "./plan.ts";
import { resumeCommand } from "./resume.ts";
import { runCommand } from "./run.ts";
import { sendCommand } from "./send.ts";
import { simulateCommand } from "./simulate.ts";
import { statusCommand } from "./status.ts";
import { versionCommand } from "./version.ts";

/** All commands. */
export const commands: readonly Command[] = [
  runCommand,
  checkCommand,
  simulateCommand,
  importCommand,
  statusCommand,
  explainCommand,
  monitorCommand,
  planCommand,
  drainCommand,
  resumeCommand,
  moveCommand,
  balanceCommand,
  eventsCommand,
  sendCommand,
  versionCommand,
];
