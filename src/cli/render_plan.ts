// What would be without some hosts, as text for people: in one line what it comes to, then the VIPs that would change
// hands, then what each host would carry. Pure, from values to text.

import type { Plan } from "../codec/control.ts";
import { counted, listed } from "../daemon/words.ts";
import { reasonWords } from "./render.ts";
import { type Cell, renderTable } from "./table.ts";

/** The whole plan, ending with a line feed. */
export function renderPlan(plan: Plan, options: { readonly colours: boolean }): string {
  const parts = [
    [headline(plan), groupLine(plan)],
    renderChanges(plan, options),
    renderLoads(plan, options),
    renderNotes(plan),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function headline({ without, vips }: Plan): string {
  const moves = vips.filter(({ now, then }) => then !== null && then !== now).length;
  const lost = vips.filter(({ then }) => then === null).length;
  const stay = vips.length - moves - lost;
  const parts = [
    ...(moves > 0 ? [`${counted(moves, "VIP")} would move`] : []),
    ...(lost > 0 ? [`${counted(lost, "VIP")} would be held by nobody`] : []),
    ...(stay > 0 ? [`${counted(stay, "VIP")} would stay`] : []),
  ];
  return `Without ${listed(without)}: ${parts.length === 0 ? "there are no VIPs" : parts.join(", ")}`;
}

function groupLine({ group, host, view, remaining, needed, serves }: Plan): string {
  const left = remaining.length === 0 ? "no host would be left" : `${listed(remaining)} would be left`;
  const quorum = needed === 1
    ? ""
    : serves
    ? `, enough for a majority of ${needed}`
    : `, and it takes ${needed} to hold VIPs`;
  return `Group ${group}, view ${view.number} of ${
    listed(view.members)
  }: ${left}${quorum} (asked on ${host})`;
}

function renderChanges({ vips }: Plan, { colours }: { readonly colours: boolean }): readonly string[] {
  const rows = vips.filter(({ now, then }) => then === null || then !== now).map((vip) => [
    vip.name,
    vip.now ?? "-",
    thenCell(vip),
    vip.problem ?? whyThen(vip),
  ]);
  return rows.length === 0 ? [] : renderTable({ heads: ["VIP", "NOW", "THEN", "WHY"], rows }, { colours });
}

/** What has happened to others, told as what would. */
function whyThen({ reason }: Plan["vips"][number]): string {
  if (reason === "holderGone") return "its holder would be gone";
  return reason === null ? "" : reasonWords(reason);
}

const thenCell = ({ then }: Plan["vips"][number]): Cell =>
  then === null ? { text: "nobody", colour: "bad" } : { text: then };

function renderLoads({ hosts, remaining, balance_moves }: Plan, { colours }: {
  readonly colours: boolean;
}): readonly string[] {
  const rows = hosts.map(({ name, now, then }) => [
    name,
    String(now),
    remaining.includes(name) ? String(then) : "-",
  ]);
  const balance = balance_moves === 0 ? [] : [
    `Balance rounds would then move ${counted(balance_moves, "VIP")} to even the loads out.`,
  ];
  return [
    ...renderTable({ heads: ["HOST", "VIPS NOW", "THEN"], rows }, { colours, rightColumns: [1, 2] }),
    ...balance,
  ];
}

const renderNotes = ({ notes }: Plan): readonly string[] => notes.map((note) => `Note: ${note}`);
