// Run inside a network namespace with the cable's eth0, by either runtime: opens sockets of the kernel and prints,
// one line each, what they see.

import { AF_NETLINK, AF_PACKET, openKernelSocket, SOCK_RAW } from "../../src/host/kernel_socket.ts";

const opened = (kind: Parameters<typeof openKernelSocket>[0]) => {
  const socket = openKernelSocket(kind);
  if ("problem" in socket) throw new Error(socket.problem);
  return socket;
};
const say = (what: string, seen: unknown) => console.log(`${what}: ${JSON.stringify(seen)}`);

const ETH_P_ARP_IN_NETWORK_ORDER = 0x0608;
const arp = opened({ domain: AF_PACKET, type: SOCK_RAW, protocol: ETH_P_ARP_IN_NETWORK_ORDER });
say("nothing waits", arp.receive());

// Accept only ARP replies: the operation is the half-word at 20 (14 of Ethernet, 6 of ARP).
const isFiltered = arp.filter([[0x28, 0, 0, 20], [0x15, 0, 1, 2], [0x6, 0, 0, 0xffff], [0x6, 0, 0, 0]]);
say("filter taken", isFiltered);

const frames: number[][] = [];
arp.onReadable(() => {
  for (let frame = arp.receive(); frame !== null; frame = arp.receive()) {
    frames.push([...frame.subarray(20, 22), ...frame.subarray(28, 32)]);
  }
});

const links = opened({ domain: AF_NETLINK, type: SOCK_RAW, protocol: 0, bindTo: linkGroup() });
const told = new Promise<void>((resolve) => {
  links.onReadable(() => {
    let count = 0;
    while (links.receive() !== null) count += 1;
    if (count > 0) resolve();
  });
});

say("ready", true);
await told;
say("the kernel told of the link", true);
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    if (frames.length === 0) return;
    clearInterval(timer);
    resolve();
  }, 5);
});
say("replies", frames);
arp.close();
links.close();

/** struct sockaddr_nl, for the group of links (1). */
function linkGroup(): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(8, 1, true);
  return new Uint8Array(view.buffer);
}
