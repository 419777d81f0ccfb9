// Why a VIP is where it is, as text for people: the answer in the first line, then what is behind it. Pure, from values
// to text.

import type { Explanation } from "../codec/explanation.ts";
import { spanText } from "../daemon/words.ts";
import { paint } from "./paint.ts";
import { reasonWords } from "./render.ts";
import { type Cell, renderTable } from "./table.ts";

interface RenderOptions {
  readonly colours: boolean;
}

/** The whole explanation, ending with a line feed. */
export function renderExplanation(explanation: Explanation, options: RenderOptions): string {
  const parts = [
    renderAnswer(explanation, options),
    renderFacts(explanation),
    renderHosts(explanation, options),
    renderMoves(explanation, options),
    renderTrouble(explanation, options),
    explanation.notes.map((note) => `Note: ${note}`),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function renderAnswer(
  { answer, group, host, view, vip, trouble }: Explanation,
  { colours }: RenderOptions,
): readonly string[] {
  const colour = trouble.length > 0 ? "bad" : vip.state === "held" ? "good" : "doubtful";
  const where = view === null ? "no view yet" : `view ${view.number}, coordinator ${view.coordinator}`;
  return [colours ? paint(answer, colour) : answer, `Group ${group}, ${where} (asked on ${host})`];
}

function renderFacts({ addresses, presence, next, stays, vip }: Explanation): readonly string[] {
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ["Addresses", addresses.map((each) => `${each.address} on ${each.interface}`)],
    ["Is it there", presence],
    ["Next", next === null ? [] : [nextText(next, vip.holder)]],
    ["What moves it", stays],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.flatMap(([label, lines]) =>
    lines.map((line, at) => `${(at === 0 ? label : "").padEnd(width)}  ${line}`)
  );
}

function nextText({ host, problem }: NonNullable<Explanation["next"]>, holder: string | null): string {
  if (holder === null) return host === null ? `nobody: ${problem}` : `${host} is about to get it`;
  return host === null ? `nobody, if ${holder} were gone: ${problem}` : `${host}, if ${holder} were gone`;
}

function renderHosts({ hosts, vip, next }: Explanation, { colours }: RenderOptions): readonly string[] {
  const hasPreferences = hosts.some(({ preferred }) => preferred !== null);
  const rows = hosts.map(({ name, holder, preferred, able, obstacles, failing, damped }) => [
    name,
    ableCell({ holder, able }),
    ...(hasPreferences ? [preferred === null ? "-" : String(preferred)] : []),
    [
      ...(holder ? [vip.state === "held" ? "has it" : "is to have it"] : []),
      ...(name === next?.host && !holder ? ["next"] : []),
      ...obstacles,
      ...failing,
      ...(failing.length > 0 ? ["it is given only what no host that is well can hold"] : []),
      ...(damped ? ["came and went too often lately: it is given only what nobody else can hold"] : []),
    ].join("; "),
  ]);
  const heads = ["HOST", "CAN HOLD IT", ...(hasPreferences ? ["PREFERRED"] : []), "NOTES"];
  return renderTable({ heads, rows }, { colours, rightColumns: hasPreferences ? [2] : [] });
}

const ableCell = ({ holder, able }: { readonly holder: boolean; readonly able: boolean }): Cell =>
  able ? { text: "yes", ...(holder ? { colour: "good" } : {}) } : { text: "no", colour: "doubtful" };

function renderMoves({ moves, at }: Explanation, { colours }: RenderOptions): readonly string[] {
  const rows = moves.map((move) => [
    `${spanText(Math.max(0, Date.parse(at) - Date.parse(move.at)))} ago`,
    move.at,
    `${move.from ?? "nobody"} -> ${move.to ?? "nobody"}`,
    reasonWords(move.reason),
  ]);
  return rows.length === 0
    ? []
    : renderTable({ heads: ["LAST MOVES", "AT", "FROM -> TO", "WHY"], rows }, { colours });
}

function renderTrouble({ trouble, advice }: Explanation, { colours }: RenderOptions): readonly string[] {
  if (trouble.length === 0) return [];
  const head = (text: string) => colours ? paint(text, "bad") : text;
  return [head("TROUBLE"), ...trouble, ...(advice.length > 0 ? ["", head("WHAT TO DO"), ...advice] : [])];
}
