// What the daemon answers to "explain": everything that it knows of one VIP, in sentences. The first one is the answer;
// trouble is what a person should do something about, and advice what.

import type { Explanation } from "../codec/explanation.ts";
import type { Observed } from "../core/events.ts";
import type { Fitness, Obstacle, VipAccount } from "../core/explain.ts";
import type { VipStatus } from "../core/status.ts";
import { elapsed, type HostName } from "../core/vocabulary.ts";
import { moveReasonText } from "./note_text.ts";
import { problemOf } from "./plan_report.ts";
import {
  addressText,
  machineText,
  missingText,
  type ReportFacts,
  reportMove,
  reportVip,
  unconfirmedAfter,
} from "./status_report.ts";
import { counted, listed, spanText } from "./words.ts";

export interface ExplainFacts
  extends Pick<ReportFacts, "version" | "group" | "confirmations" | "now" | "wallTime"> {
  /** What is on this host just now; null: it could not be looked at. */
  readonly observed: Observed | null;
  /** Whether a health check that its holder runs is for it. */
  readonly isChecked: boolean;
}

/** Of how many hosts one sentence tells why they cannot hold it. */
const hostsToldMax = 3;
/** How many of the VIP's moves are told. */
const movesToldMax = 5;

/** The answer to "explain". */
export function reportExplanation(account: VipAccount, facts: ExplainFacts): Explanation {
  const { vip, status, hosts } = account;
  const about: About = { account, facts, name: `VIP "${vip.vip}"`, previous: previousHolder(account) };
  const trouble = troubleOf(about);
  return {
    version: facts.version,
    group: facts.group.name,
    host: status.host,
    at: new Date(Math.round(facts.wallTime)).toISOString(),
    view: status.view && { number: status.view.number, coordinator: status.view.coordinator },
    answer: answerOf(about),
    vip: reportVip(vip, facts),
    addresses: account.spec?.addresses.map((each) => ({
      address: addressText(each),
      interface: each.interface,
    })) ?? [],
    previous: about.previous,
    presence: presenceOf(about),
    stays: staysOf(about),
    next: nextOf(account),
    hosts: hosts.map((host) => ({
      name: host.host,
      holder: host.isHolder,
      preferred: host.preference,
      able: host.obstacles.length === 0 && status.view !== null,
      obstacles: host.obstacles.map((each) => obstacleText(each, { host: host.host, account })),
      failing: host.failing.map(failingText),
      damped: host.damped,
    })),
    moves: account.moves.slice(0, movesToldMax).map((move) => reportMove(move, facts)),
    trouble,
    advice: trouble.length > 0 ? adviceOn(about) : [],
    notes: notesOn(about),
  };
}

interface About {
  readonly account: VipAccount;
  readonly facts: ExplainFacts;
  readonly name: string;
  readonly previous: HostName | null;
}

/** Who had it before, if this host saw it move to where it is. */
function previousHolder({ vip, moves: [last] }: VipAccount): HostName | null {
  return last !== undefined && last.to === vip.holder ? last.from : null;
}

function answerOf({ account, facts, name, previous }: About): string {
  const { vip, moves: [last] } = account;
  const since = vip.since ?? (last?.to === null ? last.at : null);
  const span = since === null ? "" : ` for ${spanText(elapsed(since, facts.now))}`;
  switch (vip.state) {
    case "held":
      return `${name} is held by ${vip.holder}${span}: ${whyText(vip, previous)}`;
    case "moving":
      return `${name} is on its way to ${vip.holder}${span}: ${whyText(vip, previous)}`;
    case "uncovered": {
      const had = previous === null ? "" : `, after ${previous} had it`;
      return `${name} is held by nobody${span}${had}: ${whyUncovered(account)}`;
    }
    case "unknown":
      return `${name} is held by nobody that this host knows of: ${phaseText[account.status.phase]}`;
  }
}

/** Why it is where it is, and from whom it came. */
function whyText({ reason, holder }: VipStatus, from: HostName | null): string {
  if (reason === null) return "this host was not told why";
  if (from === null) return reason === "operator" ? "an operator moved it there" : moveReasonText[reason];
  switch (reason) {
    case "unheld":
    case "merged":
      return moveReasonText[reason];
    case "holderGone":
      return `${from}, which had it, was gone or could not hold it any more`;
    case "drained":
      return `${from}, which had it, was drained or stopped`;
    case "preferred":
      return `it prefers ${holder}, and left ${from} for it`;
    case "unhealthy":
      return `${from}, which had it, fails a health check`;
    case "balance":
      return `it came from ${from} to balance the loads`;
    case "operator":
      return `an operator moved it there from ${from}`;
  }
}

