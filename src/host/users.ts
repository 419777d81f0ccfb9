// Who an operator's program may run as: the users of /etc/passwd, and those that the machine knows from elsewhere (LDAP, sssd), if it
// has getent to ask.

import { runCommand } from "./command.ts";
import { findProgram } from "./programs.ts";

export interface LocalUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The users that there are, by name; those that are missing are not in it. */
export async function findUsers(
  names: Iterable<string>,
  directories: readonly string[],
): Promise<ReadonlyMap<string, LocalUser>> {
  const wanted = new Set(names);
  if (wanted.size === 0) return new Map();
  const local = await Deno.readTextFile("/etc/passwd").catch(() => "");
  const found = usersIn(local, wanted);
  const missing = [...wanted].filter((name) => !found.has(name));
  const getent = missing.length === 0 ? null : await findProgram("getent", directories);
  if (getent === null) return found;
  const asked = await runCommand({ program: getent, args: ["passwd", ...missing], atMostMs: 3_000 });
  const text = asked.kind === "ok" || asked.kind === "failed" ? asked.stdout : "";
  return new Map([...found, ...usersIn(text, wanted)]);
}

/** Lines of passwd(5): "name:x:uid:gid:comment:home:shell". */
function usersIn(text: string, wanted: ReadonlySet<string>): Map<string, LocalUser> {
  const users = text.split("\n").flatMap((line): readonly (readonly [string, LocalUser])[] => {
    const [name = "", , uid, gid, , home] = line.split(":");
    if (!wanted.has(name) || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return [[name, { uid: Number(uid), gid: Number(gid), home: home || "/" }]];
  });
  return new Map(users);
}
