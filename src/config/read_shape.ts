// From parsed TOML to tables of the right shape. What does not fit the schema becomes a finding, and a hole in
// the tables, so that the checks that come after still see everything else: all problems are told at once.

import * as v from "valibot";
import { cannotRead, cannotUse, type Finding, type Path } from "./problem.ts";
import { typeFact, withHint } from "./reading.ts";
import { fileSchema, type FileTables, type LooseTables, unknownKeyFact } from "./schema.ts";
import { subjectOf } from "./subject.ts";

export type Shape =
  | { readonly kind: "whole"; readonly tables: FileTables }
  | { readonly kind: "holed"; readonly tables: LooseTables; readonly findings: readonly Finding[] };

/** Reads the sections and keys; every value that does not look right by itself is a finding. */
export function readShape(raw: unknown): Shape {
  const result = v.safeParse(fileSchema, raw);
  if (result.success) return { kind: "whole", tables: result.output };
  const paths = result.issues.map(pathOf);
  return {
    kind: "holed",
    tables: withHoles(result.output, paths),
    findings: result.issues.map((issue, index) => findingOf(issue, { raw, path: paths[index] ?? [] })),
  };
}

function pathOf(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
}

function findingOf(
  issue: v.BaseIssue<unknown>,
  { raw, path }: { readonly raw: unknown; readonly path: Path },
): Finding {
  switch (issue.type) {
    case "raw_transform":
      return cannotUse(issue.input, {
        as: subjectOf(raw, path),
        path,
        fact: issue.message,
        wanted: issue.expected ?? "",
      });
    case "raw_check":
      return wrongKey(issue, { raw, path });
    case "loose_object":
      return missingKey(raw, path);
    default:
      return wrongType(issue, { raw, path });
  }
}

function wrongKey(
  { message: fact, expected }: v.BaseIssue<unknown>,
  { raw, path }: { readonly raw: unknown; readonly path: Path },
): Finding {
  const key = String(path.at(-1));
  const wanted = expected ?? "";
  const owner = subjectOf(raw, path.slice(0, -1));
  if (fact !== unknownKeyFact) {
    return cannotUse(key, { as: `key in ${owner}`, path, fact, wanted, at: "key" });
  }
  const hint = withHint(key, { known: wanted.split(", "), wanted });
  if (path.length === 1) return cannotRead(`[${key}]`, { path, fact: "unknown section", wanted: hint });
  return cannotRead(`"${key}" of ${owner}`, { path, fact, wanted: hint });
}

function missingKey(raw: unknown, path: Path): Finding {
  const key = String(path.at(-1));
  if (path.length > 1) {
    return cannotRead(subjectOf(raw, path.slice(0, -1)), { path, fact: `the key ${key} is missing` });
  }
  return cannotRead("the file", { path, fact: `${header(key)} is missing` });
}

function wrongType(
  issue: v.BaseIssue<unknown>,
  { raw, path }: { readonly raw: unknown; readonly path: Path },
): Finding {
  const wanted = path.length === 1
    ? header(String(path[0]))
    : issue.type === "array"
    ? "a list in [ ]"
    : "a table in { }";
  const as = subjectOf(raw, path);
  return cannotUse(issue.input, { as, path, fact: typeFact(issue.input), wanted });
}

const header = (section: string): string =>
  ["segment", "host", "vip", "vip_range", "check"].includes(section) ? `[[${section}]]` : `[${section}]`;

// What valibot gives back beside its issues is as the schema says, save at the paths of the issues. With null
// there, on the level of a table's key, it is what LooseTables says.
function withHoles(output: unknown, paths: readonly Path[]): LooseTables {
  for (const path of paths) {
    const depth = typeof path[1] === "number" ? 3 : 2;
    makeHole(output, path.slice(0, depth));
  }
  return output as LooseTables;
}

function makeHole(table: unknown, [key, ...inner]: Path): void {
  if (typeof table !== "object" || table === null || key === undefined) return;
  if (inner.length === 0 || typeof Reflect.get(table, key) !== "object") Reflect.set(table, key, null);
  else makeHole(Reflect.get(table, key), inner);
}
