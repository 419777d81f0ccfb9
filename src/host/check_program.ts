// Runs a program for a look, as session.ts starts programs. All that it has started is ended when it takes too long, and
// also when it has ended, for nothing that a check has started may stay; what starts a session of its own escapes.

import { onGiveUp } from "./check.ts";
import { lastLines } from "./last_lines.ts";
import { findProgram, searchPath, sessionStarter } from "./programs.ts";
import { type Session, sessionGone, signalSession, signalStarting, startSession } from "./session.ts";

/** What a program had to say by the way it ended. */
export interface ProgramEnd {
  readonly code: number;
  /** The signal that ended it. */
  readonly by: Deno.Signal | null;
  /** Its last line on standard error; may be empty. */
  readonly said: string;
}

/** How long what a program has said is waited for after its end, in milliseconds: others may keep the pipe open. */
const wordsMs = 100;

export interface ProgramRunner {
  /** Runs it to its end, which comes soon after it is time to give up. */
  run(session: Omit<Session, "stdout">, giveUp: AbortSignal): Promise<ProgramEnd>;
}

/** Runs the programs of one check. None is started while anything is left of the one before that cannot be ended. */
export function createProgramRunner(): ProgramRunner {
  let gone: Promise<void> = Promise.resolve();

  return {
    async run(session, giveUp) {
      await gone;
      const child = startSession({ ...session, stdout: "null" });
      const words = lastLines([child.stderr]);
      const forget = onGiveUp(giveUp, () => void signalStarting(child.pid, "SIGKILL"));
      const { code, signal: by } = await child.status;
      forget();
      if (signalSession(child.pid, "SIGKILL")) gone = sessionGone(child.pid);
      return { code, by, said: (await words.end(wordsMs)).at(-1) ?? "" };
    },
  };
}

/** The whole path of what starts the programs of looks. Throws when this machine has none. */
export async function findSessionStarter(): Promise<string> {
  const { name, package: from } = sessionStarter;
  const found = await findProgram(name, searchPath(undefined));
  if (found === null) throw new Error(`the program "${name}" is missing (package ${from})`);
  return found;
}
