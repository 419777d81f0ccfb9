// How long things take at worst: the rows of "How long it takes" in core/PROTOCOL.md, where each is argued, and what
// each comes to with the timings of a configuration. A bound is a sum, kept as its terms: what it says and what it
// is worth are read from the same numbers.

import { majorityOf } from "../core/membership.ts";
import { type Duration, duration, type Group, type Timing } from "../core/vocabulary.ts";

export interface Bound {
  /** What happens, until when; until the VIPs are on other hosts and announced there, if it does not say so. */
  readonly name: string;
  /** In the words of the file's [timing] and the symbols of `assumed`. */
  readonly formula: string;
  /** Null: for ever, because leases are off. */
  readonly worst: Duration | null;
  /** False when it cannot happen to this group, or nobody could take over. */
  readonly applies: boolean;
}

/** What the formulas' symbols are taken to be worth; a small network and a machine that is not overloaded keep them. */
export const assumed = {
  d: { worth: duration(5), means: "a datagram's way, and its receiver's work on it" },
  p: { worth: duration(25), means: "a call of ip, and the wait for the one before" },
  b: { worth: duration(300), means: "from the start of a daemon to its first heartbeat" },
} as const;

/** How often each quantity is counted, in the order in which the formula names them; s: seconds, hook: before_acquire. */
type Terms = Readonly<Partial<Record<keyof Timing | keyof typeof assumed | "s" | "hook", number>>>;

interface Row {
  readonly name: string;
  readonly terms: Terms;
  /** Only in this mode. */
  readonly partition?: Group["partition"];
  /** So many hosts hold nothing any more, and the others must be able to go on. */
  readonly without?: number;
  /** It takes so many hosts; 1 if not given. */
  readonly hosts?: number;
  /** It takes a VIP whose handover overlaps. */
  readonly overlaps?: boolean;
  /** It takes a VIP that is taken over after the lease. */
  readonly waits?: boolean;
  /** No VIP is acquired in the end, or when does not matter: no hook is waited for. */
  readonly acquires?: false;
  /** It takes hooks that an acquisition waits for. */
  readonly hooks?: true;
  /** It takes hosts that can ask the network who answers for a VIP. */
  readonly asks?: boolean;
}

const rows: readonly Row[] = [
  { name: "host dies", terms: { timeout: 1, d: 6, p: 1 }, without: 1 },
  {
    name: "the same, and a message of the view change is lost",
    terms: { timeout: 1, heartbeat: 1, d: 6, p: 1 },
    without: 1,
    hosts: 3,
  },
  {
    name: "two hosts die within a heartbeat",
    terms: { timeout: 1, heartbeat: 1, d: 6, p: 1 },
    without: 2,
  },
  {
    name: "serve: host dies while a member answers no proposal",
    terms: { timeout: 2, heartbeat: 1, d: 4, p: 1 },
    partition: "serve",
    without: 2,
  },
  {
    name: "quorum: host dies while a member answers no proposal",
    terms: { timeout: 3, heartbeat: 1, d: 5, p: 1 },
    partition: "quorum",
    without: 2,
  },
  {
    name: "serve: daemon is killed, its guard lives",
    terms: { heartbeat: 1 / 20, d: 7, p: 2, s: 0.03 },
    partition: "serve",
    without: 1,
    asks: true,
  },
  {
    name: 'host dies or hangs, takeover = "after-lease"',
    terms: { lease: 1, heartbeat: 1, s: 1 / 2, d: 6, p: 1 },
    without: 1,
    waits: true,
  },
  {
    name: "interface of the VIPs loses its link, its host is heard",
    terms: { d: 5, p: 2 },
    without: 1,
  },
  { name: "clean stop, drain or move: done", terms: { d: 5, p: 2 }, without: 1 },
  { name: "clean stop, drain or move: nobody answers", terms: { d: 1, p: 2 }, without: 1 },
  {
    name: "serve: silent partition, each part holds all",
    terms: { timeout: 1, d: 4, p: 1 },
    partition: "serve",
    without: 1,
  },
  {
    name: "serve: host is cut off from the coordinator alone",
    terms: { timeout: 1, heartbeat: 2, d: 4, p: 1 },
    partition: "serve",
    without: 1,
    hosts: 3,
  },
  {
    name: "serve: merge, one holder is left",
    acquires: false,
    terms: { heartbeat: 1, d: 5, p: 1 },
    partition: "serve",
    hosts: 2,
  },
  {
    name: "the same for a VIP whose handover overlaps",
    acquires: false,
    terms: { heartbeat: 1, d: 5, p: 1, s: 0.1 },
    partition: "serve",
    hosts: 2,
    overlaps: true,
  },
  {
    name: "quorum: silent partition, the minority has released",
    acquires: false,
    terms: { timeout: 1, heartbeat: -1 / 2, p: 1 },
    partition: "quorum",
    hosts: 2,
  },
  {
    name: "quorum: silent partition, the majority holds all",
    terms: { timeout: 1, d: 6, p: 1 },
    partition: "quorum",
    without: 1,
  },
  {
    name: "quorum: host is cut off from the coordinator alone",
    terms: { timeout: 2, heartbeat: 2, d: 5, p: 1 },
    partition: "quorum",
    without: 1,
    hosts: 3,
  },
  { name: "daemon hangs: its kernel still answers", terms: { lease: 1, s: 1 / 2 }, acquires: false },
  {
    name: "daemon hangs: two hosts answer",
    acquires: false,
    terms: { lease: 1, s: 1 / 2, heartbeat: 1, timeout: -1 },
    without: 1,
  },
  { name: "stopped daemon goes on: its VIPs are removed", terms: { p: 1 }, acquires: false },
  {
    name: "paused machine goes on: its VIPs are removed",
    acquires: false,
    terms: { heartbeat: 1, d: 1, p: 1 },
    without: 1,
  },
  { name: "ip cannot add a VIP: another host holds it", terms: { d: 5, p: 2 }, without: 1 },
  {
    name: "before_acquire refuses a VIP: another host holds it",
    terms: { hook: 2, d: 5, p: 1 },
    acquires: false,
    without: 1,
    hooks: true,
  },
  {
    name: "ip cannot remove a VIP: another host holds it",
    terms: { lease: 1, s: 1, d: 6, p: 1 },
    without: 1,
  },
  { name: "cold start, all hosts: every VIP is held", terms: { b: 1, heartbeat: 1, d: 10, p: 1 } },
  {
    name: "cold start, hosts missing: every VIP is held",
    terms: { b: 1, mature: 1, d: 4, p: 1 },
    without: 1,
  },
];

