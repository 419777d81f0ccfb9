// The last lines that a program writes, on whatever stream. It may write without end: little of it is kept.

/** So many lines are kept, each with so many characters. */
export const linesKept = 5;
export const charactersKept = 200;

// deno-lint-ignore no-control-regex
const controlCharacters = /[\x00-\x1f\x7f-\x9f]+/g;

export interface LastLines {
  soFar(): readonly string[];
  /** Reads to the end of the streams, but not for longer; then they are closed. */
  end(withinMs: number): Promise<readonly string[]>;
}

/** Reads all the streams, from now on. */
export function lastLines(streams: readonly ReadableStream<Uint8Array<ArrayBuffer>>[]): LastLines {
  const kept: string[] = [];
  const keep = (line: string) => {
    const text = line.replace(controlCharacters, " ").trim();
    if (text === "") return;
    kept.push(text.length > charactersKept ? `${text.slice(0, charactersKept)}...` : text);
    if (kept.length > linesKept) kept.shift();
  };
  const readers = streams.map((stream) => stream.getReader());
  const rests = readers.map(() => "");
  const all = Promise.all(readers.map(async (reader, at) => {
    const decoder = new TextDecoder();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const lines = ((rests[at] ?? "") + decoder.decode(read.value, { stream: true })).split("\n");
        // Of a line that does not end, the beginning is enough.
        rests[at] = (lines.pop() ?? "").slice(0, charactersKept + 1);
        lines.slice(-linesKept).forEach(keep);
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
      rests.fill("");
      return [...kept];
    },
  };
}
