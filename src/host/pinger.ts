// Pings notify targets that are to be pinged, in the name of a VIP: as soon as one has answered the question where it
// is, for then its hardware address is known, and it is known to be there. The kernel gets the answer and drops it: what
// counts is that the target had to send a packet to the VIP.
//
// Whoever forges answers can make this send pings, so they have the throttle of their target. What is above that waits
// for the next second, as long as there is not more than a second's share of it.

import type { Claim } from "../codec/claim.ts";
import { covers, reaches } from "./confirmations.ts";
import type { PlacedTarget } from "./notifier.ts";
import type { PlacedAddress } from "./placed_vip.ts";
import { createThrottle } from "./throttle.ts";

export interface Pinger {
  /** A target has answered the address for the first time. */
  answered(from: PlacedAddress, claim: Pick<Claim, "address" | "mac">): void;
  adopt(targets: readonly PlacedTarget[]): void;
  close(): void;
}

export interface Ping {
  /** The VIP's address. */
  readonly from: PlacedAddress;
  /** Canonical text. */
  readonly target: string;
  /** As "02:00:5e:10:00:01". */
  readonly mac: string;
}

export function createPinger(
  { targets, send }: { readonly targets: readonly PlacedTarget[]; readonly send: (ping: Ping) => void },
): Pinger {
  let lines = linesOf(targets);
  return {
    answered(from, { address: target, mac }) {
      const line = lines.find(({ target: each }) => reaches(from, each) && covers(each, target));
      line?.add({ from, target, mac });
    },
    adopt(to) {
      close();
      lines = linesOf(to);
    },
    close,
  };

  function close(): void {
    for (const line of lines) line.close();
  }

  function linesOf(all: readonly PlacedTarget[]) {
    return all.filter(({ ping }) => ping).map((target) => ({ target, ...createLine(target, send) }));
  }
}

function createLine({ throttle: perSecond }: PlacedTarget, send: (ping: Ping) => void) {
  let waiting: Ping[] = [];
  const throttle = createThrottle({ perSecond: () => perSecond, again: sendWhatIsAllowed });
  return {
    add(ping: Ping) {
      if (waiting.length < perSecond) waiting.push(ping);
      sendWhatIsAllowed();
    },
    close() {
      waiting = [];
      throttle.close();
    },
  };

  function sendWhatIsAllowed(): void {
    while (throttle.hasLeft()) {
      const ping = waiting.shift();
      if (ping === undefined) return;
      throttle.take();
      send(ping);
    }
  }
}
