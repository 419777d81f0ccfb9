// A network in a box: hosts, a client, a watcher and a router, each a network namespace of its own, all plugged
// into one switch (a bridge in yet another namespace). Nothing leaves the machine, and everything is taken down
// again, also on Ctrl-C, by `await using`.
//
//     test00 .9.160   test01 .9.161   test02 .9.162   ...
//          |               |               |
//     =====+===============+===============+=====  switch, 192.168.0.0/16 and fd00:9::/64
//          |               |               |
//     client .9.50    watcher .9.51   router .8.1
//
// When a segment is on the back network, every host has a second interface, on a second switch that nobody else is
// plugged into: 10.0.9.0/24 and fd00:10::/64. The hosts' addresses end in the same numbers there.
//
// The client probes every VIP as a user would, through its own neighbour cache. The watcher asks the network who
// holds each VIP, and sees every answer that passes the switch. Neither knows anything of the daemons.

import {
  configText,
  LAB_INTERFACE,
  type LabConfig,
  type LabMember,
  ROUTER_ADDRESS,
  SEED_VIPS,
  segmentsIn,
} from "./lab_config.ts";
import { LabHost, portOf } from "./lab_host.ts";
import { addressOn, LAB_NETWORKS, type LabNetwork } from "./lab_network.ts";
import {
  createNamespaces,
  deleteNamespaces,
  ipBatch,
  labObstacle,
  newLabPrefix,
  sweepDeadLabs,
} from "./namespace.ts";
import { type LabProgram, molehill, sightOf } from "./lab_program.ts";
import { type EchoProbe, type HolderWatch, startEchoProbe, startHolderWatch } from "./probe_process.ts";
import { waitUntilNone } from "./wait.ts";

export interface LabOptions extends Partial<Omit<LabConfig, "hosts" | "keyFile">> {
  /** How many hosts; 3 when nothing is said. */
  readonly hosts?: number;
  /** How many further hosts the file names, which are never there. */
  readonly absentHosts?: number;
  /** Of every link and switch, in bytes; 1500 when nothing is said. */
  readonly mtu?: number;
  /**
   * The client and the watcher ask for every so-manieth VIP alone, and `settled` knows of no other. The namespaces of
   * a machine share one table of at most 1,024 neighbours, and a host cannot send anything while it is full.
   */
  readonly asksForEvery?: number;
  /** The words that start molehill. */
  readonly program: readonly string[];
  /** Between two probes of one address, in milliseconds. */
  readonly probeEveryMs?: number;
  /** Between two questions who holds an address, in milliseconds. */
  readonly watchEveryMs?: number;
}

export interface Lab extends AsyncDisposable {
  readonly hosts: readonly LabHost[];
  /** Where the client, the watcher and the router live, for commands of a test's own. */
  readonly client: string;
  readonly watcher: string;
  readonly router: string;
  /** Molehill's configuration file, the same for every host, and its text. */
  readonly configFile: string;
  readonly config: string;
  /** What the text would be with other options. */
  configWith(
    changes: Partial<Pick<LabConfig, "vips" | "range" | "timing" | "hooks" | "checks" | "arpCache">>,
  ): string;
  /** For files of a test's own. */
  readonly directory: string;
  /** Every address of every VIP, with prefix, in the file's order. */
  readonly addresses: readonly string[];
  readonly echo: EchoProbe;
  readonly watch: HolderWatch;
  host(name: string): LabHost;
  /** What is wrong with the group just now; empty when it has settled. */
  unsettled(): Promise<readonly string[]>;
  /** Waits until every VIP is held and answered by exactly one host, and all daemons agree on it. */
  settled(atMostMs?: number): Promise<void>;
  /** Which host has the address on its interface; null when none or more than one has. Cut off hosts do not count. */
  holderOf(address: string): Promise<LabHost | null>;
  /** Kills every daemon and waits until no VIP is left anywhere; what the program leaves behind is removed. */
  clear(): Promise<void>;
  /**
   * The same network, client and watcher with another program on the hosts. The daemons of one of the two must be
   * stopped, and every link whole, before those of the other are started. It ends with the lab that it was made from,
   * after its own daemons.
   */
  running(program: LabProgram): Lab;
}

