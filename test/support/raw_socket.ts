// Sockets that Deno does not offer: raw ICMP, ICMPv6 and ARP, and whole frames as they pass a switch, with a wait that
// is precise to a fraction of a millisecond. Only the probes use them. Every call is synchronous, because a probe is one plain loop with
// nothing beside it: send, drain, wait for the next tick or the next command.
//
// Linux, little-endian, glibc; the constants are those of <linux/if_packet.h>, <netinet/in.h> and <sys/socket.h>.

const libc = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // The kernel gives ssize_t; all our datagrams are small, and an i32 comes back without a BigInt.
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  ppoll: { parameters: ["buffer", "usize", "buffer", "pointer"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  prctl: { parameters: ["i32", "u64"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
}).symbols;

const AF_INET = 2, AF_INET6 = 10, AF_PACKET = 17;
const SOCK_DGRAM = 2, SOCK_RAW = 3;
const IPPROTO_ICMP = 1, IPPROTO_IPV6 = 41, IPPROTO_ICMPV6 = 58, SOL_RAW = 255;
const SOL_SOCKET = 1, SOL_PACKET = 263;
const ETH_P_ALL = 0x0003, ETH_P_ARP = 0x0806;
const MSG_DONTWAIT = 0x40, POLLIN = 1;

/** An open socket with the address format of its family. */
export interface RawSocket {
  readonly descriptor: number;
}

/** A raw ICMP socket that receives echo replies only. What it receives starts with the IPv4 header. */
export function openEchoSocket4(): RawSocket {
  const socket = open(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  setOption(socket, { level: SOL_RAW, option: 1, value: new Uint32Array([~(1 << 0) >>> 0]) });
  return socket;
}

/** A raw ICMPv6 socket that receives messages of one type only, or none, without the IPv6 header. */
export function openIcmp6Socket(passedType: number | null): RawSocket {
  const socket = open(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
  const blocked = new Uint32Array(8).fill(0xffffffff);
  if (passedType !== null) blocked[passedType >> 5] = (0xffffffff ^ (1 << (passedType & 31))) >>> 0;
  setOption(socket, { level: IPPROTO_ICMPV6, option: 1, value: blocked });
  return socket;
}

/** Makes neighbour solicitations leave through the interface, with the hop limit that RFC 4861 demands. */
export function sendSolicitationsThrough(socket: RawSocket, interfaceName: string): void {
  const index = interfaceIndex(interfaceName);
  setOption(socket, { level: IPPROTO_IPV6, option: 17, value: new Int32Array([index]) });
  setOption(socket, { level: IPPROTO_IPV6, option: 18, value: new Int32Array([255]) });
}

/** A packet socket that only sends: ARP packets without the Ethernet header. */
export const openArpSender = (): RawSocket => open(AF_PACKET, SOCK_DGRAM, 0);

/** What a frame must be to be received: the classic BPF program, as `tcpdump -dd` prints it. */
export type FrameFilter = readonly (readonly [code: number, ifTrue: number, ifFalse: number, k: number])[];

/** The instructions of a filter, and an EtherType that it looks for. */
export const LOAD_WORD = 0x20, LOAD_HALF = 0x28, LOAD_BYTE = 0x30, IF_EQUAL = 0x15, RETURN = 0x06;
export const IPV4 = 0x0800;

export interface SwitchPlace {
  /** The namespace of the switch, and the name of its bridge there. */
  readonly namespace: string;
  readonly bridge: string;
}

/** A packet socket that receives every frame that a bridge in another namespace forwards, if the filter lets it pass. */
export function openFrameSocket({ namespace, bridge }: SwitchPlace, filter: FrameFilter): RawSocket {
  return insideNamespace(namespace, () => {
    // Of protocol 0 it receives nothing before it is bound, so that no frame gets past the filter.
    const socket = open(AF_PACKET, SOCK_RAW, 0);
    attachFilter(socket, filter);
    const local = linkAddress(bridge, new Uint8Array(6));
    new DataView(local.buffer).setUint16(2, ETH_P_ALL, false);
    if (libc.bind(socket.descriptor, local, local.length) < 0) throw new Error(`Cannot bind to ${bridge}`);
    // A bridge hands up what it forwards only while it is promiscuous: struct packet_mreq, PACKET_MR_PROMISC is 1.
    const PACKET_ADD_MEMBERSHIP = 1;
    const value = new Uint32Array([interfaceIndex(bridge), 1, 0, 0]);
    setOption(socket, { level: SOL_PACKET, option: PACKET_ADD_MEMBERSHIP, value });
    return socket;
  });
}

export const closeSocket = ({ descriptor }: RawSocket): void => void libc.close(descriptor);

/** Sends one datagram; false when the kernel refused it (no route, no carrier, full queue). */
export function send(
  socket: RawSocket,
  datagram: Uint8Array<ArrayBuffer>,
  to: Uint8Array<ArrayBuffer>,
): boolean {
  return libc.sendto(socket.descriptor, datagram, BigInt(datagram.length), MSG_DONTWAIT, to, to.length) >= 0;
}

/** Takes one waiting datagram into the buffer; its length, or -1 when none waits. */
export function receive(socket: RawSocket, into: Uint8Array<ArrayBuffer>): number {
  return libc.recv(socket.descriptor, into, BigInt(into.length), MSG_DONTWAIT);
}

/** Waits until one of the descriptors can be read, at most `ms`; says for each whether it can. */
export function createPoll(descriptors: readonly number[]): (ms: number) => readonly boolean[] {
  const entries = new DataView(new ArrayBuffer(8 * descriptors.length));
  const bytes = new Uint8Array(entries.buffer);
  const timeout = new BigInt64Array(2);
  const timeoutBytes = new Uint8Array(timeout.buffer);
  return (ms) => {
    descriptors.forEach((descriptor, i) => {
      entries.setInt32(8 * i, descriptor, true);
      entries.setUint32(8 * i + 4, POLLIN, true);
    });
    const nanoseconds = BigInt(Math.max(0, Math.round(ms * 1e6)));
    timeout[0] = nanoseconds / 1_000_000_000n;
    timeout[1] = nanoseconds % 1_000_000_000n;
    libc.ppoll(bytes, BigInt(descriptors.length), timeoutBytes, null);
    return descriptors.map((_, i) => entries.getUint16(8 * i + 6, true) !== 0);
  };
}

/**
 * Lets this thread run before all ordinary ones and wake without timer slack, so that a busy machine does not look
 * like a dead VIP. False when it is not allowed; the probe is then only less precise.
 */
export function runPromptly(): boolean {
  const SCHED_FIFO = 1, PR_SET_TIMERSLACK = 29;
  libc.prctl(PR_SET_TIMERSLACK, 1n);
  return libc.sched_setscheduler(0, SCHED_FIFO, new Uint8Array(new Int32Array([10]).buffer)) === 0;
}

/** sockaddr_in or sockaddr_in6 of the address, port 0. */
export function internetAddress(address: string): Uint8Array<ArrayBuffer> {
  const bytes = addressBytes(address);
  const socketAddress = new Uint8Array(bytes.length === 4 ? 16 : 28);
  socketAddress[0] = bytes.length === 4 ? AF_INET : AF_INET6;
  socketAddress.set(bytes, bytes.length === 4 ? 4 : 8);
  return socketAddress;
}

/** sockaddr_ll of a MAC behind the interface, for ARP. */
export function linkAddress(interfaceName: string, mac: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ARP, false);
  view.setInt32(4, interfaceIndex(interfaceName), true);
  view.setUint8(11, mac.length);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(mac, 12);
  return bytes;
}

/** The 4 or 16 bytes of an address in its usual text form. */
export function addressBytes(address: string): Uint8Array<ArrayBuffer> {
  if (!address.includes(":")) return new Uint8Array(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const first = groups(head), last = groups(tail ?? "");
  const middle = new Array<number>(tail === undefined ? 0 : 8 - first.length - last.length).fill(0);
  return new Uint8Array([...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 255]));
}

/** The 6 bytes of "02:00:00:00:00:01". */
export const macBytes = (mac: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(mac.split(":").map((byte) => parseInt(byte, 16)));

function open(family: number, type: number, protocol: number): RawSocket {
  const descriptor = libc.socket(family, type, protocol);
  if (descriptor < 0) throw new Error(`Cannot open a raw socket (family ${family}): root is needed`);
  const socket = { descriptor };
  const SO_RCVBUFFORCE = 33;
  setOption(socket, { level: SOL_SOCKET, option: SO_RCVBUFFORCE, value: new Int32Array([8 << 20]) });
  return socket;
}

interface SocketOption {
  readonly level: number;
  readonly option: number;
  readonly value: Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>;
}

function setOption(socket: RawSocket, { level, option, value }: SocketOption): void {
  const bytes = new Uint8Array(value.buffer);
  if (libc.setsockopt(socket.descriptor, level, option, bytes, bytes.length) < 0) {
    throw new Error(`Cannot set socket option ${option} at level ${level}`);
  }
}

function attachFilter(socket: RawSocket, filter: FrameFilter): void {
  const program = new DataView(new ArrayBuffer(8 * filter.length));
  filter.forEach(([code, ifTrue, ifFalse, k], i) => {
    program.setUint16(8 * i, code, true);
    program.setUint8(8 * i + 2, ifTrue);
    program.setUint8(8 * i + 3, ifFalse);
    program.setUint32(8 * i + 4, k, true);
  });
  // struct sock_fprog: how many instructions, and where they are.
  const value = new BigUint64Array([
    BigInt(filter.length),
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(program.buffer)),
  ]);
  const SO_ATTACH_FILTER = 26;
  setOption(socket, { level: SOL_SOCKET, option: SO_ATTACH_FILTER, value });
}

/** A socket stays in the namespace in which it was opened; this thread goes there for it, and comes back. */
function insideNamespace<Result>(name: string, work: () => Result): Result {
  const home = openFile("/proc/thread-self/ns/net");
  const there = openFile(`/var/run/netns/${name}`);
  try {
    enter(there);
    return work();
  } finally {
    enter(home);
    libc.close(there);
    libc.close(home);
  }
}

function enter(namespace: number): void {
  const CLONE_NEWNET = 0x4000_0000;
  if (libc.setns(namespace, CLONE_NEWNET) < 0) throw new Error("Cannot enter a network namespace");
}

function openFile(path: string): number {
  const O_CLOEXEC = 0x8_0000;
  const descriptor = libc.open(new TextEncoder().encode(`${path}\0`), O_CLOEXEC);
  if (descriptor < 0) throw new Error(`Cannot open ${path}`);
  return descriptor;
}

function interfaceIndex(name: string): number {
  const index = libc.if_nametoindex(new TextEncoder().encode(`${name}\0`));
  if (index === 0) throw new Error(`Cannot use "${name}": no such interface`);
  return index;
}
