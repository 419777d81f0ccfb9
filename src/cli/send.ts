// An operator's word to everybody who listens.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { MESSAGE } from "../codec/one_line.ts";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { daemonOptions, jsonOption, oneLine } from "./options.ts";

const text = argument(oneLine(MESSAGE), {
  description: message`One line, at most 1,000 characters.`,
});

/** molehill send */
export const sendCommand = defineCommand(
  {
    name: "send",
    summary: "Tell the whole group something.",
    description: `Puts a line into the record of every host of the group, in the same order on all of them; \
"molehill events" shows it. Returns when this host has heard it itself. A host that is cut off when it is said does \
not hear it.`,
    examples: [
      [`molehill send "replacing the switch in rack 4"`, "everybody who follows the events sees it"],
    ],
    exitCodes: askExitCodes,
  },
  map(
    object({ ...daemonOptions, text, json: jsonOption }),
    ({ text, ...options }): Action => (terminal) =>
      askFor({ kind: "send", text }, {
        ...options,
        terminal,
        done: ({ view }) => `Said in view ${view?.number ?? "?"} to ${view?.members.join(", ") ?? "nobody"}`,
      }),
  ),
);
