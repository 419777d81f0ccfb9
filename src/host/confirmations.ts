// Which notify targets have proved that they know where a VIP is. A question that is asked in the name of the VIP makes
// its target learn, and the answer comes to the VIP: so it proves that the target has learned. What was proved counts
// until the VIP is announced anew, for then somebody else may have had it in between.

import type { Claim } from "../codec/claim.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { Confirmation } from "../daemon/ports.ts";
import type { PlacedTarget } from "./notifier.ts";
import type { PlacedVip } from "./placed_vip.ts";

export interface Confirmations {
  /** The VIP was acquired: nobody has confirmed it yet. */
  begin(vip: VipName): void;
  /** Somebody has answered an address of it; true: for the first time. */
  hear(claim: Claim): boolean;
  /** Whether the target has answered this address of the VIP. */
  has(vip: VipName, of: { readonly from: string; readonly target: string }): boolean;
  /** What came of asking these targets. */
  of(vip: PlacedVip, targets: readonly PlacedTarget[]): Confirmation;
}

/** So many missing targets are named. */
const NAMED_MAX = 8;

export const isSingle = ({ family, prefix }: PlacedTarget): boolean => prefix === (family === 4 ? 32 : 128);

export function createConfirmations(
  { vipAt }: { /** The VIP that has the address. */ readonly vipAt: (address: string) => VipName | null },
): Confirmations {
  /** "FROM TARGET" of what was answered. */
  const answered = new Map<VipName, Set<string>>();
  return {
    begin: (vip) => void answered.set(vip, new Set()),
    hear({ address, to }) {
      const vip = to === null ? null : vipAt(to);
      const answers = vip === null ? undefined : answered.get(vip);
      const answer = `${to} ${address}`;
      if (answers === undefined || answers.has(answer)) return false;
      answers.add(answer);
      return true;
    },
    has: (vip, { from, target }) => answered.get(vip)?.has(`${from} ${target}`) ?? false,
    of({ vip, addresses }, targets) {
      const answers = answered.get(vip) ?? new Set<string>();
      const single = targets.filter(isSingle).filter((target) =>
        addresses.some((from) => reaches(from, target))
      );
      const missing = single.filter((target) =>
        addresses.some((from) => reaches(from, target) && !answers.has(`${from.address} ${target.address}`))
      ).map(({ address }) => address);
      const blocks = targets.filter((target) => !isSingle(target));
      // Whoever the kernel has asked in the VIP's name, for its own ends, answers too.
      const others = new Set(
        [...answers].map((each) => each.split(" ")[1] ?? "")
          .filter((address) => blocks.some((block) => covers(block, address))),
      );
      return {
        confirmed: single.length - missing.length + others.size,
        missing: missing.slice(0, NAMED_MAX),
        more: Math.max(0, missing.length - NAMED_MAX),
      };
    },
  };
}

function covers(block: PlacedTarget, address: string): boolean {
  const [first, found] = [parseIpAddress(block.address), parseIpAddress(address)];
  if (first === null || found === null || first.family !== found.family) return false;
  return first.bytes.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, block.prefix - 8 * at));
    return (byte ^ (found.bytes[at] ?? 0)) >> (8 - bits) === 0;
  });
}

/** Whether the target is asked in the name of the address. */
export const reaches = (
  from: { readonly family: 4 | 6; readonly interface: string },
  target: PlacedTarget,
): boolean => from.family === target.family && from.interface === target.interface;
