// What the importers make of a text, and what the loader makes of that.

import assert from "node:assert/strict";
import type { Configuration } from "../../../src/config/configuration.ts";
import { type Imported, importKeepalived, importWackamole } from "../../../src/config/import/import.ts";
import { configurationOf } from "../small_file.ts";

const source = (name: string, text: string) => ({ name, text });

/** Small files that are right; tests put their own pieces in. */
export const SPREAD = "Spread_Segment 10.0.0.255 {\n  a 10.0.0.1\n  b 10.0.0.2\n}\n";
export const WACKAMOLE = "Group = g\nVirtualInterfaces { eth0:10.0.1.1/32 }\n";

/** Spread's and Wackamole's files; those of single hosts by their names. */
export function wackamole(
  { spread = SPREAD, conf = WACKAMOLE, of = {}, hosts = null }: {
    readonly spread?: string;
    readonly conf?: string;
    readonly of?: Readonly<Record<string, string>>;
    readonly hosts?: string | null;
  },
): Imported {
  const named = Object.entries(of).map(([host, text]) => ({ host, file: source(`${host}.conf`, text) }));
  const [first, ...others] = named;
  const plain = { host: null, file: source("wackamole.conf", conf) };
  return importWackamole({
    spread: source("spread.conf", spread),
    wackamole: first === undefined ? [plain] : [first, ...others],
    hosts: hosts === null ? null : source("hosts", hosts),
  });
}

/** Files of keepalived, by host; "" is a plain file. */
export function keepalived(of: Readonly<Record<string, string>>, hosts: string | null = null): Imported {
  const [first, ...others] = Object.entries(of).map(([host, text]) => ({
    host: host === "" ? null : host,
    file: source(`${host === "" ? "keepalived" : host}.conf`, text),
  }));
  assert(first !== undefined, "there is a file");
  return importKeepalived({
    keepalived: [first, ...others],
    hosts: hosts === null ? null : source("hosts", hosts),
  });
}

/** The text of files that could be converted. */
export function textOf(imported: Imported): string {
  assert.deepEqual(imported.kind === "problem" ? imported.problems : [], []);
  assert(imported.kind === "converted");
  return imported.text;
}

/** The configuration of files that could be converted, as the loader reads it. */
export function meaningOf(imported: Imported): Configuration {
  const text = textOf(imported);
  assert.deepEqual(imported.kind === "converted" ? imported.open : [], []);
  return configurationOf(text);
}

/** What was told of files that could be converted. */
export function remarksOf(imported: Imported): readonly string[] {
  assert.deepEqual(imported.kind === "problem" ? imported.problems : [], []);
  assert(imported.kind === "converted");
  return imported.remarks;
}

/** The problems of files that could not. */
export function problemsOf(imported: Imported): readonly string[] {
  assert(imported.kind === "problem", "the files have problems");
  return imported.problems;
}

/** A file of the fixtures. */
export const fixture = (path: string): string =>
  Deno.readTextFileSync(new URL(`files/${path}`, import.meta.url));
