// What there is to run hooks for: the notes of the core, put together into moments that mean something to an operator.
//
//     acquire          addresses of a VIP are here that were not; putting back what somebody removed is none
//     release          addresses of a VIP that was acquired here, or was found here at the start, are gone
//     view             a view was installed
//     partition        members are gone without a farewell, or back; a majority is lost, or back
//     foreign_holder   somebody else answers for a VIP, or does not any more

import type { FenceReason, Note } from "../core/events.ts";
import type { HookEvent } from "../core/hook.ts";
import { majorityOf } from "../core/membership.ts";
import type { MoveReason } from "../core/message.ts";
import { type Group, type HostName, sorted, type VipName } from "../core/vocabulary.ts";

/** One thing that happened, or is about to. */
export interface HookMoment {
  readonly event: HookEvent;
  /** None for "view" and "partition". */
  readonly vips: readonly VipName[];
  readonly reason: HookReason;
  readonly from: HostName | null;
  readonly to: HostName | null;
  /** Of whoever answers for the VIP: his hardware address, and which host of the group he is. */
  readonly mac: string | null;
  readonly foreignHost: HostName | null;
  readonly view: HookView | null;
  /** Hosts that were members and are gone without a farewell, until they are back. Sorted. */
  readonly lost: readonly HostName[];
}

export interface HookView {
  readonly number: number;
  readonly coordinator: HostName;
  readonly members: readonly HostName[];
}

/** MOLEHILL_REASON. */
export type HookReason =
  | ""
  | (typeof moveWords)[MoveReason]
  | (typeof fenceWords)[FenceReason]
  | "leftover"
  | "unable"
  | "configuration"
  | "members-lost"
  | "members-back"
  | "quorum-back"
  | "answered"
  | "gone";

const moveWords = {
  unheld: "unheld",
  holderGone: "holder-gone",
  drained: "drained",
  preferred: "preferred",
  merged: "merged",
  balance: "balance",
  operator: "operator",
  unhealthy: "unhealthy",
} as const satisfies Record<MoveReason, string>;

const fenceWords = {
  paused: "paused",
  leftOut: "left-out",
  addressLost: "address-lost",
  quorumLost: "quorum-lost",
} as const satisfies Record<FenceReason, string>;

interface Move {
  readonly from: HostName | null;
  readonly to: HostName | null;
  readonly reason: MoveReason;
}

/** Remembers as much of what was told before as the next moments need. */
export class HookMoments {
  readonly #self: HostName;
  #group: Group;
  /** What was acquired or found here, and why it will have to go, if that is known already. */
  readonly #here = new Map<VipName, HookReason>();
  readonly #moves = new Map<VipName, Move>();
  readonly #left = new Set<HostName>();
  readonly #lost = new Set<HostName>();
  #fence: FenceReason | null = null;
  #view: HookView | null = null;
  /** Null: there was none yet, so that none can be lost. */
  #hasQuorum: boolean | null = null;

  constructor({ group, self }: { readonly group: Group; readonly self: HostName }) {
    this.#group = group;
    this.#self = self;
  }

