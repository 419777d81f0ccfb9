// What must pass before a VIP is taken whose holder was lost, and has not been heard to release it.
//
//   lost how                         takeover = "at-once"               takeover = "after-lease"
//   it fell silent                   nothing: better two holders        its lease has run out: a kernel that still
//                                    than none                          answers has removed it by then
//   its daemon has ended, so that    nobody answers for the VIP: its guard has removed it. Should somebody go on
//   nothing renews what it had       answering, the wait ends as above, at-once counting from the timeout
//
// Every member notes what it knows when it loses a host, and reports it; the coordinator says with each assignment what
// is left of it; the new holder waits, and meanwhile asks the network whether anybody answers.

import type { ProbeAnswer } from "./events.ts";
import type { Allotment, Assignment, MoveReason, Report, Unreleased } from "./message.ts";
import { type Peer, timeoutFor } from "./suspicion.ts";
import { type Node, stateOf, type Turn, update } from "./turn.ts";
import { isPresent } from "./vip.ts";
import {
  after,
  type Duration,
  duration,
  earliest,
  type Group,
  type HostName,
  type Instant,
  sorted,
  type VipName,
} from "./vocabulary.ts";

/** A VIP whose last holder was lost. */
export interface Lost {
  /** The last holder; null: not known, or one of several. */
  readonly by: HostName | null;
  /** The last holder may have it until then. */
  readonly until: Instant;
  readonly endsInSilence: boolean;
  /** When its next holder asks the network again; null: an answer is on its way. */
  readonly askAt: Instant | null;
}

/** How late the kernel is at most in removing an address whose lease has run out. */
const leaseSlack = duration(500);
/** Between an answer that somebody still has the VIP and the next question. */
const askAgain = duration(5);

/** Notes for all VIPs of a host that was just lost what must pass before somebody takes them. */
export function loseHolder(turn: Turn, peer: Peer, { hasEnded }: { readonly hasEnded: boolean }): void {
  const { node, now } = turn;
  const held = new Set(
    [...node.allocation].filter(([, { holder }]) => holder === peer.host).map(([vip]) => vip),
  );
  if (held.size === 0) return;
  const lost = new Map(node.lost);
  for (const { name, takeover } of node.group.vips) {
    if (!held.has(name)) continue;
    const wait = waitAfter(takeover, {
      hasEnded,
      timeout: timeoutFor(peer, node.group.timing),
      group: node.group,
    });
    const until = wait === null ? now : after(peer.lastHeard, wait);
    if (until > now) lost.set(name, lostBy(peer.host, { until, hasEnded, before: lost.get(name), now }));
  }
  update(turn, { lost });
}

/** A lost holder that may only have hung has ended: what it had is free as soon as nobody answers for it. */
export function endHolder(turn: Turn, host: HostName): void {
  const { node, now } = turn;
  update(turn, {
    lost: new Map(
      [...node.lost].map(([vip, each]) =>
        [
          vip,
          each.by === host && !each.endsInSilence ? { ...each, endsInSilence: true, askAt: now } : each,
        ] as const
      ),
    ),
  });
}

interface Loss {
  readonly until: Instant;
  readonly hasEnded: boolean;
  /** What there was to wait for already. */
  readonly before: Lost | undefined;
  readonly now: Instant;
}

/** The longer wait counts, and of two lost hosts neither ends it by coming back. */
function lostBy(host: HostName, { until, hasEnded, before, now }: Loss): Lost {
  const by = before === undefined || before.by === host || now >= before.until ? host : null;
  return before !== undefined && before.until >= until
    ? { ...before, by }
    : { by, until, endsInSilence: hasEnded, askAt: now };
}

/** Since it was last heard; null: none. */
function waitAfter(
  takeover: Group["vips"][number]["takeover"],
  of: { readonly hasEnded: boolean; readonly timeout: Duration; readonly group: Group },
): Duration | null {
  const { lease, heartbeat } = of.group.timing;
  // It may have renewed its lease just before its next heartbeat was due.
  if (takeover === "after-lease" && lease !== null) return duration(heartbeat + lease + leaseSlack);
  return of.hasEnded ? of.timeout : null;
}

/** For a report. */
export function unreleasedOf({ node: { lost }, now }: Turn): Report["unreleased"] {
  return sorted(lost.keys()).flatMap((vip) => {
    const left = remainderOf(lost.get(vip), now);
    return left === null ? [] : [{ vip, ...left }];
  });
}

/** What is left of it; null: nothing. */
export const remainderOf = (lost: Lost | undefined, now: Instant): Unreleased | null =>
  lost === undefined || now >= lost.until
    ? null
    : { by: lost.by, remaining: duration(Math.ceil(lost.until - now)), endsInSilence: lost.endsInSilence };

/**
 * The allotments with what must pass before each is taken. A lost holder that has come back says in its report what it
 * still has, so that nobody waits for it any more. Of a VIP that members have or were given, they know best, and who need
 * not wait for anybody has the last word; where nobody has it, the longest wait that anybody knows of counts.
 */
