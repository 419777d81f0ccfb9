// A small valid configuration whose lines tests change one at a time, and readers of what comes of it.

import assert from "node:assert/strict";
import type { Configuration } from "../../src/config/configuration.ts";
import { parseConfiguration } from "../../src/config/load.ts";
import { renderProblem } from "../../src/config/problem.ts";

/** Two hosts, one VIP; every test that counts lines counts these. */
export const SMALL_FILE = `[cluster]
name = "tudou"
key_file = "/etc/molehill/key"
[[segment]]
name = "lan"
mode = "unicast"
[[host]]
name = "test00"
address = "192.168.9.160"
[[host]]
name = "test01"
address = "192.168.9.161"
[[vip]]
name = "web-a"
address = "192.168.9.109"
interface = "eth0"
`;

/** The small file with some of its text replaced; every text to replace must be in it. */
export function smallFile(replaced: Readonly<Record<string, string>>, appended = ""): string {
  return Object.entries(replaced).reduce((text, [before, after]) => {
    assert.ok(text.includes(before), `${JSON.stringify(before)} is in the small file`);
    return text.replace(before, () => after);
  }, SMALL_FILE) + appended;
}

/** The configuration of a file that must be valid. */
export function configurationOf(text: string): Configuration {
  const loaded = parseConfiguration({ file: "f.toml", text });
  assert.deepEqual(loaded.kind === "invalid" ? loaded.problems : [], []);
  assert.ok(loaded.kind === "ok");
  return loaded.configuration;
}

/** All problems of a file that must be invalid, rendered. */
export function problemsOf(text: string): readonly string[] {
  const loaded = parseConfiguration({ file: "f.toml", text });
  assert.ok(loaded.kind === "invalid", "the file has problems");
  return loaded.problems.map((problem) => renderProblem("f.toml", problem));
}

/** All warnings about a file that must be valid, rendered. */
export function warningsOf(text: string): readonly string[] {
  const loaded = parseConfiguration({ file: "f.toml", text });
  assert.deepEqual(loaded.kind === "invalid" ? loaded.problems : [], []);
  assert.ok(loaded.kind === "ok");
  return loaded.warnings.map((problem) => renderProblem("f.toml", problem));
}
