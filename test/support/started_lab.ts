// A lab whose daemons were all started together and have settled: where most stories begin.

import { builtBinary } from "./binary.ts";
import { createLab, type Lab, type LabOptions } from "./lab.ts";

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
