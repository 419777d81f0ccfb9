// Interfaces, as the kernel tells of them (rtnetlink(7), <linux/if_link.h>). The fixed part of these messages:
//
//     family 1, nothing 1, kind of hardware 2, index 4, flags 4, changed flags 4

import { macText } from "./claim.ts";
import {
  attributesOf,
  type NetlinkMessage,
  type NetlinkRequest,
  NLM_F_DUMP,
  textOf,
  uint32,
} from "./netlink.ts";

export interface KernelLink {
  /** The kernel's number for it. One that is deleted and made anew has another one. */
  readonly index: number;
  readonly name: string;
  /** Switched on by whoever runs this host. */
  readonly isUp: boolean;
  /** Up, and connected to something: frames may pass. */
  readonly carries: boolean;
  /** Its hardware address, as "02:00:5e:10:00:01"; empty where it has none. */
  readonly mac: string;
}

/** Asks for all interfaces. */
export const everyLink = (): NetlinkRequest => ({
  type: RTM_GETLINK,
  flags: NLM_F_DUMP,
  body: new Uint8Array(FIXED_LENGTH),
});

/**
 * The interface that a message tells of; null when it tells of none. A bridge tells of its ports in messages of the same
 * types, but of a family: one that leaves the bridge is not gone.
 */
export function kernelLinkOf({ type, body }: NetlinkMessage): KernelLink | null {
  if ((type !== RTM_NEWLINK && type !== RTM_DELLINK) || body.length < FIXED_LENGTH) return null;
  const attributes = attributesOf(body, FIXED_LENGTH);
  const name = attributes.get(IFLA_IFNAME);
  if (name === undefined || body[0] !== AF_UNSPEC) return null;
  const flags = uint32(body, 8);
  const isUp = (flags & IFF_UP) !== 0;
  return {
    index: uint32(body, 4),
    name: textOf(name),
    isUp,
    carries: isUp && (flags & IFF_LOWER_UP) !== 0,
    mac: macText(attributes.get(IFLA_ADDRESS) ?? new Uint8Array()),
  };
}

export const RTM_NEWLINK = 16, RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const FIXED_LENGTH = 16;
const AF_UNSPEC = 0;
const IFLA_ADDRESS = 1, IFLA_IFNAME = 3;
const IFF_UP = 0x1, IFF_LOWER_UP = 0x1_0000;
