// Asks collected neighbours, in the name of a VIP that came here, where they are, so that they learn where the VIP is:
// as notifier.ts asks notify targets, but it is not known whether they are still there, and nobody waits for them.
//
//     VIP came ──▶ its neighbours, last used first ──▶ one question for each VIP in turn, so many a second
//                                                       ╰─ until a minute after the VIP came
//
// After a minute the kernel of whoever uses the VIP has found out by itself: an entry that does not answer is given up
// after 24 to 51 seconds. So however many VIPs came and neighbours there are, this has an end.

import type { VipName } from "../core/vocabulary.ts";
import type { Question } from "./notifier.ts";
import type { PlacedAddress, PlacedVip } from "./placed_vip.ts";
import { createThrottle } from "./throttle.ts";

/** Who may be asked. */
export interface AskableNeighbours {
  /** Of this family on the interface that this host calls so; the most useful first. */
  on(place: Pick<PlacedAddress, "interface" | "family">): readonly string[];
  /** How many may be asked in a second; null: none are collected. */
  throttle(): number | null;
}

export interface NeighbourNotifier {
  /** Asks on behalf of the VIPs, which came just now if it `isFirst`; else whoever has not answered yet. */
  notify(vips: readonly PlacedVip[], how: { readonly isFirst: boolean }): void;
  close(): void;
}

export interface NeighbourNotifierOptions {
  readonly neighbours: AskableNeighbours;
  readonly ask: (question: Question) => void;
  /** Whether the VIP is here, and has this address. */
  readonly isHere: (vip: VipName, from: PlacedAddress) => boolean;
  /** Whether this has been answered already: it is not asked again. */
  readonly isAnswered: (question: Question) => boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** The neighbours that are still to be asked on behalf of an address. */
interface Round {
  readonly vip: VipName;
  readonly from: PlacedAddress;
  readonly neighbours: Iterator<string, unknown>;
}

const WORTHWHILE_MS = 60_000;

export function createNeighbourNotifier(
  { neighbours, ask, isHere, isAnswered, now }: NeighbourNotifierOptions,
): NeighbourNotifier {
  const cameAt = new Map<VipName, number>();
  /** The one whose turn is next first. */
  const rounds = new Map<string, Round>();
  const throttle = createThrottle({
    perSecond: () => neighbours.throttle() ?? 0,
    again: askWhatIsAllowed,
  });

  return {
    notify(vips, { isFirst }) {
      for (const { vip, addresses } of vips) {
        if (isFirst) cameAt.set(vip, now());
        for (const from of addresses) begin({ vip, from, isFirst });
      }
      askWhatIsAllowed();
    },
    close() {
      rounds.clear();
      throttle.close();
    },
  };

  function begin(
    { vip, from, isFirst }: {
      readonly vip: VipName;
      readonly from: PlacedAddress;
      readonly isFirst: boolean;
    },
  ): void {
    const key = `${vip} ${from.interface} ${from.address}`;
    if (isOver(vip) || (rounds.has(key) && !isFirst)) return;
    rounds.set(key, { vip, from, neighbours: neighbours.on(from).values() });
  }

  function isOver(vip: VipName): boolean {
    return now() - (cameAt.get(vip) ?? -Infinity) >= WORTHWHILE_MS;
  }

  function askWhatIsAllowed(): void {
    if (neighbours.throttle() === null) return rounds.clear();
    // Those that are put at the end are met again.
    for (const [key, round] of rounds) {
      if (!throttle.hasLeft()) return;
      rounds.delete(key);
      const question = nextQuestion(round);
      if (question === null) continue;
      rounds.set(key, round);
      throttle.take();
      ask(question);
    }
  }

  function nextQuestion({ vip, from, neighbours: left }: Round): Question | null {
    if (isOver(vip) || !isHere(vip, from)) return null;
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const question = { vip, from, target: next.value };
      if (!isAnswered(question)) return question;
    }
    return null;
  }
}
