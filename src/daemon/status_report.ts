// What the daemon answers to "status": the node's own account with the instants turned into times of day, the
// addresses of the VIPs beside their names, and the warnings, most important first. A warning is something a person
// should look at; what an operator asked for (a drain) and what passes by itself within a second (a move) is none.

import type { Status } from "../codec/control.ts";
import type { Neighbour } from "../core/events.ts";
import type { HostStatus, Move, NodeStatus, VipStatus } from "../core/status.ts";
import {
  type Duration,
  duration,
  elapsed,
  type Group,
  type HostName,
  type Instant,
  type VipAddress,
  type VipName,
} from "../core/vocabulary.ts";
import type { Drain } from "./drains.ts";
import { type Drops, dropWarnings } from "./drops.ts";
import { differenceText, listedOf, withoutText } from "./note_text.ts";
import type { Confirmation, NeighbourSummary } from "./ports.ts";
import type { PathStatus } from "./paths.ts";
import { counted, listed, spanText } from "./words.ts";

/** What the report needs beside the node's account. */
export interface ReportFacts {
  readonly version: string;
  /** What this host goes by. */
  readonly group: Pick<Group, "name" | "vips">;
  /** How each other host is heard. A lost path is shown and no warning: the host is heard, and nothing moves. */
  readonly paths: ReadonlyMap<HostName, readonly PathStatus[]>;
  /** Of the VIPs on this host. */
  readonly confirmations: ReadonlyMap<VipName, Confirmation>;
  /** Null: none are collected. */
  readonly neighbours: NeighbourSummary | null;
  readonly drops: Drops;
  /** Why no guard stands by; null: one does. */
  readonly guardProblem: string | null;
  /** Where the log is to go and cannot. */
  readonly logProblems: readonly string[];
  /** The drain that goes on; null: none does. */
  readonly drain: Drain | null;
  /** Why the next daemon will drain although this one does not; null: it will not. */
  readonly leftover: string | null;
  /** The last reading of the configuration, when it was refused. */
  readonly refusal: Refusal | null;
  readonly now: Instant;
  /** Milliseconds since 1970 at `now`. */
  readonly wallTime: number;
}

/** A configuration that this host could not take. */
export interface Refusal {
  readonly at: Instant;
  /** At least one. */
  readonly problems: readonly string[];
}

/** The answer to "status". */
export function reportStatus(node: NodeStatus, facts: ReportFacts): Status {
  const addresses = new Map(facts.group.vips.map((vip) => [vip.name, vip.addresses.map(addressText)]));
  return {
    version: facts.version,
    group: facts.group.name,
    host: node.host,
    phase: node.phase,
    mature: node.mature,
    draining: node.draining,
    drain: node.draining === null || facts.drain === null ? null : {
      since: new Date(facts.drain.since).toISOString(),
      persistent: facts.drain.persists,
    },
    view: node.view && {
      number: node.view.number,
      coordinator: node.view.coordinator,
      members: node.view.members.map((member) => member.host),
    },
    hosts: node.hosts.map((host) => reportHost(host, facts)),
    vips: node.vips.map((vip) => reportVip(vip, facts, addresses.get(vip.vip) ?? [])),
    moves: node.moves.map((move) => reportMove(move, facts)),
    neighbours: facts.neighbours && {
      known: facts.neighbours.known,
      hosts: facts.neighbours.hosts,
      oldest_ms: facts.neighbours.oldest === null ? null : Math.round(facts.neighbours.oldest),
    },
    dropped: facts.drops.counts,
    warnings: warnings(node, facts),
  };
}

const reportHost = (host: HostStatus, facts: ReportFacts): Status["hosts"][number] => ({
  name: host.host,
  state: host.state,
  draining: host.draining,
  mature: host.mature,
  same_configuration: host.sameConfiguration,
  differences: host.differences.differences,
  more_differences: host.differences.more,
  damped: host.damped,
  failing: host.failing.map(({ check, vips, more, problem }) => ({ check, vips, more_vips: more, problem })),
  silent_for_ms: rounded(host.silentFor),
  vips: host.vips,
  paths: (facts.paths.get(host.host) ?? []).map(({ segment, isHeard, silentFor }) => ({
    segment,
    heard: isHeard,
    silent_for_ms: rounded(silentFor),
  })),
});

const rounded = (length: Duration | null): number | null => length === null ? null : Math.round(length);

/** "192.0.2.1/32" */
export const addressText = ({ address, prefix }: VipAddress): string => `${address}/${prefix}`;

type VipFacts = Pick<ReportFacts, "group" | "confirmations" | "now" | "wallTime">;

