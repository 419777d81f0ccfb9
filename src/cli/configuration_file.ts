// Reads the configuration file, and the key file that it names, for the commands that need them. Problems are told
// to people here, so that "check" and "run" say the same.

import { parseKeyFile } from "../codec/key_file.ts";
import type { Configuration } from "../config/configuration.ts";
import { parseConfiguration } from "../config/load.ts";
import { type Problem, renderProblem } from "../config/problem.ts";
import { counted } from "../daemon/words.ts";

export type ReadConfiguration =
  | { readonly kind: "ok"; readonly configuration: Configuration; readonly warnings: readonly string[] }
  | UnusableConfiguration;

interface UnusableConfiguration {
  readonly kind: "problem";
  /** Lines for people. */
  readonly problems: readonly string[];
  /** A line that sums them up; null: there is nothing to sum up. */
  readonly summary: string | null;
}

/** All that a command says of it. */
export const unusableLines = ({ problems, summary }: UnusableConfiguration): readonly string[] =>
  summary === null ? problems : [...problems, summary];

/** The configuration in the file, with FILE:LINE:COLUMN in front of whatever is to be said of it. */
export async function readConfiguration(file: string): Promise<ReadConfiguration> {
  const read = await readText(file, "the configuration");
  if (read.kind === "problem") return { kind: "problem", problems: [read.problem], summary: null };
  const loaded = parseConfiguration({ file, text: read.text });
  const told = (problem: Problem) => renderProblem(file, problem);
  if (loaded.kind === "ok") {
    return { kind: "ok", configuration: loaded.configuration, warnings: loaded.warnings.map(told) };
  }
  const summary = `Cannot use ${file}: ${counted(loaded.problems.length, "problem")}`;
  return { kind: "problem", problems: loaded.problems.map(told), summary };
}

export type ReadSecrets =
  | { readonly kind: "ok"; readonly secrets: readonly string[] }
  | { readonly kind: "problem"; readonly problem: string };

/** The shared secrets; none, if the configuration names no key file. A file that others can read keeps no secret. */
export async function readSecrets({ keyFile }: Configuration): Promise<ReadSecrets> {
  if (keyFile === null) return { kind: "ok", secrets: [] };
  const read = await readText(keyFile, "the key file");
  if (read.kind === "problem") return read;
  const mode = (await Deno.stat(keyFile)).mode ?? 0;
  if ((mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, "0");
    return problem(
      `Cannot use key file "${keyFile}": its mode is ${found}, so others may read it (wanted 0600)`,
    );
  }
  const parsed = parseKeyFile(read.text);
  return parsed.ok
    ? { kind: "ok", secrets: parsed.value }
    : problem(`Cannot use key file "${keyFile}": ${parsed.problem}`);
}

type ReadText =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "problem"; readonly problem: string };

async function readText(file: string, what: string): Promise<ReadText> {
  try {
    return { kind: "ok", text: await Deno.readTextFile(file) };
  } catch (error) {
    return problem(`Cannot read ${what} "${file}": ${whyUnread(error)}`);
  }
}

function whyUnread(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied (try as root)";
  const said = error instanceof Error ? error.message : String(error);
  // Deno says it in words, Bun by the code.
  return /EISDIR|is a directory/i.test(said) ? "it is a directory" : said;
}

const problem = (text: string) => ({ kind: "problem", problem: text }) as const;
