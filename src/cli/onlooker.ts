// Until when a command goes on that has no end of its own: until whoever looks on has seen enough.

import type { Terminal } from "./terminal.ts";

/** Between two looks whether anybody reads, in milliseconds. */
const lookEveryMs = 1_000;

/** Fulfilled when a person or a signal ends it, or nobody reads what is written any more. */
export function seenEnough({ isRead }: Pick<Terminal, "isRead">): Promise<"ended"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => resolve("ended"));
    }
    setInterval(() => {
      if (!isRead()) resolve("ended");
    }, lookEveryMs);
  });
}
