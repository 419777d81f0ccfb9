// Does something inside a network namespace, in this very process: a socket lives for good in the namespace in which it
// was opened. Only this thread goes there, and nothing else runs in it meanwhile.

import { openLibrary } from "../../src/host/c_library.ts";

/** What `act` gives, which must not wait. */
export function entered<Result>(namespace: string, act: () => Result): Result {
  const library = openLibrary(SYMBOLS);
  if (typeof library === "string") throw new Error(`Cannot enter ${namespace}: ${library}`);
  const { symbols } = library;
  const open = (path: string) => symbols.open(new TextEncoder().encode(`${path}\0`), O_CLOEXEC);
  const [home, there] = [open("/proc/thread-self/ns/net"), open(`/run/netns/${namespace}`)];
  try {
    if (symbols.setns(there, CLONE_NEWNET) !== 0) throw new Error(`Cannot enter the namespace ${namespace}`);
    return act();
  } finally {
    const isBack = symbols.setns(home, CLONE_NEWNET) === 0;
    for (const descriptor of [home, there]) symbols.close(descriptor);
    library.close();
    // Whatever runs in this process from now on would be in the wrong place.
    if (!isBack) Deno.exit(70);
  }
}

const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x4000_0000;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;
