// The record of the group, as this host has it.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import type { Events } from "../codec/control.ts";
import { askEvents, noAnswerText } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { seenEnough } from "./onlooker.ts";
import { daemonOptions } from "./options.ts";
import { renderEvent } from "./render_events.ts";
import type { Terminal } from "./terminal.ts";

const followOption = option("--follow", "-f", {
  description: message`Go on with what happens from now on, until Ctrl-C.`,
});
const eventsJsonOption = option("--json", {
  description: message`Print one JSON object a line, each an entry of the record.`,
});
const lastOption = withDefault(
  option("--last", integer({ metavar: "N", min: 0 }), {
    description: message`Begin with the last N entries, at most 2,000; 0: only what happens from now on.`,
  }),
  100,
);

/** molehill events */
export const eventsCommand = defineCommand(
  {
    name: "events",
    summary: "Show what happened: views, moves and why, failovers and how long they took, operators' words.",
    description:
      `Prints the record of this host, oldest first. What is marked "group" came with a view, and is \
in the same order on all hosts; a view of the same hosts in which nothing moved is left out. What \
is marked "host" this host alone knows of. Times are by this host's clock. The last entries are kept over restarts, in the state directory.`,
    examples: [
      ["molehill events", "the last hundred entries"],
      ["molehill events --follow --last 0", "what happens from now on"],
      [`molehill events --json --last 2000 | jq 'select(.kind == "vipMoved")'`, "all moves, for a script"],
    ],
    exitCodes: [
      [exitCode.ok, "shown; with --follow, ended by Ctrl-C or SIGTERM, or nobody reads it any more"],
      [
        exitCode.unreachable,
        "no daemon answers; with --follow only at the beginning, later it waits for one",
      ],
    ],
  },
  map(
    object({ ...daemonOptions, follow: followOption, last: lastOption, json: eventsJsonOption }),
    (options): Action => (terminal) => showEvents(options, terminal),
  ),
);

interface EventsOptions {
  readonly runtimeDir: string;
  readonly follow: boolean;
  readonly last: number;
  readonly json: boolean;
}

/** A daemon that is asked to wait for entries answers after so many seconds at the latest. */
const waitSeconds = 20;
const timeoutMs = 1_000 * waitSeconds + 10_000;
/** Between two looks whether a daemon is back, in milliseconds. */
const retryMs = 500;

async function showEvents(
  { runtimeDir, follow, last, json }: EventsOptions,
  terminal: Terminal,
): Promise<number> {
  const socket = controlSocketPath(runtimeDir);
  const show = (events: Events, entries: Events["entries"]) => {
    for (const entry of entries) {
      terminal.out(json ? `${JSON.stringify(entry)}\n` : renderEvent(entry, terminal));
    }
    return events.last;
  };
  const first = await askEvents(socket, { after: 0, wait: 0 }, { timeoutMs });
  if (first.kind !== "ok") {
    terminal.err(`${noAnswerText(first)}\n`);
    return exitCode.unreachable;
  }
  const isEnough = follow ? seenEnough(terminal) : null;
  let after = show(first.events, last === 0 ? [] : first.events.entries.slice(-last));
  let isGone = false;
  while (isEnough !== null && terminal.isRead()) {
    const next = askEvents(socket, { after, wait: waitSeconds }, { timeoutMs });
    const answer = await Promise.race([isEnough, next]);
    if (answer === "ended") break;
    if (answer.kind === "ok") {
      isGone = false;
      // A record that was thrown away begins anew.
      after = show(answer.events, answer.events.entries);
      continue;
    }
    if (!isGone) terminal.err(`${noAnswerText(answer)}; waiting for it\n`);
    isGone = true;
    if (await Promise.race([isEnough, passed(retryMs)]) === "ended") break;
  }
  return exitCode.ok;
}

const passed = (ms: number): Promise<"passed"> =>
  new Promise((resolve) => setTimeout(() => resolve("passed"), ms));
