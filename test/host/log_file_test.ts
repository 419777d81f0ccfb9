// The log in a file: on a real file system, and on one that does what a real one does too seldom.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  type FileSystem,
  localFiles,
  type LogFile,
  type LogFilePlace,
  openLogFile,
} from "../../src/host/log_file.ts";
import { waitUntil } from "../support/wait.ts";

const HURRIED = { retryMs: 5, hungMs: 50, lookMs: 0, rotateMs: 0, flushMs: 5_000 };

interface Opened {
  readonly log: LogFile;
  readonly path: string;
  /** What was told, in order. */
  readonly told: string[];
  /** Writes lines, and waits until they are in the file. */
  write(...lines: readonly string[]): Promise<void>;
  /** What is in the file; in the old one with that number. */
  read(old?: number): Promise<string | null>;
}

interface Wishes extends Partial<LogFilePlace> {
  readonly files?: Partial<FileSystem>;
  readonly pace?: Partial<typeof HURRIED>;
}

/** A log in a directory of its own, which is gone afterwards. */
async function withLog(wishes: Wishes, use: (opened: Opened) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-log-" });
  const path = wishes.path ?? `${directory}/test00.log`;
  const told: string[] = [];
  const log = openLogFile({ bytesMax: null, keep: 3, ...wishes, path }, {
    events: {
      onTrouble: (problem) => void told.push(problem),
      onMended: () => void told.push("mended"),
      onRotation: (problem) => void told.push(`rotation: ${problem}`),
      lost: (count) => `lost ${count}\n`,
    },
    files: { ...localFiles, ...wishes.files },
    pace: { ...HURRIED, ...wishes.pace },
  });
  try {
    await use({
      log,
      path,
      told,
      write: async (...lines) => {
        for (const line of lines) log.write(line, 0);
        await log.flush();
      },
      read: (old) => Deno.readTextFile(old === undefined ? path : `${path}.${old}`).catch(() => null),
    });
  } finally {
    await log.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const codedError = (code: string): Error => Object.assign(new Error(code), { code });

Deno.test("lines are in the file after flush(), in order, and behind what was there", async () => {
  await withLog({}, async ({ write, read, path, told }) => {
    await Deno.writeTextFile(path, "before\n");
    await write("one\n", "two\n");
    await write("three\n");
    equal(await read(), "before\none\ntwo\nthree\n");
    deepEqual(told, []);
  });
});

Deno.test("a new file is for its owner and group alone", async () => {
  await withLog({}, async ({ write, path }) => {
    await write("one\n");
    equal((await Deno.stat(path)).mode! & 0o137, 0);
  });
});

Deno.test("a file that was moved away is begun anew under its name", async () => {
  await withLog({}, async ({ write, read, path }) => {
    await write("one\n");
    await Deno.rename(path, `${path}.1`);
    await write("two\n");
    deepEqual([await read(1), await read()], ["one\n", "two\n"]);
  });
});

Deno.test("a file that was removed is begun anew", async () => {
  await withLog({}, async ({ write, read, path }) => {
    await write("one\n");
    await Deno.remove(path);
    await write("two\n");
    equal(await read(), "two\n");
  });
});

Deno.test("reopen() begins it anew at once, whenever it was looked at last", async () => {
  await withLog({ pace: { lookMs: 1e9 } }, async ({ log, write, read, path }) => {
    await write("one\n");
    await Deno.rename(path, `${path}.1`);
    await write("two\n");
    log.reopen();
    await write("three\n");
    deepEqual([await read(1), await read()], ["one\ntwo\n", "three\n"]);
  });
});

Deno.test("a full file gets the number 1, old ones the next, and the last one goes", async () => {
  await withLog({ bytesMax: 10, keep: 2 }, async ({ write, read }) => {
    for (const line of ["first..\n", "second.\n", "third..\n", "fourth.\n"]) await write(line);
    deepEqual(await Promise.all([undefined, 1, 2, 3].map(read)), [
      "fourth.\n",
      "third..\n",
      "second.\n",
      null,
    ]);
  });
});

Deno.test("old files move up to the first gap only", async () => {
  await withLog({ bytesMax: 10, keep: 3 }, async ({ write, read, path }) => {
    await Deno.writeTextFile(`${path}.3`, "oldest");
    await Deno.writeTextFile(`${path}.1`, "old");
    await write("first..\n");
    await write("second.\n");
    deepEqual(await Promise.all([undefined, 1, 2, 3].map(read)), ["second.\n", "first..\n", "old", "oldest"]);
  });
});

Deno.test("with keep = 0 a full file is emptied", async () => {
  await withLog({ bytesMax: 10, keep: 0 }, async ({ write, read }) => {
    await write("first..\n");
    await write("second.\n");
    deepEqual([await read(), await read(1)], ["second.\n", null]);
  });
});

Deno.test("what is in the file at the start counts, and what another program emptied does not", async () => {
  await withLog({ bytesMax: 10, keep: 1 }, async ({ write, read, path }) => {
    await Deno.writeTextFile(path, "12345678\n");
    await write("one\n");
    deepEqual([await read(1), await read()], ["12345678\n", "one\n"]);
    await write("two\n");
    await Deno.truncate(path);
    await write("three\n");
    deepEqual([await read(1), await read()], ["12345678\n", "three\n"]);
  });
});

Deno.test("a file that cannot be rotated is told once and goes on growing", async () => {
  let cannot = true;
  const rename: FileSystem["rename"] = async (from, to) => {
    if (cannot) throw codedError("EACCES");
    await Deno.rename(from, to);
  };
  await withLog({ bytesMax: 10, files: { rename } }, async ({ write, read, told }) => {
    for (const line of ["first..\n", "second.\n", "third..\n"]) await write(line);
    equal(await read(), "first..\nsecond.\nthird..\n");
    deepEqual(told, ["rotation: permission denied"]);
    cannot = false;
    await write("fourth.\n");
    equal(await read(), "fourth.\n");
    deepEqual(told, ["rotation: permission denied", "rotation: null"]);
  });
});

Deno.test("a missing directory is told once, and the lines are written when it is there", async () => {
  await withLog({}, async ({ log, write, told, path }) => {
    const directory = path.slice(0, path.lastIndexOf("/"));
    await Deno.remove(directory, { recursive: true });
    await write("one\n", "two\n");
    await waitUntil(() => told.length > 0, { what: "the trouble to be told" });
    await Deno.mkdir(directory);
    await waitUntil(() => told.includes("mended"), { what: "the end of the trouble" });
    await log.flush();
    equal(await Deno.readTextFile(path), "one\ntwo\n");
    deepEqual(told, ["its directory is missing", "mended"]);
  });
});

for (
  const [path, problem] of [["/dev/null", "it is no regular file"], ["/tmp", "it is a directory"]] as const
) {
  Deno.test(`${path} is no place for a log: ${problem}`, async () => {
    await withLog({ path }, async ({ write, told }) => {
      await write("one\n");
      deepEqual(told, [problem]);
    });
  });
}

Deno.test("a line that a full disk cut is finished when there is room", async () => {
  let room = 6;
  const write: FileSystem["write"] = async (descriptor, bytes) => {
    if (room === 0) throw codedError("ENOSPC");
    const count = Math.min(room, bytes.length);
    room -= count;
    return await localFiles.write(descriptor, bytes.subarray(0, count));
  };
  await withLog({ files: { write } }, async ({ log, write, read, told }) => {
    await write("one\n", "two\n", "three\n");
    equal(await read(), "one\ntw");
    deepEqual(told, ["no space left on the device"]);
    room = 100;
    await waitUntil(() => told.includes("mended"), { what: "the end of the trouble" });
    await log.flush();
    equal(await read(), "one\ntwo\nthree\n");
  });
});

Deno.test("another file than the one in which a line was cut begins with the whole line", async () => {
  let room = 2;
  const write: FileSystem["write"] = async (descriptor, bytes) => {
    if (room === 0) throw codedError("ENOSPC");
    const count = Math.min(room, bytes.length);
    room -= count;
    return await localFiles.write(descriptor, bytes.subarray(0, count));
  };
  await withLog({ files: { write } }, async ({ log, write, read, path, told }) => {
    await write("one\n");
    await Deno.rename(path, `${path}.1`);
    room = 100;
    await waitUntil(() => told.includes("mended"), { what: "the end of the trouble" });
    await log.flush();
    deepEqual([await read(1), await read()], ["on", "one\n"]);
  });
});

Deno.test("a file system that hangs holds nobody up, is told, and gets what waited when it answers", async () => {
  let answer = () => {};
  const hangs = new Promise<void>((resolve) => answer = resolve);
  const write: FileSystem["write"] = async (descriptor, bytes) => {
    await hangs;
    return await localFiles.write(descriptor, bytes);
  };
  await withLog({ files: { write }, pace: { flushMs: 1 } }, async ({ log, read, told }) => {
    for (let at = 0; at < 1_000; at++) log.write(`${String(at).padStart(999)}\n`, 0);
    await waitUntil(() => told.length > 0, { what: "the trouble to be told" });
    await log.flush();
    match(told[0] ?? "", /^no answer from its file system for 0\.05 s$|^it was not written in time$/);
    answer();
    await waitUntil(async () => (await read())?.includes("  999\n") === true, { what: "the last line" });
    const lines = (await read() ?? "").split("\n").map((line) => line.trim());
    const at = lines.findIndex((line) => line.startsWith("lost "));
    const lost = Number(lines[at]?.slice(5));
    ok(lost > 0, "there was more than may wait");
    deepEqual(lines[at + 1], String(at + lost));
    equal(lines.length - 2 + lost, 1_000);
    deepEqual(told.slice(1), ["mended"]);
  });
});

Deno.test("flush() waits a bounded time for a file system that hangs, and so does close()", async () => {
  const write: FileSystem["write"] = () => new Promise(() => {});
  await withLog({ files: { write }, pace: { flushMs: 20, hungMs: 10 } }, async ({ log, told }) => {
    log.write("one\n", 0);
    await log.flush();
    equal(told.length, 1);
  });
});
