// Sockets that no runtime offers, for frames of a link (packet(7)) and for what the kernel knows of the network
// (netlink(7)). Opened through the C library; they never wait. Linux, 64 bits, little-endian, glibc or musl; the
// constants are those of <sys/socket.h>, <fcntl.h>, <linux/filter.h>.
//
// No runtime says when such a socket has something to read either. The kernel does, by a signal (O_ASYNC, fcntl(2)):
//
//     frame ──▶ socket ──SIGIO──▶ every socket is asked to read all that waits for it
//
// A signal is only a hint: several frames may come with one, and one with nothing left to read.

import process from "node:process";
import { openLibrary } from "./c_library.ts";

export interface KernelSocket {
  readonly descriptor: number;
  /** False when the kernel did not take all of it. `to` is a socket address; without one, what the socket is bound to. */
  send(message: Uint8Array, to?: Uint8Array): boolean;
  /** The next message that waits, cut off at 64 KiB; null when none does. Valid until the next call. */
  receive(): Uint8Array | null;
  /** Calls back soon after something has come that can be read. Read until there is nothing left. */
  onReadable(read: () => void): void;
  /** Asks the driver (ioctl(2)); what it answers is in the same bytes. False when it refused. */
  control(request: bigint, bytes: Uint8Array): boolean;
  /** Sets an option (setsockopt(2)). False when the kernel does not know it. */
  set(level: number, option: number, value: Uint8Array): boolean;
  /** Lets the kernel drop messages that this program does not accept. False when it does not know such programs. */
  filter(program: FilterProgram): boolean;
  close(): void;
}

/** Instructions of a classic BPF program, as in <linux/filter.h>: code, jump if true, jump if false, operand. */
export type FilterProgram = readonly (readonly [code: number, jt: number, jf: number, k: number])[];

export interface KernelSocketKind {
  readonly domain: number;
  readonly type: number;
  readonly protocol: number;
  /** The socket address to bind to. */
  readonly bindTo?: Uint8Array;
}

export const AF_PACKET = 17, AF_NETLINK = 16;
export const SOCK_RAW = 3;

/** Opens one; otherwise says what went wrong, for people: what the kernel refused. */
export function openKernelSocket(
  { domain, type, protocol, bindTo }: KernelSocketKind,
): KernelSocket | { readonly problem: string } {
  const library = openLibrary(SYMBOLS);
  if (typeof library === "string") return { problem: `Cannot load the C library: ${library}` };
  const { symbols } = library;
  const descriptor = symbols.socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (descriptor < 0) {
    library.close();
    return { problem: "the kernel refused" };
  }
  const socket = kernelSocket(library, descriptor);
  if (bindTo === undefined || symbols.bind(descriptor, plain(bindTo), bindTo.length) === 0) return socket;
  socket.close();
  return { problem: "the kernel refused" };
}

function kernelSocket(library: Library, descriptor: number): KernelSocket {
  const { symbols } = library;
  const buffer = new Uint8Array(RECEIVED_BYTES_MAX);
  let stopListening = () => {};
  let isOpen = true;
  return {
    descriptor,
    send: (message, to = NOWHERE) =>
      symbols.sendto(descriptor, plain(message), BigInt(message.length), 0, plain(to), to.length) ===
        message.length,
    receive() {
      const length = symbols.recv(descriptor, buffer, BigInt(buffer.length), 0);
      return length < 0 ? null : buffer.subarray(0, length);
    },
    onReadable(read) {
      stopListening();
      stopListening = whenReadable(read);
      symbols.fcntl(descriptor, F_SETOWN, process.pid);
      symbols.fcntl(descriptor, F_SETFL, SOCK_NONBLOCK | O_ASYNC);
      // What came before the kernel knew of us.
      queueMicrotask(read);
    },
    set,
    control: (request, bytes) => symbols.ioctl(descriptor, request, plain(bytes)) === 0,
    filter(program) {
      const instructions = instructionBytes(program);
      const head = new DataView(new ArrayBuffer(16));
      head.setUint16(0, program.length, true);
      head.setBigUint64(8, addressOf(instructions), true);
      return set(SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(head.buffer));
    },
    close() {
      // The number of a closed socket may be another one's by now.
      if (!isOpen) return;
      isOpen = false;
      symbols.close(descriptor);
      stopListening();
      library.close();
    },
  };

  function set(level: number, option: number, value: Uint8Array): boolean {
    return symbols.setsockopt(descriptor, level, option, plain(value), value.length) === 0;
  }
}

const readers = new Set<() => void>();
const readAll = (): void => readers.forEach((read) => read());
let isListening = false;

/** Gives what ends it. The listener stays: without one the signal would end the process, and one may be on its way. */
function whenReadable(read: () => void): () => void {
  if (!isListening) Deno.addSignalListener("SIGIO", readAll);
  isListening = true;
  readers.add(read);
  return () => void readers.delete(read);
}

function instructionBytes(program: FilterProgram): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, jt, jf, k], at) => {
    view.setUint16(8 * at, code, true);
    view.setUint8(8 * at + 2, jt);
    view.setUint8(8 * at + 3, jf);
    view.setUint32(8 * at + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}

/** Where the bytes are in memory. */
const addressOf = (bytes: Uint8Array<ArrayBuffer>): bigint =>
  BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));

const SOCK_CLOEXEC = 0o2000000, SOCK_NONBLOCK = 0o4000;
const F_SETFL = 4, F_SETOWN = 8, O_ASYNC = 0o20000;
const SOL_SOCKET = 1, SO_ATTACH_FILTER = 26;
const RECEIVED_BYTES_MAX = 65_536;
const NOWHERE = new Uint8Array();

type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // The C library gives ssize_t; a message is small, and an i32 comes back without a BigInt.
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** The C library reads plain memory; nothing in this program shares its messages. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
