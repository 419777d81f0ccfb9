// Which Molehill this is.

import { map } from "@optique/core/modifiers";
import { object } from "@optique/core/constructs";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import declared from "../../deno.json" with { type: "json" };

/** As deno.json declares it. */
export const version: string = declared.version;

/** molehill version */
export const versionCommand = defineCommand(
  {
    name: "version",
    summary: "Print the version.",
    description: "Prints the version of this program.",
    examples: [["molehill version", ""]],
    exitCodes: [[exitCode.ok, "always"]],
  },
  map(object({}), (): Action => ({ out }) => {
    out(`molehill ${version}\n`);
    return exitCode.ok;
  }),
);
