// The part of `Deno` that src/ uses, on top of Bun and its node: modules. Not one name more: a test compares
// this table with the names that the sources use, and another runs one script in both runtimes and compares
// what it prints.

import { writeSync } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import process from "node:process";
import { isatty } from "node:tty";
import { Command } from "./command.ts";
import { errors, inDenosWords } from "./errors.ts";
import { dlopen, UnsafePointer } from "./foreign_functions.ts";
import { networkInterfaces } from "./interfaces.ts";

/** What `Deno` is in the compiled executable. */
export const denoOnBun = {
  args: process.argv.slice(2),
  exit: (code?: number) => process.exit(code),
  uid: () => process.getuid?.() ?? null,
  env: { get: (name: string) => process.env[name] },
  addSignalListener: (signal: NodeJS.Signals, listener: () => void) => void process.on(signal, listener),
  stdout: { writeSync: writer(1), isTerminal: () => isatty(1) },
  stderr: { writeSync: writer(2), isTerminal: () => isatty(2) },
  consoleSize,
  networkInterfaces,
  readTextFile: (path: string) => inDenosWords(() => readFile(path, "utf8")),
  writeTextFile: (path: string, text: string, options: Deno.WriteFileOptions = {}) =>
    inDenosWords(() => writeFile(path, text, { mode: options.mode, flag: writeFlag(options) })),
  mkdir: (path: string, options?: Deno.MkdirOptions) =>
    inDenosWords(async () => void await mkdir(path, options)),
  rename: (from: string, to: string) => inDenosWords(() => rename(from, to)),
  stat: (path: string) => inDenosWords(() => fileInfo(path)),
  Command,
  dlopen,
  UnsafePointer,
  errors,
};

/** Writes at once what fits, or throws as Deno does. */
function writer(descriptor: number): (bytes: Uint8Array) => number {
  return (bytes) => inDenosWords(() => writeSync(descriptor, bytes));
}

function consoleSize(): { columns: number; rows: number } {
  const terminal = [process.stdout, process.stderr].find((stream) => stream.isTTY);
  if (terminal === undefined) throw new Error("Inappropriate ioctl for device (os error 25)");
  return { columns: terminal.columns, rows: terminal.rows };
}

function writeFlag({ append, createNew }: Deno.WriteFileOptions): string {
  return `${append === true ? "a" : "w"}${createNew === true ? "x" : ""}`;
}

async function fileInfo(path: string) {
  const found = await stat(path);
  const { mode, mtime, size } = found;
  return { mode, mtime, size, isFile: found.isFile(), isDirectory: found.isDirectory() };
}
