// Who the hosts of keepalived's files are, and where they hear each other.
//
// A file is one host's. It tells its own address (unicast_src_ip) and those of its peers, for each instance: the
// addresses of one instance are in one network. Instances that share an address are in the same one; each network is
// a segment. A peer that no file belongs to is a host that is known by its address alone. VRRP by multicast tells no
// addresses at all: then a hosts file has to, or a person.

import type { IpAddress } from "../../core/ip_address.ts";
import { hostAddress } from "../values.ts";
import type { DraftHost, DraftSegment } from "./draft.ts";
import type { HostsFile } from "./hosts_file.ts";
import type { KeepalivedConf, VrrpInstance } from "./keepalived_conf.ts";
import { asName, distinct, hostNames } from "./names.ts";
import { cannot, type Place, remark, type Report, shownQuoted } from "./report.ts";

/** One file, and whose it is. */
export interface KeepalivedFile {
  /** As HOST=FILE says; null: a plain FILE. */
  readonly host: string | null;
  readonly conf: KeepalivedConf;
}

export interface KeepalivedHosts {
  readonly segments: readonly DraftSegment[];
  readonly hosts: readonly DraftHost[];
  /** The name of each file's host, in order. */
  readonly ofFile: readonly string[];
  /** The name of the host that has an address; undefined: none does. */
  readonly byAddress: ReadonlyMap<string, string>;
}

interface Network {
  /** Name of the interface in the first file. */
  readonly interface: string;
  readonly addresses: Map<string, IpAddress>;
}

/** A host in the making. */
interface Candidate {
  readonly name: string;
  readonly why: string | null;
  /** By network. */
  readonly addresses: Map<Network, IpAddress>;
}

/** The hosts of the files and their segments. */
export function keepalivedHosts(
  files: readonly KeepalivedFile[],
  { hosts: hostsFile, report }: { readonly hosts: HostsFile; readonly report: Report },
): KeepalivedHosts {
  checkAddresses(files, report);
  const instances = files.map(({ conf }) => conf.instances);
  const networks = networksOf(instances.flat());
  const networkOf = new Map(
    networks.flatMap((network) => [...network.addresses.keys()].map((text) => [text, network] as const)),
  );
  const ofFile = fileNames(files);
  const candidates = files.map(({ host, conf }, index): Candidate => {
    const addresses = new Map<Network, IpAddress>();
    for (const { sourceIp } of conf.instances) {
      const network = networkOf.get(sourceIp?.value.text ?? "");
      if (sourceIp !== null && network !== undefined) addresses.set(network, sourceIp.value);
    }
    const names = [host, conf.routerId, ofFile[index]].flatMap((name) => name ?? []);
    const listed = addresses.size === 0
      ? names.map((name) => hostsFile.addressOf(name)).find((ip) => ip !== null)
      : null;
    if (listed) addresses.set(networkWith(listed, networks), listed);
    return { name: ofFile[index] ?? "", why: null, addresses };
  });
  const claimed = new Set(
    candidates.flatMap(({ addresses }) => [...addresses.values()].map(({ text }) => text)),
  );
  checkApart(files, candidates, report);
  giveLastAddress(candidates, { networks, claimed });
  const peers = peersOf(networks, { claimed, hosts: hostsFile, report });
  const [first] = networks;
  if (first === undefined) networks.push({ interface: "lan", addresses: new Map() });
  const used = networks.filter((network) =>
    [...candidates, ...peers].every(({ addresses }) => addresses.has(network) || addresses.size === 0)
  );
  const kept = used.length === 0 ? networks.slice(0, 1) : used;
  for (const network of networks.filter((each) => !kept.includes(each))) {
    const texts = [...network.addresses.keys()].join(", ");
    remark(
      report,
      null,
      texts,
      "a network that not all hosts are known to be in: add a [[segment]] if they are",
    );
  }
  const names = distinct(
    kept.map((network, at) => kept.length === 1 ? "lan" : asName(network.interface, `net${at + 1}`)),
  );
  const isMulticast = instances.flat().every(({ isUnicast }) => !isUnicast);
  const everybody = [...candidates, ...peers];
  if (everybody.length === 1) {
    const why =
      "VRRP by multicast names no peers: import with --keepalived HOST=FILE for each, or add a [[host]] for each";
    remark(report, null, "the other hosts", why);
  }
  const hostNamesNow = distinct(everybody.map(({ name }) => name));
  return {
    segments: kept.map((_, index): DraftSegment => ({
      name: names[index] ?? "lan",
      mode: "unicast",
      address: null,
      port: 4803,
      why: index > 0 ? furtherWhy : isMulticast ? multicastWhy : unicastWhy,
    })),
    hosts: everybody.map(({ why, addresses }, at) => ({
      name: hostNamesNow[at] ?? "",
      ...(why === null ? {} : { why }),
      addresses: new Map(
        kept.map((network, index) => [names[index] ?? "lan", addresses.get(network) ?? null]),
      ),
      interfaces: new Map(),
    })),
    ofFile: hostNamesNow.slice(0, files.length),
    byAddress: new Map(
      everybody.flatMap(({ addresses }, at) =>
        [...addresses.values()].map(({ text }) => [text, hostNamesNow[at] ?? ""] as const)
      ),
    ),
  };
}

