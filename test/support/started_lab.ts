// A lab whose daemons were all started together and have settled: where most stories begin.

import { builtBinary } from "./binary.ts";
import { createLab, type Lab, type LabOptions } from "./lab.ts";
import type { LabHost } from "./lab_host.ts";

/**
 * So slow that a busy machine is never taken for a dead host, nor a late start for an absent one: for what must not
 * happen, not even once. Only a group of which nobody is missing starts at once.
 */
export const UNHURRIED = { heartbeat: '"200ms"', timeout: '"1s"', mature: '"10s"' };

/** Three hosts that run the built executable, unless the options say otherwise. Takes itself down if it fails. */
export async function startedLab(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await newLab(options);
  try {
    for (const host of lab.hosts) host.start();
    await lab.settled();
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same lab with no daemon started yet. */
export const newLab = async (options: Partial<LabOptions> = {}): Promise<Lab> =>
  await createLab({
    program: options.program ?? [await builtBinary()],
    timing: { mature: '"1s"' },
    ...options,
  });

/** How many addresses are on each host, in the order of the hosts. */
export const loadsOf = (lab: Lab): Promise<readonly number[]> =>
  Promise.all(lab.hosts.map(async (host) => (await host.addresses()).length));

/** The host with the most addresses; the first of them. */
export async function busiestOf(lab: Lab): Promise<LabHost> {
  const loads = await loadsOf(lab);
  const [first, ...others] = lab.hosts.map((host, i) => ({ host, load: loads[i] ?? 0 }));
  if (first === undefined) throw new Error("Cannot find the busiest host: the lab has none");
  return others.reduce((busiest, each) => each.load > busiest.load ? each : busiest, first).host;
}
