// Announces VIPs through packet sockets, at once and a thousand in a few milliseconds; hears who confirms that, and who
// else says that a VIP is his; and asks, before a VIP is taken, whether anybody has it.
//
//     announce ──▶ gratuitous ARP, NA to all ──────────────────▶ neighbours
//              ──▶ questions in the VIP's name ─▶ notify targets ─answers─▶ confirmations, pings
//              ──▶ the same ─▶ collected neighbours ─answers─▶ confirmations
//              ──▶ a probe, from the second time on ─▶ everybody ─answers─▶ conflicts
//     probe    ──▶ probes ─▶ everybody ─answers─▶ answered, or silent
//
// What waits for its turn is sent only if the VIP is still here.

import { readFileSync } from "node:fs";
import { announcementFrames, probeFrame, questionFrame } from "../codec/announcement.ts";
import { type Claim, macBytes, macText, parseClaim } from "../codec/claim.ts";
import { echoRequestFrame } from "../codec/echo_request.ts";
import { assert } from "../core/assert.ts";
import type { Conflict } from "../core/events.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { VipName } from "../core/vocabulary.ts";
import type { AnnouncerOptions, LocalAnnouncer } from "./announcer.ts";
import { createConfirmations, isTargeted } from "./confirmations.ts";
import { createNeighbourHosts } from "./neighbour_hosts.ts";
import { createNeighbourNotifier } from "./neighbour_notifier.ts";
import { createNotifier, type Question } from "./notifier.ts";
import { createPacer } from "./pacer.ts";
import type { Link, PacketSocket } from "./packet_socket.ts";
import { startPatientTimer } from "./patient_timer.ts";
import { hasAddress, type PlacedAddress, type PlacedVip } from "./placed_vip.ts";
import { createPinger, type Ping } from "./pinger.ts";
import { createProber } from "./prober.ts";

/** Core's schedule of announcements is over after five seconds; whoever has not confirmed by then is asked so often. */
const ASK_AGAIN_MS = 30_000;

