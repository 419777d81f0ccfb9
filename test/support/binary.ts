// The built executable, for everything that tests the real thing. It is built when the sources have changed since.
// MOLEHILL_BINARY names another one instead: an older version, or one that was built for another C library.

import { fileURLToPath } from "node:url";
import { mustRun } from "./command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let built: Promise<string> | null = null;

/** The path of the executable, up to date with the sources. */
export const builtBinary = (): Promise<string> => built ??= build();

/** The words that run the same sources under Deno. */
export const denoProgram =
  (): readonly string[] => [Deno.execPath(), "run", "-A", "--quiet", `${root}main.ts`];

/** Both ways to run the sources, for what differs with the runtime. */
export const programs: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "on Deno": () => Promise.resolve(denoProgram()),
  "as the executable": async () => [await builtBinary()],
};

async function build(): Promise<string> {
  const other = Deno.env.get("MOLEHILL_BINARY") ?? "";
  if (other !== "") return other;
  await mustRun([Deno.execPath(), "run", "-A", `${root}scripts/build.ts`]);
  return `${root}dist/molehill`;
}
