// Deno.networkInterfaces on getifaddrs(3). What node:os tells in Bun leaves out every interface that is down or has
// no carrier, and a host whose cable is unplugged must know its addresses all the same.

import { bunFfi } from "./foreign_functions.ts";

const functions = {
  getifaddrs: { args: ["ptr"], returns: "i32" },
  freeifaddrs: { args: ["ptr"], returns: "void" },
  inet_ntop: { args: ["i32", "ptr", "ptr", "u32"], returns: "ptr" },
};

/** glibc, then musl on the two machines that there are executables for. */
const libraries = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

// struct ifaddrs of getifaddrs(3) on a 64-bit machine, and the sockaddr of ip(7) and ipv6(7): offsets in bytes.
const NEXT = 0;
const NAME = 8;
const ADDRESS = 24;
/** By address family: its name in Deno, and where in the sockaddr the address is. */
const families: Readonly<Record<number, { readonly family: "IPv4" | "IPv6"; readonly at: number }>> = {
  2: { family: "IPv4", at: 4 },
  10: { family: "IPv6", at: 8 },
};

/** The addresses of all interfaces, up or down. */
export function networkInterfaces() {
  const { symbols, close } = openLibrary();
  const first = new BigUint64Array(1);
  if (symbols.getifaddrs?.(first) !== 0) {
    throw new Error("Cannot list the network interfaces: getifaddrs failed");
  }
  try {
    return [...entries(Number(first[0]))].flatMap((entry) => interfaceOf(entry, symbols));
  } finally {
    symbols.freeifaddrs?.(Number(first[0]));
    close();
  }
}

type Symbols = ReturnType<typeof bunFfi.dlopen>["symbols"];

function openLibrary() {
  const problems: unknown[] = [];
  for (const library of libraries) {
    try {
      return bunFfi.dlopen(library, functions);
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems, "Cannot list the network interfaces: no C library");
}

function* entries(first: number): Iterable<number> {
  for (let entry = first; entry !== 0; entry = bunFfi.read.ptr(entry, NEXT)) yield entry;
}

function interfaceOf(entry: number, symbols: Symbols) {
  const address = bunFfi.read.ptr(entry, ADDRESS);
  const known = address === 0 ? undefined : families[bunFfi.read.u16(address, 0)];
  if (known === undefined) return [];
  const text = new Uint8Array(64);
  symbols.inet_ntop?.(bunFfi.read.u16(address, 0), address + known.at, text, text.length);
  return [{
    name: String(new bunFfi.CString(bunFfi.read.ptr(entry, NAME))),
    family: known.family,
    address: new TextDecoder().decode(text.subarray(0, text.indexOf(0))),
  }];
}
