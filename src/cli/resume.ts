// Lets this host take part again after a drain.

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { daemonOptions, jsonOption, reasonOption } from "./options.ts";

/** molehill resume */
export const resumeCommand = defineCommand(
  {
    name: "resume",
    summary: "Let this host hold VIPs again after a drain.",
    description:
      `Ends a drain of this host, also one that persists. Returns when the group has agreed on it; VIPs come back when a host is \
preferred for them or a balance round evens the loads out.

Calling it again does no harm.`,
    examples: [
      ["molehill resume", "after maintenance"],
      ["curl -fs http://localhost/ && molehill resume", "in a health script"],
    ],
    exitCodes: askExitCodes,
  },
  map(
    object({ ...daemonOptions, reason: reasonOption, json: jsonOption }),
    (options): Action => (terminal) =>
      askFor({ kind: "resume", reason: options.reason }, {
        ...options,
        terminal,
        done: ({ host }) => `Host ${host} takes part again`,
      }),
  ),
);
