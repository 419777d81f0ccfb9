// The operator's programs, as processes. Each leads a session of its own, so that all it has started can be ended with it; it
// has its own user, nothing of the daemon's environment, and no input:
//
//     setsid setpriv --pdeathsig KILL --reuid UID --regid GID --init-groups  /etc/molehill/hook.sh ...
//
// setpriv rather than what spawn() offers: it gives the user's own groups, and its last word to the kernel is that the
// program ends with the daemon, should that die.

import { readdirSync, readFileSync } from "node:fs";
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
 * Signals all of a session: its leader's group, and those who have left that, as timeout(1) does with what it runs. False
 * when there is nobody to get it. The leader's process id is the number of both while anybody is in one of them; after that
 * it may be another process's soon.
 */
export function signalSession(leader: number, signal: TerminationSignal): boolean {
  const isGroup = signalled(-leader, signal);
  const reached = new Set<number>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const others = membersOf(leader).filter(({ pid, group }) => group !== leader && !reached.has(pid));
    if (others.length === 0) break;
    for (const { pid } of others) {
      signalled(pid, signal);
      reached.add(pid);
    }
  }
  return isGroup || reached.size > 0;
}

/** The same for a child that may not lead a session yet: then it alone gets it. */
export const signalStarting = (child: number, signal: TerminationSignal): boolean =>
  signalSession(child, signal) || signalled(child, signal);

/** Done when nobody of a session is left that was killed. Whom the kernel holds, as for a disk, it may hold for long. */
export async function sessionGone(leader: number): Promise<void> {
  for (let waitMs = 1; membersOf(leader).length > 0; waitMs = Math.min(2 * waitMs, GONE_EVERY_MS)) {
    await new Promise((passed) => setTimeout(passed, waitMs));
  }
}

type TerminationSignal = "SIGTERM" | "SIGKILL";

/** Who is signalled may have started others meanwhile, but not without end. */
const ROUNDS_MAX = 10;
/** So often it is looked whether they are gone in the end, in milliseconds. */
const GONE_EVERY_MS = 1_000;

interface Member {
  readonly pid: number;
  readonly group: number;
}

/** Who is in the session and has not ended, as far as can be seen. */
function membersOf(leader: number): readonly Member[] {
  const isLater = startedSince(leader);
  return processes().filter(isLater).flatMap((pid): readonly Member[] => {
    // "123 (name) S parent group session ...": the name may have brackets in it, the rest has none.
    const stat = textOf(`/proc/${pid}/stat`);
    const [state, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(session) !== leader || state === "Z" || state === "X") return [];
    return [{ pid, group: Number(group) }];
  });
}

/**
 * Tells by its number whether a process may have been started after another one: few were as a rule, and nobody else has to
 * be looked at. The kernel gives numbers in turn, and tells the last one (proc(5), loadavg). That all of them are given in
 * the seconds that a program has is not to be expected.
 */
function startedSince(first: number): (pid: number) => boolean {
  const last = Number(textOf("/proc/loadavg").trim().split(" ").at(-1));
  return last >= first ? (pid) => pid >= first && pid <= last : (pid) => pid >= first || pid <= last;
}

function processes(): readonly number[] {
  try {
    return readdirSync("/proc").map(Number);
  } catch {
    // Too many files are open.
    return [];
  }
}

/** "" when it is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function signalled(whom: number, signal: TerminationSignal): boolean {
  try {
    process.kill(whom, signal);
    return true;
  } catch {
    return false;
  }
}
