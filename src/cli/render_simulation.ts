// What the simulated stories came to, as text for people: a table for each kind of story, what was left out, and in
// the end whether all was as promised. Pure, from values to text.

import { counted, listed, spanText } from "../daemon/words.ts";
import type { Measure, Simulation, StoryOutcome } from "./simulation.ts";
import type { LeftOut } from "./storybook.ts";
import { type Cell, renderTable } from "./table.ts";

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
    simulation.left_out.map(leftOutText),
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

const tookText = (measure: Measure | undefined): string =>
  measure === undefined
    ? "-"
    : measure.took_ms === null
    ? "no end"
    : measure.took_ms === 0
    ? "none"
    : spanText(measure.took_ms);

const spanOrDash = (ms: number | null): string => (ms === null ? "-" : spanText(ms));

const loadsText = ({ loads }: StoryOutcome): string =>
  listed(loads.filter(({ vips }) => vips > 0).map(({ host, vips }) => `${host} ${vips}`), 4) || "-";

/** Where the VIPs go, and which go nowhere. */
function movesCell({ moves, serves, nobody_may, loads }: StoryOutcome): Cell | string {
  if (!serves) {
    const left = loads.length === 0
      ? "no host is left"
      : `${counted(loads.length, "host")} left, and no majority`;
    return { text: `the group stops: ${left}`, colour: "bad" };
  }
  const gone = nobody_may.length === 0 ? [] : [`nobody may hold ${listed(nobody_may, 4)}`];
  const texts = moves.filter(({ to }) => to !== null).map(({ vip, to }) => `${vip} -> ${to}`);
  const text = [...(texts.length === 0 ? [] : [listed(texts, 4)]), ...gone].join("; ");
  return gone.length > 0 ? { text, colour: "doubtful" } : text;
}

function renderOthers({ stories, hosts }: Simulation, { colours }: Options): readonly string[] {
  const rows = stories.flatMap((story) =>
    story.kind === "start" || story.kind === "split"
      ? story.measures.map((measure) => [
        otherText(story, { measure, hosts }),
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

function otherText(
  { hosts: side, serves }: StoryOutcome,
  { measure: { what }, hosts }: { readonly measure: Measure; readonly hosts: readonly string[] },
): string {
  const others = hosts.filter((host) => !side.includes(host));
  const split = `split ${listed(side, 3)} | ${listed(others, 3)}`;
  switch (what) {
    case "answered":
      return "all hosts start together: every VIP is answered";
    case "outage":
      return `${split}: longest outage in the part or parts that go on`;
    case "released":
      return `${split}: ${serves ? "the minority" : "neither is a majority, and each"} has given all VIPs up`;
    case "one holder":
      return "they hear each other again: each VIP has one holder";
    case "outage after the merge":
      return "they hear each other again: longest outage";
    case "answered after the merge":
      return "they hear each other again: every VIP is answered";
  }
}

function leftOutText({ kind, told, all, cost }: LeftOut): string {
  const what = kind === "pairs" ? "pairs of hosts" : "clean stops";
  const more = kind === "pairs" ? `: --pairs all takes about ${spanText(cost)} longer` : "";
  return `Left out: ${all - told} of ${all} ${what}${more}`;
}

function renderVerdict({ stories, as_promised }: Simulation): readonly string[] {
  if (as_promised) {
    return ["As promised: every VIP that some host could hold was held again, and in time."];
  }
  const lines = stories.flatMap(({ kind, hosts, problems }) =>
    problems.map((problem) => `${kind} of ${listed(hosts)}: ${problem}`)
  );
  return ["NOT AS PROMISED", ...lines];
}
