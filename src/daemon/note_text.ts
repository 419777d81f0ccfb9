// The log, for the engineer who reads it at 3 a.m.: one sentence for each note of the core, with a level. A line
// names who, what and why, and what follows from it where that is not plain.
//
//   error    an address may be missing or doubled now, and Molehill cannot mend it alone
//   warning  something is not as it should be; Molehill deals with it
//   info     what happened to the group and to the VIPs
//   debug    how the hosts agreed on it

import type { FenceReason, Note } from "../core/events.ts";
import type { Difference, FailingCheck, Failover, Matter, MoveReason, NamedVips } from "../core/message.ts";
import type { Duration, Member, ViewId } from "../core/vocabulary.ts";
import type { LogLevel } from "./ports.ts";
import { listed, spanText } from "./words.ts";

/** A line of the log, without its time. */
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** The line that tells a note to people. */
export function noteText(note: Note): LogLine {
  // The table has one entry for each kind, so the entry found is the one for this note's type.
  const tell = lines[note.kind] as (note: Note) => LogLine;
  return tell(note);
}

/** Why a VIP is where it is, as the end of a sentence. */
export const moveReasonText: Readonly<Record<MoveReason, string>> = {
  unheld: "nobody held it",
  holderGone: "its last holder was gone or could not hold it",
  drained: "its last holder was drained or stopped",
  unhealthy: "its last holder fails a health check",
  preferred: "a host that it prefers became available",
  merged: "two parts of the group merged and both held it",
  balance: "to balance the loads",
  operator: "an operator moved it",
};

const fenceReasonText: Readonly<Record<FenceReason, string>> = {
  paused: "this daemon did not run for longer than the timeout, so others may have taken its VIPs over",
  leftOut: "its coordinator installed a view without it",
  addressLost: "none of its own addresses is on it any more, so nobody can hear it",
  quorumLost: "it is not heard by a majority of the configured hosts",
};

/** "VIP web-a is answered by ... too: ...", for one or for many. */
export function foreignHolderText(
  subject: string,
  { by: { mac, host }, isMember, yields, isOne }:
    & Pick<Note & { kind: "foreignHolder" }, "by" | "isMember" | "yields">
    & { readonly isOne: boolean },
): string {
  const who = host === null ? `${mac}, which is no host of the group,` : `host "${host}" (${mac})`;
  const [they, are] = isOne ? ["it", "is"] : ["they", "are"];
  const act = isMember
    ? `somebody has put ${isOne ? "it" : "them"} there by hand; look with "ip address" on that host`
    : host !== null
    ? "the group settles it once it hears that host"
    : yields
    ? `${they} ${are} left to that machine, as foreign_holder says`
    : `${they} ${are} announced against that machine, once in 10 s, as foreign_holder says`;
  return `${subject} answered by ${who} too: ${act}`;
}

type Lines = { readonly [Kind in Note["kind"]]: (note: Extract<Note, { kind: Kind }>) => LogLine };

