// Looks once at each of the things given, and prints what came of it: to be run in each runtime.

import type { Probe } from "../../src/host/check.ts";
import { lookerOf } from "../../src/host/checks.ts";

interface Asked {
  readonly probes: readonly Probe[];
  readonly setsid: string;
  readonly timeout: number;
}

const { probes, setsid, timeout }: Asked = JSON.parse(Deno.args[0] ?? "");

const results = await Promise.all(probes.map(async (probe) => {
  const looker = lookerOf(probe, { setsid, names: { check: "web", host: "test00" } });
  const found = await looker.look({ giveUp: AbortSignal.timeout(timeout), timeout });
  looker.close();
  return found;
}));
console.log(JSON.stringify(results));
Deno.exit(0);
