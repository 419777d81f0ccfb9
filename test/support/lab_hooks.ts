// Hooks for a lab: shell scripts in its directory, and what they were told, read back from the file that they write.

import type { Lab } from "./lab.ts";

/** What one run was told, without the prefix MOLEHILL_: { EVENT: "acquire", VIP: "web-a", ... }. */
export type Told = Readonly<Record<string, string>>;

/** Each run adds one line when it begins; a line that is short is written in one go. */
const RECORD = `printf '%s\\n' "$(env | grep ^MOLEHILL_ | sort | cut -c10- | tr '\\n' ';')" >> "$0.log"`;

export interface LabScript {
  readonly path: string;
  /** Every run so far, in order. */
  told(): Promise<readonly Told[]>;
}

/** A script that records what it was told and then does what the text says. */
export async function labScript(lab: Lab, name: string, text = ""): Promise<LabScript> {
  const path = `${lab.directory}/${name}.sh`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${RECORD}\n${text}\n`, { mode: 0o755 });
  return {
    path,
    async told() {
      const lines = (await Deno.readTextFile(`${path}.log`).catch(() => "")).split("\n").slice(0, -1);
      return lines.map((line) =>
        Object.fromEntries(
          line.split(";").filter((pair) => pair !== "").map((pair) => {
            const at = pair.indexOf("=");
            return [pair.slice(0, at), pair.slice(at + 1)];
          }),
        )
      );
    },
  };
}

/** A hook's table, as the file has it. */
export const hookTable = (
  { path }: LabScript,
  keys: Readonly<Record<string, string>> = {},
): string => {
  const more = Object.entries(keys).map(([key, value]) => `, ${key} = ${value}`).join("");
  return `{ command = [${JSON.stringify(path)}]${more} }`;
};

/** Gives the lab's file these hooks, and starts every daemon. */
export async function startWithHooks(lab: Lab, hooks: Readonly<Record<string, string>>): Promise<void> {
  await Deno.writeTextFile(lab.configFile, lab.configWith({ hooks }));
  for (const host of lab.hosts) host.start();
  await lab.settled();
}
