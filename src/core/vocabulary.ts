// The words of the field, as types: who takes part (hosts), what is kept alive (VIPs), and in what time.
// Names are branded so that a host can never be passed where a VIP is meant; instants and durations so
// that a length of time is never taken for a point in it.

declare const brand: unique symbol;
type Branded<Of, Name extends string> = Of & { readonly [brand]: Name };

/** A host's name in the configuration. Hosts are ranked by it: the first in code-unit order coordinates. */
export type HostName = Branded<string, "HostName">;
/** A VIP's name: a named set of addresses that move together. */
export type VipName = Branded<string, "VipName">;
/** A network that hosts share. */
export type SegmentName = Branded<string, "SegmentName">;
/** Milliseconds on this host's monotonic clock. Means nothing on another host and never goes on the wire. */
export type Instant = Branded<number, "Instant">;
/** A length of time in milliseconds. */
export type Duration = Branded<number, "Duration">;
/** Names one life of a daemon: chosen by chance at start, below 2^48. Only equality means anything. */
export type Incarnation = Branded<number, "Incarnation">;
/** Counts the messages of one incarnation, from 1. */
export type Sequence = Branded<number, "Sequence">;
/** Counts views. A host's views only go up. */
export type ViewNumber = Branded<number, "ViewNumber">;

export const hostName = (text: string): HostName => text as HostName;
export const vipName = (text: string): VipName => text as VipName;
export const segmentName = (text: string): SegmentName => text as SegmentName;
export const instant = (ms: number): Instant => ms as Instant;
export const duration = (ms: number): Duration => ms as Duration;
export const incarnation = (value: number): Incarnation => value as Incarnation;
export const sequence = (value: number): Sequence => value as Sequence;
export const viewNumber = (value: number): ViewNumber => value as ViewNumber;

/** The instant `length` after `from`. */
export const after = (from: Instant, length: Duration): Instant => instant(from + length);
/** How long ago `then` was; negative when it is yet to come. */
export const elapsed = (then: Instant, now: Instant): Duration => duration(now - then);
/** The earliest of the instants; null when there is none. */
export function earliest(instants: Iterable<Instant | null>): Instant | null {
  let first: Instant | null = null;
  for (const each of instants) if (each !== null && (first === null || each < first)) first = each;
  return first;
}

/** What a step of a state machine gives back: the next state, and what is to be done, in this order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** A view's identity. Two components may reach the same number, and so may two lives of one host. */
export interface ViewId {
  readonly number: ViewNumber;
  readonly coordinator: HostName;
  /** The coordinator's. */
  readonly incarnation: Incarnation;
}

export const sameView = (a: ViewId | null, b: ViewId | null): boolean =>
  a === b || (a !== null && b !== null && a.number === b.number && a.coordinator === b.coordinator &&
    a.incarnation === b.incarnation);

/** Whether the host, in this life, coordinates the view. */
export const isCoordinatedBy = ({ coordinator, incarnation }: ViewId, member: Member): boolean =>
  coordinator === member.host && incarnation === member.incarnation;

/** One life of one host. */
export interface Member {
  readonly host: HostName;
  readonly incarnation: Incarnation;
}

export const isSameMember = (a: Member, b: Member): boolean =>
  a.host === b.host && a.incarnation === b.incarnation;

/** The part of the configuration that decisions depend on. It is the same on every host. */
export interface Group {
  readonly name: string;
  /** Names the contents of the configuration: hosts whose digests differ read different files. */
  readonly digest: string;
  /** "serve": every component covers every VIP it can. "quorum": only a majority of the hosts holds VIPs. */
  readonly partition: "serve" | "quorum";
  readonly timing: Timing;
  /** Sorted by name. */
  readonly hosts: readonly HostSpec[];
  /** Sorted by name. */
  readonly vips: readonly VipSpec[];
  readonly balance: Balance;
  /** Between two announcements of what is held and settled; null: it is not announced again. */
  readonly refresh: Duration | null;
  /** All that the configuration says besides the VIPs, as text for people; sorted by name. */
  readonly settings: readonly Setting[];
}

/** One key of the configuration, as "timing.timeout" and "500ms". */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

export interface Timing {
  /** Between two heartbeats of one host. */
  readonly heartbeat: Duration;
  /** A host not heard for this long is suspected. */
  readonly timeout: Duration;
  /** How long a group that starts cold waits for further hosts before it claims VIPs. */
  readonly mature: Duration;
  /** The kernel's lifetime of an address that is not renewed; null when leases are off. */
  readonly lease: Duration | null;
}

export interface HostSpec {
  readonly name: HostName;
  /** Share of the VIPs, relative to the other hosts' weights. Above 0. */
  readonly weight: number;
}

export interface VipSpec {
  readonly name: VipName;
  /** They move together; never empty. */
  readonly addresses: readonly VipAddress[];
  /** Hosts that should hold it when they can, best first. */
  readonly prefer: readonly HostName[];
  /** Hosts that may hold it, sorted by name; never empty. */
  readonly hosts: readonly HostName[];
  /** "exclusive": the new holder waits for the old one's release. "overlap": make before break. */
  readonly handover: "exclusive" | "overlap";
  /**
   * When its holder falls silent: "at-once": another host takes it, though the kernel of a host that hangs may answer for
   * it until its lease ends. "after-lease": not before that.
   */
  readonly takeover: "at-once" | "after-lease";
  /** When somebody outside the group answers for it: announce it against him (RFC 5227), or give it up. */
  readonly foreignHolder: "defend" | "yield";
}

export interface VipAddress {
  /** Canonical text of the IPv4 or IPv6 address, without prefix. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  /** As the VIP says; a host may have another name for it. */
  readonly interface: string;
}

export interface Balance {
  /** How many VIPs one balance round may move. */
  readonly movesPerRound: number | "all";
  /** Between two balance rounds. */
  readonly interval: Duration;
}

/** Code-unit order: the same on every host, whatever its locale. */
export const compareText = (a: string, b: string): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);
export const sorted = <Name extends string>(names: Iterable<Name>): Name[] => [...names].sort(compareText);
