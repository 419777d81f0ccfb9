// No two of a kind have the same name, and a name that is used is that of something in the file.

import { cannotUse, type Finding, type Path } from "./problem.ts";
import { withHint } from "./reading.ts";

/** Finds the second and every later entry that has a name which was there before. */
export function* checkNames(
  entries: readonly ({ readonly name?: string | null } | null)[],
  { section, noun }: { readonly section: string; readonly noun: string },
): Iterable<Finding> {
  const seen = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const name = entry?.name;
    if (name === null || name === undefined) continue;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, index);
    else {
      yield cannotUse(name, {
        as: `name of ${noun} number ${index + 1}`,
        path: [section, index, "name"],
        fact: `${noun} number ${before + 1} has that name already`,
      });
    }
  }
}

/** A list of names, and what they are the names of. */
interface NameList {
  readonly as: string;
  readonly path: Path;
  /** Null when not all names could be read. */
  readonly known: ReadonlySet<string> | null;
}

/** Finds names of hosts that are not in the file, or are there twice in one list. */
export const checkHostNames = (names: readonly string[], list: NameList): Iterable<Finding> =>
  checkKnown(names, { ...list, noun: "host" });

/** The same for names of VIPs. */
export const checkVipNames = (names: readonly string[], list: NameList): Iterable<Finding> =>
  checkKnown(names, { ...list, noun: "VIP" });

function* checkKnown(
  names: readonly string[],
  { as, path, known, noun }: NameList & { readonly noun: string },
): Iterable<Finding> {
  for (const [index, name] of names.entries()) {
    const found = { as, path: [...path, index] };
    if (names.indexOf(name) < index) yield cannotUse(name, { ...found, fact: "it is there twice" });
    else if (known !== null && !known.has(name)) {
      const wanted = withHint(name, { known, wanted: `one of ${shortList(known)}` });
      yield cannotUse(name, { ...found, fact: `no such ${noun}`, wanted });
    }
  }
}

/** The first few of many words. */
export function shortList(words: Iterable<string>): string {
  const all = [...words];
  return all.length <= 8 ? all.join(", ") : `${all.slice(0, 8).join(", ")} and ${all.length - 8} more`;
}