/** Makes a lab. Throws with words for a stranger when this machine cannot have one. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const obstacle = await labObstacle();
  if (obstacle !== null) throw new Error(obstacle);
  sweepDeadLabs();
  const prefix = newLabPrefix();
  const directory = await Deno.makeTempDir({ prefix });
  const places = placesOf(prefix, options.hosts ?? 3);
  const networks = new Set<LabNetwork>(["lan", ...segmentsIn(options).map(({ network }) => network)]);
  const names = [`${prefix}switch`, ...places.map((place) => place.namespace)];
  const cleanUp = cleaner(names, directory);
  try {
    await createNamespaces(names);
    for (const network of networks) {
      await plugTogether({ network, switchNamespace: `${prefix}switch`, places, mtu: options.mtu ?? 1500 });
    }
    return await furnish({ options, prefix, places, directory, cleanUp });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

interface Place {
  readonly name: string;
  /** What its addresses end in, but for the router's. */
  readonly number: number;
  readonly isHost: boolean;
  readonly namespace: string;
  readonly address: string;
  readonly address6: string;
  readonly mac: string;
}

function placesOf(prefix: string, hosts: number): readonly Place[] {
  const place = (name: string, number: number): Place => ({
    name,
    number,
    isHost: number >= FIRST_HOST,
    namespace: prefix + name,
    address: name === "router" ? ROUTER_ADDRESS : addressOn("lan", { family: 4, number }),
    address6: addressOn("lan", { family: 6, number }),
    mac: macOf("lan", number),
  });
  return [
    place("client", 50),
    place("watcher", 51),
    place("router", 1),
    ...membersOf(hosts).map(({ name, number }) => place(name, number)),
  ];
}

/** The number of test00. */
const FIRST_HOST = 160;

const membersOf = (count: number): readonly LabMember[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `test${String(i).padStart(2, "0")}`,
    number: FIRST_HOST + i,
  }));

const macOf = (network: LabNetwork, number: number): string => {
  const digits = String(number).padStart(4, "0");
  return `02:6d:68:${network === "lan" ? "00" : "01"}:${digits.slice(0, 2)}:${digits.slice(2)}`;
};

interface Plugging {
  readonly network: LabNetwork;
  readonly switchNamespace: string;
  readonly places: readonly Place[];
  readonly mtu: number;
}

async function plugTogether({ network, switchNamespace, places, mtu }: Plugging): Promise<void> {
  const { interfaceName, bridge, prefix4, broadcast } = LAB_NETWORKS[network];
  const plugged = places.filter(({ isHost }) => isHost || network === "lan");
  await ipBatch(switchNamespace, [
    `link add ${bridge} mtu ${mtu} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${bridge} up`,
    ...plugged.flatMap(({ name, number, namespace }) => [
      `link add ${portOf(name, network)} mtu ${mtu} type veth ` +
      `peer name ${interfaceName} mtu ${mtu} address ${macOf(network, number)} netns ${namespace}`,
      `link set ${portOf(name, network)} master ${bridge} up`,
    ]),
  ]);
  for (const { namespace, number, ...place } of plugged) {
    const onBack = {
      address: addressOn("back", { family: 4, number }),
      address6: addressOn("back", { family: 6, number }),
    };
    const { address, address6 } = network === "lan" ? place : onBack;
    await ipBatch(namespace, [
      `address add ${address}/${prefix4} broadcast ${broadcast} dev ${interfaceName}`,
      `address add ${address6}/64 dev ${interfaceName} nodad`,
      `link set ${interfaceName} up`,
      ...(network === "back" || address === ROUTER_ADDRESS
        ? []
        : [`route add default via ${ROUTER_ADDRESS}`]),
    ]);
  }
}

interface Furnishing {
  readonly options: LabOptions;
  readonly prefix: string;
  readonly places: readonly Place[];
  readonly directory: string;
  readonly cleanUp: () => void;
}

