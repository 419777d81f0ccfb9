// Writes a draft as molehill.toml, with comments that say where each thing comes from and what became of the rest.

import { prefixMax } from "../address.ts";
import type { Draft, DraftHost, DraftLine, DraftSegment, DraftTarget, DraftVip } from "./draft.ts";
import { gathered, inOrder, placeText, type Remarks, shown } from "./report.ts";
import { isLive, type Suggestion } from "./suggestions.ts";
import { comment, inlineTable, list, quoted } from "./toml_text.ts";

/** Where a person has to fill something in. */
export const fillIn = "FILL IN";

/** The text of the file. */
export function renderDraft(draft: Draft): string {
  const parts = [
    headOf(draft),
    clusterOf(draft),
    ["[timing]", ...draft.timing.flatMap(lineOf)],
    ...draft.segments.map(segmentOf),
    ...draft.hosts.map((host) => hostOf(host, draft.segments)),
    ...draft.vips.map(vipOf),
    notifyOf(draft),
    draft.balance.length === 0 ? [] : ["[balance]", ...draft.balance.flatMap(lineOf)],
    ...draft.suggestions.map(suggestionOf),
    remarksOf(draft),
  ];
  return `${parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const headOf = ({ from, files }: Draft): readonly string[] => [
  ...comment(
    `Taken over from ${from} by molehill import: ${files.map((file) => shown(file, 200)).join(", ")}`,
  ),
  ...comment(
    "This file is the same on every host. What it means: molehill check --config FILE. What happens when hosts die: " +
      "molehill simulate --config FILE.",
  ),
];

const clusterOf = ({ cluster: { name, why } }: Draft): readonly string[] => [
  "[cluster]",
  ...comment(why),
  `name = ${quoted(name)}`,
  ...comment(
    "A shared secret, in a file of mode 0600 that is the same on every host. Make it once: " +
      "head -c 32 /dev/urandom | base64. Without this line anybody on the network can speak for a host.",
  ),
  'key_file = "/etc/molehill/key"',
  ...comment('Cut off from each other, both sides serve, as before. "quorum": only a majority does.'),
  'partition = "serve"',
];

function lineOf({ key, value, why, off = false }: DraftLine): readonly string[] {
  const line = `${key} = ${value}`;
  return [...(why === undefined ? [] : comment(why)), off ? `# ${line}` : line];
}

const segmentOf = ({ name, mode, address, port, why }: DraftSegment): readonly string[] => [
  ...comment(why),
  "[[segment]]",
  `name = ${quoted(name)}`,
  `mode = ${quoted(mode)}`,
  ...(address === null ? [] : [`address = ${quoted(address.text)}`]),
  `port = ${port}`,
];

function hostOf({ name, why, addresses, interfaces }: DraftHost, segments: readonly DraftSegment[]) {
  const pairs = segments.flatMap(({ name: segment }) =>
    addresses.has(segment) ? [[segment, quoted(addresses.get(segment)?.text ?? fillIn)] as const] : []
  );
  const [first] = pairs;
  const isSingle = pairs.length === 1 && first?.[0] === segments[0]?.name;
  return [
    ...(why === undefined ? [] : comment(why)),
    "[[host]]",
    `name = ${quoted(name)}`,
    isSingle ? `address = ${first?.[1]}` : `addresses = ${inlineTable(pairs)}`,
    ...(interfaces.size === 0 ? [] : [
      `interfaces = ${inlineTable([...interfaces].map(([one, other]) => [one, quoted(other)] as const))}`,
    ]),
  ];
}

function vipOf({ name, why, addresses, prefer, hosts }: DraftVip): readonly string[] {
  const [first] = addresses;
  const tables = addresses.map((each) =>
    inlineTable([["address", quoted(addressText(each.ip))], ["interface", quoted(each.interface)]])
  );
  return [
    ...(why === undefined ? [] : comment(why)),
    "[[vip]]",
    ...(name === null ? [] : [`name = ${quoted(name)}`]),
    ...(addresses.length === 1 && first !== undefined
      ? [`address = ${quoted(addressText(first.ip))}`, `interface = ${quoted(first.interface)}`]
      : ["addresses = [", ...tables.map((table) => `  ${table},`), "]"]),
    ...(prefer.length === 0 ? [] : [`prefer = ${list(prefer)}`]),
    ...(hosts === null ? [] : [`hosts = ${list(hosts)}`]),
  ];
}

const addressText = ({ text, family }: { readonly text: string; readonly family: 4 | 6 }): string =>
  `${text}/${prefixMax(family)}`;

function notifyOf({ notify, targets }: Draft): readonly string[] {
  if (notify.length === 0 && targets.length === 0) return [];
  return [
    "[notify]",
    ...notify.flatMap(lineOf),
    ...(targets.length === 0
      ? []
      : ["targets = [", ...targets.map((target) => `  ${targetText(target)},`), "]"]),
  ];
}

function targetText({ ip, prefix, interface: on, throttle, ping }: DraftTarget): string {
  const address = prefix === prefixMax(ip.family) ? ip.text : `${ip.text}/${prefix}`;
  return inlineTable([
    ["address", quoted(address)],
    ["interface", quoted(on)],
    ...(throttle === null ? [] : [["throttle", String(throttle)] as const]),
    ...(ping ? [["ping", "true"] as const] : []),
  ]);
}

function suggestionOf(suggestion: Suggestion): readonly string[] {
  const lines = [suggestion.header, ...suggestion.lines];
  const why = isLive(suggestion) ? suggestion.why : `Suggestion. ${suggestion.why}`;
  return [...comment(why), ...lines.map((line) => isLive(suggestion) ? line : `# ${line}`)];
}

function remarksOf({ remarks, files }: Draft): readonly string[] {
  if (remarks.length === 0) return [];
  return [
    ...comment("What has no counterpart here, or another one than you may expect:"),
    ...gathered(inOrder(remarks, files)).flatMap((each) => comment(remarkText(each), { hanging: true })),
  ];
}

/** The remark with its places, on one line. */
export function remarkText({ places, what, why }: Remarks): string {
  const shownPlaces = places.slice(0, 3).map(placeText).join(", ");
  const more = places.length > 3 ? ` and ${places.length - 3} more` : "";
  return `${places.length === 0 ? "" : `${shownPlaces}${more}: `}${what}: ${why}`;
}
