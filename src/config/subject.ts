// What to call the thing at a path, in words that an operator uses: `host "test00"`, `VIP "web-a"`, `[timing]`.

import { asToml, type Path } from "./problem.ts";

/** The value that the path leads to: `weight of host "test00"`; the table itself if it leads no further. */
export function subjectOf(raw: unknown, path: Path): string {
  const [, index, ...keys] = path;
  const inner = typeof index === "number" ? keys : path.slice(1);
  if (inner.length === 0) return ownerOf(raw, path);
  return `${inner.map(keyText).join("")} of ${ownerOf(raw, path)}`;
}

/** The table that the path leads into. */
function ownerOf(raw: unknown, path: Path): string {
  const [section, index] = path;
  if (section === undefined) return "the file";
  if (typeof index !== "number") return `[${section}]`;
  const entry = inside(inside(raw, section), index);
  const noun = nouns.get(String(section)) ?? `entry of ${section}`;
  const named = nameKeys.map((key) => inside(entry, key)).find((value) =>
    typeof value === "string" && value !== ""
  );
  return named === undefined ? `${noun} number ${index + 1}` : `${noun} ${asToml(named)}`;
}

const nouns: ReadonlyMap<string, string> = new Map([
  ["segment", "segment"],
  ["host", "host"],
  ["vip", "VIP"],
  ["vip_range", "vip_range"],
  ["check", "check"],
]);

const nameKeys = ["name", "address", "first"];

const keyText = (key: string | number, index: number): string =>
  typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`;

function inside(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}
