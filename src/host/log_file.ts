// The log in a file, for a daemon that must not wait for a file system: one that hangs (a network file system whose
// server is gone) would stop the heartbeats. So lines wait here, and other threads carry them to the file, a few at a
// time and one after the other; as a rule they are there within a millisecond. What waits is bounded: of too much the
// oldest is lost, and its number takes its place.
//
//     write ──▶ waiting ──▶ look: is it still the file of that name? ──▶ rotate, if it is full ──▶ write
//                  ▲                                                                                │
//                  └──────────────── not written: told once, tried again each second ◀──────────────┘
//
// A file that somebody moved away or removed (logrotate) is left, and begun anew under its name: at the latest a second
// later, and at once after reopen().
//
// @logtape/file does none of this: it writes and syncs in the caller's thread, forgets what it could not write, and
// never looks whether its file is still there.

import { close, constants, fstat, ftruncate, open, rename, stat, write } from "node:fs";
import { promisify } from "node:util";
import { codeOf, messageOf } from "./command.ts";

/** Where, and how much of it is kept. */
export interface LogFilePlace {
  readonly path: string;
  /** It is rotated before it becomes larger; null: never. */
  readonly bytesMax: number | null;
  /** How many old files stay, as PATH.1, PATH.2, ...; with 0 the file is emptied instead. */
  readonly keep: number;
}

export interface LogFileEvents {
  /** Nothing is written of this time (milliseconds since 1970) and after it. `problem` is for people. */
  readonly onTrouble: (problem: string, since: number) => void;
  /** It is written again. */
  readonly onMended: () => void;
  /** It is written, but grows beyond its limit. `problem` is for people; null: it was rotated again. */
  readonly onRotation: (problem: string | null) => void;
  /** The line that says how many were lost. */
  readonly lost: (count: number) => string;
}

export interface LogFile {
  /** Takes a whole line, of a time in milliseconds since 1970. Never waits, never throws. */
  write(line: string, at: number): void;
  /** The file under that name is another one now: leaves the one that is open. */
  reopen(): void;
  /** Done when every line is in the file, or when it had enough time. */
  flush(): Promise<void>;
  /** Writes what still waits, and takes no more. */
  close(): Promise<void>;
}

/** Which file is open or found under a name. */
export interface FileFacts {
  /** Device and inode. */
  readonly identity: string;
  readonly bytes: number;
  readonly isFile: boolean;
}

/** What is needed of a file system. Whatever it cannot do it rejects; what hangs never settles. */
export interface FileSystem {
  /** To append to; makes it, for its owner and group, where it is missing. */
  open(path: string): Promise<number>;
  /** Gives how many of the bytes were written. */
  write(descriptor: number, bytes: Uint8Array): Promise<number>;
  facts(file: string | number): Promise<FileFacts>;
  empty(descriptor: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  close(descriptor: number): Promise<void>;
}

/** Times in milliseconds; tests have no time for these. */
export interface LogFilePace {
  /** Between two tries after one that failed. */
  readonly retryMs: number;
  /** A file system that did not answer for so long hangs. */
  readonly hungMs: number;
  /** How long the file is taken to be the one that it was. */
  readonly lookMs: number;
  /** Between two tries to rotate it after one that failed. */
  readonly rotateMs: number;
  readonly flushMs: number;
}

const usualPace: LogFilePace = {
  retryMs: 1_000,
  hungMs: 3_000,
  lookMs: 1_000,
  rotateMs: 60_000,
  flushMs: 1_000,
};
const WAITING_BYTES_MAX = 256 * 1024;
/** Carried in one go. */
const BATCH_BYTES_MAX = 64 * 1024;
const FLUSH_EVERY_MS = 2;

/** Nothing is done before the first line comes. */
export function openLogFile(
  place: LogFilePlace,
  { events, files = localFiles, pace = usualPace }: {
    readonly events: LogFileEvents;
    readonly files?: FileSystem;
    readonly pace?: LogFilePace;
  },
): LogFile {
  return new WaitingLines(place, { events, files, pace });
}

interface Tools {
  readonly events: LogFileEvents;
  readonly files: FileSystem;
  readonly pace: LogFilePace;
}

class WaitingLines implements LogFile {
  readonly #events: LogFileEvents;
  readonly #pace: LogFilePace;
  readonly #target: Target;
  readonly #waiting: { readonly bytes: Uint8Array; readonly since: number }[] = [];
  #waitingBytes = 0;
  #lostCount = 0;
  /** Taken from those that wait, and not yet written whole. */
  #batch: { bytes: Uint8Array; readonly since: number } | null = null;
  #isCarrying = false;
  /** The file system has not answered yet. */
  #isTrying = false;
  #isTroubled = false;
  #isClosed = false;
  /** Ends the wait before the next try. */
  #wake = () => {};

