// Which notify targets have proved that they know where a VIP is. A question that is asked in the name of the VIP makes
// its target learn, and the answer comes to the VIP: so it proves that the target has learned. What was proved counts
// until the VIP is announced anew, for then somebody else may have had it in between. Collected neighbours that answer
// are counted, too; those that do not may not be there any more. Of nobody else is anything kept: whoever is on the
// network can answer in as many names as there are.

import type { Claim } from "../codec/claim.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { Confirmation } from "../daemon/ports.ts";
import type { PlacedTarget } from "./notifier.ts";
import type { PlacedVip } from "./placed_vip.ts";

export interface Confirmations {
  /** The VIP was acquired: nobody has confirmed it yet. */
  begin(vip: VipName): void;
  /** A neighbour that is no target is about to be asked in its name: then its answer counts. */
  expect(vip: VipName, of: { readonly from: string; readonly target: string }): void;
  /** Somebody has answered an address. Gives the VIP that has it; null: there is none, or nobody asked, or it is no news. */
  hear(claim: Claim): VipName | null;
  /** Whether the target has answered this address of the VIP. */
  has(vip: VipName, of: { readonly from: string; readonly target: string }): boolean;
  /** What came of asking these targets. */
  of(vip: PlacedVip, targets: readonly PlacedTarget[]): Confirmation;
}

/** So many missing targets are named. */
const NAMED_MAX = 8;

export const isSingle = ({ family, prefix }: PlacedTarget): boolean => prefix === (family === 4 ? 32 : 128);

export function createConfirmations(
  { vipAt, isTarget }: {
    /** The VIP that has the address. */
    readonly vipAt: (address: string) => VipName | null;
    /** Whether it is a target's, or one of a block that is a target. */
    readonly isTarget: (address: string) => boolean;
  },
): Confirmations {
  /** "FROM TARGET" of what was answered. */
  const answered = new Map<VipName, Set<string>>();
  /** Neighbours that were asked, in the same form. */
  const expected = new Map<VipName, Set<string>>();
  return {
    begin(vip) {
      answered.set(vip, new Set());
      expected.set(vip, new Set());
    },
    expect: (vip, { from, target }) => void expected.get(vip)?.add(`${from} ${target}`),
    hear({ address, to }) {
      const vip = to === null ? null : vipAt(to);
      const answers = vip === null ? undefined : answered.get(vip);
      const answer = `${to} ${address}`;
      if (vip === null || answers === undefined || answers.has(answer)) return null;
      if (expected.get(vip)?.has(answer) !== true && !isTarget(address)) return null;
      answers.add(answer);
      return vip;
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
      const inBlock = (address: string) => blocks.some((block) => covers(block, address));
      // Whoever the kernel has asked in the VIP's name, for its own ends, answers too.
      const others = new Set([...answers].map(answererOf).filter(inBlock));
      const asked = [...expected.get(vip) ?? []].filter((each) => answers.has(each)).map(answererOf);
      return {
        confirmed: single.length - missing.length + others.size,
        missing: missing.slice(0, NAMED_MAX),
        more: Math.max(0, missing.length - NAMED_MAX),
        neighbours: new Set(asked.filter((address) => !inBlock(address))).size,
      };
    },
  };
}

const answererOf = (answer: string): string => answer.split(" ")[1] ?? "";

/** Whether the address is in the block; of a single target, whether it is that. */
export function covers(block: PlacedTarget, address: string): boolean {
  const [first, found] = [parseIpAddress(block.address), parseIpAddress(address)];
  if (first === null || found === null || first.family !== found.family) return false;
  return first.bytes.every((byte, at) => {
    const bits = Math.min(8, Math.max(0, block.prefix - 8 * at));
    return (byte ^ (found.bytes[at] ?? 0)) >> (8 - bits) === 0;
  });
}

/** Whether the address is one of the targets'. */
export const isTargeted = (targets: readonly PlacedTarget[], address: string): boolean =>
  targets.some((target) => isSingle(target) ? target.address === address : covers(target, address));

/** Whether the target is asked in the name of the address. */
export const reaches = (
  from: { readonly family: 4 | 6; readonly interface: string },
  target: PlacedTarget,
): boolean => from.family === target.family && from.interface === target.interface;
