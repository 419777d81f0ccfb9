import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createLineWriter } from "../../src/host/standard_error.ts";
import { runtimes } from "../support/runtimes.ts";
import { linesOf } from "./lines.ts";

/** A reader with room for so many bytes, and a writer to it. */
function narrow() {
  const reader = { room: 0, read: "" };
  const writer = createLineWriter((bytes) => {
    const taken = bytes.subarray(0, reader.room);
    reader.room -= taken.length;
    reader.read += new TextDecoder().decode(taken);
    return taken.length;
  }, (count) => `lost ${count}\n`);
  return { reader, writer };
}

Deno.test("a line is written before write() returns where there is room", async () => {
  const { reader, writer } = narrow();
  reader.room = 100;
  writer.write("one\n");
  writer.write("two\n");
  equal(reader.read, "one\ntwo\n");
  await writer.flush();
});

Deno.test("what there was no room for is written when there is, in order, and a line is never cut", async () => {
  const { reader, writer } = narrow();
  reader.room = 2;
  for (const line of ["one\n", "two\n", "three\n"]) writer.write(line);
  equal(reader.read, "on");
  const flushed = writer.flush();
  reader.room = 100;
  await flushed;
  equal(reader.read, "one\ntwo\nthree\n");
});

Deno.test("flush() waits a bounded time for a reader that reads nothing", async () => {
  const { writer } = narrow();
  writer.write("one\n");
  const start = performance.now();
  await writer.flush();
  ok(performance.now() - start >= 200);
});

Deno.test("of more lines than may wait the oldest are lost, and their number stands in their place", async () => {
  const { reader, writer } = narrow();
  for (let at = 0; at < 1_000; at++) writer.write(`${String(at).padStart(999)}\n`);
  reader.room = 10_000_000;
  await writer.flush();
  writer.write("after\n");
  const lines = reader.read.split("\n").map((line) => line.trim());
  const newest = Array.from({ length: 262 }, (_, at) => `${738 + at}`);
  deepEqual(lines, ["0", "lost 737", ...newest, "after", ""]);
});

const script = fileURLToPath(new URL("standard_error_script.ts", import.meta.url));

for (const [name, words] of Object.entries(runtimes)) {
  Deno.test(`a log that nobody reads does not stop the program, and its last words are read (${name})`, async () => {
    const [program = "", ...args] = words;
    await using child = new Deno.Command(program, {
      args: [...args, script],
      env: { NO_COLOR: "", JOURNAL_STREAM: "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stdout = linesOf(child.stdout)[Symbol.asyncIterator]();
    equal((await stdout.next()).value, "wrote it all");
    // Only now is anything read.
    const lines: string[] = [];
    for await (const line of linesOf(child.stderr)) {
      lines.push(line);
      if (line.endsWith("line=19999")) await child.stdin.close();
    }
    const lost = lines.findIndex((line) => line.includes("Lines of this log were lost here"));
    const count = Number(/lines=(\d+)$/.exec(lines[lost] ?? "")?.[1]);
    ok(count > 0);
    match(lines[lost - 1] ?? "", new RegExp(`line=${lost - 1}$`));
    match(lines[lost + 1] ?? "", new RegExp(`line=${lost + count}$`));
    equal(lines.length - 1 + count, 20_001);
    match(lines.at(-1) ?? "", /Pipe: last words$/);
    equal((await child.status).code, 0);
    while ((await stdout.next()).done !== true);
  });
}
