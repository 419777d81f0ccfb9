// From tables without errors to health checks: defaults filled in, names branded.

import { assert } from "../core/assert.ts";
import { duration, hostName, sorted, vipName } from "../core/vocabulary.ts";
import type { Check, Probe } from "../core/check.ts";
import type { CheckTable, FileTables } from "./schema.ts";

/** How long a check may take when the file does not say, in milliseconds; never longer than its interval. */
const timeoutMs = 1_000;

/** The health checks of the file. */
export const checksOf = ({ check: checks, host: hosts }: FileTables): readonly Check[] =>
  checks.map((keys) => ({
    name: keys.name,
    probe: probeOf(keys),
    interval: duration(keys.interval),
    timeout: duration(keys.timeout ?? Math.min(timeoutMs, keys.interval)),
    rise: keys.rise,
    fall: keys.fall,
    vips: keys.vips === undefined ? null : sorted(keys.vips.map(vipName)),
    hosts: sorted((keys.hosts ?? hosts.map(({ name }) => name)).map(hostName)),
  }));

function probeOf(keys: CheckTable): Probe {
  const { exec, tcp, http, process, file, gateway } = keys;
  if (exec !== undefined) return { kind: "exec", command: exec, user: keys.user ?? null };
  if (tcp !== undefined) return { kind: "tcp", address: tcp.ip.text, port: tcp.port };
  if (http !== undefined) return { kind: "http", url: http, expect: keys.expect ?? null };
  if (process !== undefined) return { kind: "process", name: process };
  if (file !== undefined) return { kind: "file", path: file, absent: keys.absent ?? false };
  assert(gateway !== undefined && keys.interface !== undefined, "a checked check says what it looks at");
  return { kind: "gateway", address: gateway.text, interface: keys.interface };
}
