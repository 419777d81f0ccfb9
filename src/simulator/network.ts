// One segment: a network between stations, which are hosts and clients. Each direction of each pair of stations is a
// link; weather says how slow, lossy and repetitive a link is, and whether it is cut. There is the calm weather of the
// run, and any number of disturbances on top that begin and end; for a link the worst of all that touch it counts.
// Each packet draws its own delay, and overtakes others where the weather does not keep the order.

import type { HostName } from "../core/vocabulary.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface Weather {
  /** Milliseconds. */
  readonly delayMin: number;
  readonly delayMax: number;
  /** Probabilities for each packet. */
  readonly loss: number;
  readonly duplication: number;
  /** Of being delivered a second time much later, up to 20 s. */
  readonly replay: number;
  /** Of one flipped bit. */
  readonly corruption: number;
  /** Packets of a link arrive in the order in which they were sent. */
  readonly ordered: boolean;
}

/** Something is wrong with the links that it affects. */
export interface Disturbance {
  readonly affects: (from: HostName, to: HostName) => boolean;
  /** Nothing passes at all. */
  readonly cut?: boolean;
  readonly weather?: Partial<Weather>;
}

/** How late a packet may be replayed, in ms. */
export const replayMax = 20_000;

export const calmWeather: Weather = {
  delayMin: 0.05,
  delayMax: 0.5,
  loss: 0,
  duplication: 0,
  replay: 0,
  corruption: 0,
  ordered: true,
};

interface Between {
  readonly from: HostName;
  readonly to: HostName;
}

interface Link {
  /** What the disturbances make of it; null: cut; undefined: they have changed. */
  weather: Weather | null | undefined;
  /** When its last packet arrives, if it keeps the order. */
  lastArrival: number;
}

export class Network<Packet> {
  readonly #calm: Weather;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #deliver: (to: HostName, packet: Packet) => void;
  readonly #corrupt: (packet: Packet, random: Random) => Packet;
  readonly #disturbances = new Set<Disturbance>();
  readonly #links = new Map<HostName, Map<HostName, Link>>();

  constructor(
    of: {
      readonly timeline: Timeline;
      readonly random: Random;
      readonly calm: Weather;
      readonly deliver: (to: HostName, packet: Packet) => void;
      readonly corrupt: (packet: Packet, random: Random) => Packet;
    },
  ) {
    this.#timeline = of.timeline;
    this.#random = of.random;
    this.#calm = of.calm;
    this.#deliver = of.deliver;
    this.#corrupt = of.corrupt;
  }

  begin(disturbance: Disturbance): void {
    this.#disturbances.add(disturbance);
    this.#forget();
  }

  end(disturbance: Disturbance): void {
    if (this.#disturbances.delete(disturbance)) this.#forget();
  }

  /** Ends all disturbances. Packets that are still under way arrive as they would have. */
  heal(): void {
    this.#disturbances.clear();
    this.#forget();
  }

  /** Whether anything can pass this way now. */
  passes(from: HostName, to: HostName): boolean {
    return this.#weather(this.#link(from, to), { from, to }) !== null;
  }

  /** Whether nothing is wrong with this way now. */
  isCalm(from: HostName, to: HostName): boolean {
    return this.#weather(this.#link(from, to), { from, to }) === this.#calm;
  }

  /** `once`: it is not of the kind that anybody keeps and says again later. */
  send(packet: Packet, between: Between & { readonly once?: boolean }): void {
    const link = this.#link(between.from, between.to);
    const weather = this.#weather(link, between);
    if (weather === null || this.#happens(weather.loss)) return;
    const { now } = this.#timeline;
    const own = now + this.#random.between(weather.delayMin, weather.delayMax);
    const arrival = weather.ordered ? Math.max(own, link.lastArrival) : own;
    if (weather.ordered) link.lastArrival = arrival;
    this.#carry(packet, { to: between.to, weather, arrival });
    if (this.#happens(weather.duplication)) {
      const again = arrival + this.#random.between(0, weather.delayMax);
      this.#carry(packet, { to: between.to, weather, arrival: again });
    }
    if (!between.once && this.#happens(weather.replay)) {
      this.#carry(packet, { to: between.to, weather, arrival: now + this.#random.between(100, replayMax) });
    }
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#random.chance(probability);
  }

  #carry(
    packet: Packet,
    how: { readonly to: HostName; readonly weather: Weather; readonly arrival: number },
  ): void {
    const arrived = this.#happens(how.weather.corruption) ? this.#corrupt(packet, this.#random) : packet;
    this.#timeline.at(how.arrival, () => this.#deliver(how.to, arrived));
  }

  #link(from: HostName, to: HostName): Link {
    let links = this.#links.get(from);
    if (links === undefined) this.#links.set(from, links = new Map());
    let link = links.get(to);
    if (link === undefined) links.set(to, link = { weather: undefined, lastArrival: 0 });
    return link;
  }

  #weather(link: Link, { from, to }: Between): Weather | null {
    if (link.weather === undefined) {
      const touching = [...this.#disturbances].filter((each) => each.affects(from, to));
      link.weather = touching.some((each) => each.cut) ? null : touching.reduce(worse, this.#calm);
    }
    return link.weather;
  }

  #forget(): void {
    for (const links of this.#links.values()) for (const link of links.values()) link.weather = undefined;
  }
}

function worse(weather: Weather, { weather: other = {} }: Disturbance): Weather {
  return {
    delayMin: Math.max(weather.delayMin, other.delayMin ?? 0),
    delayMax: Math.max(weather.delayMax, other.delayMax ?? 0),
    loss: Math.max(weather.loss, other.loss ?? 0),
    duplication: Math.max(weather.duplication, other.duplication ?? 0),
    replay: Math.max(weather.replay, other.replay ?? 0),
    corruption: Math.max(weather.corruption, other.corruption ?? 0),
    ordered: weather.ordered && (other.ordered ?? true),
  };
}
