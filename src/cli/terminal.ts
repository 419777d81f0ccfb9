// The person at the other end: where the commands write to, and what that can show. The tests have one that keeps
// what was written.

import { openPoll, type Poll, POLLERR, POLLHUP } from "../host/poll.ts";

/** Where a command writes to. */
export interface Terminal {
  /** Writes to standard output: the answer. */
  readonly out: (text: string) => void;
  /** Writes to standard error: what went wrong. */
  readonly err: (text: string) => void;
  /** False once whoever read standard output has gone ("| head -1"): what is written is for nobody then. */
  readonly isRead: () => boolean;
  /** True when standard output is a terminal and the person did not forbid colours (NO_COLOR). */
  readonly colours: boolean;
  /** Why no text can take the place of the one before it, for people; null: it can. */
  readonly liveObstacle: string | null;
  /** In characters; null when it is not known and nothing needs to be wrapped. */
  readonly width: number | null;
}

/** Standard output and standard error of this process. */
export function processTerminal(): Terminal {
  const liveObstacle = !Deno.stdout.isTerminal()
    ? "standard output is no terminal"
    : Deno.env.get("TERM") === "dumb"
    ? "this terminal cannot move its cursor (TERM=dumb)"
    : null;
  const interactive = liveObstacle === null;
  return {
    out,
    err,
    isRead: readerWatch(),
    colours: interactive && (Deno.env.get("NO_COLOR") ?? "") === "",
    liveObstacle,
    width: interactive ? consoleWidth() : null,
  };
}

/** Standard output cannot be written, as on a full disk. */
export class Unwritten extends Error {}

function out(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    throw new Unwritten(error instanceof Error ? error.message : String(error));
  }
}

function err(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // There is nowhere left to say so.
  }
}

/** The kernel is asked only by those who go on for long. */
function readerWatch(): () => boolean {
  let poll: Poll | null = null;
  return () => {
    poll ??= openPoll();
    return poll === null || (poll(STANDARD_OUTPUT, 0) & (POLLERR | POLLHUP)) === 0;
  };
}

const STANDARD_OUTPUT = 1;

interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** Writes all of the text. A reader that went away ("molehill status | head -1") is no error. */
function writeAll(sink: Sink, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(sink.writeSync(rest));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return;
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      // A slow reader of a pipe that somebody set to not block.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function consoleWidth(): number | null {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return null;
  }
}