export function createRawAnnouncer(
  socket: PacketSocket,
  { vips, targets: firstTargets, neighbours, hosts: firstHosts, ip, isHere }: Omit<
    AnnouncerOptions,
    "packetSocket" | "arping"
  >,
): LocalAnnouncer {
  let placed = byName(vips);
  let owners = ownersOf(vips);
  let targets = firstTargets;
  let conflicting = (_: readonly Conflict[]) => {};
  let confirmed = () => {};
  let stopAsking: (() => void) | null = null;
  const announced = new Set<VipName>();
  const own = createOwnLinks(socket);
  const pacer = createPacer();
  const hosts = createNeighbourHosts(firstHosts, { ip });
  const vipHere = (address: string) => {
    const vip = owners.get(address);
    return vip !== undefined && isHere(vip) ? vip : null;
  };
  const confirmations = createConfirmations({
    vipAt: vipHere,
    isTarget: (address) => isTargeted(targets, address),
  });
  const isThere = (vip: VipName, from: PlacedAddress) => hasAddress(placed.get(vip), from) && isHere(vip);
  const isAnswered = ({ vip, from, target }: Question) =>
    confirmations.has(vip, { from: from.address, target });
  const notifier = createNotifier({ targets, isHere: isThere, isAnswered, ask });
  const neighbourNotifier = createNeighbourNotifier({
    neighbours,
    isHere: isThere,
    isAnswered,
    ask(question) {
      confirmations.expect(question.vip, { from: question.from.address, target: question.target });
      ask(question);
    },
    now: () => performance.now(),
  });
  const pinger = createPinger({ targets, send: ping });
  const prober = createProber({
    vipHere,
    send: sendProbes,
    read: () => socket.read(),
    hostOf: (mac) => hosts.hostOf(mac),
    conflicting: (conflicts) => conflicting(conflicts),
  });
  socket.onFrame((frame) => {
    const claim = parseClaim(frame);
    if (claim !== null && !own.has(claim.mac)) hear(claim);
  });

  return {
    announce(names, { isFirst }) {
      own.refresh();
      const these = names.flatMap((name) => placed.get(name) ?? []);
      for (const { vip } of these) {
        announced.add(vip);
        if (isFirst) confirmations.begin(vip);
      }
      const jobs = these.flatMap((vip) => vip.addresses.map((from) => announcing(vip, from)));
      // The first frame of every address before the second of any: the last VIP of a thousand waits half as long.
      void pacer.run(jobs.flatMap(([first]) => first ?? []));
      void pacer.run(jobs.flatMap(([, ...rest]) => rest));
      void pacer.run(these.map((vip) => () => notifier.notify(vip)));
      void pacer.run([() => neighbourNotifier.notify(these, { isFirst })]);
      if (!isFirst) {
        void pacer.run(these.flatMap((vip) => vip.addresses.map((from) => () => sendProbe(from))));
      }
      askAgainLater();
    },
    probe: (names) => {
      own.refresh();
      return prober.probe(names.flatMap((name) => placed.get(name) ?? []));
    },
    onConfirmed: (call) => void (confirmed = call),
    onConflicts: (call) => void (conflicting = call),
    confirmations: () =>
      new Map(
        [...announced].filter(isHere).flatMap((name) => {
          const vip = placed.get(name);
          return vip === undefined || (targets.length === 0 && neighbours.throttle() === null)
            ? []
            : [[name, confirmations.of(vip, targets)] as const];
        }),
      ),
    adopt(to) {
      placed = byName(to.vips);
      owners = ownersOf(to.vips);
      targets = to.targets;
      hosts.adopt(to.hosts);
      notifier.adopt(to.targets);
      pinger.adopt(to.targets);
      // A target that is new has not learned where the VIPs are that were announced before.
      askUnconfirmed();
    },
    async close() {
      stopAsking?.();
      pacer.close();
      prober.close();
      notifier.close();
      neighbourNotifier.close();
      pinger.close();
      socket.close();
    },
  };

  function hear(claim: Claim): void {
    hosts.hear(claim);
    prober.hear(claim);
    const vip = confirmations.hear(claim);
    if (vip !== null) confirmed();
    const from = vip === null
      ? undefined
      : placed.get(vip)?.addresses.find(({ address }) => address === claim.to);
    if (from !== undefined) pinger.answered(from, claim);
  }

  function ask({ from, target }: Pick<Question, "from" | "target">): void {
    const link = own.link(from.interface);
    const to = parseIpAddress(target);
    if (link === null || to === null) return;
    socket.send(questionFrame({ mac: link.mac, address: bytesOf(from.address) }, to.bytes), link);
  }

  function ping({ from, target, mac }: Ping): void {
    const link = own.link(from.interface);
    const to = parseIpAddress(target);
    if (link === null || to === null || vipHere(from.address) === null) return;
    const sender = { mac: link.mac, address: bytesOf(from.address) };
    socket.send(echoRequestFrame(sender, { mac: macBytes(mac), address: to.bytes }), link);
  }

  /** What sends the frames of an address, one after the other, while the VIP is here. */
  function announcing({ vip }: PlacedVip, from: PlacedAddress): readonly (() => void)[] {
    const via = own.via(from.interface);
    // None where the interface is gone. What an interface does not take is lost: announcements are repeated.
    if (via === null) return [];
    const { link, router } = via;
    return announcementFrames({ mac: link.mac, address: bytesOf(from.address) }, { router })
      .map((frame) => () => void (isThere(vip, from) && socket.send(frame, link)));
  }

  async function sendProbes(addresses: readonly PlacedAddress[]): Promise<readonly boolean[]> {
    const sent = addresses.map(() => false);
    await pacer.run(addresses.map((address, at) => () => void (sent[at] = sendProbe(address))));
    return sent;
  }

  function sendProbe({ address, ...on }: PlacedAddress): boolean {
    const link = own.link(on.interface);
    return link !== null && socket.send(probeFrame(link.mac, bytesOf(address)), link);
  }

  /** One timer for all VIPs: there is nothing to do as soon as all is confirmed. */
  function askAgainLater(): void {
    stopAsking ??= startPatientTimer(ASK_AGAIN_MS, () => {
      stopAsking = null;
      askUnconfirmed();
    });
  }

  function askUnconfirmed(): void {
    own.refresh();
    for (const vip of announced) if (!isHere(vip)) announced.delete(vip);
    const unconfirmed = [...announced].flatMap((name) => placed.get(name) ?? [])
      .filter((vip) => confirmations.of(vip, targets).missing.length > 0);
    void pacer.run(unconfirmed.map((vip) => () => notifier.notify(vip)));
    if (unconfirmed.length > 0) askAgainLater();
  }
}

const byName = (vips: readonly PlacedVip[]) => new Map(vips.map((each) => [each.vip, each]));

/** By address. */
const ownersOf = (vips: readonly PlacedVip[]): ReadonlyMap<string, VipName> =>
  new Map(vips.flatMap(({ vip, addresses }) => addresses.map(({ address }) => [address, vip] as const)));

interface Via {
  readonly link: Link;
  /** Whether this host forwards IPv6 that comes in there. */
  readonly router: boolean;
}

/** The interfaces of this host, looked up when they are needed, and anew after refresh(): they may change. */
function createOwnLinks(socket: PacketSocket) {
  const known = new Map<string, Via | null>();
  let macs = new Set<string>();
  const via = (name: string): Via | null => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const link = socket.link(name);
    if (link !== null) macs = new Set([...macs, macText(link.mac)]);
    const fresh = link === null ? null : { link, router: isIpv6Router(name) };
    known.set(name, fresh);
    return fresh;
  };
  return {
    via,
    link: (name: string): Link | null => via(name)?.link ?? null,
    has: (mac: string): boolean => macs.has(mac),
    refresh: () => known.clear(),
  };
}

function isIpv6Router(interfaceName: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${interfaceName}/forwarding`, "utf8").trim() !== "0";
  } catch {
    // A kernel without IPv6.
    return false;
  }
}

const parsedBytes = new Map<string, Uint8Array>();

/** Read once: a thousand addresses are announced in one go, again and again. */
function bytesOf(address: string): Uint8Array {
  const known = parsedBytes.get(address);
  if (known !== undefined) return known;
  const parsed = parseIpAddress(address);
  assert(parsed !== null, `"${address}" is the canonical text of an address`);
  parsedBytes.set(address, parsed.bytes);
  return parsed.bytes;
}
