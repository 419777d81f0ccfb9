// Where the Bun is that deno.json pins: in node_modules, as the package of this machine's kind. Its own installer
// is not run, and a Bun on PATH is not asked.

import { createRequire } from "node:module";
import process from "node:process";

/** The path of the Bun program for this machine. Throws when `deno install` has not been run. */
export function bunProgram(): string {
  const kind = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  const beside = createRequire(createRequire(import.meta.url).resolve("bun/package.json"));
  return beside.resolve(`@oven/bun-${kind}/bin/bun`);
}
