// Who has this address, and why?

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { findSimilar } from "@optique/core/suggestion";
import { string } from "@optique/core/valueparser";
import type { Explanation } from "../codec/explanation.ts";
import { askDaemon, askExplanation } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { daemonOptions } from "./options.ts";
import { renderExplanation } from "./render_explain.ts";
import type { Terminal } from "./terminal.ts";

const vip = argument(string({ metavar: "VIP" }), {
  description: message`The VIP's name, or an address of it.`,
});

const jsonOption = option("--json", { description: message`Print the daemon's answer as JSON.` });

/** molehill explain */
export const explainCommand = defineCommand(
  {
    name: "explain",
    summary: "Explain who has a VIP and why, who is next, and what is wrong.",
    description:
      `Tells of one VIP who has it, since when and why; whether it is really there and who was told; who would \
be next; what would move it; for each host why it could not hold it; its last moves; and what to do if something is \
wrong. The first line is the answer.

The holder knows most: it asks its kernel, and knows who confirmed the VIP. Why a host cannot add a VIP is known there \
alone; the answer says where to ask.`,
    examples: [
      ["molehill explain web-a", "by name"],
      ["molehill explain 192.168.9.109", "by address"],
      ["molehill explain web-a --json | jq -r .answer", "for programs"],
    ],
    exitCodes: [
      [exitCode.ok, "it is held, and nothing is wrong with it"],
      [exitCode.degraded, "it is not held, or something is wrong with it"],
      [exitCode.unreachable, "no daemon answers"],
      [exitCode.usage, "there is no such VIP"],
    ],
  },
  map(
    object({ ...daemonOptions, vip, json: jsonOption }),
    (options): Action => (terminal) => explain(options, terminal),
  ),
);

interface ExplainOptions {
  readonly runtimeDir: string;
  readonly vip: string;
  readonly json: boolean;
}

/** A daemon answers this at once; one that does not is as good as none. */
const timeoutMs = 5_000;

async function explain(options: ExplainOptions, terminal: Terminal): Promise<number> {
  const answer = await askExplanation(controlSocketPath(options.runtimeDir), options.vip, { timeoutMs });
  switch (answer.kind) {
    case "ok":
      terminal.out(
        options.json
          ? `${JSON.stringify(answer.explanation, null, 2)}\n`
          : renderExplanation(answer.explanation, terminal),
      );
      return codeOf(answer.explanation);
    case "refused":
      terminal.err(`${answer.error}\n`);
      if (answer.http !== 404) return exitCode.refused;
      terminal.err(await meantText(options));
      return exitCode.usage;
    case "unreachable":
      terminal.err(`${answer.message}\n`);
      return exitCode.unreachable;
  }
}

const codeOf = ({ vip, trouble }: Explanation): number =>
  vip.state === "held" && trouble.length === 0 ? exitCode.ok : exitCode.degraded;

/** The names that look like the one that there is not. */
async function meantText({ runtimeDir, vip }: ExplainOptions): Promise<string> {
  const answer = await askDaemon(controlSocketPath(runtimeDir), { kind: "status" }, { timeoutMs });
  if (answer.kind !== "ok") return "";
  const known = answer.status.vips.flatMap(({ name, addresses }) => [name, ...addresses]);
  const meant = findSimilar(vip, new Set(known));
  return meant.length === 0 ? "" : `\nDid you mean ${meant.join(" or ")}?\n`;
}
