// Argv in, exit code out.

import { runCommandLine } from "./src/cli/command_line.ts";
import { processTerminal } from "./src/cli/terminal.ts";

Deno.exit(await runCommandLine(Deno.args, processTerminal()));
