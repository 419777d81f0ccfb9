// One balance round now, instead of at its time.

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import type { Status } from "../codec/control.ts";
import { counted } from "../daemon/words.ts";
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
    (options): Action => (terminal) => {
      const asked = Date.now();
      return askFor({ kind: "balance" }, {
        ...options,
        terminal,
        done: (status) => `${outcome(status, asked)} VIPs by host: ${loads(status)}`,
      });
    },
  ),
);

/** What the round came to: the moves of it are those since it was asked for, by the clock of this very host. */
function outcome({ moves }: Status, asked: number): string {
  const moved = moves.filter(({ at, reason }) => reason === "balance" && Date.parse(at) >= asked - roundedMs);
  return moved.length > 0
    ? `A balance round is decided: ${counted(moved.length, "VIP")} moved.`
    : "Nothing to balance: the loads are as even as weights, preferences and the moves of operators let them be.";
}

/** The daemon's times of day are rounded. */
const roundedMs = 2;

const loads = ({ hosts }: Status): string => hosts.map(({ name, vips }) => `${name} ${vips}`).join(", ");
