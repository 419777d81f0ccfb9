// The segments that hosts are attached to. Each is a network of its own, with its own weather and cuts. A message goes
// out on every segment of its sender, and reaches a host that is attached to the same one: two paths, two copies. The
// VIPs and their clients are on the first segment, to which every host is attached for that.

import type { HostName } from "../core/vocabulary.ts";
import type { Disturbance, Network } from "./network.ts";

/** Which segments each host sends and hears messages on, by their numbers. */
export type Attachments = ReadonlyMap<HostName, readonly number[]>;

export class Segments<Packet> {
  readonly #networks: readonly Network<Packet>[];
  readonly #attachments: Attachments;

  constructor(networks: readonly Network<Packet>[], attachments: Attachments) {
    this.#networks = networks;
    this.#attachments = attachments;
  }

  /** The segment of the VIPs. */
  get front(): Network<Packet> {
    const [front] = this.#networks;
    if (front === undefined) throw new RangeError("Cannot do without a segment");
    return front;
  }

  /** Sends over every segment that both are attached to. */
  send(packet: Packet, between: { readonly from: HostName; readonly to: HostName }): void {
    for (const network of this.#shared(between.from, between.to)) network.send(packet, between);
  }

  /** Begins it on the given segment, or on all. */
  begin(disturbance: Disturbance, segment: number | undefined): void {
    for (const network of this.#of(segment)) network.begin(disturbance);
  }

  end(disturbance: Disturbance, segment: number | undefined): void {
    for (const network of this.#of(segment)) network.end(disturbance);
  }

  heal(): void {
    for (const network of this.#networks) network.heal();
  }

  /** Whether on some segment all is well between the two, both ways. */
  areJoined(one: HostName, other: HostName): boolean {
    return this.#shared(one, other).some((network) =>
      network.isCalm(one, other) && network.isCalm(other, one)
    );
  }

  /** Whether nothing passes between the two, in either direction, on any segment. */
  areApart(one: HostName, other: HostName): boolean {
    return this.#shared(one, other).every((network) =>
      !network.passes(one, other) && !network.passes(other, one)
    );
  }

  #shared(one: HostName, other: HostName): readonly Network<Packet>[] {
    if (this.#networks.length === 1) return this.#networks;
    const theirs = this.#attachments.get(other) ?? [];
    const shared = (this.#attachments.get(one) ?? []).filter((segment) => theirs.includes(segment));
    return shared.flatMap((segment) => this.#networks[segment] ?? []);
  }

  #of(segment: number | undefined): readonly Network<Packet>[] {
    if (segment === undefined) return this.#networks;
    return this.#networks.slice(segment, segment + 1);
  }
}
