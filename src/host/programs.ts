// The programs of the host that the daemon starts, found once. A unit or a cron job may run with a PATH that lacks
// the directories where Debian has `ip`, so those are always looked into as well.

/** Whole paths. */
export interface Programs {
  readonly ip: string;
  readonly setsid: string;
  readonly sh: string;
}

/** The Debian package that each program comes with. */
export const packageOf: Readonly<Record<keyof Programs, string>> = {
  ip: "iproute2",
  setsid: "util-linux",
  sh: "dash",
};

/** Starts the operator's programs; looked for only where there are any. */
export const sessionStarter = { name: "setpriv", package: "util-linux" } as const;

/** The directories that programs are looked for in, in order. `path` is the value of PATH. */
export function searchPath(path: string | undefined): readonly string[] {
  const listed = (path ?? "").split(":").filter((directory) => directory.startsWith("/"));
  return [...new Set([...listed, "/usr/sbin", "/usr/bin", "/sbin", "/bin"])];
}

/** The whole path of a program; null when no directory has it. */
export async function findProgram(name: string, directories: readonly string[]): Promise<string | null> {
  for (const directory of directories) {
    const path = `${directory}/${name}`;
    if (await isProgram(path)) return path;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
