// Asks the daemon of this host and says what came of it, in the same way for every command: 0 done, 1 refused, 2 no
// daemon to ask.

import type { Status } from "../codec/control.ts";
import { askDaemon, type StatusRequest } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { exitCode } from "./exit_codes.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Longer than a daemon takes to answer, which has a limit of its own and says what it waited for: also where it counts
 * several hooks in that may take a minute each.
 */
const timeoutMs = 300_000;

/** The HTTP status of a daemon that is just starting or stopping. */
const unavailable = 503;

/** Exit codes of the commands that ask for something to be done, for their help. */
export const askExitCodes = [
  [exitCode.ok, "done, or so already"],
  [exitCode.refused, "the daemon refused, or could not do it in time; standard error says why"],
  [exitCode.unreachable, "no daemon answers, or it is just starting or stopping: ask again"],
] as const;

/** Asks for something to be done; `done` tells people that it was. Answers the exit code. */
export async function askFor(
  request: StatusRequest,
  { terminal, runtimeDir, json, done }: {
    readonly terminal: Terminal;
    readonly runtimeDir: string;
    /** Print the status instead of what `done` says. */
    readonly json: boolean;
    readonly done: (status: Status) => string;
  },
): Promise<number> {
  const answer = await askDaemon(controlSocketPath(runtimeDir), request, { timeoutMs });
  switch (answer.kind) {
    case "ok":
      terminal.out(json ? statusJson(answer.status) : `${done(answer.status)}\n`);
      return exitCode.ok;
    case "refused":
      terminal.err(`${answer.error}\n`);
      return answer.http === unavailable ? exitCode.unreachable : exitCode.refused;
    case "unreachable":
      terminal.err(`${answer.message}\n`);
      return exitCode.unreachable;
  }
}

/** The status as people and programs read it. */
export const statusJson = (status: Status): string => `${JSON.stringify(status, null, 2)}\n`;
