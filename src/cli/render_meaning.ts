// What a configuration means, as text for people: who is there, who may hold what, and how long things take at
// worst. Pure, from values to text.

import { assumed } from "../config/bounds.ts";
import { hookText } from "../config/hook_text.ts";
import type { LogPlace, Segment } from "../config/configuration.ts";
import { sizeText } from "../config/log_values.ts";
import type { HostMeaning, Meaning, NeighbourMeaning, Quorum, VipMeaning } from "../config/meaning.ts";
import { hookEvents } from "../core/hook.ts";
import { counted, listed, spanText } from "../daemon/words.ts";
import { inColumns } from "./command.ts";
import { renderTable, shownInCell } from "./table.ts";

/** The whole meaning, ending with a line feed. */
export function renderMeaning(meaning: Meaning, options: { readonly colours: boolean }): string {
  const parts = [
    renderGroup(meaning),
    renderHosts(meaning, options),
    renderVips(meaning, options),
    ...renderHooks(meaning),
    renderChecks(meaning, options),
    renderTimes(meaning, options),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderGroup(meaning: Meaning): readonly string[] {
  return [
    `Group ${meaning.group}: ${counted(meaning.hosts.length, "host")}, ${
      counted(meaning.vips.length, "VIP")
    }`,
    ...inColumns([
      ["digest", `${meaning.digest} (the same on every host that reads the same file)`],
      ...partitionTexts(meaning).map((text, line) => [line === 0 ? "partition" : "", text] as const),
      ["secrets", meaning.keyFile ?? "none: whoever can send to the hosts can move the VIPs"],
      ...meaning.segments.map((segment) => [`segment ${segment.name}`, segmentText(segment)] as const),
      ...(meaning.neighbours === null ? [] : [["neighbours", neighboursText(meaning.neighbours)] as const]),
      ...logTexts(meaning.log).map((text, line) => [line === 0 ? "log" : "", text] as const),
    ]),
  ];
}

function partitionTexts({ quorum, hosts, segments }: Meaning): readonly string[] {
  if (quorum !== null) return quorumTexts(quorum, hosts.length);
  const rule = "serve: every part of a divided group covers every VIP it can";
  if (hosts.length !== 2) return [rule];
  const more = segments.length === 1 ? "; they share one segment" : "";
  return [rule, `when the two hosts do not hear each other, both hold every VIP${more}`];
}

function quorumTexts({ size, mayLose, evenSplit }: Quorum, count: number): readonly string[] {
  if (count === 1) return ["quorum: the only host is its own majority"];
  const sizes = size + 1 === count ? `${size} or ${count}` : `${size} to ${count}`;
  const rule = count === 2
    ? "both hosts must hear each other, or neither holds VIPs"
    : `${sizes} of ${count} hosts that hear each other hold VIPs, fewer hold none`;
  const losses = mayLose === 0 ? "no host may be lost" : `${counted(mayLose, "host")} may be lost`;
  const split = evenSplit === null
    ? "of two parts one always goes on"
    : `a split into ${evenSplit} and ${evenSplit} stops all until it heals`;
  return [`quorum: ${rule}`, `${losses}; ${split}`];
}

const segmentText = ({ mode, address, port }: Segment): string =>
  `${mode}${address === null ? "" : ` ${address}`} port ${port}`;

const neighboursText = ({ every, throttle }: NeighbourMeaning): string =>
  `collected every ${spanText(every)} and shared; ${throttle} a second are asked when a VIP comes`;

/** Nothing when it goes to standard error, as it does when nobody asks for anything else. */
function logTexts({ file, maxSize, keep, syslog }: LogPlace): readonly string[] {
  const rotated = maxSize === null
    ? "never rotated by the daemon"
    : `rotated at ${sizeText(maxSize)}, ${counted(keep, "old file")} kept`;
  return [
    ...(file === null ? [] : [`${file}, ${rotated}`]),
    ...(syslog === null ? [] : [`system log, facility ${syslog}`]),
  ];
}

function renderHosts(
  { hosts, segments }: Meaning,
  { colours }: { readonly colours: boolean },
): readonly string[] {
  const addresses = (host: HostMeaning) =>
    host.addresses.map(({ segment, address }) => (segments.length === 1 ? address : `${segment} ${address}`))
      .join(", ");
  const rows = hosts.map((host) => [host.name, addresses(host), String(host.weight), String(host.vips)]);
  return renderTable({ heads: ["HOST", "ADDRESS", "WEIGHT", "VIPS"], rows }, {
    colours,
    rightColumns: [2, 3],
  });
}

function renderVips({ vips }: Meaning, { colours }: { readonly colours: boolean }): readonly string[] {
  const rows = vips.map((vip) => [vip.name, vipAddresses(vip), vipHosts(vip), vip.handover]);
  return renderTable({ heads: ["VIP", "ADDRESSES", "HOSTS", "HANDOVER"], rows }, { colours });
}

const vipAddresses = ({ addresses }: VipMeaning): string =>
  listed(addresses.map((each) => `${each.address}/${each.prefix} on ${each.interface}`), shownInCell);

const vipHosts = ({ anyHost, hosts, prefer }: VipMeaning): string =>
  `${anyHost ? "any" : hosts.join(", ")}${prefer.length === 0 ? "" : `; prefers ${prefer.join(", ")}`}`;

/** None: no line of it. */
function renderHooks({ hooks }: Meaning): readonly (readonly string[])[] {
  const rows = hookEvents.flatMap((event) =>
    hooks[event].map((hook) => [event, hookText(event, hook)] as const)
  );
  return rows.length === 0 ? [] : [["Hooks", ...inColumns(rows)]];
}

function renderChecks({ checks }: Meaning, { colours }: { readonly colours: boolean }): readonly string[] {
  if (checks.length === 0) return [];
  const rows = checks.map((check) => [
    check.name,
    check.looksAt,
    spanText(check.interval),
    spanText(check.noticedWithin),
    check.vips === null ? "all" : check.vips.join(", "),
    check.anyHost ? "any" : check.hosts.join(", "),
  ]);
  const heads = ["CHECK", "LOOKS AT", "EVERY", "FAILS WITHIN", "FOR VIPS", "ON HOSTS"];
  return renderTable({ heads, rows }, { colours, rightColumns: [2, 3] });
}

function renderTimes(
  { timing, bounds, hookWait }: Meaning,
  { colours }: { readonly colours: boolean },
): readonly string[] {
  const lease = timing.lease === null ? "no lease" : `lease ${spanText(timing.lease)}`;
  const rows = bounds.filter(({ applies }) => applies).map(({ name, formula, worst }) => [
    name,
    worst === null ? "for ever" : spanText(worst),
    formula,
  ]);
  return [
    `Heartbeat ${spanText(timing.heartbeat)}, timeout ${spanText(timing.timeout)}, ` +
    `mature ${spanText(timing.mature)}, ${lease}. How long it takes at worst, until other`,
    "hosts have the VIPs and have announced them if the row says nothing else:",
    "",
    ...renderTable({ heads: ["WHAT HAPPENS", "AT WORST", "FORMULA"], rows }, { colours, rightColumns: [1] }),
    ...inColumns([
      ...Object.entries(assumed).map(([symbol, { worth, means }]) =>
        [`${symbol} = ${spanText(worth)}`, means] as const
      ),
      ...(hookWait === 0 ? [] : [
        [
          `hook = ${spanText(hookWait)}`,
          "the time limit of before_acquire, which failover waits for",
        ] as const,
      ]),
    ]),
  ];
}