export function assignmentsOf(
  allotments: readonly Allotment[],
  reports: readonly { readonly host: HostName; readonly report: Pick<Report, "held" | "unreleased"> }[],
): readonly Assignment[] {
  const members = new Set<HostName | null>(reports.map(({ host }) => host));
  const waits = reports.map(({ report }) =>
    new Map(report.unreleased.filter(({ by }) => !members.has(by)).map((each) => [each.vip, each]))
  );
  if (waits.every(({ size }) => size === 0)) return allotments.map((each) => ({ ...each, unreleased: null }));
  const claims = reports.map(({ report }) => new Set(report.held.map(({ vip }) => vip)));
  return allotments.map((each): Assignment => {
    const words = waits.map((known) => known.get(each.vip) ?? null);
    const claimed = words.filter((_, at) => claims[at]?.has(each.vip));
    return { ...each, unreleased: claimed.length > 0 ? shortestOf(claimed) : longestOf(words) };
  });
}

/** None is the shortest. */
const shortestOf = (words: readonly (Unreleased | null)[]): Unreleased | null =>
  extremeOf(words, (one, other) => (one?.remaining ?? 0) < (other?.remaining ?? 0));

const longestOf = (words: readonly (Unreleased | null)[]): Unreleased | null =>
  extremeOf(words, (one, other) => (one?.remaining ?? 0) > (other?.remaining ?? 0));

function extremeOf(
  words: readonly (Unreleased | null)[],
  isBefore: (one: Unreleased | null, other: Unreleased | null) => boolean,
): Unreleased | null {
  const [first = null, ...others] = words;
  const found = others.reduce((best, each) => (isBefore(each, best) ? each : best), first);
  return found && { by: found.by, remaining: found.remaining, endsInSilence: found.endsInSilence };
}

/** Goes by what the coordinator has said with the assignments. */
export function adoptUnreleased(turn: Turn, allocation: readonly Assignment[]): void {
  const { node: { lost: before, self, group }, now } = turn;
  const lost = new Map<VipName, Lost>();
  const yielding = new Set(
    group.vips.filter(({ foreignHolder }) => foreignHolder === "yield").map(({ name }) => name),
  );
  for (const { vip, holder, reason, unreleased } of allocation) {
    const askAt = before.get(vip)?.askAt ?? now;
    if (unreleased !== null) {
      const { by, remaining, endsInSilence } = unreleased;
      lost.set(vip, { by, until: after(now, remaining), endsInSilence, askAt });
    } else if (
      yielding.has(vip) && holder === self.host && !isHandedOver(reason) &&
      !isPresent(stateOf(turn.node, vip))
    ) {
      lost.set(vip, { by: null, until: after(now, strangerPatience), endsInSilence: true, askAt });
    }
  }
  update(turn, { lost });
}

/** Whether a holder that could go on holding it gives it away: then no stranger answers for it. */
const isHandedOver = (reason: MoveReason): boolean => !["unheld", "holderGone", "merged"].includes(reason);

/** How long the new holder of a VIP that yields to a foreign holder waits to be told that there is none. */
const strangerPatience = duration(100);

/** Whether somebody who is gone may still have the VIP. */
export function isUnreleased({ lost }: Node, vip: VipName, now: Instant): boolean {
  const known = lost.get(vip);
  return known !== undefined && now < known.until;
}

/** Lets waits end. */
export function forgetReleased(turn: Turn): void {
  const { node: { lost }, now } = turn;
  const left = new Map([...lost].filter(([, { until }]) => now < until));
  if (left.size === lost.size) return;
  update(turn, { lost: left });
  turn.vipsConcerned = true;
}

/** Asks for the VIPs that this host would take if nobody answered for them, and says when there is more to do. */
export function askForLost(turn: Turn): void {
  const { node, now } = turn;
  if (node.lost.size === 0 && node.lostAt === null) return;
  const isToAsk = ([vip, { endsInSilence }]: readonly [VipName, Lost]) =>
    endsInSilence && stateOf(node, vip).kind === "awaiting";
  const due = [...node.lost].filter((each) => isToAsk(each) && (each[1].askAt ?? Infinity) <= now);
  const lost = new Map([...node.lost, ...due.map(([vip, each]) => [vip, { ...each, askAt: null }] as const)]);
  const ends = [...lost].flatMap((each) => isToAsk(each) ? [each[1].until, each[1].askAt] : [each[1].until]);
  update(turn, { lost, lostAt: earliest(ends) });
  if (due.length > 0) turn.effects.push({ kind: "probeAddresses", vips: sorted(due.map(([vip]) => vip)) });
}

/** Whoever does not answer does not have it. */
export function hearProbed(turn: Turn, answers: readonly ProbeAnswer[]): void {
  const lost = new Map(turn.node.lost);
  for (const { vip, answer } of answers) {
    const known = lost.get(vip);
    if (known === undefined || !known.endsInSilence) continue;
    if (answer.kind === "silent") lost.delete(vip);
    else lost.set(vip, { ...known, askAt: after(turn.now, askAgain) });
  }
  update(turn, { lost });
  turn.vipsConcerned = true;
}
