// Asks the network who else has an address, and hears who says so unasked (RFC 5227, sections 2.1 and 2.4).
//
//   before a VIP is taken    two probes; whoever has the address answers
//   while a VIP is here      any claim to it by another machine is a conflict. One that only answers questions is not
//                            heard by itself, so that probes are sent from time to time

import type { Claim } from "../codec/claim.ts";
import type { Conflict, Neighbour, ProbeAnswer } from "../core/events.ts";
import type { HostName, VipName } from "../core/vocabulary.ts";
import type { PlacedAddress, PlacedVip } from "./placed_vip.ts";

/** The second probe is for a frame that was lost. An answer takes a fraction of a millisecond where nobody is busy. */
const SECOND_PROBE_MS = 2;
const ANSWERED_WITHIN_MS = 6;
/** Of one machine and VIP; and of so many machines that claim the same VIP in that time: more would be made up. */
const CONFLICT_EVERY_MS = 1_000, MACHINES_MAX = 4;
/** A machine that has many VIPs is told of once. */
const TOGETHER_MS = 20;

export interface Prober {
  /** One answer for each VIP. */
  probe(vips: readonly PlacedVip[]): Promise<readonly ProbeAnswer[]>;
  /** Somebody else says where an address is. */
  hear(claim: Claim): void;
  close(): void;
}

export interface ProberOptions {
  /** Sends a probe for each address; for each, whether it went out. */
  readonly send: (addresses: readonly PlacedAddress[]) => Promise<readonly boolean[]>;
  /** Hears at once what has come until now. */
  readonly read: () => void;
  /** The VIP that is here and has the address; null: none. */
  readonly vipHere: (address: string) => VipName | null;
  /** The host of the group that has the hardware address. */
  readonly hostOf: (mac: string) => Promise<HostName | null>;
  readonly conflicting: (conflicts: readonly Conflict[]) => void;
}

/** The answers to one call. */
interface Round {
  /** By address: who has answered. */
  readonly answers: Map<string, string>;
  readonly isComplete: () => boolean;
  readonly done: () => void;
}

export function createProber({ send, read, vipHere, hostOf, conflicting }: ProberOptions): Prober {
  const rounds = new Set<Round>();
  const told = new Map<VipName, { readonly since: number; readonly macs: Set<string> }>();
  let untold: { readonly vip: VipName; readonly mac: string }[] = [];
  let telling: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  return {
    async probe(vips) {
      const addresses = vips.flatMap((vip) => vip.addresses);
      const answers = new Map<string, string>();
      const sent = await askTwice(addresses, answers);
      const neighbours = await neighboursOf(new Set(answers.values()));
      return vips.map(({ vip, addresses: own }) => ({
        vip,
        answer: answerOf(own, { answers, sent, neighbours }),
      }));
    },
    hear(claim) {
      for (const round of rounds) {
        if (!round.answers.has(claim.address)) round.answers.set(claim.address, claim.mac);
        if (round.isComplete()) round.done();
      }
      const vip = vipHere(claim.address);
      if (vip !== null) note(vip, claim.mac);
    },
    close() {
      isClosed = true;
      clearTimeout(telling);
      for (const round of rounds) round.done();
    },
  };

  /** Gives for each address whether a probe went out. */
  async function askTwice(
    addresses: readonly PlacedAddress[],
    answers: Map<string, string>,
  ): Promise<ReadonlySet<string>> {
    const isComplete = () => addresses.every(({ address }) => answers.has(address));
    let done = () => {};
    const answered = new Promise<void>((resolve) => done = resolve);
    const round = { answers, isComplete, done };
    rounds.add(round);
    const first = await send(addresses);
    await Promise.race([answered, pause(SECOND_PROBE_MS)]);
    const silent = addresses.filter(({ address }) => !answers.has(address));
    if (silent.length > 0 && !isClosed) await send(silent);
    await Promise.race([answered, pause(ANSWERED_WITHIN_MS - SECOND_PROBE_MS)]);
    // This process may have been kept from running for so long: then answers have come that nobody has heard yet.
    if (!isClosed) read();
    rounds.delete(round);
    return new Set(addresses.filter((_, at) => first[at] === true).map(({ address }) => address));
  }

  async function neighboursOf(macs: ReadonlySet<string>): Promise<ReadonlyMap<string, Neighbour>> {
    return new Map(
      await Promise.all([...macs].map(async (mac) => [mac, { mac, host: await hostOf(mac) }] as const)),
    );
  }

  function note(vip: VipName, mac: string): void {
    const now = performance.now();
    const before = told.get(vip);
    const isOver = before === undefined || now - before.since >= CONFLICT_EVERY_MS;
    const { since, macs } = isOver ? { since: now, macs: new Set<string>() } : before;
    if (macs.has(mac) || macs.size >= MACHINES_MAX) return;
    told.set(vip, { since, macs: macs.add(mac) });
    untold.push({ vip, mac });
    telling ??= setTimeout(tell, TOGETHER_MS);
  }

  async function tell(): Promise<void> {
    telling = undefined;
    const these = untold;
    untold = [];
    const neighbours = await neighboursOf(new Set(these.map(({ mac }) => mac)));
    const conflicts = these.flatMap(({ vip, mac }) => {
      const by = neighbours.get(mac);
      return by === undefined ? [] : [{ vip, by }];
    });
    if (!isClosed) conflicting(conflicts);
  }
}

function answerOf(
  addresses: readonly PlacedAddress[],
  { answers, sent, neighbours }: {
    readonly answers: ReadonlyMap<string, string>;
    readonly sent: ReadonlySet<string>;
    readonly neighbours: ReadonlyMap<string, Neighbour>;
  },
): ProbeAnswer["answer"] {
  for (const { address } of addresses) {
    const by = neighbours.get(answers.get(address) ?? "");
    if (by !== undefined) return { kind: "answered", by };
  }
  return { kind: addresses.every(({ address }) => sent.has(address)) ? "silent" : "unknown" };
}

const pause = (ms: number): Promise<void> => new Promise((over) => setTimeout(over, ms));
