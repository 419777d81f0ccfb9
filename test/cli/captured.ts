// A command line called within the test's own process, with what it wrote kept.

import { runCommandLine } from "../../src/cli/command_line.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Carries out "molehill ARGS". */
export async function molehill(...args: readonly string[]): Promise<Captured> {
  const written = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    isRead: () => true,
    colours: false,
    liveObstacle: "standard output is no terminal",
    width: null,
  };
  const code = await runCommandLine(args, terminal);
  return { code, ...written };
}

/** The call and all that came of it, as a golden file shows it. */
export async function session(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await molehill(...args);
  const shown = args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : `'${arg}'`));
  return [`$ ${["molehill", ...shown].join(" ")}\n`, out, err, `[exit code ${code}]\n`].join("");
}
