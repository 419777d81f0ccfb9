// Who may change a file, or put another one in its place: owner and mode of it and of every directory that leads there, also
// where links lead. Other processes look, as in check_file.ts: a file system that does not answer may be on the way.

import { dirname } from "node:path";
import { type CommandOutcome, runCommand } from "./command.ts";

export interface Owned {
  readonly path: string;
  readonly uid: number;
  /** With the bits that tell what it is. */
  readonly mode: number;
}

/** How long a look may take, in milliseconds. */
const LOOK_MS = 2_000;

const S_IFMT = 0o170000, S_IFREG = 0o100000, S_IFDIR = 0o040000;
export const isFile = ({ mode }: Owned): boolean => (mode & S_IFMT) === S_IFREG;
export const isDirectory = ({ mode }: Owned): boolean => (mode & S_IFMT) === S_IFDIR;

/** The file comes first; nothing: it is not there, or cannot be reached. Null: a file system does not answer. */
export async function ownersOf(path: string): Promise<readonly Owned[] | null> {
  const followed = await ask("realpath", [path]);
  if (followed.kind === "timedOut") return null;
  if (followed.kind !== "ok") return [];
  const real = followed.stdout.replace(/\n$/, "");
  const ways = new Set([path, real].flatMap((each) => [each, ...directoriesOf(each)]));
  const looked = await ask('stat -L -c "%u %f %n"', [...ways]);
  if (looked.kind === "timedOut") return null;
  const owned = looked.kind === "missing" ? [] : ownedIn(looked.stdout);
  return owned[0]?.path === path ? owned : [];
}

/** Runs a program of coreutils, which the shell finds. */
const ask = (program: string, args: readonly string[]): Promise<CommandOutcome> =>
  runCommand({
    program: "/bin/sh",
    args: ["-c", `exec ${program} "$@"`, "sh", ...args],
    atMostMs: LOOK_MS,
  });

/** All directories that lead to a file, the innermost first. */
function directoriesOf(path: string): readonly string[] {
  const directory = dirname(path);
  return directory === path ? [] : [directory, ...directoriesOf(directory)];
}

const ownedIn = (lines: string): readonly Owned[] =>
  lines.split("\n").flatMap((line) => {
    const [, uid, mode = "", path] = /^(\d+) ([0-9a-f]+) (.+)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, uid: Number(uid), mode: parseInt(mode, 16) }];
  });