const addressesOf = ({ vips }: VipFacts["group"], vip: VipName): readonly string[] =>
  vips.find(({ name }) => name === vip)?.addresses.map(addressText) ?? [];

/** A VIP as `status` tells it. */
export const reportVip = (
  vip: VipStatus,
  facts: VipFacts,
  addresses = addressesOf(facts.group, vip.vip),
): Status["vips"][number] => ({
  name: vip.vip,
  known: vip.isKnown,
  addresses,
  holder: vip.holder,
  state: vip.state,
  since: vip.since === null ? null : timeOfDay(vip.since, facts),
  reason: vip.reason,
  here: vip.here,
  problem: vip.problem,
  notified: facts.confirmations.get(vip.vip) ?? null,
  contender: vip.contender && {
    mac: vip.contender.by.mac,
    host: vip.contender.by.host,
    last_heard: timeOfDay(vip.contender.lastAt, facts),
  },
});

/** A move as `status` tells it. */
export const reportMove = (
  { at, ...move }: Move,
  facts: Pick<ReportFacts, "now" | "wallTime">,
): Status["moves"][number] => ({ at: timeOfDay(at, facts), ...move });

/** In ISO 8601, by the wall clock of this host. */
export const timeOfDay = (at: Instant, { now, wallTime }: Pick<ReportFacts, "now" | "wallTime">): string =>
  new Date(Math.round(wallTime - (now - at))).toISOString();

function warnings(node: NodeStatus, facts: ReportFacts): readonly string[] {
  return [
    ...phaseWarnings(node),
    ...coverageWarnings(node),
    ...healthWarnings(node),
    ...problemWarnings(node),
    ...contenderWarnings(node, facts),
    ...unconfirmedWarnings(node, facts),
    ...hostWarnings(node),
    ...guardWarnings(facts),
    ...facts.logProblems,
    ...(facts.leftover === null ? [] : [facts.leftover]),
    ...refusalWarnings(facts),
    ...configurationWarnings(node),
    ...dropWarnings(facts.drops, facts.now),
  ];
}

function phaseWarnings(node: NodeStatus): readonly string[] {
  switch (node.phase) {
    case "booting":
    case "gathering":
      // With a view, the host is in the middle of changing it; without one, it is alone so far.
      if (node.view !== null) return [];
      return ["This host has no view yet: it looks for the other hosts of the group"];
    case "fenced":
      return [
        "This host is fenced: it gave up its VIPs, because the others may no longer believe that it has them",
      ];
    case "leaving":
    case "left":
      return ["This host is leaving the group: its daemon was asked to stop"];
    case "running":
      return node.mature
        ? []
        : ["The group is not mature yet: it waits for further hosts before anybody holds a VIP"];
  }
}

function coverageWarnings(node: NodeStatus): readonly string[] {
  const uncovered = node.vips.filter((vip) => vip.state === "uncovered");
  if (uncovered.length === 0 || !node.mature) return [];
  const names = listed(uncovered.map((vip) => vip.vip));
  const members = node.view?.members.length ?? 0;
  const why = members < node.needed
    ? `the view has ${members} of ${counted(node.hosts.length, "host")}, and partition = "quorum" wants ` +
      `${node.needed} to hold ${names}`
    : `no member of the view can hold ${names}`;
  return [`${counted(uncovered.length, "VIP")} not covered: ${why}`];
}

function healthWarnings({ hosts, failedOpen }: NodeStatus): readonly string[] {
  const open = failedOpen.length === 0 ? [] : [
    `${subjectText(failedOpen)} ${
      failedOpen.length === 1 ? "stays where it is" : "stay where they are"
    }: every ` +
    `host that can hold ${failedOpen.length === 1 ? "it" : "them"} fails a health check`,
  ];
  const failing = hosts.flatMap(({ host, failing }) =>
    failing.map(({ check, problem, ...of }) =>
      `Host "${host}" fails check "${check}": ${problem}; it ${withoutText(of)} as long as another host can`
    )
  );
  return [...open, ...failing];
}

// What is so of many VIPs alike is one warning: of a thousand of them nobody would find the others.
function problemWarnings({ vips }: NodeStatus): readonly string[] {
  const troubled = vips.flatMap(({ vip, problem }) => problem === null ? [] : [{ vip, problem }]);
  return [...Map.groupBy(troubled, ({ problem }) => problem)]
    .map(([problem, alike]) => `${subjectText(alike.map(({ vip }) => vip))} on this host: ${problem}`);
}

