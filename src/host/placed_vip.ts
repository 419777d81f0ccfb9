// A VIP with its addresses as this very host has them: on local interface names, which the configuration may give
// to each host differently.

import type { VipName } from "../core/vocabulary.ts";

export interface PlacedVip {
  readonly vip: VipName;
  /** At least one. */
  readonly addresses: readonly PlacedAddress[];
}

export interface PlacedAddress {
  /** Canonical text, without prefix. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  /** The interface's name on this host. */
  readonly interface: string;
}

/** The lines for `ip -batch` that remove every address of the VIPs. */
export const removalLines = (vips: readonly PlacedVip[]): readonly string[] =>
  vips.flatMap(({ addresses }) => addresses).map(removalLine);

/** `address del`, of exactly this address: an address with another prefix is somebody else's. */
export const removalLine = ({ address, prefix, ...on }: PlacedAddress): string =>
  `address del ${address}/${prefix} dev ${on.interface}`;

/** Names one address on one interface. Asked for each address that is looked at: no copy is made. */
export const keyOf = (place: Pick<PlacedAddress, "address" | "prefix" | "interface">): string =>
  `${place.interface} ${place.address}/${place.prefix}`;

/** Whether it is one of the VIP's addresses. */
export const hasAddress = (vip: PlacedVip | undefined, address: PlacedAddress): boolean =>
  vip?.addresses.some((each) => keyOf(each) === keyOf(address)) ?? false;

/** All addresses of both lists, each once, under the first name that has it. */
export function unionOf(vips: readonly PlacedVip[], further: readonly PlacedVip[]): readonly PlacedVip[] {
  const seen = new Set<string>();
  return [...vips, ...further].flatMap(({ vip, addresses }) => {
    const fresh = addresses.filter((address) => !seen.has(keyOf(address)));
    fresh.forEach((address) => seen.add(keyOf(address)));
    return fresh.length === 0 ? [] : [{ vip, addresses: fresh }];
  });
}
