// The last lines that a program writes, on whatever stream. It may write without end: little of it is kept, little of it is
// looked at, and it is read at a pace; so its pipe is full sooner or later, and the program waits.

/** So many lines are kept, each with so many characters. */
export const linesKept = 5;
export const charactersKept = 200;

/** Enough for one character more than that, in UTF-8. */
const BYTES_KEPT = 4 * (charactersKept + 1);
/** After so many bytes the next ones are left to wait, so many milliseconds. */
const BREATH_BYTES = 65_536;
const BREATH_MS = 20;
/** A read costs as much as so many bytes, however few it brings. */
const READ_BYTES = 1_024;

const LINE_FEED = 0x0a;
/** What would tell a terminal something, break a line, or turn around how it is read. */
const controls = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

type Bytes = Uint8Array<ArrayBuffer>;

export interface LastLines {
  soFar(): readonly string[];
  /** Reads to the end of the streams, but not for longer; then they are closed. */
  end(withinMs: number): Promise<readonly string[]>;
}

/** Reads all the streams, from now on. */
export function lastLines(streams: readonly ReadableStream<Bytes>[]): LastLines {
  const kept: string[] = [];
  const keep = (line: Bytes) => {
    const text = new TextDecoder().decode(line).replace(controls, " ").trim();
    if (text === "") return;
    kept.push(text.length > charactersKept ? `${text.slice(0, charactersKept)}...` : text);
    if (kept.length > linesKept) kept.shift();
  };
  const readers = streams.map((stream) => stream.getReader());
  const rests = readers.map((): Bytes => new Uint8Array());
  const all = Promise.all(readers.map(async (reader, at) => {
    let sinceBreath = 0;
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const { lines, rest } = linesIn(joined(rests[at] ?? new Uint8Array(), read.value));
        lines.forEach(keep);
        rests[at] = rest;
        sinceBreath += READ_BYTES + read.value.length;
        if (sinceBreath < BREATH_BYTES) continue;
        await new Promise((passed) => setTimeout(passed, BREATH_MS));
        sinceBreath = 0;
      }
    } catch {
      // It was closed by end().
    }
  }));
  return {
    soFar: () => [...kept],
    async end(withinMs) {
      let timer;
      await Promise.race([all, new Promise((resolve) => timer = setTimeout(resolve, withinMs))]);
      clearTimeout(timer);
      for (const reader of readers) reader.cancel().catch(() => {});
      rests.forEach(keep);
      rests.fill(new Uint8Array());
      return [...kept];
    },
  };
}

/** The last lines of it that have ended, and what stands after them; of each the beginning. */
function linesIn(bytes: Bytes): { readonly lines: readonly Bytes[]; readonly rest: Bytes } {
  const lines: Bytes[] = [];
  let end = bytes.lastIndexOf(LINE_FEED);
  const rest = bytes.slice(end + 1, end + 1 + BYTES_KEPT);
  while (end >= 0 && lines.length < linesKept) {
    const start = end === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
    lines.unshift(bytes.subarray(start, Math.min(end, start + BYTES_KEPT)));
    end = start - 1;
  }
  return { lines, rest };
}

function joined(first: Bytes, second: Bytes): Bytes {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
