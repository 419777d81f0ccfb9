// A client of the VIPs: its cache says where each address is. What it heard last counts, an announcement or an answer.
// An entry whose host does not answer for the address any more is given up after a while; the client then asks all
// hosts, and goes on asking until one that has the address answers.
//
// It is plugged in beside a host, and is cut off from the others when that host is.

import type { HostName } from "../core/vocabulary.ts";

export interface Entry {
  readonly host: HostName;
  readonly by: "announcement" | "answer";
  /** In ms since the simulation began, as all times here. */
  readonly said: number;
  readonly learnt: number;
}

/** What a client can find out about a host. */
export interface Answering {
  readonly name: HostName;
  has(address: string): boolean;
}

/** How long a client believes in an entry that nobody answers for, in ms. */
const patience = 10_000;

export class SimulatedClient {
  readonly name: string;
  /** The host whose side of every partition it is on. */
  readonly beside: HostName;
  readonly #entries = new Map<string, Entry>();
  /** When the host of each entry answered last. */
  readonly #answered = new Map<string, number>();

  constructor(name: string, beside: HostName) {
    this.name = name;
    this.beside = beside;
  }

  /** Where it would send a packet for the address. */
  entry(address: string): Entry | null {
    return this.#entries.get(address) ?? null;
  }

  hearAnnouncement(
    address: string,
    { host, said, now }: { readonly host: HostName; readonly said: number; readonly now: number },
  ): void {
    this.#learn(address, { host, by: "announcement", said, learnt: now });
  }

  /** Talks to each address, and asks for those that have not answered for too long. `reached`: there and back. */
  talk(
    addresses: readonly string[],
    of: {
      readonly now: number;
      readonly hosts: readonly Answering[];
      readonly reached: (host: HostName) => boolean;
    },
  ): void {
    for (const address of addresses) {
      const known = this.#entries.get(address);
      const host = known && of.hosts.find(({ name }) => name === known.host);
      if (host?.has(address) && of.reached(host.name)) this.#answered.set(address, of.now);
      else if (known === undefined || of.now - (this.#answered.get(address) ?? 0) > patience) {
        this.#ask(address, of);
      }
    }
  }

  #ask(
    address: string,
    of: {
      readonly now: number;
      readonly hosts: readonly Answering[];
      readonly reached: (host: HostName) => boolean;
    },
  ): void {
    for (const host of of.hosts) {
      if (!host.has(address) || !of.reached(host.name)) continue;
      this.#learn(address, { host: host.name, by: "answer", said: of.now, learnt: of.now });
    }
  }

  #learn(address: string, entry: Entry): void {
    this.#entries.set(address, entry);
    this.#answered.set(address, entry.learnt);
  }
}
