// An operator's word to everybody who listens.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { MESSAGE_LENGTH_MAX } from "../codec/control.ts";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { daemonOptions, jsonOption } from "./options.ts";
import type { Terminal } from "./terminal.ts";

const text = argument(string({ metavar: "TEXT" }), {
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
    exitCodes: [...askExitCodes, [exitCode.usage, "the text is empty, too long, or more than one line"]],
  },
  map(
    object({ ...daemonOptions, text, json: jsonOption }),
    (options): Action => (terminal) => send(options, terminal),
  ),
);

async function send(
  { text, ...options }: { readonly text: string; readonly runtimeDir: string; readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const problem = problemOf(text);
  if (problem !== null) {
    terminal.err(
      `molehill: Cannot send: ${problem} (wanted one line of 1 to ${MESSAGE_LENGTH_MAX} characters)\n`,
    );
    return exitCode.usage;
  }
  return await askFor({ kind: "send", text }, {
    ...options,
    terminal,
    done: ({ view }) => `Said in view ${view?.number ?? "?"} to ${view?.members.join(", ") ?? "nobody"}`,
  });
}

function problemOf(text: string): string | null {
  if (text.length === 0) return "the text is empty";
  if (text.length > MESSAGE_LENGTH_MAX) return `the text has ${text.length} characters`;
  return /\p{Cc}/u.test(text) ? "the text has a control character, as a line feed" : null;
}
