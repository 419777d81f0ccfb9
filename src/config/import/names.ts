// Names that Molehill takes, made of names that other programs took.

import { shortName } from "./hosts_file.ts";

/** The text as a name: what a name may not have becomes "-". */
export function asName(text: string, otherwise: string): string {
  const name = text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 63);
  return name === "" || name === "__proto__" ? otherwise : name;
}

/** Short names of hosts, where these tell the hosts apart; else the names as they are. All differ. */
export function hostNames(names: readonly string[]): readonly string[] {
  const short = names.map(shortName);
  const isShortEnough = new Set(short.map((name) => name.toLowerCase())).size === names.length;
  return distinct((isShortEnough ? short : names).map((name, index) => asName(name, `host${index + 1}`)));
}

/** The names, with a number behind every one that was there before. */
export function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name) => {
    let now = name;
    let count = counts.get(name) ?? 1;
    while (taken.has(now)) now = `${name.slice(0, 56)}-${++count}`;
    counts.set(name, count);
    taken.add(now);
    return now;
  });
}
