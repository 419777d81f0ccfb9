// A netlink socket (netlink(7)), the way to the kernel for all that concerns addresses and interfaces. Constants are those
// of <linux/netlink.h> and <linux/rtnetlink.h>.

import { AF_NETLINK, type KernelSocket, openKernelSocket, SOCK_RAW } from "./kernel_socket.ts";

/** Opens one that hears the groups, a bit each; 0: it hears only answers. `problem` is for people. */
export function openNetlinkSocket(groups: number): KernelSocket | { readonly problem: string } {
  const address = new DataView(new ArrayBuffer(12));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(8, groups, true);
  const socket = openKernelSocket({
    domain: AF_NETLINK,
    type: SOCK_RAW,
    protocol: NETLINK_ROUTE,
    bindTo: new Uint8Array(address.buffer),
  });
  return "problem" in socket ? { problem: `Cannot open a netlink socket: ${socket.problem}` } : socket;
}

/**
 * Takes everything that waits. Says whether the kernel had to drop something, because too much waited: it tells so once,
 * in between, as an error, which looks like nothing for as long as one does not ask again.
 */
export function takeAll(
  socket: KernelSocket,
  take: (datagram: Uint8Array) => void,
): { readonly missed: boolean } {
  let missed = false;
  for (let nothings = 0; nothings < 2;) {
    const datagram = socket.receive();
    if (datagram === null) {
      nothings += 1;
      continue;
    }
    // One that came just now, after there was really nothing, does no harm: somebody looks once too often.
    if (nothings > 0) missed = true;
    nothings = 0;
    take(datagram);
  }
  return { missed };
}

const NETLINK_ROUTE = 0;
