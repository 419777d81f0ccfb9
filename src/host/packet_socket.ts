// A packet socket: sends whole Ethernet frames through any interface, which no runtime offers. It is opened
// through the C library, receives nothing, and never waits. Linux, 64 bits, little-endian, glibc or musl; the
// constants are those of <sys/socket.h>, <linux/if_packet.h> and <linux/sockios.h>.

import { etherType } from "../codec/announcement.ts";
import { openLibrary } from "./c_library.ts";

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
  const library = openLibrary(SYMBOLS);
  if (typeof library === "string") {
    return { kind: "refused", problem: `Cannot load the C library: ${library}` };
  }
  const descriptor = library.symbols.socket(
    AF_PACKET,
    SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
    RECEIVE_NOTHING,
  );
  if (descriptor >= 0) return { kind: "ok", socket: packetSocket(library, descriptor) };
  library.close();
  return {
    kind: "refused",
    problem: "Cannot open a packet socket: the kernel refused, CAP_NET_RAW is wanted",
  };
}

function packetSocket(library: Library, descriptor: number): PacketSocket {
  const { symbols } = library;
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
    send(frame, link) {
      const to = linkAddress(link, etherType(frame));
      return symbols.sendto(descriptor, buffer(frame), BigInt(frame.length), 0, to, to.length) ===
        frame.length;
    },
    close() {
      symbols.close(descriptor);
      library.close();
    },
  };

  /** Asks the kernel about an interface; gives what stands behind the name in struct ifreq. */
  function requestInterface(name: string, request: bigint): DataView | null {
    const bytes = new Uint8Array(IFREQ_LENGTH);
    const { read, written } = new TextEncoder().encodeInto(name, bytes.subarray(0, IFNAMSIZ - 1));
    if (read < name.length || written === 0) return null;
    return symbols.ioctl(descriptor, request, bytes) === 0 ? new DataView(bytes.buffer, IFNAMSIZ) : null;
  }
}

const AF_PACKET = 17, SOCK_RAW = 3, SOCK_CLOEXEC = 0o2000000, SOCK_NONBLOCK = 0o4000;
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

type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // The C library gives ssize_t; a frame is small, and an i32 comes back without a BigInt.
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** The C library reads plain memory; nothing in this program shares its frames. */
const buffer = (frame: Uint8Array): Uint8Array<ArrayBuffer> => frame as Uint8Array<ArrayBuffer>;
