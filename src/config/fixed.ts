// What a running daemon cannot take from a changed file: who it is, and what its sockets are bound to.

import { compareText, type HostName } from "../core/vocabulary.ts";
import type { Configuration } from "./configuration.ts";
import { ownAddressesText, segmentText } from "./settings.ts";

/** Everything about the new configuration that the daemon of this host would have to be restarted for; for people. */
export function fixedChanges(
  { before, after }: { readonly before: Configuration; readonly after: Configuration },
  self: HostName,
): readonly string[] {
  const isGone = after.hosts.every(({ name }) => name !== self);
  if (isGone) return [`Cannot take host "${self}" out of the file while its daemon runs: stop it first`];
  const [was, is] = [textsOf(before, self), textsOf(after, self)];
  const subjects = [...new Set([...was.keys(), ...is.keys()])].sort(compareText);
  return subjects.flatMap((subject) => {
    const [old, now] = [was.get(subject) ?? null, is.get(subject) ?? null];
    return old === now ? [] : [`Cannot ${changeText(subject, { old, now })}: ${restart}`];
  });
}

const restart = "it cannot change while the daemon runs: restart it";

function textsOf({ group, hosts, segments, announcer }: Configuration, self: HostName): Map<string, string> {
  const own = hosts.find(({ name }) => name === self);
  return new Map([
    ["the name of the group", group.name],
    ["the announcer", announcer],
    ...segments.map((segment) => [`segment "${segment.name}"`, segmentText(segment)] as const),
    ...(own === undefined ? [] : [[`the addresses of host "${self}"`, ownAddressesText(own)] as const]),
  ]);
}

function changeText(
  subject: string,
  { old, now }: { readonly old: string | null; readonly now: string | null },
): string {
  if (old === null) return `add ${subject} (${now})`;
  return now === null ? `take away ${subject} (${old})` : `change ${subject} from "${old}" to "${now}"`;
}
