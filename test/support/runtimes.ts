// The two runtimes that the sources run on, as command lines: Deno, and Bun with the map of `Deno` that the compiled
// executable has.

import { fileURLToPath } from "node:url";
import { bunProgram } from "../../scripts/bun_program.ts";

const install = fileURLToPath(new URL("../../scripts/deno_on_bun/install.ts", import.meta.url));

/** The words in front of a script's path. */
export const runtimes: Readonly<Record<"deno" | "bun", readonly string[]>> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check"],
  bun: [bunProgram(), "run", "--preload", install, "--define", "Deno=globalThis.__denoOnBun"],
};
