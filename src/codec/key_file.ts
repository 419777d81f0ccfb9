// The key file: shared secrets, one per line, the first of which signs. A secret is never part of a problem.

import { type Parsed, parsed, problem } from "./parsed.ts";

/** The fewest characters of a secret: 16 of those that `openssl rand -hex` prints are 64 bits. */
export const SECRET_LENGTH_MIN = 16;
/** One signs; the others are those that some hosts still use, or use already. */
export const SECRETS_MAX = 16;

/** The secrets in order, at least one. Blank lines and lines that begin with "#" are left out. */
export function parseKeyFile(text: string): Parsed<readonly string[]> {
  const lines = text.split("\n").map((line, index) => ({ number: index + 1, secret: line.trim() }));
  const given = lines.filter(({ secret }) => secret !== "" && !secret.startsWith("#"));
  if (given.length === 0) return problem("no secret in it, wanted at least one line with a secret");
  if (given.length > SECRETS_MAX) {
    return problem(`${given.length} secrets in it, wanted at most ${SECRETS_MAX}`);
  }
  const short = given.filter(({ secret }) => secret.length < SECRET_LENGTH_MIN);
  if (short.length === 0) return parsed(given.map(({ secret }) => secret));
  return problem(short.map(({ number, secret }) => tooShort(number, secret.length)).join("; "));
}

const tooShort = (line: number, length: number): string =>
  `the secret in line ${line} has ${length} characters, wanted at least ${SECRET_LENGTH_MIN}`;