function whyUncovered(account: VipAccount): string {
  const { status, serves, next } = account;
  if (!status.mature || next === null) return "the group is not mature yet: it waits for further hosts";
  if (!serves) return tooFewText(status);
  if (next.outlook.then !== null) return `it is about to be given to ${next.outlook.then}`;
  return whyNobody(account, next);
}

const tooFewText = ({ view, needed }: VipAccount["status"]): string =>
  `the view has ${
    counted(view?.members.length ?? 0, "host")
  }, and with partition = "quorum" it takes ${needed} ` +
  "to hold VIPs";

/** Why none of the hosts but its holder could have it. */
function whyNobody(
  account: VipAccount,
  { outlook, whole }: NonNullable<VipAccount["next"]>,
): string {
  const others = account.hosts.filter(({ isHolder }) => !isHolder);
  const allowed = others.filter(({ obstacles }) => !obstacles.some(({ kind }) => kind === "notAllowed"));
  if (!account.serves) return tooFewText(account.status);
  // Without its holder there is no majority, or nothing here tells why.
  if (!whole.serves || allowed.some(({ obstacles }) => obstacles.length === 0)) {
    return problemOf(outlook, whole);
  }
  if (allowed.length === 0) return "no other host may hold it";
  const first = allowed.slice(0, hostsToldMax).map(({ host, obstacles }) =>
    `${host} ${obstacles.map((each) => obstacleText(each, { host, account })).join(" and ")}`
  );
  const more = allowed.length - first.length;
  return first.join("; ") + (more === 0 ? "" : `; and ${counted(more, "host")} more`);
}

const phaseText: Readonly<Record<VipAccount["status"]["phase"], string>> = {
  booting: "it has just started",
  gathering: "it has no view of the group yet",
  running: "it has no view of the group yet",
  fenced: "it is fenced, for the others may no longer believe it",
  leaving: "it is leaving the group",
  left: "it has left the group",
};

function obstacleText(
  obstacle: Obstacle,
  { host, account: { status } }: { readonly host: HostName; readonly account: VipAccount },
): string {
  switch (obstacle.kind) {
    case "notAllowed":
      return "may not hold it, by its hosts";
    case "notAllowedThere":
      return "may not hold it, by the file that it reads";
    case "silent":
      return obstacle.silentFor === null
        ? "was never heard"
        : `is silent for ${spanText(obstacle.silentFor)}`;
    case "left":
      return "was stopped";
    case "disputed":
      return "several daemons run under its name";
    case "notMember":
      return "is heard, and not in the view";
    case "draining": {
      const reason = host === status.host ? status.draining ?? "" : "";
      return `drains${reason === "" ? "" : ` (${reason})`}`;
    }
    case "unable":
      return `cannot hold it: ${obstacle.problem ?? "it could not add it, or has no link (that host knows)"}`;
  }
}

const failingText = ({ check, problem }: Fitness["failing"][number]): string =>
  `fails check "${check}" (${problem})`;

/** Whether it is really there. Only a look at the kernel of the holder tells, and that is taken on the holder. */
function presenceOf({ account, facts }: About): readonly string[] {
  const { vip, status } = account;
  if (vip.holder === null) return [];
  if (vip.holder !== status.host) return presenceElsewhere(account);
  const { observed } = facts;
  const isThere = observed === null
    ? "This host could not look at its interfaces just now"
    : observed.whole.includes(vip.vip)
    ? "It is on this host: the kernel was asked just now"
    : observed.partial.includes(vip.vip)
    ? "Some of its addresses are on this host, and some are not: the kernel was asked just now"
    : "It is not on this host yet: the kernel was asked just now";
  return [isThere, ...confirmedText(facts.confirmations.get(vip.vip), vip.here === "held")];
}

function confirmedText(
  notified:
    | { readonly confirmed: number; readonly missing: readonly string[]; readonly more: number }
    | undefined,
  isAnnounced: boolean,
): readonly string[] {
  if (!isAnnounced) return ["It is not announced yet"];
  if (notified === undefined) return ["It is announced; there is no notify target that could confirm it"];
  const { confirmed, missing, more } = notified;
  const targets = counted(confirmed + missing.length + more, "notify target");
  const not = missing.length === 0 ? "" : ` (not ${missingText(notified)})`;
  return [`It is announced: ${confirmed} of ${targets} confirmed it${not}`];
}

