// What the daemon answers to "status": the node's own account with the instants turned into times of day, the
// addresses of the VIPs beside their names, and the warnings, most important first. A warning is something a person
// should look at; what an operator asked for (a drain) and what passes by itself within a second (a move) is none.

import type { Status } from "../codec/control.ts";
import type { HostStatus, NodeStatus, VipStatus } from "../core/status.ts";
import type { Instant, VipName } from "../core/vocabulary.ts";
import { type Drops, dropWarnings } from "./drops.ts";
import { counted, listed, spanText } from "./words.ts";

/** What the report needs beside the node's account. */
export interface ReportFacts {
  readonly version: string;
  readonly group: string;
  /** With prefix, by VIP. */
  readonly addresses: ReadonlyMap<VipName, readonly string[]>;
  readonly drops: Drops;
  readonly now: Instant;
  /** Milliseconds since 1970 at `now`. */
  readonly wallTime: number;
}

/** The answer to "status". */
export function reportStatus(node: NodeStatus, facts: ReportFacts): Status {
  return {
    version: facts.version,
    group: facts.group,
    host: node.host,
    phase: node.phase,
    mature: node.mature,
    draining: node.draining,
    view: node.view && {
      number: node.view.number,
      coordinator: node.view.coordinator,
      members: node.view.members.map((member) => member.host),
    },
    hosts: node.hosts.map(reportHost),
    vips: node.vips.map((vip) => reportVip(vip, facts)),
    moves: node.moves.map(({ at, ...move }) => ({ at: timeOfDay(at, facts), ...move })),
    dropped: facts.drops.counts,
    warnings: warnings(node, facts),
  };
}

const reportHost = (host: HostStatus): Status["hosts"][number] => ({
  name: host.host,
  state: host.state,
  draining: host.draining,
  mature: host.mature,
  same_configuration: host.sameConfiguration,
  silent_for_ms: host.silentFor === null ? null : Math.round(host.silentFor),
  vips: host.vips,
});

const reportVip = (vip: VipStatus, facts: ReportFacts): Status["vips"][number] => ({
  name: vip.vip,
  addresses: facts.addresses.get(vip.vip) ?? [],
  holder: vip.holder,
  state: vip.state,
  since: vip.since === null ? null : timeOfDay(vip.since, facts),
  reason: vip.reason,
  here: vip.here,
  problem: vip.problem,
});

const timeOfDay = (at: Instant, { now, wallTime }: ReportFacts): string =>
  new Date(Math.round(wallTime - (now - at))).toISOString();

function warnings(node: NodeStatus, facts: ReportFacts): readonly string[] {
  return [
    ...phaseWarnings(node),
    ...coverageWarnings(node),
    ...problemWarnings(node),
    ...hostWarnings(node),
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
  return [`${counted(uncovered.length, "VIP")} not covered: no member of the view can hold ${names}`];
}

const problemWarnings = (node: NodeStatus): readonly string[] =>
  node.vips.flatMap((
    { vip, problem },
  ) => (problem === null ? [] : [`VIP "${vip}" on this host: ${problem}`]));

const hostWarnings = (node: NodeStatus): readonly string[] =>
  node.hosts.flatMap((host) => [
    ...(host.state === "silent" ? [silenceText(host)] : []),
    ...(host.state === "disputed"
      ? [`Host "${host.host}" is disputed: several daemons run under this name, and none of them is believed`]
      : []),
    ...(host.state === "heard" && node.view !== null
      ? [`Host "${host.host}" is heard but not a member of the view`]
      : []),
    ...(host.sameConfiguration
      ? []
      : [`Host "${host.host}" reads a different configuration: the file must be the same on every host`]),
  ]);

const silenceText = ({ host, silentFor }: HostStatus): string =>
  silentFor === null
    ? `Host "${host}" is silent: never heard since this daemon started`
    : `Host "${host}" is silent: last heard ${spanText(silentFor)} ago`;
