// The interfaces of this host and the addresses on them, as the kernel has them at this moment.

import { everyAddress, type KernelAddress, kernelAddressOf } from "../codec/netlink_addresses.ts";
import { everyLink, type KernelLink, kernelLinkOf } from "../codec/netlink_links.ts";
import { type Parsed, parsed, problem } from "../codec/parsed.ts";
import { type NetlinkRequests, openNetlinkRequests } from "./netlink_requests.ts";

export interface NetworkLook {
  /** In the order of the kernel. */
  readonly links: readonly KernelLink[];
  readonly addresses: readonly KernelAddress[];
}

/** Looks once; the problem is for people. */
export function lookAtNetwork(): Parsed<NetworkLook> {
  const requests = openNetlinkRequests();
  if ("problem" in requests) return problem(requests.problem);
  try {
    return lookThrough(requests);
  } finally {
    requests.close();
  }
}

/** Looks, by a way to the kernel that is open. */
export function lookThrough(requests: NetlinkRequests): Parsed<NetworkLook> {
  const links = requests.list(everyLink(), kernelLinkOf);
  if (!links.ok) return links;
  const addresses = requests.list(everyAddress(), kernelAddressOf);
  return addresses.ok ? parsed({ links: links.value, addresses: addresses.value }) : addresses;
}