function presenceElsewhere({ vip, status, awaited, unreleased }: VipAccount): readonly string[] {
  const silentFor = status.hosts.find(({ host }) => host === vip.holder)?.silentFor ?? null;
  const heard = silentFor === null ? "" : `, heard ${spanText(silentFor)} ago`;
  if (vip.state === "held") {
    return [
      `${vip.holder} says that it has it${heard}`,
      `Whether it is on its interface, and who confirmed it: ask there`,
    ];
  }
  const from = awaited.length === 0 ? [] : [`${listed(awaited)} has still to release it`];
  return [
    `${vip.holder} has still to take it${heard}`,
    ...from,
    ...(unreleased === null ? [] : [
      `${unreleased.by ?? "Its last holder"} was lost and may still have it, for ` +
      `${spanText(unreleased.remaining)} at most`,
    ]),
  ];
}

/** What would move it, and what keeps it where it is. */
function staysOf({ account, facts }: About): readonly string[] {
  const { vip, hosts, balanceTo, failsOpen } = account;
  const { holder } = vip;
  if (holder === null) return [];
  const isPinned = vip.reason === "operator";
  const place = hosts.find(({ isHolder }) => isHolder)?.preference ?? null;
  const better = hosts.filter(({ preference }) => preference !== null && preference < (place ?? Infinity))
    .sort((a, b) => (a.preference ?? 0) - (b.preference ?? 0));
  return [
    ...(failsOpen ? [`${failsOpenText}, until one of them is well`] : []),
    ...(isPinned
      ? [
        `An operator moved it to ${holder}: it stays until ${holder} drains${
          facts.isChecked ? ", fails a health check" : ""
        } or cannot hold it any more`,
      ]
      : []),
    ...(place === 1 ? [`It prefers ${holder}, which has it`] : []),
    ...better.map((host) => preferenceText(host, { account, isPinned })),
    ...(isPinned
      ? []
      : balanceTo !== null && balanceTo !== holder
      ? [`The next balance round moves it to ${balanceTo}`]
      : place === null
      ? ["No balance round moves it as things are"]
      : ["A balance round leaves it where it is preferred"]),
    lossText(account, { holder, isChecked: facts.isChecked }),
  ];
}

const failsOpenText = "Every host that can hold it fails a health check: it stays where it is";

/** What its holder would have to do, or to suffer, for it to go. A drained host is a member still, one that is gone is not. */
function lossText(
  { hosts, next, drainTo, failsOpen }: VipAccount,
  { holder, isChecked }: { readonly holder: HostName; readonly isChecked: boolean },
): string {
  const isWell = ({ isHolder, obstacles, failing }: Fitness) =>
    !isHolder && obstacles.length === 0 && failing.length === 0;
  const check = isChecked && !failsOpen && hosts.some(isWell) ? "a health check that fails there" : null;
  const isStranded = next?.outlook.then === null;
  if (isStranded && drainTo !== null) {
    const drain = check === null ? `A drain of ${holder}` : `A drain of ${holder}, or ${check},`;
    return `${drain} moves it to ${drainTo}; if ${holder} were gone, nobody could hold it`;
  }
  const ways = [`A drain of ${holder}`, ...(check === null ? [] : [check]), "or its end"].join(", ");
  return `${ways}, moves it${isStranded ? "; no other host could hold it" : ""}`;
}

function preferenceText(
  host: Fitness,
  { account, isPinned }: { readonly account: VipAccount; readonly isPinned: boolean },
): string {
  const obstacles = host.obstacles.map((each) => obstacleText(each, { host: host.host, account }));
  const why = [...obstacles, ...host.failing.map(failingText)].join(", and ");
  if (why !== "") {
    return `It prefers ${host.host}, which ${why}${isPinned ? "" : ": it goes there when that ends"}`;
  }
  if (host.damped) {
    return `It prefers ${host.host}, which came and went too often lately: it goes there when it has stayed for a while`;
  }
  return isPinned
    ? `It prefers ${host.host}, which could hold it, but for the operator's word`
    : `It prefers ${host.host}, which could hold it: it is about to go there`;
}

function nextOf(account: VipAccount): Explanation["next"] {
  const { next } = account;
  if (next === null) return null;
  const { then } = next.outlook;
  return { host: then, problem: then === null ? whyNobody(account, next) : null };
}

