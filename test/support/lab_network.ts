// The networks of a lab, and the addresses on them. The lan is where the client and the VIPs are; back is a second
// path between the hosts, which nobody else is plugged into. A segment of the configuration has its network's name.

export type LabNetwork = "lan" | "back";

/** A segment: how the hosts speak to each other over a network. */
export interface LabSegment {
  readonly network: LabNetwork;
  readonly mode: "broadcast" | "multicast" | "unicast";
  /** 4 when nothing is said. */
  readonly family?: 4 | 6;
}

/** What a network is made of. */
export interface NetworkPlan {
  /** Of each host on it, and of the switch. */
  readonly interfaceName: string;
  readonly bridge: string;
  readonly prefix4: number;
  readonly broadcast: string;
  /** The multicast groups of IPv4 and IPv6: on the lan one of the link, on the back one of the site. */
  readonly multicast: Readonly<Record<4 | 6, string>>;
}

export const LAB_NETWORKS: Readonly<Record<LabNetwork, NetworkPlan>> = {
  lan: {
    interfaceName: "eth0",
    bridge: "br0",
    prefix4: 16,
    broadcast: "192.168.255.255",
    multicast: { 4: "239.255.9.9", 6: "ff02::4803" },
  },
  back: {
    interfaceName: "eth1",
    bridge: "br1",
    prefix4: 24,
    broadcast: "10.0.9.255",
    multicast: { 4: "239.255.9.10", 6: "ff05::4803" },
  },
};

/** The address of the machine with this number. */
export const addressOn = (
  network: LabNetwork,
  { family, number }: { family: 4 | 6; number: number },
): string =>
  ({
    lan: { 4: `192.168.9.${number}`, 6: `fd00:9::${number}` },
    back: { 4: `10.0.9.${number}`, 6: `fd00:10::${number}` },
  })[network][family];

/** The port of the group's datagrams, in every segment. */
export const LAB_UDP_PORT = 4803;
