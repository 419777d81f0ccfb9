// Announces VIPs through a packet socket: at once, and a thousand in a few milliseconds.

import { announcementFrames, questionFrame } from "../codec/announcement.ts";
import { readFileSync } from "node:fs";
import { assert } from "../core/assert.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { AnnouncerOptions, LocalAnnouncer } from "./announcer.ts";
import { createNotifier } from "./notifier.ts";
import type { Link, PacketSocket } from "./packet_socket.ts";
import { hasAddress, type PlacedAddress, type PlacedVip } from "./placed_vip.ts";

export function createRawAnnouncer(
  socket: PacketSocket,
  { vips, targets, isHere }: Pick<AnnouncerOptions, "vips" | "targets" | "isHere">,
): LocalAnnouncer {
  let placed = sendersOf(vips);
  const notifier = createNotifier({
    targets,
    isHere: (vip, from) => hasAddress(placed.get(vip), from) && isHere(vip),
    ask({ from, target }) {
      const link = socket.link(from.interface);
      if (link === null) return;
      socket.send(questionFrame({ mac: link.mac, address: bytesOf(from.address) }, bytesOf(target)), link);
    },
  });

  return {
    announce(names) {
      const lookUp = createLookUp(socket);
      const announced = names.flatMap((name) => placed.get(name) ?? []);
      const frames = announced.flatMap(({ senders }) => senders.flatMap((each) => framesOf(each, lookUp)));
      // The first frame of every address before the second of any: the last VIP of a thousand waits half as long.
      for (const { link, first } of frames) socket.send(first, link);
      for (const { link, rest } of frames) rest.forEach((frame) => socket.send(frame, link));
      announced.forEach((vip) => notifier.notify(vip));
    },
    probe: (names) => Promise.resolve(names.map((vip) => ({ vip, answer: { kind: "unknown" } }))),
    onConflict() {},
    confirmations: () => new Map(),
    adopt(to) {
      placed = sendersOf(to.vips);
      notifier.adopt(to.targets);
    },
    async close() {
      notifier.close();
      socket.close();
    },
  };
}

const sendersOf = (vips: readonly PlacedVip[]) =>
  new Map(vips.map((each) => [each.vip, { ...each, senders: each.addresses.map(senderOf) }]));

/** None where the interface is gone. What an interface does not take is lost: announcements are repeated. */
function framesOf({ bytes, ...on }: Sender, lookUp: (interfaceName: string) => Via | null) {
  const via = lookUp(on.interface);
  if (via === null) return [];
  const { link, router } = via;
  const [first, ...rest] = announcementFrames({ mac: link.mac, address: bytes }, { router });
  return first === undefined ? [] : [{ link, first, rest }];
}

/** An address of a VIP, read once: a thousand of them are announced in one go. */
interface Sender {
  readonly bytes: Uint8Array;
  readonly interface: string;
}

const senderOf = ({ address, ...on }: PlacedAddress): Sender => ({
  bytes: bytesOf(address),
  interface: on.interface,
});

interface Via {
  readonly link: Link;
  /** Whether this host forwards IPv6 that comes in there. */
  readonly router: boolean;
}

/** Looks each interface up once a call, and no longer: its number and hardware address may change. */
function createLookUp(socket: PacketSocket): (interfaceName: string) => Via | null {
  const known = new Map<string, Via | null>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const link = socket.link(name);
    const via = link === null ? null : { link, router: isIpv6Router(name) };
    known.set(name, via);
    return via;
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

function bytesOf(address: string): Uint8Array {
  const parsed = parseIpAddress(address);
  assert(parsed !== null, `"${address}" is the canonical text of an address`);
  return parsed.bytes;
}
