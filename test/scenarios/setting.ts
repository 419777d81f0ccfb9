// The commands that say which group a scenario is about, before it starts.

import { duration, type Group, hostName, sorted, vipName, type VipSpec } from "../../src/core/vocabulary.ts";
import { durationOf, hostsOf, Misread } from "./acts.ts";

/** Hosts and VIPs are still to come; the rest is as in a file that does not say it. */
export const emptyGroup: Group = {
  name: "scenario",
  digest: "d",
  partition: "serve",
  timing: {
    heartbeat: duration(100),
    timeout: duration(500),
    mature: duration(5_000),
    lease: duration(3_000),
  },
  hosts: [],
  vips: [],
  balance: { movesPerRound: "all", interval: duration(4_000) },
  refresh: null,
  settings: [],
};

/** The group with what the command says; null if it is another kind of command. */
export function settingOf(text: string, group: Group): Group | null {
  const [word = "", ...words] = text.split(/\s+/);
  switch (word) {
    case "hosts":
      return { ...group, hosts: sorted(words.map(hostName)).map((name) => ({ name, weight: 1 })) };
    case "vips":
      return words.reduce(withVip, group);
    case "vip":
      return withVip(group, words[0] ?? "", words.slice(1));
    case "mode":
      return { ...group, partition: oneOf(words[0], ["serve", "quorum"] as const) };
    case "timing":
      return { ...group, timing: { ...group.timing, ...timingOf(words) } };
    case "balance":
      if (words.length === 0) return null;
      return { ...group, balance: balanceOf(words) };
    default:
      return null;
  }
}

/** The file that hosts have before `reload`: the same, but for what the command says. */
export function olderOf(text: string, group: Group): Group | null {
  const [, names] = /^before: vips (.+)$/.exec(text) ?? [];
  if (names === undefined) return null;
  return names.split(/\s+/).reduce(withVip, { ...group, digest: "before", vips: [] });
}

function withVip(group: Group, name: string, words: readonly string[] | number): Group {
  if (group.hosts.length === 0) throw new Misread('VIPs need hosts: wanted "> hosts" before');
  const how = typeof words === "number"
    ? new Map<string, string[]>()
    : clauses(words, ["prefer", "hosts", "handover", "takeover"]);
  const spec: VipSpec = {
    name: vipName(name),
    addresses: [{ address: `10.0.0.${group.vips.length + 1}`, family: 4, prefix: 32, interface: "eth0" }],
    prefer: hostsOf(how.get("prefer") ?? [], group),
    hosts: how.has("hosts")
      ? sorted(hostsOf(how.get("hosts") ?? [], group))
      : group.hosts.map((host) => host.name),
    handover: oneOf(how.get("handover")?.[0] ?? "exclusive", ["exclusive", "overlap"] as const),
    takeover: oneOf(how.get("takeover")?.[0] ?? "at-once", ["at-once", "after-lease"] as const),
    foreignHolder: "defend",
  };
  const vips = [...group.vips, spec].sort((one, other) => (one.name < other.name ? -1 : 1));
  return { ...group, vips };
}

function timingOf(words: readonly string[]): Partial<Group["timing"]> {
  const found = clauses(words, ["heartbeat", "timeout", "mature", "lease"]);
  return Object.fromEntries([...found].map(([key, [value = ""]]) => [key, duration(durationOf(value))]));
}

function balanceOf(words: readonly string[]): Group["balance"] {
  const found = clauses(words, ["moves", "every"]);
  const moves = found.get("moves")?.[0] ?? "all";
  const count = Number(moves);
  if (moves !== "all" && !(count > 0)) throw new Misread(`found ${moves} moves, wanted a number or "all"`);
  return {
    movesPerRound: moves === "all" ? "all" : count,
    interval: duration(durationOf(found.get("every")?.[0] ?? "4s")),
  };
}

/** Words that follow key words: "prefer a b handover overlap". */
function clauses(words: readonly string[], keys: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const word of words) {
    if (keys.includes(word)) found.set(word, current = []);
    else if (current === null) throw new Misread(`found "${word}", wanted one of ${keys.join(", ")}`);
    else current.push(word);
  }
  return found;
}

function oneOf<Word extends string>(found: string | undefined, wanted: readonly Word[]): Word {
  const word = wanted.find((each) => each === found);
  if (word === undefined) throw new Misread(`found "${found ?? ""}", wanted one of ${wanted.join(", ")}`);
  return word;
}
