// How a host sees every other one, as text for people. Pure, from values to text.
//
//   HOST  STATE  VIEW  FOLLOWS  VIPS  ROUND TRIP  LOSS  CLOCK  VERSION  FILE  NOTES
//   WHO HEARS WHOM                                  a row and a column for each host
//   WARNINGS                                        what a person should look at

import type { Monitor } from "../codec/monitor.ts";
import { digestShown } from "../daemon/monitor_report.ts";
import { counted, listed, spanText } from "../daemon/words.ts";
import { type Colour, paint } from "./paint.ts";
import { type Cell, renderTable } from "./table.ts";

interface RenderOptions {
  readonly colours: boolean;
}

type Host = Monitor["hosts"][number];

/** The whole view, ending with a line feed. */
export function renderMonitor(monitor: Monitor, options: RenderOptions): string {
  const parts = [
    renderHead(monitor),
    renderHosts(monitor, options),
    renderHearing(monitor, options),
    renderWarnings(monitor, options),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderHead({ group, host, phase, view, hosts }: Monitor): readonly string[] {
  const heard = hosts.filter(({ hears }) => hears !== null).length;
  const what = view === null ? "no view yet" : `view ${view.number}, coordinator ${view.coordinator}`;
  return [
    `Group ${group} as ${host} sees it: ${phase}, ${what}, ${heard} of ${
      counted(hosts.length, "host")
    } heard`,
  ];
}

function renderHosts(monitor: Monitor, { colours }: RenderOptions): readonly string[] {
  const heads = [
    "HOST",
    "STATE",
    "VIEW",
    "FOLLOWS",
    "VIPS",
    "ROUND TRIP",
    "LOSS",
    "CLOCK",
    "VERSION",
    "FILE",
    "NOTES",
  ];
  const rows = monitor.hosts.map((host) => {
    const isHeard = host.hears !== null;
    return [
      host.name,
      { text: host.state, colour: stateColours[host.state] },
      viewCell(host, monitor),
      host.follows ?? "-",
      String(host.vips),
      isHeard ? roundTripText(host.round_trip_ms) : "-",
      isHeard ? lossCell(host) : unheardCell(host, monitor),
      isHeard ? clockCell(host) : "-",
      host.version ?? "-",
      fileCell(host),
      notesOn(host, monitor).join(", "),
    ];
  });
  return renderTable({ heads, rows }, { colours, rightColumns: [4, 5, 6, 7] });
}

const stateColours: Readonly<Record<Host["state"], Colour>> = {
  member: "good",
  heard: "doubtful",
  silent: "bad",
  left: "doubtful",
  disputed: "bad",
};

function viewCell({ view, hears }: Host, monitor: Monitor): Cell {
  if (hears === null) return { text: "-" };
  if (view === null) return { text: "none", colour: "doubtful" };
  const isOurs = view.number === monitor.view?.number && view.coordinator === monitor.view.coordinator;
  return { text: `${view.number} ${view.coordinator}`, ...(isOurs ? {} : { colour: "doubtful" }) };
}

/** "0.21ms", "4.3ms", "120ms" */
function roundTripText(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 100 ? `${ms.toFixed(ms < 1 ? 2 : 1)}ms` : spanText(ms);
}

function lossCell({ heartbeats }: Host): Cell {
  if (heartbeats === null || heartbeats.said === 0) return { text: "-" };
  const share = 1 - heartbeats.heard / heartbeats.said;
  return {
    text: `${(share * 100).toFixed(1)}%`,
    ...(share > 0.05 ? { colour: "bad" } : share > 0 ? { colour: "doubtful" } : {}),
  };
}

/** What others hear of it is lost on its way to us; else it may say nothing. */
function unheardCell({ name, state }: Host, { hosts }: Monitor): Cell {
  const isElsewhere = state === "silent" && hosts.some(({ hears }) => hears?.includes(name));
  return isElsewhere ? { text: "100%", colour: "bad" } : { text: "-" };
}

/** "+3ms": it is ahead of ours. */
function clockCell({ clock_difference_ms: ms }: Host): Cell {
  if (ms === null) return { text: "-" };
  const text = `${ms > 0 ? "+" : ms < 0 ? "-" : ""}${spanText(Math.abs(ms))}`;
  return { text, ...(Math.abs(ms) > 1_000 ? { colour: "bad" } : {}) };
}

function fileCell({ digest, same_configuration }: Host): Cell {
  if (digest === null) return { text: "-" };
  const shown = digest.slice(0, digestShown);
  return same_configuration ? { text: shown } : { text: `${shown} other`, colour: "bad" };
}

const notesOn = (host: Host, { host: self, view }: Monitor): readonly string[] => [
  ...(host.name === self ? ["this host"] : []),
  ...(host.name === view?.coordinator ? ["coordinator"] : []),
  ...(host.draining && host.state !== "left" ? ["drains"] : []),
  ...(host.hears !== null && !host.mature ? ["not mature"] : []),
  ...(host.restarts > 0 ? [`restarted ${host.restarts === 1 ? "once" : `${host.restarts} times`}`] : []),
  ...(host.state === "silent" ? [silenceNote(host)] : []),
  ...(host.state === "disputed" ? ["several daemons run under this name"] : []),
];

const silenceNote = ({ silent_for_ms: ms }: Host): string =>
  ms === null ? "never heard" : `silent for ${spanText(ms)}`;

/** Above so many hosts only what is missing is told. */
const matrixMax = 32;

function renderHearing({ hosts }: Monitor, { colours }: RenderOptions): readonly string[] {
  if (hosts.length > matrixMax) return renderMissing(hosts);
  const heads = ["", "WHO HEARS WHOM", ...hosts.map((_, at) => String(at + 1))];
  const rows = hosts.map((host, at) => [
    String(at + 1),
    host.name,
    ...hosts.map((other) => hearingCell(host, other)),
  ]);
  const columns = hosts.map((_, at) => at + 2);
  return [
    ...renderTable({ heads, rows }, { colours, rightColumns: [0, ...columns] }),
    "+ hears, . does not hear, ? is not heard and cannot tell",
  ];
}

function hearingCell({ name, hears }: Host, other: Host): Cell {
  if (name === other.name) return { text: "-", colour: "faint" };
  if (hears === null) return { text: "?", colour: "doubtful" };
  return hears.includes(other.name) ? { text: "+", colour: "good" } : { text: ".", colour: "bad" };
}

function renderMissing(hosts: readonly Host[]): readonly string[] {
  const lines = hosts.flatMap(({ name, hears }) => {
    if (hears === null) return [];
    const heard = new Set(hears);
    const missing = hosts.filter((other) => other.name !== name && !heard.has(other.name));
    return missing.length === 0 ? [] : [`${name} does not hear ${listed(missing.map((each) => each.name))}`];
  });
  return lines.length === 0 ? ["Everybody hears everybody else"] : ["WHO DOES NOT HEAR WHOM", ...lines];
}

function renderWarnings({ warnings }: Monitor, { colours }: RenderOptions): readonly string[] {
  if (warnings.length === 0) return [];
  return [colours ? paint("WARNINGS", "bad") : "WARNINGS", ...warnings];
}
