// Who has this address, and why.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { Status } from "../codec/control.ts";
import { askDaemon, type DaemonAnswer } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { statusJson } from "./ask.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { runLive } from "./live_screen.ts";
import { daemonOptions, jsonOption } from "./options.ts";
import { renderStatus } from "./render.ts";
import type { Terminal } from "./terminal.ts";

const watchOption = option("--watch", {
  description: message`Show it again every second, in a terminal: arrows scroll, q or Ctrl-C ends it.`,
});

/** molehill status */
export const statusCommand = defineCommand(
  {
    name: "status",
    summary: "Show who holds which VIP, since when and why, and what is wrong.",
    description:
      `Asks the daemon of this host how it sees the group: its hosts, who holds which VIP, for how long and \
why, the last moves, and what a person should look at.`,
    examples: [
      ["molehill status", "for people"],
      ["molehill status --watch", "while something happens"],
      ["molehill status --json | jq -r '.vips[] | [.name, .holder] | @tsv'", "for programs"],
      ["molehill status > /dev/null || page-somebody", "in a monitoring check"],
    ],
    exitCodes: [
      [exitCode.ok, "every VIP is held, and there is nothing to warn of"],
      [exitCode.degraded, "a VIP is not held at this moment, or there is a warning"],
      [exitCode.unreachable, "no daemon answers"],
    ],
  },
  map(
    object({ ...daemonOptions, json: jsonOption, watch: watchOption }),
    (options): Action => (terminal) => options.watch ? watch(options, terminal) : once(options, terminal),
  ),
);

interface StatusOptions {
  readonly runtimeDir: string;
  readonly json: boolean;
}

/** A daemon answers this at once; one that does not is as good as none. */
const timeoutMs = 5_000;

async function once(options: StatusOptions, terminal: Terminal): Promise<number> {
  const answer = await ask(options);
  const text = answerText(answer, { json: options.json, colours: terminal.colours });
  (answer.kind === "ok" ? terminal.out : terminal.err)(text);
  return exitCodeOf(answer);
}

const ask = ({ runtimeDir }: StatusOptions): Promise<DaemonAnswer> =>
  askDaemon(controlSocketPath(runtimeDir), { kind: "status" }, { timeoutMs });

function answerText(
  answer: DaemonAnswer,
  { json, colours }: { readonly json: boolean; readonly colours: boolean },
): string {
  switch (answer.kind) {
    case "ok":
      return json ? statusJson(answer.status) : renderStatus(answer.status, { colours, now: Date.now() });
    case "refused":
      return `${answer.error}\n`;
    case "unreachable":
      return `${answer.message}\n`;
  }
}

function exitCodeOf(answer: DaemonAnswer): number {
  if (answer.kind !== "ok") return exitCode.unreachable;
  return isWell(answer.status) ? exitCode.ok : exitCode.degraded;
}

const isWell = ({ vips, warnings }: Status): boolean =>
  warnings.length === 0 && vips.every((vip) => vip.state === "held");

/** In place of the text before, until a person has seen enough. */
async function watch(options: StatusOptions, terminal: Terminal): Promise<number> {
  const why = options.json ? "JSON is printed once" : terminal.liveObstacle;
  if (why !== null) {
    terminal.err(
      `molehill: Cannot watch: ${why} (wanted a terminal)\n\n` +
        `In a script: while sleep 1; do molehill status${options.json ? " --json" : ""}; done\n`,
    );
    return exitCode.usage;
  }
  const { colours } = terminal;
  return await runLive({
    ask: () => ask(options),
    render: ({ status }) => renderStatus(status, { colours, now: Date.now() }),
    codeOf: exitCodeOf,
    colours,
  });
}
