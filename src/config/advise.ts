// Advice about a file that can be used: what is allowed, but is likely not meant, or weaker than it looks.

import type { IpAddress } from "../core/ip_address.ts";
import { majorityOf } from "../core/membership.ts";
import type { Timing } from "../core/vocabulary.ts";
import { prefixMax, rangeSize } from "./address.ts";
import { adviseHooks } from "./advise_hooks.ts";
import { advice, type Finding } from "./problem.ts";
import { closest } from "./reading.ts";
import type { FileTables, TimingKeys } from "./schema.ts";
import { completeTiming, durationText } from "./timing.ts";

/** What a person should know about a file without errors. */
export function* advise(tables: FileTables): Iterable<Finding> {
  yield* adviseCluster(tables);
  yield* adviseQuorum(tables);
  yield* adviseTiming(tables);
  yield* adviseSegments(tables);
  yield* adviseHosts(tables);
  yield* adviseVips(tables);
  yield* adviseTakeover(tables);
  yield* adviseClashes(tables);
  yield* adviseArping(tables);
  yield* adviseLog(tables);
  yield* adviseHooks(tables);
}

function* adviseCluster({ cluster, host: hosts }: FileTables): Iterable<Finding> {
  if (cluster.key_file === undefined) {
    const text = "No key_file in [cluster]: anybody on the segments can speak for a host (wanted key_file)";
    yield advice(text, ["cluster"]);
  }
  if (hosts.length === 1) {
    yield advice("Only one host: nobody takes its VIPs over when it fails (wanted two or more)", ["host", 0]);
  }
}

// An even number of hosts survives the loss of no more of them than one host fewer would, and can split into halves.
function* adviseQuorum({ cluster, host: hosts }: FileTables): Iterable<Finding> {
  const count = hosts.length;
  if (cluster.partition === "serve" || count === 0 || count % 2 === 1) return;
  const path = ["cluster", "partition"];
  if (count === 2) {
    const names = hosts.map(({ name }) => `"${name}"`).join(", ");
    const text =
      'partition = "quorum" with two hosts: the loss of either takes all VIPs down (wanted a third host, ' +
      `which need not hold any VIP if each of them says hosts = [${names}], or partition = "serve")`;
    return yield advice(text, path);
  }
  const mayLose = count - majorityOf(count);
  const text =
    `partition = "quorum" with ${count} hosts: a split into ${count / 2} and ${count / 2} takes all ` +
    `VIPs down, and ${mayLose} may be lost, as with ${count - 1} hosts (wanted an odd number of hosts)`;
  yield advice(text, path);
}

// The profiles are sound by themselves: only what the file says of its own is looked at.
function* adviseTiming({ timing: keys }: FileTables): Iterable<Finding> {
  const timing = completeTiming(keys);
  const says = (...names: readonly (keyof TimingKeys)[]) => names.find((name) => keys[name] !== undefined);
  const pace = says("timeout", "heartbeat");
  if (pace !== undefined) yield* advisePace(timing, ["timing", pace]);
  const lease = says("lease", "timeout");
  if (lease !== undefined) yield* adviseLease(timing, ["timing", lease]);
  const mature = says("mature", "timeout", "heartbeat");
  if (mature !== undefined) yield* adviseMature(timing, ["timing", mature]);
}

function* advisePace({ heartbeat, timeout }: Timing, path: readonly string[]): Iterable<Finding> {
  if (timeout >= 3 * heartbeat) return;
  const left = timeout - 2 * heartbeat;
  const text =
    `timeout ${durationText(timeout)} is less than three heartbeats of ${durationText(heartbeat)}: ` +
    `after one lost datagram a live host has ${
      left === 0 ? "no time" : `only ${durationText(left)}`
    } left before ` +
    `it is taken for dead (wanted a timeout of at least "${durationText(3 * heartbeat)}")`;
  yield advice(text, path);
}

// The lease is renewed each third of it: when a daemon hangs, two thirds are left at worst.
function* adviseLease({ timeout, lease }: Timing, path: readonly string[]): Iterable<Finding> {
  if (lease === null) {
    const text =
      "lease is off: the VIPs of a daemon that hangs stay on its host although others take them over " +
      '(wanted a time such as "3s")';
    return yield advice(text, path);
  }
  const left = Math.floor(lease * 2 / 3);
  if (left >= timeout) return;
  const wanted = Math.ceil(timeout * 1.5 / 1_000) * 1_000;
  const text =
    `lease ${durationText(lease)} is short for a timeout of ${durationText(timeout)}: a daemon that ` +
    `hangs may lose its VIPs after ${durationText(left)}, before others take them over ` +
    `(wanted a lease of at least "${durationText(wanted)}")`;
  yield advice(text, path);
}