function contenderWarnings({ vips }: NodeStatus, { now }: ReportFacts): readonly string[] {
  const contended = vips.flatMap(({ vip, contender }) => contender === null ? [] : [{ vip, ...contender }]);
  return [...Map.groupBy(contended, ({ by }) => machineText(by))].map(([machine, alike]) => {
    const silentFor = Math.min(...alike.map(({ lastAt }) => elapsed(lastAt, now)));
    const are = alike.length === 1 ? "is" : "are";
    return `${subjectText(alike.map(({ vip }) => vip))} ${are} answered by ${machine}, last heard ${
      spanText(silentFor)
    } ago`;
  });
}

/** Who answers for a VIP. */
export const machineText = ({ mac, host }: Neighbour): string =>
  host === null ? `${mac}, which is no host of the group` : `host "${host}" (${mac})`;

/** A target that is there answers at once; after so long the questions have been repeated, too. */
export const unconfirmedAfter = duration(10_000);

// As long as one target knows the new way, the others may simply be off; that none does is no chance.
function unconfirmedWarnings({ vips }: NodeStatus, { confirmations, now }: ReportFacts): readonly string[] {
  const unconfirmed = vips.flatMap(({ vip, here, since }) => {
    const notified = confirmations.get(vip);
    const isNew = since === null || elapsed(since, now) <= unconfirmedAfter;
    if (here !== "held" || isNew || notified === undefined) return [];
    return notified.confirmed === 0 && notified.missing.length > 0
      ? [{ vip, targets: missingText(notified) }]
      : [];
  });
  return [...Map.groupBy(unconfirmed, ({ targets }) => targets)].map(([targets, alike]) => {
    const [it, its] = alike.length === 1 ? ["it", "its last holder"] : ["them", "their last holders"];
    const subject = subjectText(alike.map(({ vip }) => vip));
    return `${subject} on this host: no notify target (${targets}) has confirmed ${it}, so routers may still ` +
      `send to ${its}`;
  });
}

/** Notify targets that have not confirmed a VIP. */
export function missingText({ missing, more }: Pick<Confirmation, "missing" | "more">): string {
  return `${missing.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}

/** "VIP "web-a"", "3 VIPs (web-a, web-b, web-c)" */
function subjectText(names: readonly VipName[]): string {
  return names.length === 1 ? `VIP "${names[0]}"` : `${counted(names.length, "VIP")} (${listed(names)})`;
}

/** What is wrong with hosts of the group. */
export const hostWarnings = (node: NodeStatus): readonly string[] =>
  node.hosts.flatMap((host) => [
    ...(host.state === "silent" ? [silenceText(host)] : []),
    ...(host.state === "disputed"
      ? [`Host "${host.host}" is disputed: several daemons run under this name, and none of them is believed`]
      : []),
    ...(host.state === "heard" && node.view !== null
      ? [`Host "${host.host}" is heard but not a member of the view`]
      : []),
    ...(host.damped
      ? [`Host "${host.host}" came and went too often lately: it is given only what no other host can hold`]
      : []),
  ]);

const guardWarnings = ({ guardProblem }: ReportFacts): readonly string[] =>
  guardProblem === null ? [] : [
    `No guard stands by: ${guardProblem}; if this daemon dies now, its VIPs stay on this host until their lease ends ` +
    `(with lease = "off", until somebody removes them)`,
  ];

function refusalWarnings({ refusal, now }: ReportFacts): readonly string[] {
  if (refusal === null) return [];
  const { at, problems: [first, ...others] } = refusal;
  const more = others.length === 0 ? "" : ` (and ${others.length} more in the log)`;
  return [
    `The configuration was read ${
      spanText(elapsed(at, now))
    } ago and refused, so this host goes on with the one ` +
    `before: ${first}${more}`,
  ];
}

/** What differs is known once a view was agreed on; before, only that it does. */
function configurationWarnings({ hosts }: NodeStatus): readonly string[] {
  const differing = hosts.filter(({ differences }) => differences.differences.length > 0);
  if (differing.length > 0) return differing.map(differingText);
  const others = hosts.filter(({ sameConfiguration }) => !sameConfiguration);
  return others.map(({ host }) => `Host "${host}" reads another configuration than this host`);
}

const differingText = ({ host, differences: { differences, more } }: HostStatus): string =>
  `Host "${host}" reads another configuration than most hosts: ${
    listedOf(differences.map(differenceText), more)
  }`;

const silenceText = ({ host, silentFor }: HostStatus): string =>
  silentFor === null
    ? `Host "${host}" is silent: never heard since this daemon started`
    : `Host "${host}" is silent: last heard ${spanText(silentFor)} ago`;
