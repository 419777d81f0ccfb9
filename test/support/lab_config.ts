// The one TOML file that every host of a lab reads: the seed's set-up (three hosts in a /16, three VIPs, a router
// to tell) with whatever a test wants different.

export interface LabVip {
  readonly name: string;
  /** With prefix; more than one is a set that moves as one. */
  readonly addresses: readonly string[];
  readonly prefer?: readonly string[];
  readonly hosts?: readonly string[];
  readonly handover?: "exclusive" | "overlap";
}

export interface LabConfig {
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly vips: readonly LabVip[];
  readonly keyFile: string;
  readonly partition?: "serve" | "quorum";
  readonly segment?: "broadcast" | "multicast" | "unicast";
  /** Lines for [timing]; these are TOML values, as `"1s"` with its quotes. */
  readonly timing?: Readonly<Record<string, string>>;
  readonly balanceInterval?: string;
  /** VIPs as one [[vip_range]] beside `vips`. */
  readonly range?: { readonly first: string; readonly last: string };
}

/** The VIPs of the seed. */
export const SEED_VIPS: readonly LabVip[] = [
  { name: "web-a", addresses: ["192.168.9.109/32"] },
  { name: "web-b", addresses: ["192.168.9.112/32"] },
  { name: "web-c", addresses: ["192.168.9.113/32"] },
];

/** The interface of every host of a lab, and where its router is. */
export const LAB_INTERFACE = "eth0";
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
    table("[[segment]]", segmentKeys(config.segment ?? "broadcast")),
    ...config.hosts.map(({ name, address }) =>
      table("[[host]]", { name: text(name), address: text(address) })
    ),
    ...config.vips.map((vip) => table("[[vip]]", vipKeys(vip))),
    ...(config.range === undefined ? [] : [table("[[vip_range]]", rangeKeys(config.range))]),
    table("[notify]", {
      arp_cache: text("90s"),
      targets: `[ { address = ${text(ROUTER_ADDRESS)}, interface = ${text(LAB_INTERFACE)} } ]`,
    }),
    table("[balance]", { interval: text(config.balanceInterval ?? "4s") }),
  ].join("\n");
}

function segmentKeys(mode: "broadcast" | "multicast" | "unicast"): Record<string, string> {
  const address = { broadcast: "192.168.255.255", multicast: "239.255.9.9", unicast: null }[mode];
  return {
    name: text("lan"),
    mode: text(mode),
    ...(address === null ? {} : { address: text(address) }),
    port: "4803",
  };
}

function vipKeys({ name, addresses, prefer, hosts, handover }: LabVip): Record<string, string> {
  const [only = ""] = addresses;
  const set = addresses.map((address) =>
    `{ address = ${text(address)}, interface = ${text(LAB_INTERFACE)} }`
  );
  return {
    name: text(name),
    ...(addresses.length === 1
      ? { address: text(only), interface: text(LAB_INTERFACE) }
      : { addresses: `[ ${set.join(", ")} ]` }),
    ...(prefer === undefined ? {} : { prefer: list(prefer) }),
    ...(hosts === undefined ? {} : { hosts: list(hosts) }),
    ...(handover === undefined ? {} : { handover: text(handover) }),
  };
}

const rangeKeys = ({ first, last }: { readonly first: string; readonly last: string }) => ({
  first: text(first),
  last: text(last),
  prefix: "32",
  interface: text(LAB_INTERFACE),
});

const table = (heading: string, keys: Readonly<Record<string, string>>): string =>
  [heading, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`), ""].join("\n");

const text = (value: string): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `[${values.map(text).join(", ")}]`;
