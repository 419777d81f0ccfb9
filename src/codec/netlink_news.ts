// What the kernel tells unasked: an address or an interface came, changed or went.

import type { NetlinkMessage } from "./netlink.ts";
import { type KernelAddress, kernelAddressOf, RTM_DELADDR } from "./netlink_addresses.ts";
import { type KernelLink, kernelLinkOf, RTM_DELLINK } from "./netlink_links.ts";

export type NetworkNews =
  /** It came, or was renewed. */
  | { readonly kind: "addressSeen"; readonly address: KernelAddress }
  | { readonly kind: "addressGone"; readonly address: KernelAddress }
  /** It came, or something about it changed. */
  | { readonly kind: "linkSeen"; readonly link: KernelLink }
  | { readonly kind: "linkGone"; readonly link: KernelLink };

/** What a message tells; null when it is nothing of this. */
export function newsOf(message: NetlinkMessage): NetworkNews | null {
  const address = kernelAddressOf(message);
  if (address !== null) {
    return { kind: message.type === RTM_DELADDR ? "addressGone" : "addressSeen", address };
  }
  const link = kernelLinkOf(message);
  return link === null ? null : { kind: message.type === RTM_DELLINK ? "linkGone" : "linkSeen", link };
}
