// Draws which health checks fail in one simulation: on one host, some or all of them, for all VIPs or for some, once or
// again and again. In most seeds nobody runs any.

import type { Group, HostName, VipName } from "../core/vocabulary.ts";
import type { Fault } from "./plan.ts";
import type { Random } from "./random.ts";

export interface HealthDrawing {
  readonly group: Group;
  readonly hosts: readonly HostName[];
  /** In ms; checks begin to fail until then. */
  readonly until: number;
  /** All lengths of time are so many times as long as with a heartbeat of 100 ms. */
  readonly scale: number;
}

/** In the order of their times. */
export function drawHealth(random: Random, of: HealthDrawing): readonly Fault[] {
  if (!random.chance(0.2)) return [];
  const pace = of.scale * random.pick([500, 2_000, 6_000]);
  const faults: Fault[] = [];
  for (let at = random.between(0, 2 * pace); at < of.until; at += random.between(0, 2 * pace)) {
    faults.push(...drawAilment(random, { ...of, at, check: `check ${faults.length + 1}` }));
  }
  return faults.filter(({ at }) => at < of.until).sort((a, b) => a.at - b.at);
}

function drawAilment(
  random: Random,
  { group, hosts, scale, at, check }: HealthDrawing & { readonly at: number; readonly check: string },
): readonly Fault[] {
  const who = random.pick([
    [random.pick(hosts)],
    [random.pick(hosts)],
    random.sample(hosts, random.whole(1, hosts.length)),
    hosts,
  ]);
  const fault = { kind: "unhealthy", hosts: who, check, vips: drawVips(random, group) } as const;
  const length = () => scale * random.pick([random.between(20, 800), random.between(1_000, 8_000)]);
  if (random.chance(0.1)) return [{ ...fault, at, lasts: Infinity }];
  if (random.chance(0.7)) return [{ ...fault, at, lasts: length() }];
  let next = at;
  return Array.from({ length: random.whole(2, 6) }, (): Fault => {
    const flap: Fault = { ...fault, at: next, lasts: length() };
    next += flap.lasts + length();
    return flap;
  });
}

const drawVips = (random: Random, { vips }: Group): readonly VipName[] | null =>
  random.chance(0.5) ? null : random.sample(vips, random.whole(1, vips.length)).map(({ name }) => name);