const lines: Lines = {
  started: ({ host, incarnation }) =>
    info(`Started as host "${host}" (incarnation ${incarnation.toString(16)})`),
  leftoversFound: ({ vips }) =>
    warning(
      `Found VIPs on this host at start: ${
        listed(vips)
      }; they are removed, and the group decides who holds them`,
    ),
  hostHeard: ({ host }) => info(`Host "${host}" is heard`),
  hostRestarted: ({ host }) => warning(`Host "${host}" restarted: what it held before is gone from it`),
  hostDisputed: ({ host }) =>
    warning(
      `Host "${host}" is disputed: several daemons take turns in speaking under this name; none of them is ` +
        `believed until one is left`,
    ),
  hostSilent: ({ host, silentFor }) =>
    warning(`Host "${host}" is silent: nothing heard from it for ${spanText(silentFor)}`),
  hostEnded: ({ host }) =>
    warning(`Host "${host}" lives, but its daemon has ended without a farewell: its connection is closed`),
  hostLeft: ({ host }) => info(`Host "${host}" left the group and holds nothing any more`),
  // What differs only behind the length to which texts are cut has no name here.
  configurationChanged: ({ changes, more }) =>
    info(
      "This host goes by the changed configuration" +
        (changes.length === 0 ? "" : `: ${listedOf(changes.map(changeText), more)}`),
    ),
  configurationDiffers: ({ differing: { host, differences, more } }) =>
    warning(
      `Host "${host}" reads another configuration than most hosts: ` +
        `${listedOf(differences.map(differenceText), more)}; until the files are the same, a VIP goes ` +
        `only to hosts that know it`,
    ),
  configurationsAgree: () => info("All hosts of the view read the same configuration again"),
  hostDamped: ({ host }) =>
    warning(
      `Host "${host}" came and went too often lately: it is given only what no other host can hold, until it ` +
        `stays for a while`,
    ),
  hostCalm: ({ host }) => info(`Host "${host}" has stayed for a while: it is given VIPs again`),
  checkFails: ({ check, vips, problem }) =>
    warning(
      `Check "${check}" fails: ${problem}; this host ${withoutText({ vips, more: 0 })} as long as another ` +
        `host can`,
    ),
  checkPasses: ({ check }) => info(`Check "${check}" passes again`),
  hostFails: ({ host, check, vips, more, problem }) =>
    warning(
      `Host "${host}" fails check "${check}": ${problem}; it ${withoutText({ vips, more })} as long as ` +
        `another host can`,
    ),
  hostPasses: ({ host, check }) => info(`Host "${host}" passes check "${check}" again`),
  failedOpen: ({ vips }) =>
    warning(
      `Every host that can hold ${listed(vips)} fails a health check: ` +
        `${vips.length === 1 ? "it stays where it is" : "they stay where they are"}`,
    ),
  healthCounts: ({ vips }) => info(`Health checks count again for ${listed(vips)}`),
  memberUnanswering: ({ host, view }) =>
    warning(`Host "${host}" did not answer the proposal of view ${view}: it is left out of the next one`),
  coordinatorUnhelpful: ({ host }) =>
    warning(`Host "${host}" should coordinate but brings no view about: it is passed over for now`),
  viewProposed: ({ view, members }) => debug(`Proposed ${viewText(view)} of ${memberText(members)}`),
  viewInstalled: ({ view, members, mature }) =>
    info(
      `Installed ${viewText(view)} of ${memberText(members)}` +
        (mature ? "" : "; not mature yet, so nobody holds a VIP"),
    ),
  vipMoved: ({ vip, from, to, reason }) => info(movedText(`VIP "${vip}"`, { from, to, reason, isOne: true })),
  vipAcquired: ({ vip }) => info(`VIP "${vip}" is on this host now and announced`),
  vipReleased: ({ vip }) => info(`VIP "${vip}" is gone from this host`),
  vipAddFailed: ({ vip, problem }) =>
    error(`Cannot add VIP "${vip}": ${problem}; another host is asked to hold it`),
  vipRemoveFailed: ({ vip, problem }) =>
    error(`Cannot remove VIP "${vip}": ${problem}; it is tried again, nobody else takes it until it is gone`),
  vipVanished: ({ vip }) =>
    warning(`VIP "${vip}" vanished: somebody removed it from this host, which holds it; it is put back`),
  vipIntruded: ({ vip }) =>
    warning(`VIP "${vip}" intruded: somebody put it on this host, which does not hold it; it is removed`),
  linkLost: ({ vips }) =>
    error(
      `The interface of ${listed(vips)} is down, has no carrier, or is gone: this host cannot hold ` +
        `${vips.length === 1 ? "it" : "them"}`,
    ),
  linkBack: ({ vips }) => info(`The interface of ${listed(vips)} has a link again`),
  macChanged: ({ vips }) =>
    info(
      `The interface of ${listed(vips)} has another hardware address now: ` +
        `${vips.length === 1 ? "it is" : "they are"} announced again`,
    ),
  foreignHolder: (note) => error(foreignHolderText(`VIP "${note.vip}" is`, { ...note, isOne: true })),
  foreignHolderGone: ({ vip, by }) => info(`VIP "${vip}" is not answered by ${by.mac} any more`),
  matured: () => info("The group is mature: VIPs may be held"),
  fenced: ({ because }) => error(`Fenced: this host gave up its VIPs because ${fenceReasonText[because]}`),
  unfenced: () => info("No longer fenced: this host may hold VIPs again"),
  said: ({ word: { by, matter } }) => info(matterText(by.host, matter)),
  unsaid: ({ matter, why }) => warning(`${unsaidText[why]}: ${matterText("this host", matter)}`),
  draining: ({ reason }) => info(`Draining${because(reason)}: this host hands its VIPs over and takes none`),
  resumed: ({ reason }) => info(`Resumed${because(reason)}: this host may hold VIPs again`),
  leaving: () => info("Leaving: handing over the VIPs of this host before it stops"),
  left: () => info("Left the group: this host holds nothing, and the others know"),
};

/** What a host told the group, as a sentence. */
function matterText(who: string, matter: Matter): string {
  const host = `Host "${who}"`;
  switch (matter.kind) {
    case "message":
      return `${host} says: ${matter.text}`;
    case "drained":
      return `${host} drains${because(matter.reason)}`;
    case "resumed":
      return `${host} takes part again${because(matter.reason)}`;
    case "moveAsked":
      return `An operator on host "${who}" asks for VIP "${matter.vip}" to move to host "${matter.to}"`;
    case "balanceAsked":
      return `An operator on host "${who}" asks for a balance round`;
    case "foreignHolder":
      return `${host} hears ${matter.mac}, which is no host of the group, answer for ${namedText(matter)}`;
    case "foreignHolderGone":
      return `${host} does not hear ${matter.mac} answer for ${namedText(matter)} any more`;
    case "failover":
      return failoverText(who, matter);
  }
}

