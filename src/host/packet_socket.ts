// Packet sockets: whole Ethernet frames, through any interface. One sends. Two others receive what may be a claim to an
// address (see claim.ts), and nothing else: the kernel drops the questions that fill a busy network, and all other
// traffic, before this program is woken. The constants are those of <linux/if_packet.h> and <linux/sockios.h>.

import { etherType } from "../codec/announcement.ts";
import {
  AF_PACKET,
  type FilterProgram,
  type KernelSocket,
  openKernelSocket,
  SOCK_RAW,
} from "./kernel_socket.ts";

export interface PacketSocket {
  /** Looks an Ethernet interface up by name; null when there is none of that name, or it is not Ethernet. */
  link(interfaceName: string): Link | null;
  /** False when the kernel did not take the frame: the interface is down or gone, or its queue is full. */
  send(frame: Uint8Array, link: Link): boolean;
  /** Calls back with each frame that may be a claim; it is valid until the call returns. */
  onFrame(receive: (frame: Uint8Array) => void): void;
  /** Calls back at once for all frames that wait. */
  read(): void;
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
  const listeners: KernelSocket[] = [];
  const readers: (() => void)[] = [];
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
    onFrame(receive) {
      for (const { protocol, filter } of listened) {
        const listener = openKernelSocket({
          domain: AF_PACKET,
          type: SOCK_RAW,
          protocol: inNetworkOrder(protocol),
        });
        if ("problem" in listener) continue;
        listeners.push(listener);
        listener.filter(filter);
        const read = () => {
          for (let at = 0; at < FRAMES_AT_ONCE; at += 1) {
            const frame = listener.receive();
            if (frame === null) return;
            receive(frame);
          }
        };
        listener.onReadable(read);
        readers.push(read);
      }
    },
    read: () => readers.forEach((read) => read()),
    close() {
      readers.length = 0;
      for (const each of [socket, ...listeners]) each.close();
    },
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
const inNetworkOrder = (protocol: number): number => ((protocol & 0xff) << 8) | (protocol >> 8);
/** What a flood of frames may keep the daemon busy with, each time it is woken; the kernel drops the rest. */
const FRAMES_AT_ONCE = 2_000;

const ACCEPT = [0x06, 0, 0, 0xffff] as const, DROP = [0x06, 0, 0, 0] as const;
/** Which frames are received: the EtherType, and what of it the kernel lets through. */
const listened: readonly { readonly protocol: number; readonly filter: FilterProgram }[] = [
  {
    protocol: 0x0806,
    // ARP replies, and requests whose sender and target are the same.
    filter: [
      [0x28, 0, 0, 20],
      [0x15, 4, 0, 2],
      [0x20, 0, 0, 28],
      [0x07, 0, 0, 0],
      [0x20, 0, 0, 38],
      [0x1d, 0, 1, 0],
      ACCEPT,
      DROP,
    ],
  },
  {
    protocol: 0x86dd,
    // ICMPv6 (58) of the type of a neighbour advertisement (136).
    filter: [[0x30, 0, 0, 20], [0x15, 0, 3, 58], [0x30, 0, 0, 54], [0x15, 0, 1, 136], ACCEPT, DROP],
  },
];
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
