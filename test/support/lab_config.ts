// The one TOML file that every host of a lab reads: the seed's set-up (three hosts in a /16, three VIPs, a router
// to tell) with whatever a test wants different.

import { addressOn, LAB_NETWORKS, LAB_UDP_PORT, type LabNetwork, type LabSegment } from "./lab_network.ts";

export interface LabVip {
  readonly name: string;
  /** With prefix; more than one is a set that moves as one. */
  readonly addresses: readonly string[];
  readonly prefer?: readonly string[];
  readonly hosts?: readonly string[];
  readonly handover?: "exclusive" | "overlap";
  readonly takeover?: "at-once" | "after-lease";
  readonly foreignHolder?: "defend" | "yield";
}

export interface LabConfig {
  readonly hosts: readonly LabMember[];
  readonly vips: readonly LabVip[];
  readonly keyFile: string;
  readonly partition?: "serve" | "quorum";
  /** The mode of the only segment, on the lan; for anything else there is `segments`. */
  readonly segment?: LabSegment["mode"];
  readonly segments?: readonly LabSegment[];
  /** Hosts that are not in every segment, and the segments that they are in. */
  readonly segmentsOf?: Readonly<Record<string, readonly LabNetwork[]>>;
  /** Lines for [timing]; these are TOML values, as `"1s"` with its quotes. */
  readonly timing?: Readonly<Record<string, string>>;
  readonly balanceInterval?: string;
  /** Whom the hosts tell of their VIPs; the router when nothing is said. */
  readonly notified?: readonly (string | LabTarget)[];
  /** How often neighbours are collected. Never when nothing is said: each learns an entry for every VIP. */
  readonly arpCache?: string;
  /** VIPs as one [[vip_range]] beside `vips`. */
  readonly range?: LabRange;
  /** Lines for [hooks]; these are TOML values. */
  readonly hooks?: Readonly<Record<string, string>>;
  /** Keys of each [[check]], with TOML values. */
  readonly checks?: readonly Readonly<Record<string, string>>[];
}

/** Whom the hosts tell of their VIPs: an address or a block. */
export interface LabTarget {
  readonly address: string;
  readonly throttle?: number;
  readonly ping?: boolean;
}

export interface LabRange {
  readonly first: string;
  readonly last: string;
  readonly handover?: LabVip["handover"];
}

/** A host that the file names. */
export interface LabMember {
  readonly name: string;
  /** What its addresses end in. */
  readonly number: number;
}

/** The VIPs of the seed. */
export const SEED_VIPS: readonly LabVip[] = [
  { name: "web-a", addresses: ["192.168.9.109/32"] },
  { name: "web-b", addresses: ["192.168.9.112/32"] },
  { name: "web-c", addresses: ["192.168.9.113/32"] },
];

/** The interface that the VIPs of every host of a lab are on, and where its router is. */
export const LAB_INTERFACE = LAB_NETWORKS.lan.interfaceName;
export const ROUTER_ADDRESS = "192.168.8.1";

/** The file's text. */
export function configText(config: LabConfig): string {
  return [
    table("[cluster]", {
      name: text("tudou"),
      key_file: text(config.keyFile),
      partition: text(config.partition ?? "serve"),
    }),
    table("[timing]", { profile: text("lan"), ...config.timing }),
    ...segmentsIn(config).map((segment) => table("[[segment]]", segmentKeys(segment))),
    ...config.hosts.map((host) => table("[[host]]", hostKeys(host, config))),
    ...config.vips.map((vip) => table("[[vip]]", vipKeys(vip))),
    ...(config.range === undefined ? [] : [table("[[vip_range]]", rangeKeys(config.range))]),
    table("[notify]", {
      arp_cache: text(config.arpCache ?? "off"),
      targets: list((config.notified ?? [ROUTER_ADDRESS]).map(target)),
    }),
    ...(config.checks ?? []).map((check) => table("[[check]]", check)),
    table("[balance]", { interval: text(config.balanceInterval ?? "4s") }),
    ...(config.hooks === undefined ? [] : [table("[hooks]", config.hooks)]),
  ].join("\n");
}

/** The segments that the options ask for: a broadcast segment on the lan when they say nothing. */
export const segmentsIn = (
  { segment, segments }: Pick<LabConfig, "segment" | "segments">,
): readonly LabSegment[] => segments ?? [{ network: "lan", mode: segment ?? "broadcast" }];

function segmentKeys({ network, mode, family = 4 }: LabSegment): Record<string, string> {
  const { broadcast, multicast } = LAB_NETWORKS[network];
  const address = { broadcast, multicast: multicast[family], unicast: null }[mode];
  return {
    name: text(network),
    mode: text(mode),
    ...(address === null ? {} : { address: text(address) }),
    port: String(LAB_UDP_PORT),
  };
}

function hostKeys({ name, number }: LabMember, config: LabConfig): Record<string, string> {
  const segments = segmentsIn(config);
  const own = segments.filter(({ network }) => config.segmentsOf?.[name]?.includes(network) ?? true);
  const addresses = own.map(({ network, family = 4 }) => text(addressOn(network, { family, number })));
  const named = addresses.map((address, i) => `${own[i]?.network} = ${address}`);
  return {
    name: text(name),
    // One segment is how most people have it, and needs no name.
    ...(segments.length === 1 ? { address: addresses.join() } : { addresses: `{ ${named.join(", ")} }` }),
  };
}

function vipKeys({ name, addresses, ...how }: LabVip): Record<string, string> {
  const { prefer, hosts, handover, takeover, foreignHolder } = how;
  const [only = ""] = addresses;
  const set = addresses.map(onInterface);
  return {
    name: text(name),
    ...(addresses.length === 1
      ? { address: text(only), interface: text(LAB_INTERFACE) }
      : { addresses: list(set) }),
    ...(prefer === undefined ? {} : { prefer: list(prefer.map(text)) }),
    ...(hosts === undefined ? {} : { hosts: list(hosts.map(text)) }),
    ...(handover === undefined ? {} : { handover: text(handover) }),
    ...(takeover === undefined ? {} : { takeover: text(takeover) }),
    ...(foreignHolder === undefined ? {} : { foreign_holder: text(foreignHolder) }),
  };
}

/** For a VIP of several addresses, and for a notify target. */
const onInterface = (address: string) => `{ address = ${text(address)}, interface = ${text(LAB_INTERFACE)} }`;

function target(wanted: string | LabTarget): string {
  const { address, throttle = 128, ping = false } = typeof wanted === "string" ? { address: wanted } : wanted;
  return `{ address = ${text(address)}, interface = ${text(LAB_INTERFACE)}, ` +
    `throttle = ${throttle}, ping = ${ping} }`;
}

const rangeKeys = ({ first, last, handover }: LabRange): Record<string, string> => ({
  first: text(first),
  last: text(last),
  prefix: "32",
  interface: text(LAB_INTERFACE),
  ...(handover === undefined ? {} : { handover: text(handover) }),
});

const table = (heading: string, keys: Readonly<Record<string, string>>): string =>
  [heading, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`), ""].join("\n");

const text = (value: string): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `[${values.join(", ")}]`;
