import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import type { NewEntry } from "../../src/daemon/ports.ts";
import { openRecord } from "../../src/host/record_file.ts";
import { mustRun } from "../support/command.ts";

const entry = (text: string): NewEntry => ({
  scope: "host",
  level: "info",
  kind: "hostHeard",
  text,
  details: { host: "test01" },
});

/** In a directory of its own; answers the warnings of the log. */
async function inDirectory(
  work: (open: () => ReturnType<typeof openRecord>, directory: string) => Promise<void>,
): Promise<readonly string[]> {
  const directory = await Deno.makeTempDir();
  const stateDir = join(directory, "state");
  const warnings: string[] = [];
  const log = { write: (_: string, text: string) => void warnings.push(text) };
  const now = () => Date.UTC(2026, 10, 27, 3, 12, 44, 123);
  try {
    await work(() => openRecord({ stateDir, log, now }), stateDir);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  return warnings;
}

Deno.test("a record numbers what is appended, and gives what came after a number", async () => {
  await inDirectory(async (open) => {
    const record = await open();
    equal(record.last(), 0);
    record.append([entry("one"), entry("two")]);
    record.append([entry("three")]);
    await record.close();
    deepEqual(record.after(1).map(({ number, text, at }) => [number, text, at]), [
      [2, "two", "2026-11-27T03:12:44.123Z"],
      [3, "three", "2026-11-27T03:12:44.123Z"],
    ]);
  });
});

Deno.test("a record gives all that it has to who knows entries of another record", async () => {
  await inDirectory(async (open) => {
    const record = await open();
    record.append([entry("one"), entry("two")]);
    deepEqual(record.after(3).map(({ text }) => text), ["one", "two"]);
    await record.close();
  });
});

Deno.test("a record goes on where the one before it ended", async () => {
  await inDirectory(async (open) => {
    const before = await open();
    before.append([entry("one")]);
    await before.close();
    const record = await open();
    record.append([entry("two")]);
    await record.close();
    deepEqual((await open()).after(0).map(({ number, text }) => [number, text]), [[1, "one"], [2, "two"]]);
  });
});

Deno.test("a record on disk is bounded: two files of about a megabyte, in whatever script its texts are", async () => {
  for (const text of ["x".repeat(100_000), "\u4e2d".repeat(33_000)]) {
    await inDirectory(async (open, directory) => {
      let record = await open();
      for (let n = 0; n < 60; n++) {
        record.append([entry(text)]);
        // Each is written before the next one comes.
        await record.close();
        if (n === 45) record = await open();
      }
      const sizes = [...Deno.readDirSync(directory)].map(({ name }) =>
        Deno.statSync(join(directory, name)).size
      );
      equal(sizes.length, 2);
      for (const size of sizes) equal(size < 1_200_000, true, `${size} bytes`);
    });
  }
});

Deno.test("a record of which a line was cut off, or is none of ours, gives the rest", async () => {
  const warnings = await inDirectory(async (open, directory) => {
    const before = await open();
    before.append([entry("one"), entry("two")]);
    await before.close();
    const file = join(directory, "events.jsonl");
    const text = await Deno.readTextFile(file);
    const unnumbered = text.split("\n")[0]?.replace('"number":1', '"number":1e300');
    await Deno.writeTextFile(file, `{"number":1}\n\x00\n${unnumbered}\n${text.slice(0, -20)}`);
    const record = await open();
    deepEqual(record.after(0).map((each) => each.text), ["one"]);
    record.append([entry("three")]);
    await record.close();
    deepEqual((await open()).after(0).map((each) => each.text), ["one", "three"]);
  });
  deepEqual(warnings, []);
});

Deno.test("a record that a disk had taken in part before it was written once more gives every entry once", async () => {
  await inDirectory(async (open, directory) => {
    const record = await open();
    record.append([entry("one"), entry("two"), entry("three")]);
    await record.close();
    const file = join(directory, "events.jsonl");
    const written = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, `${written.slice(0, written.length / 2)}\n${written}`);
    const again = await open();
    deepEqual(again.after(0).map(({ text }) => text), ["one", "two", "three"]);
  });
});

Deno.test("a start waits neither for a FIFO in the place of the record nor for gigabytes of somebody else's", async () => {
  const warnings = await inDirectory(async (open, directory) => {
    await Deno.mkdir(directory);
    const file = join(directory, "events.jsonl");
    await mustRun(["mkfifo", file]);
    const beside = await open();
    beside.append([entry("one")]);
    deepEqual(beside.after(0).map(({ text }) => text), ["one"]);
    await beside.close();
    await Deno.remove(file);
    const record = await open();
    record.append([entry("two")]);
    await record.close();
    const written = await Deno.readTextFile(file);
    await mustRun(["truncate", "--size", "6G", file]);
    await Deno.writeTextFile(file, `\n${written}`, { append: true });
    deepEqual((await open()).after(0).map(({ text }) => text), ["two"]);
  });
  equal(warnings.length, 1);
  match(warnings[0] ?? "", /events\.jsonl": it is not a file; /);
});

Deno.test("a record that cannot be written is kept in memory, says so once, and writes when it can", async () => {
  const warnings = await inDirectory(async (open, directory) => {
    await Deno.writeTextFile(directory, "a file where a directory is wanted");
    const record = await open();
    for (const text of ["one", "two"]) {
      record.append([entry(text)]);
      await record.close();
    }
    deepEqual(record.after(0).map(({ text }) => text), ["one", "two"]);
    await Deno.remove(directory);
    record.append([entry("three")]);
    await record.close();
    deepEqual((await open()).after(0).map(({ text }) => text), ["one", "two", "three"]);
  });
  equal(warnings.length, 1);
  match(warnings[0] ?? "", /^Cannot write ".*events.jsonl": .*from memory/);
});
