// One balance round now, instead of at its time.

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import type { Status } from "../codec/control.ts";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { daemonOptions, jsonOption } from "./options.ts";

/** molehill balance */
export const balanceCommand = defineCommand(
  {
    name: "balance",
    summary: "Even the hosts' loads out now.",
    description:
      `Starts a balance round at once instead of at its time. Returns when the group has decided which VIPs \
move; how many one round may move is in the configuration ([balance] moves_per_round). VIPs that an operator moved, \
and preferences, are left alone.`,
    examples: [["molehill balance", ""]],
    exitCodes: askExitCodes,
  },
  map(
    object({ ...daemonOptions, json: jsonOption }),
    (options): Action => (terminal) => askFor({ kind: "balance" }, { ...options, terminal, done: loads }),
  ),
);

const loads = ({ hosts }: Status): string =>
  `A balance round is decided. VIPs by host: ${hosts.map(({ name, vips }) => `${name} ${vips}`).join(", ")}`;
