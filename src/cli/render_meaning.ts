// What a configuration means, as text for people: who is there, who may hold what, and how long things take at
// worst. Pure, from values to text.

import type { Segment } from "../config/configuration.ts";
import type { Bounds, HostMeaning, Meaning, VipMeaning } from "../config/meaning.ts";
import { counted, spanText } from "../daemon/words.ts";
import { inColumns } from "./command.ts";
import { renderTable } from "./table.ts";

/** The whole meaning, ending with a line feed. */
export function renderMeaning(meaning: Meaning, options: { readonly colours: boolean }): string {
  const parts = [
    renderGroup(meaning),
    renderHosts(meaning, options),
    renderVips(meaning, options),
    renderTimes(meaning),
  ];
  return parts.map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderGroup(meaning: Meaning): readonly string[] {
  return [
    `Group ${meaning.group}: ${counted(meaning.hosts.length, "host")}, ${
      counted(meaning.vips.length, "VIP")
    }`,
    ...inColumns([
      ["digest", `${meaning.digest} (the same on every host that reads the same file)`],
      ["partition", partitionText(meaning)],
      ["secrets", meaning.keyFile ?? "none: whoever can send to the hosts can move the VIPs"],
      ...meaning.segments.map((segment) => [`segment ${segment.name}`, segmentText(segment)] as const),
    ]),
  ];
}

const partitionText = ({ quorum }: Meaning): string =>
  quorum === null
    ? "serve: every part of a divided group covers every VIP it can"
    : `quorum: only ${counted(quorum.size, "host")} or more that hear each other hold VIPs; ` +
      `${counted(quorum.mayLose, "host")} may be lost`;

const segmentText = ({ mode, address, port }: Segment): string =>
  `${mode}${address === null ? "" : ` ${address}`} port ${port}`;

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
  addresses.map((each) => `${each.address}/${each.prefix} on ${each.interface}`).join(", ");

const vipHosts = ({ anyHost, hosts, prefer }: VipMeaning): string =>
  `${anyHost ? "any" : hosts.join(", ")}${prefer.length === 0 ? "" : `; prefers ${prefer.join(", ")}`}`;

function renderTimes({ timing, bounds }: Meaning): readonly string[] {
  const lease = timing.lease === null ? "no lease" : `lease ${spanText(timing.lease)}`;
  return [
    `Heartbeat ${spanText(timing.heartbeat)}, timeout ${spanText(timing.timeout)}, ` +
    `mature ${spanText(timing.mature)}, ${lease}. At worst it takes`,
    ...inColumns(boundTexts(bounds)),
  ];
}

const boundTexts = (bounds: Bounds): readonly (readonly [string, string])[] => [
  [spanText(bounds.crash), "until others answer for the VIPs of a host that crashed or was cut off"],
  [spanText(bounds.crashWithLoss), "until then when the network loses a datagram meanwhile"],
  [
    bounds.hang === null ? "for ever" : spanText(bounds.hang),
    "until a host whose daemon hangs has lost its VIPs",
  ],
  ...(bounds.cutOff === null
    ? []
    : [[spanText(bounds.cutOff), "until a host without a majority gave up its VIPs"] as const]),
  [spanText(bounds.coldStart), "until all VIPs are answered when all hosts start together"],
  [spanText(bounds.coldStartIncomplete), "until then when some of the hosts are missing"],
];
