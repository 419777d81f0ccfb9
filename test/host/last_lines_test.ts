import { deepEqual, equal, ok } from "node:assert/strict";
import { charactersKept, lastLines } from "../../src/host/last_lines.ts";
import { sleep } from "../support/wait.ts";

type Chunk = string | Uint8Array<ArrayBuffer>;

const bytesOf = (chunk: Chunk) => typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;

const streamOf = (...chunks: readonly Chunk[]) => ReadableStream.from(chunks.map(bytesOf));

/** What is kept of a stream that comes in these chunks. */
const linesOf = (...chunks: readonly Chunk[]) => lastLines([streamOf(...chunks)]).end(60_000);

Deno.test("lastLines() keeps the last five lines, whatever chunks they come in, and of each the beginning", async () => {
  deepEqual(await linesOf("1\n2\n3\n4\n5\n6\n7"), ["3", "4", "5", "6", "7"]);
  deepEqual(await linesOf("1\n2", "3\n", "\n4\n5\n6\n", "7\n8"), ["4", "5", "6", "7", "8"]);
  deepEqual(await linesOf(), []);
  deepEqual(await linesOf("\n\n"), []);
  const long = "x".repeat(500_000);
  const cut = `${"x".repeat(charactersKept)}...`;
  deepEqual(await linesOf(`${long}\nend`), [cut, "end"]);
  deepEqual(await linesOf(long, long, `${long}\n`, "e", "nd"), [cut, "end"]);
});

Deno.test("lastLines() keeps nothing that tells a terminal what to do, or turns the text around", async () => {
  deepEqual(await linesOf("\x1b[31mred\u009b31m\x7f\t!\r\n"), ["[31mred 31m !"]);
  const turning = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
  deepEqual(await linesOf(`a${turning}b\u2028c\u2029d\n`), ["a b c d"]);
});

Deno.test("lastLines() takes a character that two chunks share for one", async () => {
  const bytes = bytesOf("größer\n");
  deepEqual(await linesOf(bytes.slice(0, 3), bytes.slice(3)), ["größer"]);
});

Deno.test("who writes without end is read at a pace that leaves everybody else the time", async () => {
  const chunk = bytesOf("y\n".repeat(32_768));
  for (const each of [chunk, bytesOf("y\n")]) {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        pulled += 1;
        if (pulled > 20_000) controller.close();
        else controller.enqueue(each);
      },
    });
    const words = lastLines([endless]);
    await sleep(100);
    ok(pulled < 2_000, `${pulled} chunks`);
    equal((await words.end(0)).at(-1), "y");
  }
});
