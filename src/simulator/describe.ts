// Occurrences as text, one line each and one more for each effect: the trace.

import type { NodeEffect, NodeEvent } from "../core/events.ts";
import type { Message } from "../core/message.ts";
import type { HostName, Member, ViewId, VipName } from "../core/vocabulary.ts";
import type { Occurrence } from "./occurrence.ts";

/** Without the time. */
export function describe(occurrence: Occurrence): string {
  switch (occurrence.kind) {
    case "stepped":
      return [
        `${occurrence.host}  ${describeEvent(occurrence.event)}`,
        ...occurrence.effects.map(describeEffect),
      ]
        .join(`\n${" ".repeat(14)}${occurrence.host}    -> `);
    case "daemon":
      return `${occurrence.host}  *** daemon ${occurrence.change}`;
    case "appeared":
    case "vanished":
      return `${occurrence.host}  *** ${describeAddress(occurrence)} ${occurrence.kind} by ${occurrence.by}`;
    case "faultBegan":
    case "faultEnded":
      return `~~~ ${occurrence.kind === "faultBegan" ? "begins" : "ends"}: ${
        describeRecord(occurrence.fault)
      }`;
    case "milestone":
      return `=== ${occurrence.milestone}`;
    case "polled":
      return "";
  }
}

/** Whether it is worth a line only when everything is to be seen. */
export function isMinor(occurrence: Occurrence): boolean {
  if (occurrence.kind === "polled") return true;
  return occurrence.kind === "stepped" && isRoutine(occurrence.event) &&
    occurrence.effects.every(isRoutineEffect);
}

/** Whom it concerns; empty: everybody. */
export const concerns = (occurrence: Occurrence): readonly HostName[] =>
  "host" in occurrence ? [occurrence.host] : [];

function isRoutine(event: NodeEvent): boolean {
  return event.kind === "clockTicked" || event.kind === "addressesObserved" ||
    event.kind === "addressesAdded" ||
    (event.kind === "messageReceived" && event.message.kind === "heartbeat");
}

function isRoutineEffect(effect: NodeEffect): boolean {
  return (effect.kind === "broadcast" && effect.message.kind === "heartbeat") ||
    effect.kind === "observeAddresses" ||
    effect.kind === "announce";
}

const describeAddress = (of: { readonly vip: VipName | null; readonly address: string }): string =>
  of.vip === null || of.vip === of.address ? of.address : `${of.vip} ${of.address}`;

function describeEvent(event: NodeEvent): string {
  switch (event.kind) {
    case "messageReceived":
      return `<- ${event.sender.host} #${event.sender.sequence} ${describeMessage(event.message)}`;
    case "addressesAddFailed":
    case "addressesRemoveFailed":
      return `${event.kind} ${event.problems.map(({ vip }) => vip)}`;
    case "addressesAdded":
    case "addressesRemoved":
      return `${event.kind} ${event.vips}`;
    case "addressesObserved":
      return `observed ${event.observed.whole}` +
        (event.observed.partial.length > 0 ? ` in part ${event.observed.partial}` : "");
    case "addressesProbed":
      return `probed ${event.answers.map(({ vip, answer }) => `${vip}:${answer.kind}`)}`;
    case "connectionEnded":
      return `connection to ${event.member.host} ended`;
    case "conflictsDetected":
      return `conflicts ${event.conflicts.map(({ vip, by }) => `${vip}:${by.mac}`)}`;
    case "operatorRequested":
      return `operator: ${describeRecord(event.request)}`;
    case "healthChanged":
      return `healthChanged: fails ${event.failing.map(({ check }) => check).join() || "nothing"}`;
    case "configurationChanged":
      return `configurationChanged to ${event.group.digest}`;
    case "neighboursCollected":
      return `${event.kind} ${event.neighbours.length}`;
    case "started":
    case "clockTicked":
      return event.kind;
  }
}

function describeEffect(effect: NodeEffect): string {
  switch (effect.kind) {
    case "broadcast":
      return `broadcast #${effect.sequence} ${describeMessage(effect.message)}`;
    case "send":
      return `send to ${effect.to} #${effect.sequence} ${describeMessage(effect.message)}`;
    case "addAddresses":
    case "removeAddresses":
    case "announce":
    case "probeAddresses":
      return `${effect.kind} ${effect.vips}`;
    case "observeAddresses":
      return effect.kind;
    case "rememberNeighbours":
      return `${effect.kind} ${effect.neighbours.length} of ${effect.from}`;
    case "note":
      return `note ${describeRecord(effect.note)}`;
  }
}

function describeMessage(message: Message): string {
  switch (message.kind) {
    case "heartbeat":
      return `heartbeat view ${describeView(message.view)} promised ${
        describeView(message.promised)
      } follows ${message.follows} ` +
        `rev ${message.revision}${message.mature ? " mature" : ""}${message.draining ? " draining" : ""} ` +
        `heard ${message.heard.map(({ host, sequence }) => `${host}:${sequence}`)} ` +
        `releasing ${message.releasing} acquiring ${message.acquiring}`;
    case "propose":
      return `propose ${describeView(message.view)} ${describeMembers(message.members)}`;
    case "report":
      return `report ${describeView(message.view)} rev ${message.revision} held ${
        message.held.map(({ vip }) => vip)
      } ` +
        `unable ${message.unable}${message.mature ? " mature" : ""}${message.draining ? " draining" : ""} ` +
        `vouching ${message.vouching.map(({ host, remaining }) => `${host}:${remaining}`)} ` +
        `wishes ${message.wishes.map((wish) => wish.kind)}`;
    case "install":
      return `install ${describeView(message.view)} ${describeMembers(message.members)}${
        message.mature ? " mature" : ""
      } wait ${message.wait}: ` +
        message.allocation.map(({ vip, holder, reason, from }) => `${vip}=${holder} ${reason} from [${from}]`)
          .join(", ");
    case "farewell":
    case "probe":
      return message.kind;
    case "neighbours":
      return `neighbours ${message.neighbours.length}`;
  }
}

const describeView = (view: ViewId | null): string =>
  view === null ? "none" : `${view.number}@${view.coordinator}`;
const describeMembers = (members: readonly Member[]): string => members.map(({ host }) => host).join("");

function describeRecord(record: object): string {
  return Object.entries(record).map(([key, value]) =>
    `${key} ${
      typeof value === "number"
        ? Number(value.toFixed(3))
        : typeof value === "object"
        ? JSON.stringify(value)
        : value
    }`
  ).join(", ");
}