function* adviseMature({ heartbeat, timeout, mature }: Timing, path: readonly string[]): Iterable<Finding> {
  const wanted = timeout + heartbeat;
  if (mature >= wanted) return;
  const text =
    `mature ${durationText(mature)} is shorter than a timeout and a heartbeat: a host that starts may ` +
    `take every VIP before it has heard those who hold them (wanted at least "${durationText(wanted)}")`;
  yield advice(text, path);
}

function* adviseSegments({ segment: segments, host: hosts }: FileTables): Iterable<Finding> {
  const first = segments[0]?.name;
  for (const [index, { name }] of segments.entries()) {
    const members = hosts.filter(({ address, addresses }) =>
      (address !== undefined && name === first) || Object.hasOwn(addresses ?? {}, name)
    );
    if (members.length >= Math.min(2, hosts.length)) continue;
    const so = members.length === 0
      ? "no host is in it"
      : "only one host is in it, and nobody hears it there";
    yield advice(`Segment "${name}" is of no use: ${so}`, ["segment", index, "name"]);
  }
}

function* adviseHosts({ host: hosts, ...tables }: FileTables): Iterable<Finding> {
  const used = usedInterfaces({ host: hosts, ...tables });
  for (const [index, host] of hosts.entries()) {
    for (const name of Object.keys(host.interfaces)) {
      if (used.has(name)) continue;
      const close = closest(name, used);
      const hint = close === null ? "" : ` (did you mean "${close}"?)`;
      const text =
        `Interface "${name}" of host "${host.name}" is of no use: no VIP, notify target or check names it${hint}`;
      yield advice(text, ["host", index, "interfaces", name]);
    }
  }
}

function usedInterfaces(
  { vip: vips, vip_range: ranges, notify, check: checks }: FileTables,
): ReadonlySet<string> {
  return new Set([
    ...vips.flatMap((vip) => [vip.interface, ...(vip.addresses ?? []).map((each) => each.interface)]),
    ...ranges.map((range) => range.interface),
    ...notify.targets.map((target) => target.interface),
    ...checks.map((check) => check.interface),
  ].filter((name) => name !== undefined));
}

function* adviseVips({ vip: vips, vip_range: ranges, host: hosts }: FileTables): Iterable<Finding> {
  if (vips.length === 0 && ranges.length === 0) {
    yield advice("No VIP: there is nothing to keep alive (wanted [[vip]] or [[vip_range]])", []);
  }
  for (const [index, vip] of vips.entries()) {
    const [first] = vip.addresses ?? [];
    const subject = `VIP "${vip.name ?? vip.address?.ip.text ?? first?.address.ip.text}"`;
    yield* adviseHolders(vip, { subject, path: ["vip", index], hosts });
    if (vip.address !== undefined) yield* advisePrefix(vip.address, ["vip", index, "address"]);
    for (const [position, { address }] of (vip.addresses ?? []).entries()) {
      yield* advisePrefix(address, ["vip", index, "addresses", position, "address"]);
    }
  }
  for (const [index, range] of ranges.entries()) {
    const { first: ip, prefix = prefixMax(ip.family) } = range;
    const subject = `vip_range "${ip.text}"`;
    yield* adviseHolders(range, { subject, path: ["vip_range", index], hosts });
    yield* advisePrefix({ ip, prefix }, ["vip_range", index, "prefix"]);
  }
}

// Without a lease there is nothing whose end could be waited for; without a packet socket nobody can be asked.
function* adviseTakeover({ vip: vips, vip_range: ranges, timing, notify }: FileTables): Iterable<Finding> {
  const tables = vips.map((vip, at) => ({ ...vip, path: ["vip", at] as const }));
  const all = [...tables, ...ranges.map((range, at) => ({ ...range, path: ["vip_range", at] as const }))];
  for (const { takeover, foreign_holder, path } of all) {
    if (takeover === "after-lease" && completeTiming(timing).lease === null) {
      yield advice('takeover = "after-lease" has no effect: lease = "off" in [timing] (wanted a lease)', [
        ...path,
        "takeover",
      ]);
    }
    if (foreign_holder === "yield" && notify.announcer === "arping") {
      yield advice(
        'foreign_holder = "yield" has no effect: announcer = "arping" in [notify] hears nobody (wanted "raw")',
        [...path, "foreign_holder"],
      );
    }
  }
}

