// keepalived on the hosts of a lab, for comparison: N-way as its users do it, with one VRRP instance for each VIP and
// priorities that go round, so that each host is the first choice for its share of the VIPs:
//
//               test00  test01  test02
//     1st VIP      250     240     230
//     2nd VIP      230     250     240
//     3rd VIP      240     230     250
//
// High priorities are the best that it can do: a backup waits (256 - priority) / 256 of an interval longer.

import type { Lab } from "./lab.ts";
import { LAB_INTERFACE } from "./lab_config.ts";
import type { LabHost } from "./lab_host.ts";
import type { LabProgram } from "./lab_program.ts";
import { run } from "./command.ts";
import { findUnanswered, type NetworkSight } from "./settled.ts";

/** A virtual router has a number in one byte, and the last ones are left alone. */
export const KEEPALIVED_VIPS_MAX = 250;

export interface Keepalived extends LabProgram {
  /** Makes the host the first choice for the address: its priority is raised, and its daemon reads the file again. */
  prefer(address: string, host: LabHost): Promise<void>;
  /** Takes that back. */
  preferNone(): Promise<void>;
}

/** Writes the file of each host; every address of the lab is a VIP. */
export async function keepalivedOn(
  lab: Lab,
  { advertSeconds }: { /** Null: what it takes by itself. */ readonly advertSeconds: number | null },
): Promise<Keepalived> {
  const names = lab.hosts.map(({ name }) => name);
  const numbers = new Map(lab.addresses.map((address, i) => [address, i]));
  let raised: { readonly address: string; readonly host: LabHost } | null = null;

  const priority = (address: string, host: string): number => {
    if (raised?.address === address && raised.host.name === host) return 254;
    const rank = names.indexOf(host) - (numbers.get(address) ?? 0) % names.length;
    return 250 - 10 * ((rank + names.length) % names.length);
  };
  const fileOf = (host: string) => `${lab.directory}/keepalived-${advertSeconds ?? "default"}-${host}.conf`;
  const write = async (host: string) => {
    const instances = lab.addresses.map((address) => ({ address, priority: priority(address, host) }));
    await Deno.writeTextFile(fileOf(host), keepalivedText({ host, instances, advertSeconds }));
  };
  const rewrite = async (host: LabHost) => {
    await write(host.name);
    host.reload();
  };
  for (const name of names) await write(name);

  return {
    program: ["keepalived"],
    words: ({ name, place }) => {
      // A killed child may still be known to the kernel, and a start that finds its number in a file refuses.
      const life = Deno.makeTempDirSync({ dir: place.directory });
      return [
        ...["keepalived", "--dont-fork", "--log-console", "--use-file", fileOf(name)],
        ...["pid", "vrrp_pid", "checkers_pid"].map((kind) => `--${kind}=${life}/${name}.${kind}`),
      ];
    },
    // Its parent alone does nothing for the VIPs, and would start the child that does anew.
    isProcessGroup: true,
    leavesVips: true,
    findUnsettled: (network, hosts) => Promise.resolve(findMisheld(network, hosts, priority)),
    prefer: async (address, host) => {
      raised = { address, host };
      await rewrite(host);
    },
    preferNone: async () => {
      const host = raised?.host;
      raised = null;
      if (host !== undefined) await rewrite(host);
    },
  };
}

export interface KeepalivedFile {
  readonly host: string;
  readonly instances: readonly { readonly address: string; readonly priority: number }[];
  /** Null: what it takes by itself, a second. */
  readonly advertSeconds: number | null;
}

/** The text of its configuration file. */
export function keepalivedText({ host, instances, advertSeconds }: KeepalivedFile): string {
  // Only version 3 of VRRP knows fractions of a second (RFC 5798).
  const pace = advertSeconds === null ? "" : `\n    version 3\n    advert_int ${advertSeconds}`;
  const blocks = instances.map(({ address, priority }, i) =>
    `vrrp_instance vip_${i + 1} {
    interface ${LAB_INTERFACE}
    virtual_router_id ${i + 1}
    priority ${priority}${pace}
    virtual_ipaddress {
        ${address}
    }
}
`
  );
  return [`global_defs {\n    router_id ${host}\n}\n`, ...blocks].join("\n");
}

/** "Keepalived v2.2.7 (01/16,2022)"; null when it is not installed. */
export async function keepalivedVersion(): Promise<string | null> {
  const { code, stdout, stderr } = await run(["keepalived", "--version"]);
  return code === 0 ? (stdout + stderr).split("\n")[0] ?? "" : null;
}

/**
 * VIPs that are not answered by the one host that the priorities want. What a host goes on answering for when its
 * daemon was killed or stopped is not looked at: it does so for good.
 */
function findMisheld(
  { sets, silentMs, answering }: NetworkSight,
  hosts: readonly LabHost[],
  priority: (address: string, host: string) => number,
): readonly string[] {
  const able = hosts.filter(({ daemon, link }) => daemon === "running" && link === "whole");
  const forsaken = hosts.filter(({ daemon }) => daemon !== "running").map(({ place }) => place.mac);
  const heeded = answering.map((macs) => macs.filter((mac) => !forsaken.includes(mac)));
  const unanswered = findUnanswered({ sets, silentMs, answering: heeded });
  if (unanswered.length > 0) return unanswered;
  return sets.flat().flatMap((address, i) => {
    const wanted = able.toSorted((a, b) => priority(address, b.name) - priority(address, a.name))[0];
    const [holder] = heeded[i] ?? [];
    return holder === wanted?.place.mac
      ? []
      : [`${address} is answered by ${holder}, not by ${wanted?.name}`];
  });
}
