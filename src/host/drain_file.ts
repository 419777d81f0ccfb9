// The drain that outlives this daemon, and a reboot: one small file in the state directory. It is written whole or not at
// all, and is on the disk before anybody is told so. A file that is there and cannot be read counts as a drain: whoever
// made it wanted this host to hold nothing.

import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { type DrainRecord, drainRecordText, parseDrainRecord } from "../codec/drain_record.ts";
import type { DrainFile, KeptDrain } from "../daemon/ports.ts";
import { codeOf, messageOf } from "./command.ts";
import { createQueue } from "./queue.ts";

/** A disk that takes longer is not waited for, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Of the file: the longest reason takes 3,000. */
const BYTES_MAX = 8_192;

/** Where the drain of a state directory is kept. */
export const drainFilePath = (stateDir: string): string => `${stateDir.replace(/(?<=.)\/+$/, "")}/drain.json`;

/** Looks what is there. Never fails: a host without a state directory has no drain that outlives its daemon. */
export async function openDrainFile(stateDir: string): Promise<DrainFile> {
  const path = drainFilePath(stateDir);
  const queue = createQueue();
  const found = await find(path);
  let isThere = found !== null;
  const remove = async () => {
    await rm(path, { force: true });
    isThere = false;
    await flushDirectory(stateDir);
  };

  return {
    path,
    found,
    async write(record) {
      const problem = await problemOf(queue.run(() => writeWhole({ stateDir, path, record })));
      if (problem === null) isThere = true;
      // Should it be written after all, it must not outlive an answer that it was not.
      else if (!isThere) void queue.run(remove).catch(() => {});
      return problem;
    },
    remove: () => problemOf(queue.run(remove)),
  };
}

async function find(path: string): Promise<KeptDrain | null> {
  try {
    // What waits for a writer, as a FIFO does, must not be waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ENOTDIR" ? null : unreadable(code);
  }
}

async function read(file: FileHandle): Promise<KeptDrain> {
  const about = await file.stat();
  if (!about.isFile()) return unreadable("it is not a file");
  if (about.size > BYTES_MAX) return unreadable("it is too long");
  const record = parseDrainRecord(await file.readFile("utf8"));
  return record.ok ? { kind: "read", ...record.value } : unreadable(record.problem);
}

const unreadable = (problem: string): KeptDrain => ({ kind: "unreadable", problem });

async function writeWhole(
  { stateDir, path, record }: {
    readonly stateDir: string;
    readonly path: string;
    readonly record: DrainRecord;
  },
): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o755 });
  const fresh = `${path}.new`;
  try {
    const file = await open(fresh, "w", 0o600);
    try {
      await file.writeFile(drainRecordText(record));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw error;
  }
  await flushDirectory(stateDir);
}

/** A new name, or one that is gone, is on the disk when its directory is. */
async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** What went wrong, for people; null: nothing. */
async function problemOf(work: Promise<void>): Promise<string | null> {
  let limit;
  const tooLate = new Promise<string>((resolve) => {
    limit = setTimeout(() => resolve(`the disk gave no answer within ${PATIENCE_MS} ms`), PATIENCE_MS);
  });
  const problem = await Promise.race([work.then(() => null, whyNot), tooLate]);
  clearTimeout(limit);
  return problem;
}

function whyNot(error: unknown): string {
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "EROFS":
      return "the file system is read-only";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
    case "ERR_FS_EISDIR":
      return "there is a directory where a file is wanted";
    case "ENOTDIR":
    case "EEXIST":
      return "there is a file where a directory is wanted";
    default:
      return messageOf(error);
  }
}
