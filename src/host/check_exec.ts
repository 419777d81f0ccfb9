// Looks by running a program, as session.ts starts programs: exit code 0 is well. All that it has started is ended when it
// takes too long, and also when it has ended, for nothing that a check has started may stay; what starts a session of its
// own escapes. What it says on standard error last is what people are told.

import { type Looker, onGiveUp, type Probe } from "./check.ts";
import { messageOf } from "./command.ts";
import { lastLines } from "./last_lines.ts";
import { findProgram, searchPath, sessionStarter } from "./programs.ts";
import { type Session, signalSession, signalStarting, startSession } from "./session.ts";
import { findUsers } from "./users.ts";

export interface ExecOptions {
  /** The program that starts a session, with its whole path. */
  readonly setsid: string;
  /** Of the check and of this host, for the program to read. */
  readonly names: { readonly check: string; readonly host: string };
}

/** How long what a program has said is waited for after its end, in milliseconds: others may keep the pipe open. */
const wordsMs = 100;

export function createExecLooker(
  { command, user }: Probe & { readonly kind: "exec" },
  { setsid, names }: ExecOptions,
): Looker {
  const variables = { MOLEHILL_CHECK: names.check, MOLEHILL_HOST: names.host };
  let found: Promise<Pick<Session, "setpriv" | "user">> | null = null;

  return {
    async look({ giveUp }) {
      try {
        const starter = await (found ??= findStarter(user));
        return await run({ command, setsid, variables, stdout: "null", ...starter }, giveUp);
      } catch (error) {
        // It may be put right meanwhile.
        found = null;
        return messageOf(error);
      }
    },
    close() {},
  };
}

async function run(session: Session, giveUp: AbortSignal): Promise<string | null> {
  const child = startSession(session);
  const words = lastLines([child.stderr]);
  const forget = onGiveUp(giveUp, () => void signalStarting(child.pid, "SIGKILL"));
  const { success, code, signal: by } = await child.status;
  forget();
  signalSession(child.pid, "SIGKILL");
  const line = (await words.end(wordsMs)).at(-1) ?? "";
  if (giveUp.aborted) return line;
  if (success) return null;
  const how = by === null ? `exit code ${code}` : `ended by ${by}`;
  return line === "" ? how : `${how}: ${line}`;
}

async function findStarter(user: string | null): Promise<Pick<Session, "setpriv" | "user">> {
  const directories = searchPath(undefined);
  const setpriv = await findProgram(sessionStarter.name, directories);
  if (setpriv === null) {
    throw new Error(`the program "${sessionStarter.name}" is missing (package ${sessionStarter.package})`);
  }
  if (user === null) return { setpriv, user };
  const found = (await findUsers([user], directories)).get(user);
  if (found === undefined) throw new Error(`there is no user "${user}" on this host`);
  return { setpriv, user: found };
}
