// The alarm does its work: after it rang, the node wants it for a later time, not for now or the past. A node that
// always wants it at once would keep the processor busy.

import type { Checker } from "./checker.ts";

export function alarm(): Checker {
  return {
    name: "alarm",
    watches: ["stepped"],
    check(occurrence) {
      if (occurrence.kind !== "stepped" || occurrence.event.kind !== "clockTicked") return null;
      if (occurrence.wait === null || occurrence.wait > 0) return null;
      return {
        what: `${occurrence.host} wants its alarm ${-occurrence.wait} ms ago, right after it`,
        hosts: [occurrence.host],
      };
    },
  };
}
