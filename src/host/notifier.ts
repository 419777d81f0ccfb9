// Asks notify targets, in the name of a VIP, where they are: the question makes them learn where the VIP is. A
// target is one neighbour (a router) or a block of them. Each has a throttle, because some routers drop ARP that
// comes too fast: at most so many questions are asked in a second, at once, and the rest in the seconds after.
//
// While questions wait their turn the VIP may move on. To ask in its name then would lead the target astray, so
// each question is asked only if the VIP is still here.

import type { VipName } from "../core/vocabulary.ts";
import { ipAddressOf, parseIpAddress } from "../core/ip_address.ts";
import type { PlacedAddress, PlacedVip } from "./placed_vip.ts";
import { createThrottle } from "./throttle.ts";

/** A notify target of the configuration, on a local interface name. */
export interface PlacedTarget {
  /** First address of the block, canonical. */
  readonly address: string;
  readonly family: 4 | 6;
  /** 32 or 128 for a single neighbour. */
  readonly prefix: number;
  readonly interface: string;
  /** At most this many questions a second, and as many pings. */
  readonly throttle: number;
  /** Whether it is pinged, too; see pinger.ts. */
  readonly ping: boolean;
}

export interface Question {
  readonly vip: VipName;
  /** The VIP's address, in whose name it is asked. */
  readonly from: PlacedAddress;
  /** Canonical text. */
  readonly target: string;
}

export interface Notifier {
  /** Asks every target on the interfaces of the VIP's addresses. What is still waiting is not asked twice. */
  notify(vip: PlacedVip): void;
  /** Asks these targets from now on. What waits for others is dropped. */
  adopt(targets: readonly PlacedTarget[]): void;
  close(): void;
}

export interface NotifierOptions {
  readonly targets: readonly PlacedTarget[];
  readonly ask: (question: Question) => void;
  /** Whether the VIP is here, and has this address. */
  readonly isHere: (vip: VipName, from: PlacedAddress) => boolean;
  /** Whether this has been answered already: it is not asked again. */
  readonly isAnswered: (question: Question) => boolean;
}

export function createNotifier({ targets, ...how }: NotifierOptions): Notifier {
  let queues = new Map<string, TargetQueue>();
  const adopt = (wanted: readonly PlacedTarget[]) => {
    const before = queues;
    // One that stays goes on with what waits, at its pace.
    queues = new Map(wanted.map((target) => {
      const key = JSON.stringify(target);
      return [key, before.get(key) ?? createTargetQueue(target, how)];
    }));
    for (const [key, queue] of before) if (!queues.has(key)) queue.close();
  };
  adopt(targets);
  return {
    notify: (vip) => queues.forEach((queue) => queue.notify(vip)),
    adopt,
    close: () => queues.forEach((queue) => queue.close()),
  };
}

type TargetQueue = Omit<Notifier, "adopt">;

/** One address of a VIP that is to ask the rest of a block. */
interface Round {
  readonly vip: VipName;
  readonly from: PlacedAddress;
  readonly neighbours: Iterator<string, void>;
}

function createTargetQueue(
  target: PlacedTarget,
  { ask, isHere, isAnswered }: Omit<NotifierOptions, "targets">,
): TargetQueue {
  const waiting = new Map<string, Round>();
  const throttle = createThrottle({ perSecond: () => target.throttle, again: askWhatIsAllowed });

  return {
    notify({ vip, addresses }) {
      for (const from of addresses) {
        if (from.family !== target.family || from.interface !== target.interface) continue;
        const key = `${vip} ${from.address}`;
        if (!waiting.has(key)) waiting.set(key, { vip, from, neighbours: neighboursOf(target) });
      }
      askWhatIsAllowed();
    },
    close() {
      waiting.clear();
      throttle.close();
    },
  };

  function askWhatIsAllowed(): void {
    for (const [key, { vip, from, neighbours }] of waiting) {
      while (throttle.hasLeft() && isHere(vip, from)) {
        const { value: neighbour, done } = neighbours.next();
        if (done === true) break;
        const question = { vip, from, target: neighbour };
        if (isAnswered(question)) continue;
        throttle.take();
        ask(question);
      }
      if (!throttle.hasLeft()) return;
      waiting.delete(key);
    }
  }
}

/** All neighbours of the block; of an IPv4 subnet without its first address and its broadcast address. */
function* neighboursOf({ address, family, prefix }: PlacedTarget): Generator<string, void> {
  const first = parseIpAddress(address)?.bytes ?? new Uint8Array();
  const count = 2 ** ((family === 4 ? 32 : 128) - prefix);
  const isSubnet = family === 4 && count > 2;
  for (let offset = isSubnet ? 1 : 0; offset < (isSubnet ? count - 1 : count); offset += 1) {
    const neighbour = ipAddressOf(plus(first, offset));
    if (neighbour !== null) yield neighbour.text;
  }
}

/** The address `offset` further on. */
function plus(address: Uint8Array, offset: number): Uint8Array {
  const sum = address.slice();
  let carry = offset;
  for (let at = sum.length - 1; at >= 0 && carry > 0; at -= 1) {
    carry += sum[at] ?? 0;
    sum[at] = carry % 256;
    carry = Math.floor(carry / 256);
  }
  return sum;
}
