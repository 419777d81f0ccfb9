// What the kernel says of a descriptor just now, without waiting: poll(2).

import { openLibrary } from "./c_library.ts";

/** <poll.h>: there is room; and what is told without being asked: the other end has gone. */
export const POLLOUT = 4, POLLERR = 8, POLLHUP = 16;

const SYMBOLS = { poll: { parameters: ["buffer", "u64", "i32"], result: "i32" } } as const;

/** Which of the asked events, and of those that are told anyway, are so; 0: none, or it cannot be told. */
export type Poll = (descriptor: number, asked: number) => number;

/** Null where there is no C library to ask. */
export function openPoll(): Poll | null {
  const library = openLibrary(SYMBOLS);
  if (typeof library === "string") return null;
  const { poll } = library.symbols;
  return (descriptor, asked) => {
    // struct pollfd: descriptor, what is asked, what is so.
    const entry = new DataView(new ArrayBuffer(8));
    entry.setInt32(0, descriptor, true);
    entry.setInt16(4, asked, true);
    return poll(new Uint8Array(entry.buffer), 1n, 0) > 0 ? entry.getInt16(6, true) : 0;
  };
}
