// Hands this host's VIPs over and lets it take none, until it is resumed.

import { object } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import type { Status } from "../codec/control.ts";
import { listed } from "../daemon/words.ts";
import { askExitCodes, askFor } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { daemonOptions, jsonOption, persistOption, reasonOption } from "./options.ts";

/** molehill drain */
export const drainCommand = defineCommand(
  {
    name: "drain",
    summary: "Hand this host's VIPs over and take none.",
    description:
      `Asks the daemon of this host to hand its VIPs over to the other hosts and to take none. The host stays a \
member of the group. Returns when none of the VIPs is on this host any more.

Calling it again does no harm, also every few seconds. A drain ends with "molehill resume" or when the daemon is started again; with --persist only with "molehill resume". Such a drain is on the disk before it begins, and where it cannot be, it does not begin. A drain without --persist after it changes nothing.`,
    examples: [
      ["molehill drain --reason 'new kernel' --persist && reboot", "before maintenance"],
      ["curl -fs http://localhost/ || molehill drain --reason 'no answer'", "in a health script"],
    ],
    exitCodes: askExitCodes,
  },
  map(
    object({ ...daemonOptions, reason: reasonOption, persist: persistOption, json: jsonOption }),
    (options): Action => (terminal) =>
      askFor({ kind: "drain", reason: options.reason, ...(options.persist ? { persist: true } : {}) }, {
        ...options,
        terminal,
        done: drainedText,
      }),
  ),
);

function drainedText({ host, vips }: Status): string {
  const uncovered = vips.filter((vip) => vip.state === "uncovered").map((vip) => vip.name);
  const cost = uncovered.length === 0 ? "" : `; no other host can hold ${listed(uncovered)}`;
  return `Host ${host} drains, and no VIP is on it any more${cost}`;
}
