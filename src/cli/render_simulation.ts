// What the simulated stories came to, as text for people: a table for each kind of story, what was left out, and in
// the end whether all was as promised. Pure, from values to text.

import { counted, listed, spanText } from "../daemon/words.ts";
import type { Measure, Simulation, StoryOutcome } from "./simulation.ts";
import type { LeftOut } from "./storybook.ts";
import { type Cell, renderTable } from "./table.ts";

/** How many of the problems are shown. */
const problemsShownMax = 10;

interface Options {
  readonly colours: boolean;
}

/** The whole simulation, ending with a line feed. */
export function renderSimulation(simulation: Simulation, options: Options): string {
  const losses = simulation.stories.filter(({ kind }) => kind === "loss");
  const parts = [
    renderHead(simulation),
    renderLosses("A HOST LOSES ITS POWER", losses.filter(({ hosts }) => hosts.length === 1), options),
    renderLosses("TWO HOSTS LOSE THEIR POWER", losses.filter(({ hosts }) => hosts.length === 2), options),
    renderLosses("A HOST IS STOPPED", simulation.stories.filter(({ kind }) => kind === "stop"), options),
    renderOthers(simulation, options),
    renderLeftOut(simulation),
    renderVerdict(simulation),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderHead(
  { group, hosts, vips, partition, heartbeat_ms, timeout_ms, moments }: Simulation,
): readonly string[] {
  return [
    `Group ${group}, simulated: ${counted(hosts.length, "host")}, ${
      counted(vips, "VIP")
    }, partition "${partition}", ` +
    `heartbeat ${spanText(heartbeat_ms)}, timeout ${spanText(timeout_ms)}`,
    `Each story happens ${moments === 1 ? "once" : `at ${moments} moments between two heartbeats`}; ` +
    "the longest outage that any client sees counts.",
    "The network is quiet (0.5ms a way) and ip quick (5ms); AT MOST is what check promises.",
  ];
}

function renderLosses(
  title: string,
  stories: readonly StoryOutcome[],
  { colours }: Options,
): readonly string[] {
  if (stories.length === 0) return [];
  const rows = stories.map((story) => [
    story.hosts.join(", "),
    outageCell(story),
    spanOrDash(story.measures[0]?.promised_ms ?? null),
    loadsText(story),
    movesCell(story),
  ]);
  const heads = [title, "OUTAGE", "AT MOST", "VIPS THEN", "MOVES"];
  return renderTable({ heads, rows }, { colours, rightColumns: [1, 2] });
}

function outageCell({ measures: [measure], serves, problems }: StoryOutcome): Cell {
  if (!serves) return { text: "for good", colour: "bad" };
  return { text: tookText(measure), ...(problems.length > 0 ? { colour: "bad" } : {}) };
}

/** Where nothing is promised nothing has to end. */
function tookText(measure: Measure | undefined): string {
  if (measure === undefined || (measure.took_ms === null && measure.promised_ms === null)) return "-";
  if (measure.took_ms === null) return "no end";
  return measure.took_ms === 0 ? "none" : spanText(measure.took_ms);
}

const spanOrDash = (ms: number | null): string => (ms === null ? "-" : spanText(ms));

/** Of many hosts only the least and the most that any of them has. */
function loadsText({ loads, serves }: StoryOutcome): string {
  if (!serves) return "-";
  if (loads.length <= 4) return loads.map(({ host, vips }) => `${host} ${vips}`).join(", ");
  const counts = loads.map(({ vips }) => vips);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${most} each` : `${least} to ${most} each`;
}

/** Where the VIPs go, and which go nowhere. */
function movesCell({ moves, serves, nobody_may, loads }: StoryOutcome): Cell | string {
  if (!serves) {
    const left = loads.length === 0
      ? "no host is left"
      : `${counted(loads.length, "host")} left, no majority`;
    return { text: `the group stops: ${left}`, colour: "bad" };
  }
  const gone = nobody_may.length === 0 ? [] : [`nobody may hold ${listed(nobody_may, 4)}`];
  const texts = moves.filter(({ to }) => to !== null).map(({ vip, to }) => `${vip} -> ${to}`);
  const text = [...(texts.length === 0 ? [] : [listed(texts, 4)]), ...gone].join("; ");
  return gone.length > 0 ? { text, colour: "doubtful" } : text;
}

function renderOthers({ stories, hosts, partition }: Simulation, { colours }: Options): readonly string[] {
  const rows = stories.flatMap((story) =>
    story.kind === "start" || story.kind === "split"
      ? story.measures.map((measure) => [
        otherText(measure, { story, hosts, partition }),
        { text: tookText(measure), ...(isKept(measure) ? {} : { colour: "bad" as const }) },
        spanOrDash(measure.promised_ms),
      ])
      : []
  );
  return renderTable({ heads: ["OTHER STORIES", "TOOK", "AT MOST"], rows }, {
    colours,
    rightColumns: [1, 2],
  });
}

const isKept = ({ took_ms, promised_ms }: Measure): boolean =>
  took_ms !== null && (promised_ms === null || took_ms <= promised_ms);

function otherText({ what }: Measure, { story, hosts, partition }: {
  readonly story: StoryOutcome;
  readonly hosts: readonly string[];
  readonly partition: Simulation["partition"];
}): string {
  switch (what) {
    case "answered":
      return "all hosts start together: every VIP is answered";
    case "outage":
      return `${splitText(story, hosts)}: longest outage in ${
        partition === "serve" ? "either part" : "the majority"
      }`;
    case "released":
      return story.serves
        ? "the same: the minority has given all VIPs up"
        : `${splitText(story, hosts)}: no majority, all VIPs are given up`;
    case "one holder":
      return "the parts hear each other again: one holder for each VIP";
    case "outage after the merge":
      return "the parts hear each other again: longest outage";
    case "answered after the merge":
      return "the parts hear each other again: every VIP is answered";
  }
}

/** Long names are left out. */
function splitText({ hosts: side }: StoryOutcome, hosts: readonly string[]): string {
  const others = hosts.filter((host) => !side.includes(host));
  const named = `the network splits, ${side.join(", ")} | ${others.join(", ")}`;
  return named.length <= 60
    ? named
    : `the network splits into ${side.length} and ${counted(others.length, "host")}`;
}

function renderLeftOut({ left_out }: Simulation): readonly string[] {
  if (left_out.length === 0) return [];
  const texts = left_out.map(({ what, told, all }) => `${all - told} of ${all} ${leftOutNames[what]}`);
  const cost = left_out.reduce((sum, { cost_ms }) => sum + cost_ms, 0);
  return [`Left out: ${texts.join(", ")}; with --pairs all it takes about ${spanText(cost)} more`];
}

const leftOutNames: Readonly<Record<LeftOut["what"], string>> = {
  hosts: "hosts",
  pairs: "pairs of hosts",
  stops: "clean stops",
};

function renderVerdict({ stories, as_promised }: Simulation): readonly string[] {
  if (as_promised) {
    return ["As promised: every VIP that some host could hold was held again, and in time."];
  }
  const lines = stories.flatMap(({ kind, hosts, problems }) =>
    problems.map((problem) => `${kind} of ${listed(hosts)}: ${problem}`)
  );
  const more = lines.length > problemsShownMax ? [`and ${lines.length - problemsShownMax} more`] : [];
  return ["NOT AS PROMISED", ...lines.slice(0, problemsShownMax), ...more];
}
