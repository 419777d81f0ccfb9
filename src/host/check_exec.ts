// Looks by running a program: exit code 0 is well. What it says on standard error last is what people are told.

import type { Looker, Probe } from "./check.ts";
import { createProgramRunner, findSessionStarter } from "./check_program.ts";
import { messageOf } from "./command.ts";
import { searchPath } from "./programs.ts";
import type { Session } from "./session.ts";
import { findUsers } from "./users.ts";

export interface ExecOptions {
  /** The program that starts a session, with its whole path. */
  readonly setsid: string;
  /** Of the check and of this host, for the program to read. */
  readonly names: { readonly check: string; readonly host: string };
}

export function createExecLooker(
  { command, user }: Probe & { readonly kind: "exec" },
  { setsid, names }: ExecOptions,
): Looker {
  const variables = { MOLEHILL_CHECK: names.check, MOLEHILL_HOST: names.host };
  let found: Promise<Pick<Session, "setpriv" | "user">> | null = null;
  const runner = createProgramRunner();

  return {
    async look({ giveUp }) {
      try {
        const starter = await (found ??= findStarter(user));
        const { code, by, said } = await runner.run({ command, setsid, variables, ...starter }, giveUp);
        // What came just in time is an answer all the same.
        if (code === 0) return null;
        if (giveUp.aborted) return said;
        const how = by === null ? `exit code ${code}` : `ended by ${by}`;
        return said === "" ? how : `${how}: ${said}`;
      } catch (error) {
        // It may be put right meanwhile.
        found = null;
        return messageOf(error);
      }
    },
    close() {},
  };
}

async function findStarter(user: string | null): Promise<Pick<Session, "setpriv" | "user">> {
  const setpriv = await findSessionStarter();
  if (user === null) return { setpriv, user };
  const found = (await findUsers([user], searchPath(undefined))).get(user);
  if (found === undefined) throw new Error(`there is no user "${user}" on this host`);
  return { setpriv, user: found };
}
