// An operator's word on where a VIP is to be.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { daemonOptions, jsonOption } from "./options.ts";

const vip = argument(string({ metavar: "VIP" }), { description: message`The VIP's name.` });
const host = argument(string({ metavar: "HOST" }), {
  description:
    message`The host that is to hold it; a member of the group that may hold it and does not drain.`,
});

/** molehill move */
export const moveCommand = defineCommand(
  {
    name: "move",
    summary: "Move a VIP to a host.",
    description:
      `Moves a VIP to a host, whichever host this is asked on. Returns when it is there. It stays there, \
whatever the balance and its preferences say, until that host can hold it no longer.`,
    examples: [["molehill move web-a test01", 'VIP "web-a" to host "test01"']],
    exitCodes: askExitCodes,
  },
  map(
    object({ ...daemonOptions, vip, host, json: jsonOption }),
    (options): Action => (terminal) =>
      askFor({ kind: "move", vip: options.vip, to: options.host }, {
        ...options,
        terminal,
        done: () => `VIP ${options.vip} is on host ${options.host}`,
      }),
  ),
);