function troubleOf({ account, facts, name }: About): readonly string[] {
  const { vip, status, failsOpen } = account;
  const isHolder = vip.holder === status.host;
  const { observed, now } = facts;
  const notified = facts.confirmations.get(vip.vip);
  const isOld = vip.since !== null && elapsed(vip.since, now) > unconfirmedAfter;
  const isOnIt = observed !== null && [...observed.whole, ...observed.partial].includes(vip.vip);
  const isUnconfirmed = notified !== undefined && notified.confirmed === 0 && notified.missing.length > 0;
  return [
    ...(vip.state === "uncovered" || vip.state === "unknown" ? [`${name} is held by nobody`] : []),
    ...(failsOpen ? [failsOpenText] : []),
    ...(vip.problem === null ? [] : [`On this host: ${vip.problem}`]),
    ...(isHolder && vip.here === "held" && observed !== null && !observed.whole.includes(vip.vip)
      ? ["This host holds it, and it is not on its interface: somebody took it off; it is put back"]
      : []),
    ...(!isHolder && isOnIt && vip.here === "absent"
      ? ["It is on this host too, which does not hold it: somebody put it there; it is removed"]
      : []),
    ...(vip.contender === null ? [] : [`It is answered by ${machineText(vip.contender.by)} too`]),
    ...(isHolder && vip.here === "held" && isOld && isUnconfirmed
      ? [
        `No notify target (${
          missingText(notified)
        }) has confirmed it: routers may still send to its last holder`,
      ]
      : []),
  ];
}

function adviceOn({ account, facts }: About): readonly string[] {
  const { vip, status, hosts, spec, failsOpen } = account;
  const [address] = spec?.addresses ?? [];
  const isHolder = vip.holder === status.host;
  const isNowhere = vip.state === "uncovered" || vip.state === "unknown";
  const notified = facts.confirmations.get(vip.vip);
  return [
    ...(isNowhere ? hosts.flatMap((host) => adviceOnHost(host, account)) : []),
    ...(failsOpen
      ? hosts.filter(({ failing }) => failing.length > 0).map(({ host }) =>
        `${onHost(host, account)}: molehill status; its log tells why the check fails`
      )
      : []),
    ...(vip.problem !== null && !isNowhere ? lookHere(account) : []),
    ...(vip.contender === null ? [] : [
      `Find the machine with ${vip.contender.by.mac}: ip neighbour; the switch's table of hardware addresses`,
    ]),
    ...(isHolder && notified?.confirmed === 0 && address !== undefined
      ? [`On ${missingText(notified)}: what is its entry for ${address.address}? (ip neighbour)`]
      : []),
  ];
}

/** What to do about a host that could hold it, were it not for something. */
function adviceOnHost({ host, obstacles }: Fitness, account: VipAccount): readonly string[] {
  const on = onHost(host, account);
  if (obstacles.some(({ kind }) => kind === "notAllowed")) return [];
  return obstacles.flatMap(({ kind }): readonly string[] => {
    switch (kind) {
      case "notAllowed":
        return [];
      case "notAllowedThere":
        return [`${on}: molehill check, and the same file as elsewhere`];
      case "silent":
      case "left":
        return [`${on}: is it up? systemctl start molehill; journalctl -u molehill`];
      case "disputed":
        return [`Find the two machines that run as ${host}, and stop one: molehill status says more`];
      case "notMember":
        return [`${on}: molehill status; whom does it not hear? (molehill monitor)`];
      case "draining":
        return [`${on}: molehill resume`];
      case "unable":
        return host === account.status.host
          ? lookHere(account)
          : [`${on}: molehill explain ${account.vip.vip}`];
    }
  });
}

const onHost = (host: HostName, { status }: VipAccount): string =>
  host === status.host ? "Here" : `On ${host}`;

const lookHere = ({ spec }: VipAccount): readonly string[] =>
  [...new Set(spec?.addresses.map((each) => each.interface))].map((name) =>
    `Here: ip link show dev ${name}; ip address show dev ${name}`
  );

function notesOn({ account: { next, spec, status } }: About): readonly string[] {
  return [
    ...(spec === null ? ["This VIP is not in this host's file: only its holder is known here"] : []),
    ...(next !== null && !next.whole.isWhole
      ? [
        `The members' files differ, and this host does not know what they say: ask on ${next.whole.view.coordinator}`,
      ]
      : []),
    ...(status.phase === "gathering" && status.view !== null
      ? ["The group is agreeing on another view just now: ask again in a moment"]
      : []),
  ];
}