/**
 * Every row of the table, in its order. Where nobody can ask, what a killed daemon had is waited for as if its host had
 * died: those rows count then.
 */
export const boundsOf = (
  group: Group,
  { canAsk = true, hook = 0 }: {
    /** False with announcer = "arping". */
    readonly canAsk?: boolean;
    /** How long an acquisition may wait for before_acquire, in milliseconds. */
    readonly hook?: number;
  } = {},
): readonly Bound[] =>
  rows.map((row) => {
    const terms = hook === 0 || row.acquires === false ? row.terms : { ...row.terms, hook: 1 };
    return {
      name: row.name,
      formula: formulaOf(terms),
      worst: worthOf(terms, group.timing, hook),
      applies: (canAsk || row.asks !== true) && (hook > 0 || row.hooks !== true) && appliesTo(group, row),
    };
  });

function appliesTo(
  group: Group,
  { partition, without = 0, hosts = 1, overlaps = false, waits = false }: Row,
): boolean {
  if (waits && group.vips.every(({ takeover }) => takeover === "at-once")) return false;
  if (overlaps && group.vips.every(({ handover }) => handover === "exclusive")) return false;
  const count = group.hosts.length;
  const needed = group.partition === "quorum" ? majorityOf(count) : 1;
  return count >= hosts && count - without >= needed && (partition ?? group.partition) === group.partition;
}

function formulaOf(terms: Terms): string {
  const texts = Object.entries(terms).map(([name, times], at) => {
    const sign = times < 0 ? "- " : at === 0 ? "" : "+ ";
    return sign + termText(name, Math.abs(times));
  });
  return texts.join(" ");
}

function termText(name: string, times: number): string {
  if (name === "s" || Number.isInteger(times)) return times === 1 && name !== "s" ? name : `${times} ${name}`;
  return `${name} / ${1 / times}`;
}

function worthOf(terms: Terms, timing: Timing, hook: number): Duration | null {
  const { lease } = timing;
  if (terms.lease !== undefined && lease === null) return null;
  const { d, p, b } = assumed;
  const worth = { ...timing, lease: lease ?? 0, d: d.worth, p: p.worth, b: b.worth, s: 1_000, hook };
  const names = Object.keys(worth) as (keyof typeof worth)[];
  return duration(names.reduce((sum, name) => sum + (terms[name] ?? 0) * worth[name], 0));
}