function failoverText(who: string, failover: Failover): string {
  const { from, detect, agree, acquire, announce, confirm } = failover;
  const parts = [
    ...(agree === 0
      ? [`noticed and agreed after ${partText(detect)}`]
      : [`noticed after ${partText(detect)}`, `agreed in ${partText(agree)}`]),
    `acquired in ${partText(acquire)}`,
    `announced in ${partText(announce)}`,
    ...(confirm === null ? [] : [`confirmed in ${partText(confirm)}`]),
  ];
  return `Host "${who}" took ${namedText(failover)} over from host "${from}": ${parts.join(", ")}`;
}

const partText = (length: Duration): string => `${length < 10 ? length.toFixed(1) : Math.round(length)} ms`;

const namedText = ({ vips, more }: NamedVips): string =>
  `VIP ${vips.map((vip) => `"${vip}"`).join(", ")}${more === 0 ? "" : ` and ${more} more`}`;

/** That one VIP or several move, as they are named by `subject`. */
export function movedText(
  subject: string,
  { from, to, reason, isOne }: {
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: MoveReason;
    readonly isOne: boolean;
  },
): string {
  const why = isOne ? moveReasonText[reason] : movesReasonText[reason];
  if (to === null) {
    const had = from === null ? "" : ` (it was "${from}")`;
    return `${subject} ${isOne ? "has" : "have"} no holder now${had}: ${why}`;
  }
  if (from === null) return `${subject} ${isOne ? "goes" : "go"} to host "${to}": ${why}`;
  return `${subject} ${isOne ? "moves" : "move"} from host "${from}" to "${to}": ${why}`;
}

const unsaidText = {
  tooMuch: "This host has too much to tell the group; only its own log has",
  coordinatorLost: "The coordinator was lost that may have told the group, so it is not told again",
} as const;

/** Why several VIPs are where they are. */
const movesReasonText: Readonly<Record<MoveReason, string>> = {
  ...moveReasonText,
  unheld: "nobody held them",
  holderGone: "their last holder was gone or could not hold them",
  drained: "their last holder was drained or stopped",
  unhealthy: "their last holder fails a health check",
  preferred: "a host that they prefer became available",
  merged: "two parts of the group merged and both held them",
  operator: "an operator moved them",
};

/** "timing.timeout from 500ms to 1s" */
function changeText({ name, here, elsewhere }: Difference): string {
  if (elsewhere === null) return `${name} is new (${here})`;
  return here === null ? `${name} is gone` : `${name} from ${elsewhere} to ${here}`;
}

/** "timing.timeout is 1s there, 500ms elsewhere" */
export function differenceText({ name, here, elsewhere }: Difference): string {
  if (elsewhere === null) return `${name} is only there (${here})`;
  return here === null
    ? `${name} is missing there (${elsewhere})`
    : `${name} is ${here} there, ${elsewhere} elsewhere`;
}

/** The first texts; `more` were not even named. */
export function listedOf(texts: readonly string[], more: number): string {
  const shown = texts.slice(0, 6);
  const rest = texts.length - shown.length + more;
  return shown.join("; ") + (rest === 0 ? "" : `; and ${rest} more`);
}

/** "holds no VIP", "holds none of web-a, web-b" */
export function withoutText({ vips, more }: Pick<FailingCheck, "vips"> & { readonly more: number }): string {
  if (vips === null) return "holds no VIP";
  const names = vips.slice(0, 8);
  const others = vips.length - names.length + more;
  if (names.length === 1 && others === 0) return `does not hold ${names.join()}`;
  return `holds none of ${names.join(", ")}${others === 0 ? "" : ` and ${others} more`}`;
}

const viewText = (view: ViewId): string => `view ${view.number} (coordinator "${view.coordinator}")`;

const memberText = (members: readonly Member[]): string => {
  const names = members.map((member) => member.host);
  return `${names.length} ${names.length === 1 ? "host" : "hosts"}: ${listed(names, 12)}`;
};

const because = (reason: string): string => (reason === "" ? "" : ` (${reason})`);

const debug = (text: string): LogLine => ({ level: "debug", text });
const info = (text: string): LogLine => ({ level: "info", text });
const warning = (text: string): LogLine => ({ level: "warning", text });
const error = (text: string): LogLine => ({ level: "error", text });
