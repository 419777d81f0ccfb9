// From argv to an exit code: parses, then takes the action that the parser found. Help, the version and shell
// completions are answered here; a usage error says what is wrong, what may have been meant, and where help is.

import { or } from "@optique/core/constructs";
import { runParserSync } from "@optique/core/facade";
import { formatMessage, type Message } from "@optique/core/message";
import { findSimilar } from "@optique/core/suggestion";
import { extractOptionNames } from "@optique/core/usage";
import { type Action, inColumns, verbatim } from "./command.ts";
import { commands } from "./commands.ts";
import { exitCode } from "./exit_codes.ts";
import { type Terminal, Unwritten } from "./terminal.ts";
import { version } from "./version.ts";

/** Carries out a command line. Answers the process's exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const action = parse(args.length === 0 ? ["--help"] : args, terminal);
    return await action(terminal);
  } catch (error) {
    if (error instanceof Unwritten) {
      terminal.err(`molehill: Cannot write to standard output: ${error.message}\n`);
      return exitCode.unwritten;
    }
    terminal.err(`molehill: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    return exitCode.internal;
  }
}

function parse(args: readonly string[], terminal: Terminal): Action {
  const answered = () => exitWith(exitCode.ok);
  return runParserSync<typeof parser, Action, Action>(parser, "molehill", args, {
    help: { command: true, option: { names: ["--help", "-h"] }, onShow: answered },
    version: { value: `molehill ${version}`, option: true, onShow: answered },
    completion: { command: { names: [completions] }, onShow: answered },
    onError: (_, problem) => usageError(problem, args),
    // Wrapped lines come with blanks at their ends.
    stdout: (text) => terminal.out(`${text.replaceAll(/ +$/gm, "")}\n`),
    stderr: () => {},
    aboveError: "none",
    showDefault: { prefix: " (default: ", suffix: ")" },
    colors: terminal.colours,
    maxWidth: Math.max(60, Math.min(terminal.width ?? 100, 100)),
    commandList: "top-level",
    usageLine: () => [{ type: "argument", metavar: "COMMAND" }, { type: "literal", value: "[OPTION...]" }],
    brief: verbatim(["Molehill keeps virtual IP addresses (VIPs) alive on a group of Linux hosts."]),
    examples: verbatim(examples),
    footer: verbatim(['"molehill COMMAND --help" tells more: options, examples, exit codes.']),
  });
}

const completions = "completions";

const parser = or(...commands.map((command) => command.parser));

const examples = inColumns([
  ["molehill check", "is the configuration right, and what does it mean?"],
  ["molehill run", "the daemon, in the foreground"],
  ["molehill status", "who holds which address, since when, and why"],
  ["molehill drain --reason 'new kernel'", "hand this host's VIPs over, take none"],
]);

const exitWith = (code: number): Action => () => code;

const usageError = (problem: Message, args: readonly string[]): Action => ({ err }) => {
  const said = formatMessage(problem, { colors: false, quotes: false });
  const command = commands.find(({ name }) => name === args[0]);
  const helped = command?.name ?? (args[0] === completions ? completions : null);
  const meant = said.includes("Did you mean")
    ? []
    : similarOptions(problem, command?.parser.usage ?? rootUsage);
  err(`molehill: ${said}\n`);
  if (meant.length > 0) err(`\nDid you mean ${meant.join(" or ")}?\n`);
  err(`\nSee: molehill ${helped === null ? "" : `${helped} `}--help\n`);
  return exitCode.usage;
};

const rootUsage = [{ type: "option", names: ["--help", "--version"] }] as const;

/** The options that look like the one that was not understood. */
function similarOptions(
  problem: Message,
  usage: Parameters<typeof extractOptionNames>[0],
): readonly string[] {
  const wrong = problem.find((term) => term.type === "optionName");
  const known = extractOptionNames(usage);
  return wrong === undefined || known.has(wrong.optionName) ? [] : findSimilar(wrong.optionName, known);
}
