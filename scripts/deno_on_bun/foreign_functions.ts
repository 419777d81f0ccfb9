// Deno.dlopen on bun:ffi. Only the names of the types differ: what Deno calls "buffer" and "pointer" is "ptr"
// there, and "usize" is "u64", a bigint when it comes back in both.

import process from "node:process";

// What is used of Bun's own interface (bun.com/docs/runtime/ffi).
interface BunFfi {
  dlopen(library: string, symbols: Readonly<Record<string, BunFunction>>): {
    readonly symbols: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
    close(): void;
  };
  ptr(bytes: Uint8Array): number;
  readonly read: Readonly<Record<"ptr" | "u16", (pointer: number, offset: number) => number>>;
  readonly CString: new (pointer: number) => object;
}
interface BunFunction {
  readonly args: readonly string[];
  readonly returns: string;
}

export const bunFfi = process.getBuiltinModule("bun:ffi") as unknown as BunFfi;

const bunsWord: Readonly<Record<string, string>> = {
  buffer: "ptr",
  pointer: "ptr",
  usize: "u64",
  isize: "i64",
};

/** As Deno.dlopen, for functions that do not wait. */
export function dlopen(library: string | URL, symbols: Deno.ForeignLibraryInterface) {
  return bunFfi.dlopen(String(library), Object.fromEntries(Object.entries(symbols).map(bunsFunction)));
}

function bunsFunction([name, symbol]: readonly [string, Deno.ForeignFunction | Deno.ForeignStatic]) {
  if (!("parameters" in symbol)) throw new TypeError(`Cannot map "${name}": not a function`);
  if (symbol.nonblocking === true) {
    throw new TypeError(`Cannot map "${name}": nonblocking functions are not mapped`);
  }
  const word = (type: unknown) => bunsWord[String(type)] ?? String(type);
  return [name, { args: symbol.parameters.map(word), returns: word(symbol.result) }] as const;
}

/** As Deno.UnsafePointer: where bytes are in memory. */
export const UnsafePointer = {
  of: (bytes: Uint8Array) => bunFfi.ptr(bytes),
  value: (pointer: number) => BigInt(pointer),
};
