// A program that keeps VIPs alive, as the hosts of a lab run it: all that a lab has to know of it. Molehill is one of
// them; what it is compared with is another.

import type { LabHost, StartOptions } from "./lab_host.ts";
import { findUnanswered, findUnsettled, type HostSight, type NetworkSight } from "./settled.ts";

export interface LabProgram {
  /** Without its arguments. */
  readonly program: readonly string[];
  /** The words that start it in the foreground. */
  words(host: LabHost, options: StartOptions): readonly string[];
  /**
   * Whether a sudden end (SIGKILL) or stop (SIGSTOP) befalls all processes of its group: those of a program that would
   * otherwise lose no more than one of its equals.
   */
  readonly isProcessGroup: boolean;
  /** Whether its VIPs stay on a host on which it was killed. */
  readonly leavesVips: boolean;
  /** What keeps the group from being settled, in words; empty when it is. */
  findUnsettled(network: NetworkSight, hosts: readonly LabHost[]): Promise<readonly string[]>;
}

/** Molehill, by its words and its configuration file. */
export const molehill = (program: readonly string[], configFile: string): LabProgram => ({
  program,
  words: (host, options) => [
    ...(options.program ?? program),
    ...["run", "--config", options.configFile ?? configFile],
    ...["--runtime-dir", host.runtimeDirectory, "--state-dir", host.stateDirectory],
  ],
  // Its other processes are there for the sudden end of this one.
  isProcessGroup: false,
  leavesVips: false,
  findUnsettled: async (network, hosts) => {
    // Asked first because it costs nothing: looking at the hosts takes programs, whose load a bench would feel.
    const unanswered = findUnanswered(network);
    if (unanswered.length > 0) return unanswered;
    return await findUnsettled({
      ...network,
      hosts: await Promise.all(hosts.map(sightOf)),
      statusOf: async (name) => await hosts.find((host) => host.name === name)?.status() ?? null,
    });
  },
});

/** The host as it is found just now. */
export const sightOf = async (host: LabHost): Promise<HostSight> => ({
  name: host.name,
  mac: host.place.mac,
  daemon: host.daemon,
  link: host.link,
  addresses: await host.addresses(),
});
