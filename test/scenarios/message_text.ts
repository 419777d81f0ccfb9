// Messages as a newcomer reads them. Of a heartbeat only the news is told: what it says that the one before did not.

import type { Assignment, Heartbeat, Install, Message, Report, Unreleased } from "../../src/core/message.ts";
import { type Member, sameView, type ViewId } from "../../src/core/vocabulary.ts";

/** What a message says; null when it is a heartbeat without news. `before` is what the sender's last heartbeat said. */
export function messageText(message: Message, before: Heartbeat | null): string | null {
  switch (message.kind) {
    case "heartbeat":
      return heartbeatText(message, before);
    case "propose":
      return `propose ${viewText(message.view)} ${membersText(message.members)}`;
    case "report":
      return `report for ${viewText(message.view)}: ${reportText(message)}`;
    case "install":
      return `install ${viewText(message.view)} ${membersText(message.members)}: ${installText(message)}`;
    case "farewell":
    case "probe":
      return message.kind;
    case "neighbours":
      return `neighbours: ${message.neighbours.map(({ address }) => address).join(" ")}`;
  }
}

/** Number and coordinator. */
export const viewText = ({ number, coordinator }: ViewId): string => `${number}@${coordinator}`;

export const membersText = (members: readonly Member[]): string =>
  `{${members.map(({ host }) => host).join(" ")}}`;

function heartbeatText(heartbeat: Heartbeat, before: Heartbeat | null): string | null {
  const news = [
    ...(before === null ? ["here I am"] : []),
    ...hearingNews(heartbeat, before),
    ...(heartbeat.follows === before?.follows ? [] : [`follows ${heartbeat.follows}`]),
    ...(heartbeat.mature && before?.mature !== true ? ["mature"] : []),
    ...viewNews(heartbeat, before),
    ...(heartbeat.draining === (before?.draining ?? false)
      ? []
      : [heartbeat.draining ? "draining" : "not draining"]),
    ...(heartbeat.digest === (before?.digest ?? heartbeat.digest) ? [] : ["reads another file"]),
    ...(heartbeat.revision === (before?.revision ?? 1) ? [] : ["has something new to report"]),
    ...listNews("releasing", heartbeat, before),
    ...listNews("acquiring", heartbeat, before),
  ];
  return news.length === 0 ? null : `heartbeat: ${news.join(", ")}`;
}

function hearingNews(heartbeat: Heartbeat, before: Heartbeat | null): string[] {
  const isKnown = (each: Heartbeat["heard"][number]) =>
    before?.heard.some((one) => one.host === each.host && one.incarnation === each.incarnation) ?? false;
  const found = heartbeat.heard.filter((each) => !isKnown(each)).map(({ host }) => host);
  return found.length === 0 ? [] : [`hears ${found.join(" ")}`];
}

function viewNews({ view }: Heartbeat, before: Heartbeat | null): string[] {
  if (sameView(view, before?.view ?? null)) return [];
  return [view === null ? "in no view" : `in view ${viewText(view)}`];
}

/** What has come to a list, and what has gone from it: in a new view that may also be because it is no longer asked. */
function listNews(key: "releasing" | "acquiring", now: Heartbeat, before: Heartbeat | null): string[] {
  const come = now[key].filter((each) => !before?.[key].includes(each));
  const gone = before?.[key].filter((each) => !now[key].includes(each)) ?? [];
  const isDone = sameView(now.view, before?.view ?? null);
  return [
    ...(come.length === 0 ? [] : [`${key} ${come.join(" ")}`]),
    ...(gone.length === 0 || !isDone ? [] : [`${key.replace("ing", "ed")} ${gone.join(" ")}`]),
  ];
}

function reportText(
  { held, releasing, unable, draining, mature, wishes, vouching, damped, catalog, unreleased, failing }:
    Report,
): string {
  const holds = held.map(({ vip }) => vip).filter((vip) => !releasing.includes(vip));
  return [
    holds.length === 0 ? "holds nothing" : `holds ${holds.join(" ")}`,
    ...(releasing.length === 0 ? [] : [`still releases ${releasing.join(" ")}`]),
    ...(unable.length === 0 ? [] : [`cannot hold ${unable.join(" ")}`]),
    ...failing.map(({ check, vips }) =>
      `fails check ${check}${vips === null ? "" : ` for ${vips.join(" ")}`}`
    ),
    ...(draining ? ["wants to hold nothing"] : []),
    ...(mature ? [] : ["not mature"]),
    ...(damped.length === 0 ? [] : [`finds that ${damped.join(" ")} comes and goes`]),
    ...unreleased.map((each) => `${each.vip} may be on its last holder for ${waitText(each)}`),
    ...(catalog === null ? [] : ["and this is what my file says"]),
    ...wishes.map((wish) => (wish.kind === "move" ? `wants ${wish.vip} on ${wish.to}` : "wants balance")),
    ...(vouching.length === 0
      ? []
      : [`vouches for ${
        vouching.map(({ host, remaining }) => `${host} ${Math.round(remaining)} ms`).join(", ")
      }`]),
  ].join(", ");
}

function installText({ mature, wait, allocation, differing, failedOpen }: Install): string {
  return [
    ...(mature ? [] : ["not mature, nobody holds anything"]),
    ...(mature && allocation.length === 0 ? ["nobody holds anything"] : []),
    ...(wait > 0 ? [`acquire nothing for ${Math.round(wait)} ms`] : []),
    ...allocationText(allocation),
    ...(failedOpen.length === 0 ? [] : [`health does not count for ${failedOpen.join(" ")}`]),
    ...differing.map(({ host, differences }) =>
      `the file of ${host} differs in ${differences.map(({ name }) => name).join(", ")}`
    ),
  ].join(", ");
}

/** VIPs with the same fate are told of together. */
function allocationText(allocation: readonly Assignment[]): readonly string[] {
  const together = new Map<string, string[]>();
  for (const each of allocation) {
    const fate = fateText(each);
    together.set(fate, [...together.get(fate) ?? [], each.vip]);
  }
  return [...together].map(([fate, vips]) => `${vips.join(" ")} ${fate}`);
}

function fateText({ holder, reason, age, from, unreleased }: Assignment): string {
  const remarks = [
    ...(age === 0 ? [reason] : []),
    ...(from.length === 0 ? [] : [`${from.join(" and ")} ${from.length === 1 ? "releases" : "release"}`]),
  ];
  if (unreleased !== null) remarks.push(`in ${waitText(unreleased)}`);
  return `on ${holder}${remarks.length === 0 ? "" : ` (${remarks.join(", ")})`}`;
}

const waitText = ({ remaining, endsInSilence }: Unreleased): string =>
  `${Math.round(remaining)} ms${endsInSilence ? ", or when nobody answers for it" : ""}`;
