// The clients of the VIPs in one part of a network, and what they feel. A client sends to the host that announced the
// VIP last, and is answered while that host has all of the VIP's addresses. It gives up no entry by itself: who takes
// a VIP over must say so.

import type { HostName, VipName, VipSpec } from "../core/vocabulary.ts";
import type { Occurrence, World } from "./occurrence.ts";

/** What became of one VIP since the counting began; times in ms since then. */
export interface Felt {
  readonly vip: VipName;
  /** Who answered when the counting began; null: nobody. */
  readonly before: HostName | null;
  /** Who answers in the end. */
  readonly after: HostName | null;
  /** The longest time without an answer; one that goes on counts until now. */
  readonly gap: number;
  /** When it was answered again after the last gap; 0: there was none; null: it is not. */
  readonly answeredAt: number | null;
  /** Until when two hosts had it; 0: they never did; null: they do. */
  readonly sharedUntil: number | null;
  /** When the last host gave it up; 0: nobody had it; null: somebody has it. */
  readonly releasedAt: number | null;
}

interface Track {
  readonly spec: VipSpec;
  /** Where the clients send. */
  entry: HostName | null;
  before: HostName | null;
  holder: HostName | null;
  /** Since when, or until when, it is as it is. */
  changedAt: number;
  gap: number;
  answeredAt: number;
  holdersCount: number;
  sharedUntil: number;
  releasedAt: number;
}

export class Audience {
  readonly #tracks: ReadonlyMap<VipName, Track>;
  #hosts: ReadonlySet<HostName> = new Set();
  #beganAt = 0;

  constructor(vips: readonly VipSpec[]) {
    this.#tracks = new Map(vips.map((spec) => [spec.name, newTrack(spec)]));
  }

  /** From now on the clients reach these hosts and no others, and what they feel is counted anew. */
  reach(hosts: readonly HostName[], world: World): void {
    this.#hosts = new Set(hosts);
    this.#beganAt = world.now;
    for (const track of this.#tracks.values()) {
      track.gap =
        track.answeredAt =
        track.sharedUntil =
        track.releasedAt =
          0;
      track.before = track.holder;
      track.changedAt = world.now;
      this.#look(track, world);
    }
  }

  /** Takes note of what happens. */
  watch(occurrence: Occurrence, world: World): void {
    switch (occurrence.kind) {
      case "appeared":
      case "vanished":
        if (occurrence.vip !== null) this.#lookAt(occurrence.vip, world);
        return;
      case "stepped":
        for (const effect of occurrence.effects) {
          if (effect.kind === "announce") this.#hear(effect.vips, { from: occurrence.host, world });
        }
        return;
      case "daemon":
      case "faultBegan":
      case "faultEnded":
      case "milestone":
      case "polled":
        return;
    }
  }

  /** What was felt since the counting began; in the order of the VIPs. */
  felt({ now }: World): readonly Felt[] {
    return [...this.#tracks.values()].map((track): Felt => ({
      vip: track.spec.name,
      before: track.before,
      after: track.holder,
      gap: track.holder === null ? Math.max(track.gap, now - track.changedAt) : track.gap,
      answeredAt: track.holder === null ? null : track.answeredAt,
      sharedUntil: track.holdersCount > 1 ? null : track.sharedUntil,
      releasedAt: track.holdersCount > 0 ? null : track.releasedAt,
    }));
  }

  #hear(vips: readonly VipName[], { from, world }: { readonly from: HostName; readonly world: World }): void {
    if (!this.#hosts.has(from)) return;
    for (const vip of vips) {
      const track = this.#tracks.get(vip);
      if (track === undefined) continue;
      track.entry = from;
      this.#look(track, world);
    }
  }

  #lookAt(vip: VipName, world: World): void {
    const track = this.#tracks.get(vip);
    if (track !== undefined) this.#look(track, world);
  }

  #look(track: Track, world: World): void {
    const { spec: { addresses }, entry } = track;
    const since = world.now - this.#beganAt;
    const reached = world.hosts.filter((host) => this.#hosts.has(host.name));
    const holders = reached.filter((host) => addresses.some(({ address }) => host.has(address)));
    const isAnswered = holders.some((host) =>
      host.name === entry && addresses.every(({ address }) => host.has(address))
    );
    if (track.holdersCount > 1 && holders.length < 2) track.sharedUntil = since;
    if (track.holdersCount > 0 && holders.length === 0) track.releasedAt = since;
    track.holdersCount = holders.length;
    if (isAnswered && track.holder === null) {
      track.gap = Math.max(track.gap, world.now - track.changedAt);
      track.answeredAt = since;
    }
    if (isAnswered !== (track.holder !== null)) track.changedAt = world.now;
    track.holder = isAnswered ? entry : null;
  }
}

const newTrack = (spec: VipSpec): Track => ({
  spec,
  entry: null,
  before: null,
  holder: null,
  changedAt: 0,
  gap: 0,
  answeredAt: 0,
  holdersCount: 0,
  sharedUntil: 0,
  releasedAt: 0,
});
