// Is the configuration right, and what does it mean?

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { meaningOf } from "../config/meaning.ts";
import { checkHooksHere } from "../host/hook_check.ts";
import { searchPath } from "../host/programs.ts";
import { type Action, defineCommand } from "./command.ts";
import { readConfiguration, readSecrets, unusableLines } from "./configuration_file.ts";
import { exitCode } from "./exit_codes.ts";
import { meaningJson } from "./meaning_json.ts";
import { configOptions } from "./options.ts";
import { renderMeaning } from "./render_meaning.ts";
import type { Terminal } from "./terminal.ts";

const jsonOption = option("--json", {
  description: message`Print what the file means as JSON, warnings included.`,
});

/** molehill check */
export const checkCommand = defineCommand(
  {
    name: "check",
    summary: "Is the configuration right, and what does it mean?",
    description:
      `Reads the configuration and names every problem in it at once, each with its file, line and column. \
If there is none, it says what the file means: hosts, VIPs, who may hold what, and how long things take at worst: each with its formula, which \
src/core/PROTOCOL.md explains, and its value for this file.

It changes nothing and needs neither root nor a daemon.`,
    examples: [
      ["molehill check", ""],
      ["molehill check --json | jq .bounds", ""],
      ["molehill check --config new.toml && install -m 644 new.toml /etc/molehill/molehill.toml", ""],
    ],
    exitCodes: [
      [exitCode.ok, "the configuration is right; for people, warnings are told on standard error"],
      [exitCode.badConfiguration, "it cannot be used; standard error says why"],
    ],
  },
  map(
    object({ ...configOptions, json: jsonOption }),
    (options): Action => (terminal) => check(options, terminal),
  ),
);

async function check(
  { config: file, json }: { readonly config: string; readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const read = await readConfiguration(file);
  if (read.kind === "problem") {
    terminal.err(unusableLines(read).map((problem) => `${problem}\n`).join(""));
    return exitCode.badConfiguration;
  }
  const secrets = await readSecrets(read.configuration);
  const meaning = meaningOf(read.configuration);
  // The file is right all the same: this may be another machine than those that it is for.
  const directories = searchPath(Deno.env.get("PATH"));
  const hooks = await checkHooksHere(read.configuration, { directories, isRunning: false });
  const warnings = [
    ...read.warnings,
    ...(secrets.kind === "problem" ? [secrets.problem] : []),
    ...hooks.problems,
  ];
  if (json) {
    terminal.out(meaningJson(meaning, warnings));
    return exitCode.ok;
  }
  terminal.out(renderMeaning(meaning, terminal));
  terminal.err(warnings.map((warning) => `\nWarning: ${warning}\n`).join(""));
  return exitCode.ok;
}
