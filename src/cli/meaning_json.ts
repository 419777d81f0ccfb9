// What a configuration means, for programs: the same facts as the text for people, with the keys and units in which
// `status --json` speaks.

import { assumed } from "../config/bounds.ts";
import type { Meaning } from "../config/meaning.ts";

/** One JSON object, ending with a line feed. Warnings are lines for people. */
export function meaningJson(meaning: Meaning, warnings: readonly string[]): string {
  const { group, digest, partition, keyFile, quorum, segments, hosts, vips, neighbours, timing, bounds } =
    meaning;
  const json = {
    group,
    digest,
    partition,
    key_file: keyFile,
    quorum: quorum && { size: quorum.size, may_lose: quorum.mayLose, even_split: quorum.evenSplit },
    segments,
    hosts,
    vips: vips.map(({ anyHost, ...vip }) => ({ ...vip, any_host: anyHost })),
    neighbours: neighbours && { every_ms: neighbours.every, throttle: neighbours.throttle },
    timing: {
      heartbeat_ms: timing.heartbeat,
      timeout_ms: timing.timeout,
      mature_ms: timing.mature,
      lease_ms: timing.lease,
    },
    bounds: bounds.map(({ name, formula, worst, applies }) => ({ name, formula, worst_ms: worst, applies })),
    assumed: Object.fromEntries(
      Object.entries(assumed).map(([symbol, { worth }]) => [`${symbol}_ms`, worth]),
    ),
    warnings,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
