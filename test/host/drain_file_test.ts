// The file of a drain that persists, on real file systems: one that is full, one that is read-only, one without it.

import assert from "node:assert/strict";
import { openDrainFile } from "../../src/host/drain_file.ts";
import { mustRun } from "../support/command.ts";
import { runtimes } from "../support/runtimes.ts";

const SCRIPT = new URL("drain_file_script.ts", import.meta.url).pathname;
const record = { reason: "new kernel", since: Date.UTC(2030, 0, 1) };

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "molehill-test-" });
  try {
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what was written is found by the next daemon, and what was removed is not", () =>
  inDirectory(async (directory) => {
    const state = `${directory}/var/lib/molehill`;
    const first = await openDrainFile(state);
    assert.equal(first.found, null);
    assert.equal(await first.write(record), null);
    assert.equal(((await Deno.stat(first.path)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual((await openDrainFile(`${state}/`)).found, { kind: "read", ...record });
    assert.equal(await first.remove(), null);
    assert.equal((await openDrainFile(state)).found, null);
    assert.equal(await first.remove(), null);
    assert.deepEqual([...Deno.readDirSync(state)], []);
  }));

Deno.test("a file that says nothing that can be read is found all the same", () =>
  inDirectory(async (directory) => {
    for (const text of ["", "{}", '{"reason": "x", "since": 1e99}', '{"reason": "a\\nb", "since": 1}']) {
      await Deno.writeTextFile(`${directory}/drain.json`, text);
      assert.equal((await openDrainFile(directory)).found?.kind, "unreadable", text);
    }
  }));

Deno.test("what is no file, or far too long, is found at once, as one that cannot be read", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/drain.json`;
    await Deno.mkdir(path);
    const file = await openDrainFile(directory);
    assert.deepEqual(file.found, { kind: "unreadable", problem: "it is not a file" });
    assert.equal(await file.remove(), "there is a directory where a file is wanted");
    await Deno.remove(path);
    await mustRun(["mkfifo", path]);
    assert.deepEqual((await openDrainFile(directory)).found, {
      kind: "unreadable",
      problem: "it is not a file",
    });
    await Deno.remove(path);
    await Deno.writeTextFile(path, '{"reason": "x", "since": 1}\n');
    await Deno.truncate(path, 3_000_000_000);
    assert.deepEqual((await openDrainFile(directory)).found, {
      kind: "unreadable",
      problem: "it is too long",
    });
  }));

Deno.test("the longest reason that there is can be read again", () =>
  inDirectory(async (directory) => {
    const longest = { reason: "漢".repeat(1_000), since: 1 };
    assert.equal(await (await openDrainFile(directory)).write(longest), null);
    assert.deepEqual((await openDrainFile(directory)).found, { kind: "read", ...longest });
  }));

Deno.test("a state directory that is none has no drain, and can keep none", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    const file = await openDrainFile(`${directory}/file`);
    assert.equal(file.found, null);
    assert.equal(await file.write(record), "there is a file where a directory is wanted");
  }));

for (const [runtime, words] of Object.entries(runtimes)) {
  Deno.test(`a full disk and one that is read-only refuse it, and what was there before stays (${runtime})`, () =>
    inDirectory(async (directory) => {
      // A mount namespace of its own, with a file system of one page.
      const mount = `mount -t tmpfs -o size=4k,nr_inodes=8 none ${directory} && exec "$@"`;
      const said = await mustRun(["unshare", "-m", "sh", "-c", mount, "sh", ...words, SCRIPT, directory]);
      assert.deepEqual(JSON.parse(said), {
        full: "the disk is full",
        afterFull: null,
        written: null,
        fullAgain: "the disk is full",
        afterFullAgain: { kind: "read", reason: "first", since: 1 },
        leftBehind: ["drain.json", "filler"],
        readOnly: "the file system is read-only",
        removal: "the file system is read-only",
      });
    }));
}
