// From the text of the file to the configuration, or to everything that is wrong with it:
//
//   text -> TOML -> shape -> checks -> configuration
//
// TOML that cannot be parsed is one problem. After that, nothing hides anything else: what the schema rejects
// becomes a hole, and the checks conclude nothing from a hole.

import { parse, TomlError } from "smol-toml";
import { advise } from "./advise.ts";
import { checkHooks } from "./check_hooks.ts";
import { checkChecks } from "./check_checks.ts";
import { checkNetwork } from "./check_network.ts";
import { checkTiming } from "./check_timing.ts";
import { checkVips } from "./check_vips.ts";
import { complete } from "./complete.ts";
import type { Configuration } from "./configuration.ts";
import { placed } from "./places.ts";
import type { Finding, Problem } from "./problem.ts";
import { readShape } from "./read_shape.ts";
import type { LooseTables } from "./schema.ts";

export type Loaded =
  /** Warnings in the order of the file. */
  | { readonly kind: "ok"; readonly configuration: Configuration; readonly warnings: readonly Problem[] }
  /** In the order of the file; never empty. */
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Reads a configuration. `file` is only what messages call it; the text is all that is read. */
export function parseConfiguration(
  { file, text: given }: { readonly file: string; readonly text: string },
): Loaded {
  // Some editors put a byte order mark in front.
  const text = given.replace(/^\uFEFF/, "");
  const toml = parseToml(text);
  if (toml.kind === "invalid") return { kind: "invalid", problems: [toml.problem] };
  const shape = readShape(toml.raw);
  const findings = shape.kind === "holed" ? shape.findings : [];
  const errors = [...findings, ...check(shape.tables)];
  if (shape.kind === "holed" || errors.length > 0) return { kind: "invalid", problems: placed(errors, text) };
  return {
    kind: "ok",
    configuration: complete(shape.tables, file),
    warnings: placed([...advise(shape.tables)], text),
  };
}

function check(tables: LooseTables): readonly Finding[] {
  return [
    ...checkTiming(tables),
    ...checkNetwork(tables),
    ...checkVips(tables),
    ...checkHooks(tables),
    ...checkChecks(tables),
  ];
}

type Toml = { readonly kind: "ok"; readonly raw: unknown } | {
  readonly kind: "invalid";
  readonly problem: Problem;
};

function parseToml(text: string): Toml {
  try {
    return { kind: "ok", raw: parse(text, { unsafeKeyBehaviour: "throw" }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // After the first line the message draws the place, which line and column tell as well.
    const fact = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    const message = `Cannot read the file as TOML: ${fact}`;
    return { kind: "invalid", problem: { line: error.line, column: error.column, path: "", message } };
  }
}