  adopt(group: Group): void {
    this.#group = group;
    const hosts = new Set(group.hosts.map(({ name }) => name));
    for (const host of this.#lost) if (!hosts.has(host)) this.#lost.delete(host);
  }

  /** The moments that a note makes, in order. */
  hear(note: Note): readonly HookMoment[] {
    switch (note.kind) {
      case "vipMoved":
        this.#moves.set(note.vip, note);
        return [];
      case "leftoversFound":
        for (const vip of note.vips) this.#here.set(vip, "leftover");
        return [];
      case "vipAcquired":
        return this.#acquired(note.vip);
      case "vipReleased":
        return this.#released(note.vip);
      case "vipAddFailed":
        this.#expectRelease([note.vip], "unable");
        return [];
      case "linkLost":
        this.#expectRelease(note.vips, "unable");
        return [];
      case "configurationChanged":
        this.#expectRelease([...this.#here.keys()], "configuration");
        return [];
      case "viewInstalled":
        return this.#viewed(note);
      case "hostHeard":
      case "hostRestarted":
        this.#left.delete(note.host);
        return [];
      case "hostLeft":
        this.#left.add(note.host);
        this.#lost.delete(note.host);
        return [];
      case "fenced":
        this.#fence = note.because;
        return note.because === "quorumLost" ? this.#quorum(false) : [];
      case "unfenced":
        this.#fence = null;
        return [];
      case "foreignHolder":
        if (note.yields) this.#expectRelease([note.vip], "unable");
        return [this.#foreign(note, "answered")];
      case "foreignHolderGone":
        return [this.#foreign(note, "gone")];
      default:
        return [];
    }
  }

  /** The moments before these VIPs are acquired. */
  acquiring(vips: readonly VipName[]): readonly HookMoment[] {
    return vips.map((vip) => this.#moment("before_acquire", { vips: [vip], ...this.#arrival(vip) }));
  }

  #acquired(vip: VipName): readonly HookMoment[] {
    if (this.#here.has(vip)) return [];
    this.#here.set(vip, "");
    return [this.#moment("acquire", { vips: [vip], ...this.#arrival(vip) })];
  }

  /** How the VIP came to this host. */
  #arrival(vip: VipName): Partial<HookMoment> {
    const move = this.#moves.get(vip);
    if (move?.to !== this.#self) return { to: this.#self };
    return { from: move.from, to: move.to, reason: moveWords[move.reason] };
  }

  #released(vip: VipName): readonly HookMoment[] {
    const expected = this.#here.get(vip);
    if (expected === undefined) return [];
    this.#here.delete(vip);
    const move = this.#moves.get(vip);
    const departure = move?.from === this.#self ? moveWords[move.reason] : null;
    const reason = this.#fence !== null
      ? fenceWords[this.#fence]
      : expected === "unable" || expected === "leftover"
      ? expected
      : departure ?? expected;
    const to = departure === null ? null : move?.to ?? null;
    return [this.#moment("release", { vips: [vip], from: this.#self, to, reason })];
  }

  #expectRelease(vips: readonly VipName[], reason: HookReason): void {
    for (const vip of vips) if (this.#here.has(vip)) this.#here.set(vip, reason);
  }

  #viewed({ view, members }: Note & { kind: "viewInstalled" }): readonly HookMoment[] {
    const before = this.#view?.members ?? [];
    const now = members.map(({ host }) => host);
    const known = new Set(this.#group.hosts.map(({ name }) => name));
    const gone = before.filter((host) => !now.includes(host) && !this.#left.has(host) && known.has(host));
    const back = now.filter((host) => this.#lost.delete(host));
    for (const host of gone) this.#lost.add(host);
    this.#view = { number: view.number, coordinator: view.coordinator, members: now };
    const change = gone.length > 0 ? "members-lost" : back.length > 0 ? "members-back" : null;
    return [
      this.#moment("view", {}),
      ...(change === null ? [] : [this.#moment("partition", { reason: change })]),
      ...this.#quorum(now.length >= majorityOf(this.#group.hosts.length)),
    ];
  }

  #quorum(has: boolean): readonly HookMoment[] {
    const had = this.#hasQuorum;
    if (this.#group.partition === "serve" || had === has || (had === null && !has)) return [];
    this.#hasQuorum = has;
    if (had === null) return [];
    return [this.#moment("partition", { reason: has ? "quorum-back" : "quorum-lost" })];
  }

  #foreign(
    { vip, by }: Extract<Note, { kind: "foreignHolder" | "foreignHolderGone" }>,
    reason: HookReason,
  ): HookMoment {
    return this.#moment("foreign_holder", { vips: [vip], reason, mac: by.mac, foreignHost: by.host });
  }

  #moment(event: HookEvent, facts: Partial<HookMoment>): HookMoment {
    const lost = sorted(this.#lost);
    const nothing = { vips: [], reason: "", from: null, to: null, mac: null, foreignHost: null } as const;
    return { ...nothing, event, view: this.#view, lost, ...facts };
  }
}

/** Equal for moments that differ in nothing but their VIPs. */
export const samenessOf = ({ vips: _, ...facts }: HookMoment): string => JSON.stringify(facts);