  constructor(place: LogFilePlace, tools: Tools) {
    this.#events = tools.events;
    this.#pace = tools.pace;
    this.#target = new Target(place, tools);
  }

  write(line: string, at: number): void {
    if (this.#isClosed) return;
    const bytes = new TextEncoder().encode(line);
    this.#waiting.push({ bytes, since: at });
    this.#waitingBytes += bytes.length;
    for (; this.#waitingBytes > WAITING_BYTES_MAX; this.#lostCount += 1) this.#takeWaiting();
    void this.#carry();
  }

  reopen(): void {
    this.#target.lookAgain();
    this.#wake();
  }

  async flush(): Promise<void> {
    const end = performance.now() + this.#pace.flushMs;
    // What is in trouble gets one more chance.
    this.#wake();
    while (this.#isCarrying && performance.now() < end) {
      await passed(FLUSH_EVERY_MS);
      if (this.#isTroubled && !this.#isTrying) break;
    }
    if (this.#isCarrying) this.#tell("it was not written in time");
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    this.#wake();
    // A file system that hangs would not let it be closed either.
    if (!this.#isCarrying) await this.#target.leave();
  }

  /** Never rejects: what cannot be written waits. */
  async #carry(): Promise<void> {
    if (this.#isCarrying) return;
    this.#isCarrying = true;
    for (let batch = this.#next(); batch !== null; batch = this.#next()) {
      const { rest, problem } = await this.#carried(batch.bytes);
      if (rest.length > 0) batch.bytes = rest;
      else this.#batch = null;
      if (problem === null) this.#mended();
      else {
        this.#tell(problem);
        if (!this.#isClosed) await this.#delay();
        if (this.#isClosed) break;
      }
    }
    this.#isCarrying = false;
    if (this.#isClosed) await this.#target.leave();
  }

  async #carried(bytes: Uint8Array): Promise<Carried> {
    const { hungMs } = this.#pace;
    const limit = setTimeout(
      () => this.#tell(`no answer from its file system for ${hungMs / 1000} s`),
      hungMs,
    );
    this.#isTrying = true;
    const carried = await this.#target.append(bytes);
    this.#isTrying = false;
    clearTimeout(limit);
    return carried;
  }

  #next(): { bytes: Uint8Array; readonly since: number } | null {
    if (this.#batch !== null) return this.#batch;
    const [first] = this.#waiting;
    if (first === undefined) return null;
    const lines: Uint8Array[] = [];
    if (this.#lostCount > 0) lines.push(new TextEncoder().encode(this.#events.lost(this.#lostCount)));
    this.#lostCount = 0;
    for (let bytes = 0; bytes < BATCH_BYTES_MAX;) {
      const line = this.#takeWaiting();
      if (line === null) break;
      lines.push(line);
      bytes += line.length;
    }
    return this.#batch = { bytes: joined(lines), since: first.since };
  }

  #takeWaiting(): Uint8Array | null {
    const first = this.#waiting.shift()?.bytes ?? null;
    this.#waitingBytes -= first?.length ?? 0;
    return first;
  }

  #tell(problem: string): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#events.onTrouble(problem, this.#batch?.since ?? Date.now());
  }

  #mended(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#events.onMended();
  }

  #delay(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pace.retryMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

interface Carried {
  /** What was not written, from the beginning of a line. */
  readonly rest: Uint8Array;
  /** For people; null: all is well. */
  readonly problem: string | null;
}

interface OpenFile {
  readonly descriptor: number;
  readonly identity: string;
  bytes: number;
}

/** The file that lines are appended to, whichever that is just now. */
class Target {
  readonly #place: LogFilePlace;
  readonly #files: FileSystem;
  readonly #events: LogFileEvents;
  readonly #pace: LogFilePace;
  #open: OpenFile | null = null;
  /** So many bytes of a line are the last ones in this file, because there was no room for more. */
  #begun: { readonly identity: string; readonly count: number } | null = null;
  #lookedAt = -Infinity;
  #cannotRotate = false;
  #rotateAfter = -Infinity;

  constructor(place: LogFilePlace, { events, files, pace }: Tools) {
    this.#place = place;
    this.#events = events;
    this.#files = files;
    this.#pace = pace;
  }

  lookAgain(): void {
    this.#lookedAt = -Infinity;
  }

  /** Never rejects. */
  async append(bytes: Uint8Array): Promise<Carried> {
    let written = 0;
    let identity = "";
    try {
      const file = await this.#ready(bytes.length);
      identity = file.identity;
      if (this.#begun?.identity === identity) written = this.#begun.count;
      this.#begun = null;
      while (written < bytes.length) {
        const count = await this.#files.write(file.descriptor, bytes.subarray(written));
        if (count === 0) throw new Error("nothing can be written to it");
        written += count;
        file.bytes += count;
      }
      return { rest: bytes.subarray(written), problem: null };
    } catch (error) {
      // The file may be another one next time, which is to begin with a whole line.
      const start = written === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, written - 1) + 1;
      if (identity !== "") this.#begun = { identity, count: written - start };
      await this.leave();
      return { rest: bytes.subarray(start), problem: whyNot(error) };
    }
  }

  async leave(): Promise<void> {
    const { descriptor } = this.#open ?? {};
    this.#open = null;
    if (descriptor !== undefined) await this.#files.close(descriptor).catch(() => {});
  }

  /** The open file, with room for so many bytes. */
  async #ready(bytes: number): Promise<OpenFile> {
    await this.#look();
    const file = this.#open ?? await this.#openFile();
    const { bytesMax } = this.#place;
    const isFull = bytesMax !== null && file.bytes > 0 && file.bytes + bytes > bytesMax;
    if (!isFull || performance.now() < this.#rotateAfter) return file;
    await this.#rotate(file.descriptor);
    return this.#open ?? await this.#openFile();
  }

  /** Another program may have moved the file, removed it, or made it shorter. */
  async #look(): Promise<void> {
    if (this.#open === null || performance.now() - this.#lookedAt < this.#pace.lookMs) return;
    const found = await this.#files.facts(this.#place.path).catch(whenMissing);
    this.#lookedAt = performance.now();
    if (found?.identity === this.#open.identity) this.#open.bytes = found.bytes;
    else await this.leave();
  }

  async #openFile(): Promise<OpenFile> {
    const descriptor = await this.#files.open(this.#place.path);
    try {
      const { identity, bytes, isFile } = await this.#files.facts(descriptor);
      if (!isFile) throw new Error("it is no regular file");
      this.#lookedAt = performance.now();
      return this.#open = { descriptor, identity, bytes };
    } catch (error) {
      await this.#files.close(descriptor);
      throw error;
    }
  }

  async #rotate(descriptor: number): Promise<void> {
    try {
      if (this.#place.keep === 0) {
        await this.#files.empty(descriptor);
        if (this.#open !== null) this.#open.bytes = 0;
      } else {
        await this.#makeRoom();
        await this.#files.rename(this.#place.path, `${this.#place.path}.1`);
        await this.leave();
      }
      if (this.#cannotRotate) this.#events.onRotation(null);
      this.#cannotRotate = false;
    } catch (error) {
      this.#rotateAfter = performance.now() + this.#pace.rotateMs;
      if (!this.#cannotRotate) this.#events.onRotation(whyNot(error));
      this.#cannotRotate = true;
    }
  }

  /** So that there is no PATH.1 any more. Up to the first gap each old file gets the next number; the last one goes. */
  async #makeRoom(): Promise<void> {
    const { path, keep } = this.#place;
    let free = 1;
    while (free < keep && await this.#files.facts(`${path}.${free}`).catch(whenMissing) !== null) free++;
    for (; free > 1; free--) await this.#files.rename(`${path}.${free - 1}`, `${path}.${free}`);
  }
}

const LINE_FEED = 10;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function whenMissing(error: unknown): null {
  if (codeOf(error) === "ENOENT") return null;
  throw error;
}

const words: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "its owner may use no more space",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "its directory is missing",
  ENOTDIR: "there is a file where its directory is wanted",
  EISDIR: "it is a directory",
  ENXIO: "it is no regular file",
  ELOOP: "its path is a circle of links",
};

const whyNot = (error: unknown): string => words[codeOf(error)] ?? messageOf(error);

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Appended to, never waited for as a pipe would be. */
const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants;
const OPEN_FLAGS = O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK;
const OPEN_MODE = 0o640;

const how = {
  open: promisify(open),
  write: promisify(write) as (descriptor: number, bytes: Uint8Array) => Promise<{ bytesWritten: number }>,
  stat: promisify(stat),
  fstat: promisify(fstat),
  ftruncate: promisify(ftruncate),
  rename: promisify(rename),
  close: promisify(close),
};

/** The machine's: both runtimes have other threads for each of these calls. */
export const localFiles: FileSystem = {
  open: (path) => how.open(path, OPEN_FLAGS, OPEN_MODE),
  write: async (descriptor, bytes) => (await how.write(descriptor, bytes)).bytesWritten,
  async facts(file) {
    const found = await (typeof file === "number" ? how.fstat(file) : how.stat(file));
    return { identity: `${found.dev}:${found.ino}`, bytes: found.size, isFile: found.isFile() };
  },
  empty: (descriptor) => how.ftruncate(descriptor, 0),
  rename: (from, to) => how.rename(from, to),
  close: (descriptor) => how.close(descriptor),
};
