// The C library of this machine, for the few calls that no runtime offers.

import { messageOf } from "./command.ts";

/** glibc, then musl on the two machines that there are executables for. */
const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** The first library that is there; otherwise why the last one could not be opened, for people. */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> | string {
  let problem = "";
  for (const name of LIBRARIES) {
    try {
      return Deno.dlopen(name, symbols);
    } catch (error) {
      problem = messageOf(error);
    }
  }
  return problem;
}