const unicastWhy = "As unicast_peer: each host sends to each, on this port, by UDP and TCP.";
const furtherWhy = "Another network in which the hosts hear each other: a redundant path.";
const multicastWhy =
  "VRRP's multicast group, 224.0.0.18, reaches every port of a switch. Others need a querier there, so each host " +
  'sends to each instead, on this port, by UDP and TCP. mode = "multicast" with address = "239.192.48.3" would be the ' +
  "other way.";

function checkAddresses(files: readonly KeepalivedFile[], report: Report): void {
  for (const { sourceIp, peers } of files.flatMap(({ conf }) => conf.instances)) {
    for (const { place, value } of [...(sourceIp === null ? [] : [sourceIp]), ...peers]) {
      const reading = hostAddress.read(value.text);
      if (reading.kind === "ok") continue;
      const action = `use ${shownQuoted(value.text)} as address of a host`;
      cannot(report, place, { action, fact: reading.fact, wanted: reading.wanted ?? hostAddress.wanted });
    }
  }
}

function checkApart(
  files: readonly KeepalivedFile[],
  candidates: readonly Candidate[],
  report: Report,
): void {
  const owners = new Map<string, string>();
  for (const [index, { name, addresses }] of candidates.entries()) {
    for (const { text } of addresses.values()) {
      const before = owners.get(text);
      owners.set(text, name);
      if (before === undefined) continue;
      cannot(report, topOf(files[index]?.conf.file ?? ""), {
        action: `use ${shownQuoted(text)} as address of host ${shownQuoted(name)}`,
        fact: `host ${shownQuoted(before)} has it already`,
        wanted: "each host's own file",
      });
    }
  }
}

/** Instances that share an address are in one network. */
function networksOf(instances: readonly VrrpInstance[]): Network[] {
  const networks = new Set<Network>();
  const networkOf = new Map<string, Network>();
  for (const { interface: on, sourceIp, peers } of instances) {
    const own = [...(sourceIp === null ? [] : [sourceIp]), ...peers].map(({ value }) => value);
    if (own.length === 0) continue;
    const touched = new Set(own.flatMap(({ text }) => networkOf.get(text) ?? []));
    const [first = { interface: on ?? "lan", addresses: new Map<string, IpAddress>() }, ...others] = touched;
    networks.add(first);
    for (const other of others) networks.delete(other);
    for (const ip of [...own, ...others.flatMap(({ addresses }) => [...addresses.values()])]) {
      first.addresses.set(ip.text, ip);
      networkOf.set(ip.text, first);
    }
  }
  return [...networks];
}

function networkWith(ip: IpAddress, networks: Network[]): Network {
  const known = networks.find(({ addresses }) => addresses.has(ip.text)) ?? networks[0];
  const network = known ?? { interface: "lan", addresses: new Map<string, IpAddress>() };
  network.addresses.set(ip.text, ip);
  if (known === undefined) networks.push(network);
  return network;
}

/** A plain FILE is called by its router_id; distinct, short where that tells them apart. */
function fileNames(files: readonly KeepalivedFile[]): readonly string[] {
  return hostNames(files.map(({ host, conf }, index) => host ?? conf.routerId ?? `host${index + 1}`));
}

/** One host without an address and one address without a host belong together. */
function giveLastAddress(
  candidates: readonly Candidate[],
  { networks, claimed }: { readonly networks: readonly Network[]; readonly claimed: Set<string> },
): void {
  const without = candidates.filter(({ addresses }) => addresses.size === 0);
  const [host] = without;
  if (host === undefined || without.length > 1 || candidates.length === 1) return;
  for (const network of networks) {
    const left = [...network.addresses.values()].filter(({ text }) => !claimed.has(text));
    const [ip] = left;
    if (ip === undefined || left.length > 1) continue;
    host.addresses.set(network, ip);
    claimed.add(ip.text);
  }
}

/** Hosts of which there is no file. */
function peersOf(
  networks: readonly Network[],
  { claimed, hosts, report }: {
    readonly claimed: ReadonlySet<string>;
    readonly hosts: HostsFile;
    readonly report: Report;
  },
): readonly Candidate[] {
  const unclaimed = networks.map((network) => ({
    network,
    left: [...network.addresses.values()].filter(({ text }) => !claimed.has(text)),
  })).filter(({ left }) => left.length > 0);
  const [first, ...others] = unclaimed;
  if (first === undefined) return [];
  // One peer in each of several networks is one host; of more nobody can say which is which.
  const isOneHost = unclaimed.every(({ left }) => left.length === 1);
  if (!isOneHost && others.length > 0) {
    const texts = others.flatMap(({ left }) => left.map(({ text }) => text)).join(", ");
    remark(
      report,
      null,
      texts,
      "further addresses of peers: say --keepalived HOST=FILE for each host to tell whose",
    );
  }
  return first.left.map((ip): Candidate => ({
    name: asName(
      hostNames([hosts.nameOf(ip.text) ?? `host-${ip.text.replaceAll(/[.:]+/g, "-")}`])[0] ?? "",
      "peer",
    ),
    why: "A peer, known by its address alone.",
    addresses: new Map([
      [first.network, ip],
      ...(isOneHost
        ? others.flatMap(({ network, left: [other] }) => other ? [[network, other] as const] : [])
        : []),
    ]),
  }));
}

/** Where the command line is meant. */
export const topOf = (file: string): Place => ({ file, line: 1, column: 1 });