async function furnish({ options, prefix, places, directory, cleanUp }: Furnishing): Promise<Lab> {
  const configFile = `${directory}/molehill.toml`;
  const keyFile = `${directory}/key`;
  const hostPlaces = places.slice(3);
  const vips = options.vips ?? SEED_VIPS;
  const named = membersOf(hostPlaces.length + (options.absentHosts ?? 0));
  const configWith: Lab["configWith"] = (changes) =>
    configText({ ...options, vips, hosts: named, keyFile, ...changes });
  const config = configWith({});
  await Deno.writeTextFile(keyFile, `${crypto.randomUUID()}${crypto.randomUUID()}\n`, { mode: 0o600 });
  await Deno.writeTextFile(configFile, config);

  const all = [...vips.map((vip) => vip.addresses), ...rangeAddresses(options.range).map((each) => [each])];
  const sets = all.filter((_, i) => i % (options.asksForEvery ?? 1) === 0);
  const bare = sets.flat().map((address) => address.split("/")[0] ?? "");
  const switchNamespace = `${prefix}switch`;
  const [client = "", watcher = "", router = ""] = places.map((place) => place.namespace);
  const [, watcherPlace] = places;
  const echo = startEchoProbe(client, { addresses: bare, everyMs: options.probeEveryMs ?? 5 });
  const watch = startHolderWatch(watcher, {
    addresses: bare,
    switch: { namespace: switchNamespace, bridge: LAB_NETWORKS.lan.bridge },
    everyMs: options.watchEveryMs ?? 10,
    interfaceName: LAB_INTERFACE,
    mac: watcherPlace?.mac ?? "",
    sender: watcherPlace?.address ?? "",
  });
  await Promise.all([echo.begin(), watch.begin()]);
  const addresses = all.flat();
  const site = { client, watcher, router, configFile, config, configWith, directory, addresses, echo, watch };

  const labOf = (runs: LabProgram, takeDown: () => Promise<void>): Lab => {
    const hosts = hostPlaces.map((place) => new LabHost({ ...place, switchNamespace, directory, runs }));
    const endDaemons = async () => {
      for (const host of hosts) if (host.daemon !== "absent") await host.kill();
    };
    const host = (name: string): LabHost => {
      const found = hosts.find((each) => each.name === name);
      if (found === undefined) throw new Error(`Cannot find host "${name}" in the lab`);
      return found;
    };
    const unsettled = async () => {
      const sight = { sets, silentMs: await echo.silentMs(), answering: await watch.holders() };
      return await runs.findUnsettled(sight, hosts);
    };
    return {
      ...site,
      hosts,
      host,
      unsettled,
      settled: (atMostMs = 30_000) =>
        waitUntilNone(unsettled, { what: "the group to settle", atMostMs, diagnosis: () => diagnose(hosts) }),
      holderOf: async (address) => {
        const sights = await Promise.all(hosts.map(sightOf));
        const holders = sights.filter((each) => each.link === "whole" && each.addresses.includes(address));
        return holders.length === 1 ? host(holders[0]?.name ?? "") : null;
      },
      clear: () => clear(hosts, addresses),
      running: (program) => labOf(program, () => Promise.resolve()),
      [Symbol.asyncDispose]: async () => {
        await endDaemons();
        await takeDown();
      },
    };
  };
  return labOf(molehill(options.program, configFile), async () => {
    await Promise.all([echo.close(), watch.close()]);
    cleanUp();
  });
}

async function clear(hosts: readonly LabHost[], addresses: readonly string[]): Promise<void> {
  for (const host of hosts) {
    await host.healLinks();
    if (host.daemon !== "absent") await host.kill();
    if (host.place.runs.leavesVips) await host.removeAddresses();
  }
  await waitUntilNone(async () => {
    const left = await Promise.all(
      hosts.map(async (host) => ({ name: host.name, has: await host.addresses() })),
    );
    return left.flatMap(({ name, has }) =>
      has.filter((each) => addresses.includes(each)).map((each) => `${each} is left on ${name}`)
    );
  }, { what: "the VIPs of dead daemons to go" });
}

/** Everything that helps to see why a group does not settle. */
async function diagnose(hosts: readonly LabHost[]): Promise<string> {
  const parts = await Promise.all(hosts.map(async (host) => {
    const [addresses, status, log] = await Promise.all([host.addresses(), host.status(), host.log()]);
    const seen = status === null ? "no status" : JSON.stringify({
      phase: status.phase,
      view: status.view,
      holders: status.vips.slice(0, 8).map(({ name, holder, state, here }) =>
        `${name} ${holder} ${state} ${here}`
      ),
    });
    const lines = log.trimEnd().split("\n").slice(-25).map((line) => `      ${line}`).join("\n");
    return `  ${host.name}: daemon ${host.daemon}, link ${host.link}, on it: ${
      addresses.join(" ") || "nothing"
    }\n` +
      `      ${seen}\n${lines}`;
  }));
  return parts.join("\n");
}

function rangeAddresses(
  range: { readonly first: string; readonly last: string } | undefined,
): readonly string[] {
  if (range === undefined) return [];
  const number = (address: string) => address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
  const first = number(range.first);
  return Array.from({ length: number(range.last) - first + 1 }, (_, i) => `${text(first + i)}/32`);
}

/** Takes the lab down once, when told to or when the process is told to end. */
function cleaner(names: readonly string[], directory: string): () => void {
  let done = false;
  const onSignal = () => {
    cleanUp();
    Deno.exit(130);
  };
  const cleanUp = () => {
    if (done) return;
    done = true;
    Deno.removeSignalListener("SIGINT", onSignal);
    Deno.removeSignalListener("SIGTERM", onSignal);
    globalThis.removeEventListener("unload", cleanUp);
    deleteNamespaces(names);
    Deno.removeSync(directory, { recursive: true });
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  globalThis.addEventListener("unload", cleanUp);
  return cleanUp;
}
