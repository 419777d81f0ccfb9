// The operator's programs, as processes. Each leads a session and a process group of its own, so that all it has started
// can be ended with it; it has its own user, nothing of the daemon's environment, and no input:
//
//     setsid setpriv --pdeathsig KILL --reuid UID --regid GID --init-groups  /etc/molehill/hook.sh ...
//
// setpriv rather than what spawn() offers: it gives the user's own groups, and its last word to the kernel is that the
// program ends with the daemon, should that die.

import process from "node:process";
import type { LocalUser } from "./users.ts";

export interface Session {
  readonly command: readonly string[];
  /** The whole paths of the programs that start it. */
  readonly setsid: string;
  readonly setpriv: string;
  /** Null: as the daemon. */
  readonly user: LocalUser | null;
  /** What it finds in its environment, besides PATH, LANG and HOME. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether what it writes on standard output is wanted; what it writes on standard error is. */
  readonly stdout: "piped" | "null";
}

/** What it finds as PATH, whatever the daemon was started with. */
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Throws where setsid cannot be started; what else is wrong the program's exit code and its last words say. */
export function startSession(
  { command, setsid, setpriv, user, variables, stdout }: Session,
): Deno.ChildProcess {
  const as = user === null
    ? []
    : ["--reuid", String(user.uid), "--regid", String(user.gid), "--init-groups", "--inh-caps=-all"];
  return new Deno.Command(setsid, {
    args: [setpriv, "--pdeathsig", "KILL", ...as, "--", ...command],
    clearEnv: true,
    env: { PATH: path, LANG: "C.UTF-8", HOME: user?.home ?? Deno.env.get("HOME") ?? "/", ...variables },
    cwd: "/",
    stdin: "null",
    stdout,
    stderr: "piped",
  }).spawn();
}

/**
 * Signals all of a session that are in its leader's group; false when there is nobody to get it. The leader's process id
 * is the group's number while any of the group lives; after that it may be another process's soon.
 */
export const signalSession = (leader: number, signal: "SIGTERM" | "SIGKILL"): boolean =>
  signalled(-leader, signal);

/** The same for a child that may not lead a session yet: then it alone gets it. */
export const signalStarting = (child: number, signal: "SIGTERM" | "SIGKILL"): boolean =>
  signalSession(child, signal) || signalled(child, signal);

function signalled(whom: number, signal: "SIGTERM" | "SIGKILL"): boolean {
  try {
    process.kill(whom, signal);
    return true;
  } catch {
    return false;
  }
}
