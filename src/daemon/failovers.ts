// What it takes this host to take VIPs over from a host that was lost, part by part:
//
//   last sign of life ──detect──> suspicion ──agree──> view ──acquire──> last address here ──announce──> told
//                                                                              └──confirm──> learned by notify targets
//
// Another host may be quicker to suspect, so that the view comes first. Then this host learns of the loss by the view,
// and `agree` is 0; when it last heard the lost host is known as soon as it misses it, too. A host that it went on
// hearing was none that it lost, and nothing is told.
//
// It listens to the node's notes and to the answers of notify targets. What it finds is told to the group.

import type { Note } from "../core/events.ts";
import type { Failover } from "../core/message.ts";
import {
  after,
  type Duration,
  duration,
  earliest,
  elapsed,
  type HostName,
  type Instant,
  instant,
  type Member,
  type VipName,
} from "../core/vocabulary.ts";
import { naming } from "../core/words.ts";
import type { Confirmation } from "./ports.ts";

/** Notify targets that have not answered by then are not waited for. */
const confirmPatience = duration(1_000);
/** A takeover that is not done by then is none any more: the view has changed, or an address cannot be added. */
const takeoverPatience = duration(30_000);

/** A host that is taken for dead. */
interface Loss {
  readonly lastHeard: Instant;
  readonly suspectedAt: Instant;
}

/** VIPs that this host takes over from one that was lost. */
interface Takeover {
  readonly from: HostName;
  /** Null: this host has not missed it yet. */
  readonly loss: Loss | null;
  readonly installedAt: Instant;
  readonly vips: ReadonlySet<VipName>;
  /** Those of them that are not here yet. */
  readonly awaited: ReadonlySet<VipName>;
  /** When the last of them was here, and when it was announced; null: not yet. */
  readonly acquired: { readonly at: Instant; readonly announcedAt: Instant } | null;
  /** "never": there is nobody to confirm it, or not in time. Null: that is not known yet. */
  readonly confirmedAt: Instant | "never" | null;
}

export class Failovers {
  readonly #self: HostName;
  readonly #confirmations: () => ReadonlyMap<VipName, Confirmation>;
  /** Hosts that no view has left out since. */
  readonly #losses = new Map<HostName, Loss>();
  #takeovers: readonly Takeover[] = [];

  constructor(self: HostName, confirmations: () => ReadonlyMap<VipName, Confirmation>) {
    this.#self = self;
    this.#confirmations = confirmations;
  }

  /** Takes in what a step told: it began at `at`, and what it asked for was done at `doneAt`. */
  hear(notes: readonly Note[], { at, doneAt }: { readonly at: Instant; readonly doneAt: Instant }): void {
    const taken = new Map<HostName, Set<VipName>>();
    for (const note of notes) {
      if (note.kind === "hostSilent" || note.kind === "hostEnded") {
        this.#lose(note.host, { lastHeard: instant(at - note.silentFor), suspectedAt: at });
      } else if (note.kind === "hostHeard" || note.kind === "hostRestarted") this.#losses.delete(note.host);
      else if (note.kind === "hostLeft") this.#giveUp(note.host);
      else if (note.kind === "vipMoved") {
        if (note.to !== this.#self || note.from === null) continue;
        taken.set(note.from, (taken.get(note.from) ?? new Set()).add(note.vip));
      } else if (note.kind === "viewInstalled") this.#begin(taken, { at, members: note.members });
      else if (note.kind === "vipAcquired") this.#acquire(note.vip, { at, announcedAt: doneAt });
    }
  }

  /** The view that left it out may have come before. */
  #lose(host: HostName, loss: Loss): void {
    this.#losses.set(host, loss);
    const isMissed = ({ from, loss }: Takeover) => from === host && loss === null;
    if (!this.#takeovers.some(isMissed)) return;
    this.#losses.delete(host);
    this.#takeovers = this.#takeovers
      .filter((each) => !isMissed(each) || loss.lastHeard <= each.installedAt)
      .map((each) => isMissed(each) ? { ...each, loss } : each);
  }

  /** It took leave: nobody has lost it. */
  #giveUp(host: HostName): void {
    this.#takeovers = this.#takeovers.filter(({ from, loss }) => from !== host || loss !== null);
  }

