// The network between the hosts. Each direction of each pair of hosts is a link; weather says how slow, lossy and
// repetitive a link is, and whether it is cut. There is the calm weather of the run, and any number of disturbances
// on top that begin and end; for a link the worst of all that touch it counts. Each packet draws its own delay, and
// overtakes others where the weather does not keep the order.

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

export const calmWeather: Weather = {
  delayMin: 0.05,
  delayMax: 0.5,
  loss: 0,
  duplication: 0,
  replay: 0,
  corruption: 0,
  ordered: true,
};

export class Network<Packet> {
  readonly #calm: Weather;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #deliver: (to: HostName, packet: Packet) => void;
  readonly #corrupt: (packet: Packet, random: Random) => Packet;
  readonly #disturbances = new Set<Disturbance>();
  /** What the disturbances make of each link; null: cut. Forgotten whenever they change. */
  readonly #links = new Map<string, Weather | null>();
  /** When the last packet of each link that keeps the order arrives. */
  readonly #lastArrivals = new Map<string, number>();

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
    this.#links.clear();
  }

  end(disturbance: Disturbance): void {
    this.#disturbances.delete(disturbance);
    this.#links.clear();
  }

  /** Ends all disturbances. Packets that are still under way arrive as they would have. */
  heal(): void {
    this.#disturbances.clear();
    this.#links.clear();
  }

  send(packet: Packet, between: { readonly from: HostName; readonly to: HostName }): void {
    const link = `${between.from}>${between.to}`;
    const weather = this.#weather(link, between);
    if (weather === null || this.#happens(weather.loss)) return;
    const { now } = this.#timeline;
    const own = now + this.#random.between(weather.delayMin, weather.delayMax);
    const arrival = weather.ordered ? Math.max(own, this.#lastArrivals.get(link) ?? 0) : own;
    if (weather.ordered) this.#lastArrivals.set(link, arrival);
    this.#carry(packet, { to: between.to, weather, arrival });
    if (this.#happens(weather.duplication)) {
      this.#carry(packet, {
        to: between.to,
        weather,
        arrival: arrival + this.#random.between(0, weather.delayMax),
      });
    }
    if (this.#happens(weather.replay)) {
      this.#carry(packet, { to: between.to, weather, arrival: now + this.#random.between(100, 20_000) });
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

  #weather(link: string, { from, to }: { readonly from: HostName; readonly to: HostName }): Weather | null {
    let weather = this.#links.get(link);
    if (weather === undefined) {
      const touching = [...this.#disturbances].filter((each) => each.affects(from, to));
      weather = touching.some((each) => each.cut) ? null : touching.reduce(worse, this.#calm);
      this.#links.set(link, weather);
    }
    return weather;
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
