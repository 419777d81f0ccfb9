// How does every host see the group, and how good are the ways between them?

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { Monitor } from "../codec/monitor.ts";
import { askMonitor, type MonitorAnswer, noAnswerText } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { runLive } from "./live_screen.ts";
import { daemonOptions } from "./options.ts";
import { renderMonitor } from "./render_monitor.ts";
import type { Terminal } from "./terminal.ts";

const jsonOption = option("--json", { description: message`Print the daemon's answer as JSON, once.` });
const onceOption = option("--once", {
  description: message`Print it once and exit, as without a terminal.`,
});

/** molehill monitor */
export const monitorCommand = defineCommand(
  {
    name: "monitor",
    summary: "Watch how the hosts see each other: who hears whom, round trips, loss, clocks.",
    description:
      `Shows, in a live screen, what the daemon of this host sees of every other: the view that each is in, \
whom it follows, whom it hears, and how good the way to it is. It costs the network nothing: all of it is read off the \
heartbeats.

ROUND TRIP is the least of the last 16 to 31 heartbeats, there and back. LOSS is what did not arrive here of the last \
600 heartbeats or so. CLOCK is by how much that host's wall clock is ahead of (+) or behind (-) this one's. FILE is the \
beginning of its configuration's digest.

Keys: arrows, j, k, PgUp and PgDn scroll, q or Ctrl-C ends it.`,
    examples: [
      ["molehill monitor", "until q"],
      ["molehill monitor --once", "the table, once"],
      ["molehill monitor --json | jq '.hosts[] | [.name, .round_trip_ms]'", "for programs"],
    ],
    exitCodes: [
      [exitCode.ok, "there is nothing to warn of"],
      [exitCode.degraded, "there is a warning"],
      [exitCode.unreachable, "no daemon answers"],
    ],
  },
  map(
    object({ ...daemonOptions, json: jsonOption, once: onceOption }),
    (options): Action => (terminal) =>
      options.json || options.once || terminal.liveObstacle !== null
        ? once(options, terminal)
        : live(options, terminal),
  ),
);

interface MonitorOptions {
  readonly runtimeDir: string;
  readonly json: boolean;
}

/** A daemon answers this at once; one that does not is as good as none. */
const timeoutMs = 5_000;

const ask = ({ runtimeDir }: MonitorOptions): Promise<MonitorAnswer> =>
  askMonitor(controlSocketPath(runtimeDir), { timeoutMs });

const codeOf = ({ warnings }: Monitor): number => warnings.length === 0 ? exitCode.ok : exitCode.degraded;

async function once(options: MonitorOptions, terminal: Terminal): Promise<number> {
  const answer = await ask(options);
  if (answer.kind !== "ok") {
    terminal.err(`${noAnswerText(answer)}\n`);
    return exitCode.unreachable;
  }
  const { monitor } = answer;
  terminal.out(options.json ? `${JSON.stringify(monitor, null, 2)}\n` : renderMonitor(monitor, terminal));
  return codeOf(monitor);
}

const live = (options: MonitorOptions, { colours }: Terminal): Promise<number> =>
  runLive({
    ask: () => ask(options),
    render: ({ monitor }) => renderMonitor(monitor, { colours }),
    codeOf: ({ monitor }) => codeOf(monitor),
    colours,
  });
