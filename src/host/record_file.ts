// The record of what happened, as lines of JSON in the state directory: events.jsonl, and events.1.jsonl with what was
// before. When the first is full it becomes the second, so what is kept over restarts is bounded.
//
// Writing goes on beside: whoever appends never waits for a disk. Where nothing can be written (no such directory, a
// full disk, one that hangs) the record is kept in memory alone, the log says so once, and each further entry tries again.

import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { appendFile, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type EventEntry, parseEntry } from "../codec/control.ts";
import type { EventRecord, Log } from "../daemon/ports.ts";
import { messageOf } from "./command.ts";

/** Entries that are kept in memory, and shown. */
const KEPT_MAX = 2_000;
/** Bytes of a file. An entry takes about 300. */
const FILE_BYTES_MAX = 1_000_000;
/** UTF-16 units that wait for a disk; what comes above them is not written. */
const WAITING_LENGTH_MAX = 1_000_000;
/** How long the last entries may take at the end, in milliseconds. */
const CLOSE_MS_MAX = 500;

/** Opens the record; what is kept from before is read. Never rejects. */
export async function openRecord(
  { stateDir, log, now = Date.now }: {
    readonly stateDir: string;
    readonly log: Log;
    /** Milliseconds since 1970. */
    readonly now?: () => number;
  },
): Promise<EventRecord> {
  const file = join(stateDir, "events.jsonl");
  const former = join(stateDir, "events.1.jsonl");
  const [older, newer] = [await readTail(former), await readTail(file)];
  let kept: EventEntry[] = entriesIn(`${older.text}\n${newer.text}`);
  let number = kept.at(-1)?.number ?? 0;
  let size = newer.size;
  /** The last line may have been cut off: what comes next must not become a part of it. */
  let isCut = !newer.text.endsWith("\n");
  let waiting = "";
  let isTold = false;
  let writing: Promise<void> | null = null;
  if (!newer.isFile) tell("it is not a file");

  return {
    append(entries) {
      if (entries.length === 0) return;
      const at = new Date(now()).toISOString();
      const numbered = entries.map((entry): EventEntry => ({ number: ++number, at, ...entry }));
      kept = [...kept, ...numbered].slice(-KEPT_MAX);
      if (!newer.isFile || waiting.length > WAITING_LENGTH_MAX) return;
      waiting += numbered.map((entry) => `${JSON.stringify(entry)}\n`).join("");
      writing ??= writeAll().finally(() => void (writing = null));
    },
    after: (from) => from > number ? kept : kept.filter((entry) => entry.number > from),
    last: () => number,
    async close() {
      let timer;
      const tooLate = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_MS_MAX));
      await Promise.race([writing, tooLate]);
      clearTimeout(timer);
    },
  };

  async function writeAll(): Promise<void> {
    while (waiting !== "") {
      const text = waiting;
      try {
        if (size === 0 || isTold) await mkdir(stateDir, { recursive: true, mode: 0o700 });
        if (size > FILE_BYTES_MAX) {
          await rename(file, former);
          size = 0;
        }
        await appendFile(file, isCut ? `\n${text}` : text, { mode: 0o600 });
        isCut = false;
      } catch (error) {
        isCut = true;
        return tell(messageOf(error));
      }
      size += Buffer.byteLength(text);
      waiting = waiting.slice(text.length);
      isTold = false;
    }
  }

  function tell(problem: string): void {
    // What could not be written is tried again with the next entry, but does not grow without end.
    if (isTold) return;
    isTold = true;
    log.write(
      "warning",
      `Cannot write "${file}": ${problem}; "molehill events" shows what happens from memory, until this daemon ends`,
    );
  }
}

/** The end of it, which is all unless somebody else has written there. Nothing is waited for, as of a FIFO. */
async function readTail(path: string) {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) return { text: "", size: 0, isFile: false };
      const length = Math.min(about.size, 2 * FILE_BYTES_MAX);
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, about.size - length);
      return { text: bytes.toString(), size: about.size, isFile: true };
    } finally {
      await file.close();
    }
  } catch {
    return { text: "", size: 0, isFile: true };
  }
}

/**
 * The last entries of it; a line that is none of ours, was cut off, or was written once more after a disk had taken it
 * in part, is left out. A start is not to wait for more.
 */
function entriesIn(text: string): EventEntry[] {
  const entries: EventEntry[] = [];
  for (const line of text.split("\n").slice(-KEPT_MAX)) {
    const entry = parseEntry(line);
    if (entry.ok && entry.value.number > (entries.at(-1)?.number ?? 0)) entries.push(entry.value);
  }
  return entries;
}
