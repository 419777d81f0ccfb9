// The lines of `ip -o monitor address link`, as far as they matter here:
//
//   3: eth0    inet 192.168.9.109/32 scope global dynamic eth0\       valid_lft 3sec preferred_lft 3sec
//   Deleted 3: eth0    inet6 fd00::2/128 scope global nodad deprecated \       valid_lft ...
//   3: eth0@if7: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN ...

import { parseIpAddress } from "../core/ip_address.ts";

export type MonitorEvent =
  | {
    readonly kind: "address";
    /** False: it was added or renewed. */
    readonly deleted: boolean;
    readonly interface: string;
    /** Canonical text. */
    readonly address: string;
    readonly prefix: number;
  }
  /** Anything else: a link that changed, or words that this program does not know. */
  | { readonly kind: "other" };

/** Reads one line. What it does not know is "other", never an error: the reader then looks for itself. */
export function parseMonitorLine(line: string): MonitorEvent {
  const parts = /^(Deleted )?\d+: (\S+) +inet6? ([0-9a-f.:]+)(?: peer \S+?)?\/(\d+) /.exec(line);
  const address = parseIpAddress(parts?.[3] ?? "");
  if (parts === null || address === null) return { kind: "other" };
  return {
    kind: "address",
    deleted: parts[1] !== undefined,
    interface: parts[2] ?? "",
    address: address.text,
    prefix: Number(parts[4]),
  };
}
