// Reads somebody else's text file, of which nobody knows what it is: it may be a directory, a device without end, a
// pipe, or no text at all.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export type ReadSource =
  | { readonly kind: "ok"; readonly text: string }
  /** For people, with the place where there is one. */
  | { readonly kind: "problem"; readonly problem: string };

/** No configuration of a person is larger. */
const bytesMax = 1024 * 1024;

/** The text of the file; bytes that are no UTF-8, as in old comments, read as U+FFFD. */
export function readSourceFile(path: string): ReadSource {
  try {
    const file = openSync(path, "r");
    try {
      if (fstatSync(file).isDirectory()) return cannot(path, "it is a directory");
      const bytes = readAtMost(file, bytesMax + 1);
      if (bytes.length > bytesMax) {
        return cannot(path, "it is larger than 1 MiB (wanted a configuration file)");
      }
      return textOf(path, bytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return cannot(path, whyUnread(error));
  }
}

function readAtMost(file: number, most: number): Uint8Array {
  const bytes = new Uint8Array(most);
  let length = 0;
  while (length < most) {
    const read = readSync(file, bytes, length, most - length, null);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function textOf(path: string, bytes: Uint8Array): ReadSource {
  const zero = bytes.indexOf(0);
  if (zero === -1) return { kind: "ok", text: new TextDecoder().decode(bytes) };
  const before = new TextDecoder().decode(bytes.subarray(0, zero)).split("\n");
  const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return { kind: "problem", problem: `${place}: Cannot read the file: a zero byte (wanted text)` };
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a directory";
  return error instanceof Error ? error.message : String(error);
}

const cannot = (path: string, fact: string): ReadSource => ({
  kind: "problem",
  problem: `Cannot read "${path}": ${fact}`,
});
