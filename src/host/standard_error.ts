// Lines to standard error, by a daemon that must not wait for whoever reads them: a reader that stops reading would
// stop the heartbeats. What the reader has no room for waits here, up to a limit; beyond that the oldest are lost (the
// newest tell how things are now), and their number takes their place.
//
//   pipe               opened once more, so that "do not wait" holds for this process alone, and not for the others;
//                      where that is forbidden (another user made the pipe) it is asked for room first
//   socket (systemd)   send(2) has "do not wait" for each call
//   file, terminal     written as it is: these do not wait for a program

import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { openLibrary } from "./c_library.ts";
import { codeOf } from "./command.ts";
import { openPoll, POLLOUT } from "./poll.ts";

export interface LineWriter {
  /** Takes a whole line, newline included. Never waits, never throws. */
  write(line: string): void;
  /** Done when every line is written, or when the reader had enough time to take them. */
  flush(): Promise<void>;
}

/** How many of the bytes were written; 0 when there is no room, or nobody to read. Never waits, never throws. */
export type TryWrite = (bytes: Uint8Array) => number;

/** `lost` is the line that says how many were lost. */
export function openStandardError(lost: (count: number) => string): LineWriter {
  return createLineWriter(howToWrite(), lost);
}

/** What waits for a slow reader, at most. */
const WAITING_BYTES_MAX = 256 * 1024;
const RETRY_MS = 50;
const FLUSH_MS_MAX = 200, FLUSH_EVERY_MS = 5;

export function createLineWriter(tryWrite: TryWrite, lost: (count: number) => string): LineWriter {
  /** What is left of the line that is being written. */
  let begun: Uint8Array | null = null;
  /** The lines after it. Those that are lost were in front of them. */
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let lostCount = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  return {
    write(line) {
      const bytes = new TextEncoder().encode(line);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      drain();
      for (; waitingBytes > WAITING_BYTES_MAX; lostCount += 1) takeWaiting();
    },
    async flush() {
      const end = performance.now() + FLUSH_MS_MAX;
      for (drain(); begun !== null && performance.now() < end; drain()) await passed(FLUSH_EVERY_MS);
      clearTimeout(retry);
    },
  };

  function drain(): void {
    for (begun ??= next(); begun !== null; begun = next()) {
      const written = tryWrite(begun);
      if (written < begun.length) {
        begun = begun.subarray(written);
        break;
      }
    }
    clearTimeout(retry);
    if (begun !== null) retry = setTimeout(drain, RETRY_MS);
  }

  function next(): Uint8Array | null {
    if (lostCount === 0) return takeWaiting();
    const line = lost(lostCount);
    lostCount = 0;
    return new TextEncoder().encode(line);
  }

  function takeWaiting(): Uint8Array | null {
    const first = waiting.shift() ?? null;
    waitingBytes -= first?.length ?? 0;
    return first;
  }
}

const STANDARD_ERROR = 2;

function howToWrite(): TryWrite {
  const found = quietly(() => fstatSync(STANDARD_ERROR));
  if (found?.isFIFO() === true) return toPipe() ?? toForeignPipe() ?? writeAll;
  if (found?.isSocket() === true) return toSocket() ?? writeAll;
  return writeAll;
}

/** Null when this user may not open it, as a pipe that another user made. */
function toPipe(): TryWrite | null {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK;
  const descriptor = quietly(() => openSync(`/proc/self/fd/${STANDARD_ERROR}`, flags));
  if (descriptor === null) return null;
  return (bytes) => {
    try {
      return writeSync(descriptor, bytes);
    } catch (error) {
      const isFull = codeOf(error) === "EAGAIN";
      // Otherwise its reader is gone, and nobody will ever want the line.
      return isFull ? 0 : bytes.length;
    }
  };
}

/** What a pipe that has room takes without waiting: <limits.h>, PIPE_BUF. */
const PIPE_BYTES = 4096;

/** Another process that writes to the same pipe may take the room in between, so this is the second choice. */
function toForeignPipe(): TryWrite | null {
  const poll = openPoll();
  if (poll === null) return null;
  return (bytes) => {
    const isReady = poll(STANDARD_ERROR, POLLOUT) !== 0;
    return isReady ? writeAll(bytes.subarray(0, PIPE_BYTES)) : 0;
  };
}

const SEND = { send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" } } as const;
/** <sys/socket.h>: neither wait, nor raise a signal when the reader is gone. */
const MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;

/** Null where the C library cannot be called. */
function toSocket(): TryWrite | null {
  const library = openLibrary(SEND);
  if (typeof library === "string") return null;
  const { send } = library.symbols;
  return (bytes) => {
    const plain = bytes as Uint8Array<ArrayBuffer>;
    return Math.max(0, send(STANDARD_ERROR, plain, BigInt(plain.length), MSG_DONTWAIT | MSG_NOSIGNAL));
  };
}

/** What cannot be written is given up: the disk is full, and there is nowhere to say so. */
const writeAll: TryWrite = (bytes) => {
  let rest = bytes;
  quietly(() => {
    while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
  });
  return bytes.length;
};

/** A log that cannot be written is no reason to let VIPs go. */
function quietly<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