  #begin(
    taken: ReadonlyMap<HostName, ReadonlySet<VipName>>,
    { at, members }: { readonly at: Instant; readonly members: readonly Member[] },
  ): void {
    const isMember = (host: HostName) => members.some((member) => member.host === host);
    const begun = [...taken].filter(([from]) => !isMember(from)).map(([from, vips]): Takeover => ({
      from,
      loss: this.#losses.get(from) ?? null,
      installedAt: at,
      vips,
      awaited: vips,
      acquired: null,
      confirmedAt: null,
    }));
    this.#takeovers = [...this.#takeovers, ...begun];
    // Whose VIPs went elsewhere, or who had none, is no concern of this host.
    for (const host of this.#losses.keys()) if (!isMember(host)) this.#losses.delete(host);
  }

  #acquire(vip: VipName, acquired: NonNullable<Takeover["acquired"]>): void {
    this.#takeovers = this.#takeovers.map((each) => {
      if (!each.awaited.has(vip)) return each;
      const awaited = new Set([...each.awaited].filter((name) => name !== vip));
      return { ...each, awaited, acquired: awaited.size === 0 ? acquired : null };
    });
  }

  /** Those that are complete by now; each is given once. */
  completed(now: Instant): readonly Failover[] {
    const done: Failover[] = [];
    const left: Takeover[] = [];
    for (const before of this.#takeovers) {
      const each = { ...before, confirmedAt: before.confirmedAt ?? this.#confirmationOf(before, now) };
      const failover = failoverOf(each);
      if (failover !== null) done.push(failover);
      else if (now < after(each.installedAt, takeoverPatience)) left.push(each);
    }
    this.#takeovers = left;
    return done;
  }

  #confirmationOf({ acquired, vips }: Takeover, now: Instant): Takeover["confirmedAt"] {
    if (acquired === null) return null;
    const all = this.#confirmations();
    const asked = [...vips].flatMap((vip) => all.get(vip) ?? []);
    if (asked.length === 0) return "never";
    if (asked.every(({ confirmed, missing }) => confirmed > 0 && missing.length === 0)) return now;
    return now < after(acquired.announcedAt, confirmPatience) ? null : "never";
  }

  /** When completed() is to be asked, at the latest; null: never. */
  get deadline(): Instant | null {
    return earliest(
      this.#takeovers.map(({ acquired, confirmedAt, installedAt }) =>
        acquired === null || confirmedAt !== null
          ? after(installedAt, takeoverPatience)
          : after(acquired.announcedAt, confirmPatience)
      ),
    );
  }
}

/** Null: a part of it is not known yet. */
function failoverOf({ from, loss, installedAt, vips, acquired, confirmedAt }: Takeover): Failover | null {
  if (loss === null || acquired === null || confirmedAt === null) return null;
  const noticedAt = instant(Math.min(loss.suspectedAt, installedAt));
  return {
    kind: "failover",
    ...naming([...vips]),
    from,
    detect: hundredths(elapsed(loss.lastHeard, noticedAt)),
    agree: hundredths(elapsed(noticedAt, installedAt)),
    acquire: hundredths(elapsed(installedAt, acquired.at)),
    announce: hundredths(elapsed(acquired.at, acquired.announcedAt)),
    confirm: confirmedAt === "never" ? null : hundredths(elapsed(acquired.announcedAt, confirmedAt)),
  };
}

/** As it travels: the host that measured it must not tell it otherwise than those who hear of it. */
const hundredths = (length: Duration): Duration => duration(Math.round(length * 100) / 100);