// Somebody else answers for these addresses already, or everybody does.
function* adviseClashes({ segment: segments, notify, ...tables }: FileTables): Iterable<Finding> {
  const taken = [
    ...segments.flatMap(({ name, mode, address }) =>
      mode === "broadcast" && address !== undefined
        ? [{ ip: address, is: `the broadcast address of segment "${name}"` }]
        : []
    ),
    ...notify.targets.flatMap(({ address: { ip, prefix } }) =>
      prefix === prefixMax(ip.family) ? [{ ip, is: "the address of a notify target" }] : []
    ),
  ];
  for (const { first, last, path } of vipSpans(tables)) {
    for (const { ip, is } of taken) {
      if (ip.family !== first.family || rangeSize(first, ip) < 1n || rangeSize(ip, last) < 1n) continue;
      yield advice(`"${ip.text}" is ${is} and a VIP as well (wanted an address of its own)`, path);
    }
  }
}

/** All addresses of VIPs, from first to last. */
function* vipSpans({ vip: vips, vip_range: ranges }: Pick<FileTables, "vip" | "vip_range">): Iterable<{
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly path: readonly (string | number)[];
}> {
  for (const [index, { address, addresses = [] }] of vips.entries()) {
    if (address !== undefined) yield { first: address.ip, last: address.ip, path: ["vip", index, "address"] };
    for (const [position, { address: { ip } }] of addresses.entries()) {
      yield { first: ip, last: ip, path: ["vip", index, "addresses", position, "address"] };
    }
  }
  for (const [index, { first, last }] of ranges.entries()) {
    yield { first, last, path: ["vip_range", index, "first"] };
  }
}

function* adviseHolders(
  { hosts: mayHold }: { readonly hosts?: readonly string[] | undefined },
  { subject, path, hosts }: {
    readonly subject: string;
    readonly path: readonly (string | number)[];
    readonly hosts: FileTables["host"];
  },
): Iterable<Finding> {
  if (mayHold?.length !== 1 || hosts.length === 1) return;
  const text = `Only host "${
    mayHold[0]
  }" may hold ${subject}: nobody takes it over (wanted two or more hosts)`;
  yield advice(text, [...path, "hosts"]);
}

// With promote_secondaries = 0 the kernel removes all addresses of a subnet along with its first one.
function* advisePrefix(
  { ip, prefix }: { readonly ip: { readonly family: 4 | 6; readonly text: string }; readonly prefix: number },
  path: readonly (string | number)[],
): Iterable<Finding> {
  const single = prefixMax(ip.family);
  if (prefix === single) return;
  const text =
    `"${ip.text}/${prefix}" is not a single address: with the sysctl promote_secondaries = 0 the end of ` +
    `one address takes others of its subnet along (wanted /${single})`;
  yield advice(text, path);
}

// Arping knows no IPv6 and hears no answers. What that makes of foreign_holder is said at the VIP.
function* adviseArping({ vip: vips, vip_range: ranges, timing, notify }: FileTables): Iterable<Finding> {
  if (notify.announcer !== "arping") return;
  const costs: string[] = [];
  const ipv6 = [...vipSpans({ vip: vips, vip_range: ranges })].filter(({ first }) => first.family === 6);
  const [span] = ipv6;
  if (span !== undefined) {
    const others = ipv6.reduce((sum, { first, last }) => sum + rangeSize(first, last), -1n);
    const more = others === 0n ? "" : ` and ${others} more`;
    costs.push(`announces no IPv6: neighbours of "${span.first.text}"${more} are not told when it moves`);
  }
  const waits = [...vips, ...ranges].some(({ takeover }) => takeover === "after-lease");
  if (waits && completeTiming(timing).lease !== null) {
    costs.push(
      'asks nobody: with takeover = "after-lease" the VIPs of a killed daemon are waited for as long as the lease',
    );
  }
  if (notify.targets.some(({ address: { ip } }) => ip.family === 4)) {
    costs.push("hears no answers: notify targets are told where a VIP is, but cannot confirm it");
  }
  if (notify.arp_cache !== "off") {
    costs.push("asks no collected neighbours: arp_cache shares those of this host, and is of no use to it");
  }
  if (notify.targets.some(({ ping }) => ping)) costs.push("pings nobody: ping has no effect");
  for (const cost of costs) {
    yield advice(`announcer = "arping" ${cost} (wanted "raw")`, ["notify", "announcer"]);
  }
}

function* adviseLog({ log }: FileTables): Iterable<Finding> {
  if (log.file !== undefined) return;
  for (const key of ["max_size", "keep"] as const) {
    if (log[key] === undefined) continue;
    yield advice(`${key} has no effect: the log goes to no file (wanted file in [log])`, ["log", key]);
  }
}
