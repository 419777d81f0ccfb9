// A packet socket: sends whole Ethernet frames through any interface, and receives nothing. The constants are those
// of <linux/if_packet.h> and <linux/sockios.h>.

import { etherType } from "../codec/announcement.ts";
import { AF_PACKET, type KernelSocket, openKernelSocket, SOCK_RAW } from "./kernel_socket.ts";

export interface PacketSocket {
  /** Looks an Ethernet interface up by name; null when there is none of that name, or it is not Ethernet. */
  link(interfaceName: string): Link | null;
  /** False when the kernel did not take the frame: the interface is down or gone, or its queue is full. */
  send(frame: Uint8Array, link: Link): boolean;
  close(): void;
}

export interface Link {
  /** The kernel's number for the interface. */
  readonly index: number;
  /** 6 bytes. */
  readonly mac: Uint8Array;
}

export type PacketSocketOutcome =
  | { readonly kind: "ok"; readonly socket: PacketSocket }
  /** `problem` is for people. */
  | { readonly kind: "refused"; readonly problem: string };

/** Opens one. Refused without the privilege CAP_NET_RAW. */
export function openPacketSocket(): PacketSocketOutcome {
  const socket = openKernelSocket({ domain: AF_PACKET, type: SOCK_RAW, protocol: RECEIVE_NOTHING });
  if (!("problem" in socket)) return { kind: "ok", socket: packetSocket(socket) };
  return {
    kind: "refused",
    problem: `Cannot open a packet socket: ${socket.problem}, CAP_NET_RAW is wanted`,
  };
}

function packetSocket(socket: KernelSocket): PacketSocket {
  return {
    link(interfaceName) {
      const index = requestInterface(interfaceName, SIOCGIFINDEX);
      const hardware = requestInterface(interfaceName, SIOCGIFHWADDR);
      if (index === null || hardware === null || hardware.getUint16(0, true) !== ARPHRD_ETHER) return null;
      return {
        index: index.getInt32(0, true),
        mac: new Uint8Array(hardware.buffer, hardware.byteOffset + 2, 6),
      };
    },
    send: (frame, link) => socket.send(frame, linkAddress(link, etherType(frame))),
    close: () => socket.close(),
  };

  /** Asks the kernel about an interface; gives what stands behind the name in struct ifreq. */
  function requestInterface(name: string, request: bigint): DataView | null {
    const bytes = new Uint8Array(IFREQ_LENGTH);
    const { read, written } = new TextEncoder().encodeInto(name, bytes.subarray(0, IFNAMSIZ - 1));
    if (read < name.length || written === 0) return null;
    return socket.control(request, bytes) ? new DataView(bytes.buffer, IFNAMSIZ) : null;
  }
}

/** The protocol number of a packet socket says what it receives; 0 is nothing. */
const RECEIVE_NOTHING = 0;
const SIOCGIFINDEX = 0x8933n, SIOCGIFHWADDR = 0x8927n;
const IFNAMSIZ = 16, IFREQ_LENGTH = 40;
const ARPHRD_ETHER = 1;

/** struct sockaddr_ll: family, protocol (in network order), interface index; the rest is for receiving. */
function linkAddress({ index }: Link, protocol: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, protocol, false);
  view.setInt32(4, index, true);
  return new Uint8Array(view.buffer);
}
