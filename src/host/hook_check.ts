// What must be so for hooks, and for checks that are programs, before anything starts: the programs are there and nobody else
// can change them, their users exist, and this process may become those users. A hook that cannot run would be noticed when
// it is needed, and a check that no host can run not at all: where all fail, none is heeded.

import type { Check } from "../core/check.ts";
import { type Hook, type HookEvent, hookEvents, type Hooks } from "../core/hook.ts";
import { isDirectory, isFile, ownersOf } from "./file_owners.ts";
import { missingProgram } from "./preflight.ts";
import { findProgram, sessionStarter } from "./programs.ts";
import { findUsers, type LocalUser } from "./users.ts";

export interface HookCheck {
  readonly users: ReadonlyMap<string, LocalUser>;
  /** The whole path; null where no program is to be started, or where it is missing. */
  readonly setpriv: string | null;
  /** For people, one line each. */
  readonly problems: readonly string[];
}

/**
 * Looks for everything that these hooks and checks need on this machine. `isRunning`: by this process, not only some day.
 */
export async function checkHooksHere(
  { hooks, checks }: { readonly hooks: Hooks; readonly checks: readonly Pick<Check, "name" | "probe">[] },
  { directories, isRunning }: { readonly directories: readonly string[]; readonly isRunning: boolean },
): Promise<HookCheck> {
  const programs = [
    ...hookEvents.flatMap((event) => hooks[event].map(programOf(event))),
    ...checks.flatMap(programIn),
  ];
  if (programs.length === 0 && !checks.some(({ probe }) => probe.kind === "file")) {
    return { users: new Map(), setpriv: null, problems: [] };
  }
  const users = await findUsers(new Set(programs.flatMap(({ user }) => user ?? [])), directories);
  const setpriv = await findProgram(sessionStarter.name, directories);
  const trusted = new Set([0, Deno.uid() ?? 0]);
  const problems = [
    ...(setpriv === null
      ? [missingProgram(sessionStarter.name, { package: sessionStarter.package, directories })]
      : []),
    ...programs.flatMap(({ name, user }) =>
      user === null || users.has(user) ? [] : [`Cannot run ${name} as user "${user}": no such user`]
    ),
    ...(await Promise.all(programs.map((each) => programProblem(each, { users, trusted })))).flat(),
    ...(isRunning ? await privilegeProblems([...users.values()]) : []),
  ];
  return { users, setpriv, problems: [...new Set(problems)] };
}

/** A program of the operator's. */
interface OwnProgram {
  /** What it is run as, for people. */
  readonly name: string;
  readonly path: string;
  readonly user: string | null;
}

const programOf = (event: HookEvent) => ({ command: [path = ""], user }: Hook): OwnProgram => ({
  name: `hook ${event} "${path}"`,
  path,
  user,
});

function programIn({ name, probe }: Pick<Check, "name" | "probe">): readonly OwnProgram[] {
  if (probe.kind !== "exec") return [];
  const { command: [path = ""], user } = probe;
  return [{ name: `check ${name} "${path}"`, path, user }];
}

async function programProblem(
  { name, path, user }: OwnProgram,
  { users, trusted }: {
    readonly users: ReadonlyMap<string, LocalUser>;
    readonly trusted: ReadonlySet<number>;
  },
): Promise<readonly string[]> {
  const unusable = (fact: string) => [`Cannot run ${name}: ${fact}`];
  const owners = await ownersOf(path);
  if (owners === null) return unusable("its file system does not answer");
  const [file] = owners;
  if (file === undefined) return unusable("no such file");
  if (!isFile(file)) return unusable("it is not a file");
  if ((file.mode & 0o111) === 0) return unusable("it is not executable (wanted chmod +x)");
  // Whoever may change it, or put another in its place, may do all that the user may whom it runs as.
  const own = user === null ? undefined : users.get(user)?.uid;
  const may = own === undefined ? trusted : new Set([...trusted, own]);
  for (const owned of owners) {
    const { uid, mode } = owned;
    // In a sticky directory, as /tmp, nobody replaces what is somebody else's.
    const isOpen = (mode & 0o022) !== 0 && !(isDirectory(owned) && (mode & 0o1000) !== 0);
    if (may.has(uid) && !isOpen) continue;
    const who = isOpen
      ? `its mode is ${(mode & 0o7777).toString(8).padStart(4, "0")}`
      : `it belongs to user ${uid}`;
    return unusable(`others may change "${owned.path}", for ${who} (wanted root alone to write to it)`);
  }
  return [];
}

/** As capabilities(7) numbers them: to become another user, and to end what runs as one. */
const needed = { CAP_SETGID: 6n, CAP_SETUID: 7n, CAP_KILL: 5n } as const;

async function privilegeProblems(users: readonly LocalUser[]): Promise<readonly string[]> {
  const others = users.filter(({ uid }) => uid !== Deno.uid());
  if (others.length === 0) return [];
  const status = await Deno.readTextFile("/proc/self/status");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const missing = Object.entries(needed).filter(([, bit]) => (effective >> bit & 1n) === 0n).map(([name]) =>
    name
  );
  if (missing.length === 0) return [];
  return [
    `Cannot run hooks and checks as another user: this process lacks ${
      missing.join(", ")
    }; start it as root (in the unit file ` +
    `CapabilityBoundingSet must have them)`,
  ];
}
