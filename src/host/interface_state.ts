// Why a socket cannot be bound to an address. The kernel says "not available" of an address that is not here, and
// of the broadcast address of an interface that is down; people need to know which.

import { lookAtNetwork } from "./network_look.ts";

export type AddressState =
  /** No interface has it. */
  | { readonly kind: "absent" }
  /** It is on an interface that is down. */
  | { readonly kind: "down"; readonly interface: string }
  /** It is on an interface that is not down; or nothing is known of it. */
  | { readonly kind: "here" };

/** Asks the kernel. */
export function addressState(address: string): AddressState {
  const look = lookAtNetwork();
  if (!look.ok) return { kind: "here" };
  const { addresses, links } = look.value;
  const found = addresses.find((each) => each.address === address);
  if (found === undefined) return { kind: "absent" };
  const link = links.find(({ index }) => index === found.index);
  return link?.isUp === false ? { kind: "down", interface: link.name } : { kind: "here" };
}
