// What would happen to the VIPs if some hosts were gone? Asked before maintenance; changes nothing.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { askPlan } from "../host/control_client.ts";
import { controlSocketPath } from "../host/control_server.ts";
import { type Action, defineCommand } from "./command.ts";
import { exitCode } from "./exit_codes.ts";
import { daemonOptions } from "./options.ts";
import { renderPlan } from "./render_plan.ts";
import type { Terminal } from "./terminal.ts";

/** Names with commas between them. */
const hostNames: ValueParser<"sync", readonly string[]> = {
  mode: "sync",
  metavar: "HOST[,HOST...]",
  placeholder: [],
  parse(input) {
    const names = input.split(",").map((name) => name.trim());
    if (names.every((name) => name !== "")) return { success: true, value: [...new Set(names)] };
    return {
      success: false,
      error: message`Expected host names with commas between them, but got ${input}.`,
    };
  },
  format: (names) => names.join(","),
};

const withoutOption = option("--without", hostNames, {
  description: message`The hosts to think away.`,
});

const jsonOption = option("--json", { description: message`Print the daemon's answer as JSON.` });

/** molehill plan */
export const planCommand = defineCommand(
  {
    name: "plan",
    summary: "Show what would happen to the VIPs without some hosts.",
    description:
      `Asks the daemon of this host what the group would do if these hosts were gone: which VIPs would move \
where, which nobody could hold, how many each remaining host would carry, and whether the group would still hold VIPs \
at all. It is the group's own decision as things are now, with its drains, operators' moves and failures. Nothing is \
changed.

The coordinator knows most; any other host says what it may not know.`,
    examples: [
      ["molehill plan --without test02", "before test02 is switched off"],
      ["molehill plan --without test01,test02", "what if both go?"],
      ["molehill plan --without test02 && ssh test02 reboot", "only if all stays covered"],
    ],
    exitCodes: [
      [exitCode.ok, "every VIP would be held"],
      [exitCode.degraded, "some VIP would not be held, or the daemon refused; standard error then says why"],
      [exitCode.unreachable, "no daemon answers"],
    ],
  },
  map(
    object({ ...daemonOptions, without: withoutOption, json: jsonOption }),
    (options): Action => (terminal) => plan(options, terminal),
  ),
);

/** A daemon answers this at once; one that does not is as good as none. */
const timeoutMs = 5_000;

async function plan(
  { runtimeDir, without, json }: {
    readonly runtimeDir: string;
    readonly without: readonly string[];
    readonly json: boolean;
  },
  terminal: Terminal,
): Promise<number> {
  const answer = await askPlan(controlSocketPath(runtimeDir), without, { timeoutMs });
  switch (answer.kind) {
    case "ok":
      terminal.out(json ? `${JSON.stringify(answer.plan, null, 2)}\n` : renderPlan(answer.plan, terminal));
      return answer.plan.covered ? exitCode.ok : exitCode.degraded;
    case "refused":
      terminal.err(`${answer.error}\n`);
      return exitCode.refused;
    case "unreachable":
      terminal.err(`${answer.message}\n`);
      return exitCode.unreachable;
  }
}
