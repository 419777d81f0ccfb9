// The answer to "who has this address, and why": a daemon's status as text for people. Pure, from values to text.
//
//   Group tudou: running, view 12, coordinator test00 (asked on test00)
//
//   HOST  STATE  VIPS  NOTES                   who takes part
//   VIP  ADDRESSES  HOLDER  STATE  FOR  WHY    who holds what, since when, and why
//   LAST MOVES                                 what happened lately
//   WARNINGS                                   what a person should look at

import type { Status } from "../codec/control.ts";
import { moveReasonText } from "../daemon/note_text.ts";
import { missingText } from "../daemon/status_report.ts";
import { counted, listed, spanText } from "../daemon/words.ts";
import { type Colour, paint } from "./paint.ts";
import { type Cell, renderTable, shownInCell } from "./table.ts";

/** How many of the last moves are shown. */
export const movesShownMax = 5;

export interface RenderOptions {
  readonly colours: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The whole status, ending with a line feed. */
export function renderStatus(status: Status, options: RenderOptions): string {
  const parts = [
    renderHead(status, options),
    renderHosts(status, options),
    renderVips(status, options),
    renderMoves(status, options),
    renderWarnings(status, options),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderHead(status: Status, { colours, now }: RenderOptions): readonly string[] {
  const view = status.view === null
    ? "no view yet"
    : `view ${status.view.number}, coordinator ${status.view.coordinator}`;
  const phase = colours ? paint(status.phase, phaseColours[status.phase]) : status.phase;
  const members = `${status.view?.members.length ?? 0} of ${counted(status.hosts.length, "host")}`;
  const held = `${status.vips.filter((vip) => vip.state === "held").length} of ${
    counted(status.vips.length, "VIP")
  }`;
  return [
    `Group ${status.group}: ${phase}, ${view}${
      status.mature ? "" : ", not mature yet"
    } (asked on ${status.host})`,
    `${members} in the view, ${held} held`,
    ...(status.draining === null ? [] : [
      `This host drains${drainNote(status.drain, now)}${
        status.draining === "" ? "" : `: ${status.draining}`
      }`,
    ]),
  ];
}

/** For how long it has been, and whether a restart ends it. */
function drainNote(drain: Status["drain"], now: number): string {
  if (drain === null) return "";
  return ` for ${age(drain.since, { now })}${drain.persistent ? ", also after a restart" : ""}`;
}

const phaseColours: Readonly<Record<Status["phase"], Colour>> = {
  booting: "doubtful",
  gathering: "doubtful",
  running: "good",
  fenced: "bad",
  leaving: "doubtful",
  left: "doubtful",
};

function renderHosts(status: Status, { colours }: RenderOptions): readonly string[] {
  // With one segment a host is heard or it is not, and its state says so.
  const hasPaths = status.hosts.some(({ paths }) => paths.length > 1);
  const heads = ["HOST", "STATE", "VIPS", ...(hasPaths ? ["PATHS"] : []), "NOTES"];
  const rows = status.hosts.map((host) => [
    host.name,
    { text: host.state, colour: hostColours[host.state] },
    String(host.vips),
    ...(hasPaths ? [hostPaths(host, status)] : []),
    hostNotes(host, status).join(", "),
  ]);
  return renderTable({ heads, rows }, { colours, rightColumns: [2] });
}

type Host = Status["hosts"][number];

const hostColours: Readonly<Record<Host["state"], Colour>> = {
  member: "good",
  heard: "doubtful",
  silent: "bad",
  left: "doubtful",
  disputed: "bad",
};

const hostNotes = (host: Host, status: Status): readonly string[] => [
  ...(host.name === status.host ? ["this host"] : []),
  ...(host.name === status.view?.coordinator ? ["coordinator"] : []),
  ...(host.draining && host.state !== "left" ? ["drains"] : []),
  ...(host.state === "member" && !host.mature ? ["not mature"] : []),
  ...configurationNote(host, status),
  ...(host.damped ? ["damped"] : []),
  ...(host.failing.length === 0 ? [] : [`fails ${listed(host.failing.map(({ check }) => check), 3)}`]),
  ...(host.state === "silent" ? [silenceNote(host)] : []),
  ...(host.state === "disputed" ? ["several daemons run under this name"] : []),
];

/** In a view it is known whose configuration is not that of most hosts; without, only whose is not this host's. */
function configurationNote({ differences, same_configuration }: Host, status: Status): readonly string[] {
  const names = differences.map(({ name }) => name);
  if (names.length > 0) return [`other configuration (${listed(names, 3)})`];
  const isKnown = status.hosts.some((each) => each.differences.length > 0);
  return same_configuration || isKnown ? [] : ["other configuration"];
}

/** The segments over which the host is heard, and those over which it should be. */
function hostPaths({ name, paths }: Host, status: Status): Cell | string {
  if (name === status.host) return "-";
  const heard = paths.filter((path) => path.heard);
  if (heard.length === 0) return "none";
  if (heard.length === paths.length) return heard.map((path) => path.segment).join(", ");
  const texts = paths.map((path) =>
    path.heard ? path.segment : `${path.segment} LOST (${pathSilence(path)})`
  );
  return { text: texts.join(", "), colour: "doubtful" };
}

const pathSilence = ({ silent_for_ms: ms }: Host["paths"][number]): string =>
  ms === null ? "never heard" : spanText(ms);

const silenceNote = (host: Host): string =>
  host.silent_for_ms === null ? "never heard" : `last heard ${spanText(host.silent_for_ms)} ago`;

function renderVips(status: Status, options: RenderOptions): readonly string[] {
  const rows = status.vips.map((vip) => [
    vip.name,
    vip.known ? listed(vip.addresses, shownInCell) : "not in this host's file",
    vip.holder ?? "-",
    vipState(vip),
    vip.since === null ? "-" : age(vip.since, options),
    [...(vip.reason === null ? [] : [reasonWords(vip.reason)]), ...unconfirmedNote(vip)].join("; "),
  ]);
  return renderTable({ heads: ["VIP", "ADDRESSES", "HOLDER", "STATE", "FOR", "WHY"], rows }, options);
}

type Vip = Status["vips"][number];

/** Nothing when every notify target knows where the VIP is, or another host would have to say. */
function unconfirmedNote({ notified }: Vip): readonly string[] {
  if (notified === null || notified.missing.length === 0) return [];
  const { confirmed, missing, more } = notified;
  const targets = counted(confirmed + missing.length + more, "target");
  return [`${confirmed} of ${targets} confirmed (not ${missingText(notified)})`];
}

const vipState = (vip: Vip): Cell => ({
  text: vip.state === "moving" && vip.here !== "absent" ? `moving (${vip.here} here)` : vip.state,
  colour: vipColours[vip.state],
});

const vipColours: Readonly<Record<Vip["state"], Colour>> = {
  held: "good",
  moving: "doubtful",
  uncovered: "bad",
  unknown: "doubtful",
};

function renderMoves(status: Status, options: RenderOptions): readonly string[] {
  const rows = status.moves.slice(0, movesShownMax).map((move) => [
    `${age(move.at, options)} ago`,
    move.vip,
    `${move.from ?? "nobody"} -> ${move.to ?? "nobody"}`,
    reasonWords(move.reason),
  ]);
  return rows.length === 0
    ? []
    : renderTable({ heads: ["LAST MOVES", "VIP", "FROM -> TO", "WHY"], rows }, options);
}

function renderWarnings(status: Status, { colours }: RenderOptions): readonly string[] {
  if (status.warnings.length === 0) return [];
  const head = colours ? paint("WARNINGS", "bad") : "WARNINGS";
  return [head, ...status.warnings];
}

const age = (at: string, { now }: Pick<RenderOptions, "now">): string =>
  spanText(Math.max(0, now - Date.parse(at)));

/** Why a VIP is where it is. A daemon of a later version may know further reasons: those are shown as they are. */
export const reasonWords = (reason: string): string =>
  (moveReasonText as Readonly<Record<string, string | undefined>>)[reason] ?? reason;
