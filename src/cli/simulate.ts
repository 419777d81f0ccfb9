// What would happen to the group of this file when its hosts die? Told by the simulator that Molehill itself is tested
// with, before anything is installed.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import process from "node:process";
import type { Configuration } from "../config/configuration.ts";
import type { Attachments } from "../simulator/segments.ts";
import { rehearse, type Scene } from "../simulator/rehearsal.ts";
import { type Action, defineCommand } from "./command.ts";
import { readConfiguration, unusableLines } from "./configuration_file.ts";
import { exitCode } from "./exit_codes.ts";
import { configOptions } from "./options.ts";
import { segmentsOfHosts } from "./placement.ts";
import { renderSimulation } from "./render_simulation.ts";
import { outcomeOf, type Simulation } from "./simulation.ts";
import { type Pairs, storybook } from "./storybook.ts";
import type { Terminal } from "./terminal.ts";

const pairsOption = withDefault(
  option("--pairs", choice(["all", "some", "none"], { metavar: "WHICH" }), {
    description: message`Which pairs of hosts die: all, as many as take some seconds, or none.`,
  }),
  "some" as const,
);

const jsonOption = option("--json", { description: message`Print what came of each story as JSON.` });

/** molehill simulate */
export const simulateCommand = defineCommand(
  {
    name: "simulate",
    summary: "Simulate what happens when hosts of this file die.",
    description:
      `Runs the group of the configuration file on a simulated clock and network, with the very code of the daemon: \
each host and each pair of hosts loses its power, each host is stopped, all start together, and the network splits in \
two halves that find each other again. For each it says which VIPs move where and the longest outage that any client \
sees, beside what "molehill check" promises at worst.

It changes nothing and needs neither root nor a daemon. The same file gives the same answer.`,
    examples: [
      ["molehill simulate", ""],
      ["molehill simulate --config new.toml --pairs all", "every pair, however long it takes"],
      ["molehill simulate --json | jq '.stories[] | {hosts, moves}'", "for programs"],
    ],
    exitCodes: [
      [exitCode.ok, "every VIP that some host could hold was held again, within the promised time"],
      [exitCode.degraded, "not so; the output says where"],
      [exitCode.badConfiguration, "the file cannot be used; standard error says why"],
    ],
  },
  map(
    object({ ...configOptions, pairs: pairsOption, json: jsonOption }),
    (options): Action => (terminal) => simulate(options, terminal),
  ),
);

async function simulate(
  { config, pairs, json }: { readonly config: string; readonly pairs: Pairs; readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const read = await readConfiguration(config);
  if (read.kind === "problem") {
    terminal.err(unusableLines(read).map((problem) => `${problem}\n`).join(""));
    return exitCode.badConfiguration;
  }
  const scene = { group: read.configuration.group, attachments: attachmentsOf(read.configuration) };
  const simulation = tellAll(scene, { pairs, progress: progressOn(terminal) });
  terminal.out(json ? `${JSON.stringify(simulation, null, 2)}\n` : renderSimulation(simulation, terminal));
  return simulation.as_promised ? exitCode.ok : exitCode.degraded;
}

/** On which segments, by number, each host is; null when there is one only. */
function attachmentsOf(configuration: Configuration): Attachments | null {
  const names = configuration.segments.map(({ name }) => name);
  if (names.length < 2) return null;
  return new Map(
    [...segmentsOfHosts(configuration)].map((
      [host, segments],
    ) => [host, segments.map((segment) => names.indexOf(segment))]),
  );
}

type Progress = (done: number, all: number) => void;

function tellAll(
  scene: Scene,
  { pairs, progress }: { readonly pairs: Pairs; readonly progress: Progress },
): Simulation {
  const { stories, moments, leftOut } = storybook(scene, pairs);
  const outcomes = stories.map((story, at) => {
    progress(at, stories.length);
    const rehearsed = Array.from({ length: moments }, (_, moment) => rehearse(story, { ...scene, moment }));
    return outcomeOf(story, rehearsed, scene.group);
  });
  progress(stories.length, stories.length);
  const { name, partition, hosts, vips, timing } = scene.group;
  return {
    group: name,
    partition,
    hosts: hosts.map((host) => host.name),
    vips: vips.length,
    heartbeat_ms: timing.heartbeat,
    timeout_ms: timing.timeout,
    moments,
    stories: outcomes,
    left_out: leftOut,
    as_promised: outcomes.every(({ problems }) => problems.length === 0),
  };
}

/** A line that is overwritten, where a person looks on. */
function progressOn({ liveObstacle, err }: Terminal): Progress {
  if (liveObstacle !== null || process.stderr.isTTY !== true) return () => {};
  return (done, all) => err(done === all ? "\r\x1b[K" : `\r\x1b[KSimulating story ${done + 1} of ${all}`);
}
