// What it takes this host to take VIPs over from a host that was lost, part by part:
//
//   last sign of life ──detect──> suspicion ──agree──> view ──acquire──> last address here ──announce──> told
//                                                                              └──confirm──> learned by notify targets
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
  readonly at: Instant;
  readonly detect: Duration;
}

/** VIPs that this host takes over from one that was lost. */
interface Takeover {
  readonly from: HostName;
  readonly detect: Duration;
  readonly agree: Duration;
  readonly installedAt: Instant;
  readonly vips: ReadonlySet<VipName>;
  /** Those of them that are not here yet. */
  readonly awaited: ReadonlySet<VipName>;
  /** When the last of them was here, and when it was announced; null: not yet. */
  readonly acquired: { readonly at: Instant; readonly announcedAt: Instant } | null;
}

export class Failovers {
  readonly #self: HostName;
  readonly #confirmations: () => ReadonlyMap<VipName, Confirmation>;
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
        this.#losses.set(note.host, { at, detect: note.silentFor });
      } else if (note.kind === "hostHeard" || note.kind === "hostRestarted") this.#losses.delete(note.host);
      else if (note.kind === "vipMoved") {
        if (note.to !== this.#self || note.from === null || !this.#losses.has(note.from)) continue;
        taken.set(note.from, (taken.get(note.from) ?? new Set()).add(note.vip));
      } else if (note.kind === "viewInstalled") this.#begin(taken, at);
      else if (note.kind === "vipAcquired") this.#acquire(note.vip, { at, announcedAt: doneAt });
    }
  }

  #begin(taken: ReadonlyMap<HostName, ReadonlySet<VipName>>, installedAt: Instant): void {
    for (const [from, vips] of taken) {
      const loss = this.#losses.get(from);
      if (loss === undefined) continue;
      const agree = elapsed(loss.at, installedAt);
      const takeover = { from, detect: loss.detect, agree, installedAt, vips, awaited: vips, acquired: null };
      this.#takeovers = [...this.#takeovers, takeover];
    }
    // Whose VIPs went elsewhere, or who had none, is no concern of this host.
    this.#losses.clear();
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
    for (const each of this.#takeovers) {
      const failover = this.#failoverOf(each, now);
      if (failover !== null) done.push(failover);
      else if (now < after(each.installedAt, takeoverPatience)) left.push(each);
    }
    this.#takeovers = left;
    return done;
  }

  #failoverOf({ acquired, vips, from, detect, agree, installedAt }: Takeover, now: Instant): Failover | null {
    if (acquired === null) return null;
    const all = this.#confirmations();
    const asked = [...vips].flatMap((vip) => all.get(vip) ?? []);
    const isConfirmed = asked.length > 0 &&
      asked.every(({ confirmed, missing }) => confirmed > 0 && missing.length === 0);
    if (asked.length > 0 && !isConfirmed && now < after(acquired.announcedAt, confirmPatience)) return null;
    return {
      kind: "failover",
      ...naming([...vips]),
      from,
      detect: hundredths(detect),
      agree: hundredths(agree),
      acquire: hundredths(elapsed(installedAt, acquired.at)),
      announce: hundredths(elapsed(acquired.at, acquired.announcedAt)),
      confirm: isConfirmed ? hundredths(elapsed(acquired.announcedAt, now)) : null,
    };
  }

  /** When completed() is to be asked, at the latest; null: never. */
  get deadline(): Instant | null {
    return earliest(
      this.#takeovers.map(({ acquired, installedAt }) =>
        acquired === null
          ? after(installedAt, takeoverPatience)
          : after(acquired.announcedAt, confirmPatience)
      ),
    );
  }
}

/** As it travels: the host that measured it must not tell it otherwise than those who hear of it. */
const hundredths = (length: Duration): Duration => duration(Math.round(length * 100) / 100);
