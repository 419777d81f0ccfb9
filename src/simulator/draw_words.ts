// Draws bursts of operators' messages: more than one view says, on several hosts at once, in whatever else goes on.

import type { HostName } from "../core/vocabulary.ts";
import type { Fault } from "./plan.ts";
import type { Random } from "./random.ts";

export function drawWords(
  random: Random,
  { hosts, until, scale }: {
    readonly hosts: readonly HostName[];
    readonly until: number;
    readonly scale: number;
  },
): readonly Fault[] {
  if (!random.chance(0.1)) return [];
  return Array.from({ length: random.whole(1, 3) }, () => {
    const begins = random.between(0, until);
    const lasts = random.pick([0, 300, 2_000]) * scale;
    const length = random.pick([10, 100, 1_000]);
    return random.sample(hosts, random.whole(1, hosts.length)).flatMap((host) =>
      Array.from({ length: random.whole(1, 24) }, (): Fault => {
        const text = "x".repeat(random.whole(1, length));
        const request = { kind: "say", matter: { kind: "message", text } } as const;
        return { kind: "operator", at: Math.min(until, begins + random.between(0, lasts)), host, request };
      })
    );
  }).flat();
}
