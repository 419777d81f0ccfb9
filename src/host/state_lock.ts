// One daemon a state directory: two would write one record, and obey each other's drains. The kernel holds the lock
// (flock(2), on the directory itself, so that it takes no file and a read-only one can be locked too), and lets it go
// however the process ends.

import { Buffer } from "node:buffer";
import { mkdir } from "node:fs/promises";
import { openLibrary } from "./c_library.ts";

export type StateLock =
  /** Until it is let go, or the process ends. */
  | { readonly kind: "locked"; readonly release: () => void }
  | { readonly kind: "taken" }
  /** There is no such directory and none can be made, or its file system knows no locks: nothing is shared then. */
  | { readonly kind: "unlocked" };

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** <fcntl.h> and <sys/file.h>. */
const O_CLOEXEC = 0o2000000, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;

/** Makes the directory where there is none. Never fails. */
export async function lockStateDir(path: string): Promise<StateLock> {
  const library = openLibrary(SYMBOLS);
  if (typeof library === "string") return { kind: "unlocked" };
  // What cannot be made or opened is found by whoever writes to it.
  await mkdir(path, { recursive: true, mode: 0o700 }).catch(() => {});
  const { symbols } = library;
  const descriptor = symbols.open(Buffer.from(`${path}\0`), O_CLOEXEC);
  if (descriptor < 0) return { kind: "unlocked" };
  if (symbols.flock(descriptor, LOCK_EX | LOCK_NB) === 0) {
    return { kind: "locked", release: () => void symbols.close(descriptor) };
  }
  // A file system without locks refuses this too.
  const knowsLocks = symbols.flock(descriptor, LOCK_UN) === 0;
  symbols.close(descriptor);
  return { kind: knowsLocks ? "taken" : "unlocked" };
}
