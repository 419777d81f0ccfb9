// Is the configuration right, and what does it mean?

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { meaningOf } from "../config/meaning.ts";
import { type Action, defineCommand } from "./command.ts";
import { readConfiguration, readSecrets } from "./configuration_file.ts";
import { exitCode } from "./exit_codes.ts";
import { configOptions } from "./options.ts";
import { renderMeaning } from "./render_meaning.ts";
import type { Terminal } from "./terminal.ts";

/** molehill check */
export const checkCommand = defineCommand(
  {
    name: "check",
    summary: "Is the configuration right, and what does it mean?",
    description:
      `Reads the configuration and names every problem in it at once, each with its file, line and column. \
If there is none, it says what the file means: hosts, VIPs, who may hold what, and how long a fail-over takes at worst.

It changes nothing and needs neither root nor a daemon.`,
    examples: [
      ["molehill check", ""],
      ["molehill check --config new.toml && install -m 644 new.toml /etc/molehill/molehill.toml", ""],
    ],
    exitCodes: [
      [exitCode.ok, "the configuration is right; warnings are told on standard error"],
      [exitCode.badConfiguration, "it cannot be used; standard error says why"],
    ],
  },
  map(object(configOptions), ({ config }): Action => (terminal) => check(config, terminal)),
);

async function check(file: string, terminal: Terminal): Promise<number> {
  const read = await readConfiguration(file);
  if (read.kind === "problem") {
    terminal.err(read.problems.map((problem) => `${problem}\n`).join(""));
    return exitCode.badConfiguration;
  }
  const secrets = await readSecrets(read.configuration);
  terminal.out(renderMeaning(meaningOf(read.configuration), terminal));
  // The file is right all the same: this may be another machine than those that it is for.
  const warnings = [...read.warnings, ...(secrets.kind === "problem" ? [secrets.problem] : [])];
  terminal.err(warnings.map((warning) => `\nWarning: ${warning}\n`).join(""));
  return exitCode.ok;
}
