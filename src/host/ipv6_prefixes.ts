// The prefixes of this host's IPv6 addresses, as far as the kernel has told of them. Linux has an IPv6 address once on an
// interface, whatever its prefix: to add it with another one changes the lifetime of the address that is there, which
// keeps its prefix and is still not the one that was wanted.

import type { KernelAddress } from "../codec/netlink_addresses.ts";

export interface Ipv6Prefixes {
  /** The prefix with which the address is on the interface; null when it is not there, or none of IPv6. */
  of(index: number, address: string): number | null;
  see(address: KernelAddress): void;
  drop(address: KernelAddress): void;
  /** These are all. */
  replace(addresses: readonly KernelAddress[]): void;
}

export function createIpv6Prefixes(): Ipv6Prefixes {
  const prefixes = new Map<string, number>();
  return {
    of: (index, address) => prefixes.get(`${index} ${address}`) ?? null,
    see,
    drop: ({ index, address }) => void prefixes.delete(`${index} ${address}`),
    replace(addresses) {
      prefixes.clear();
      addresses.forEach(see);
    },
  };

  function see({ index, address, family, prefix }: KernelAddress): void {
    if (family === 6) prefixes.set(`${index} ${address}`, prefix);
  }
}
