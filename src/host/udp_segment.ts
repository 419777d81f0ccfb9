// The sockets of one segment. Everything is sent from one that is bound to this host's own address, which also
// hears what is sent to this host alone. A broadcast or multicast segment has a second one, bound to the group's
// address, that only listens: a socket that is bound to a host's address does not hear the group.
//
//     own address, port      sends everything, hears unicast      in use: another program, or a second daemon
//     group address, port    hears the group                      shared: several segments may have the same group

import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import process from "node:process";
import { parseIpAddress } from "../core/ip_address.ts";
import type { HostName, SegmentName } from "../core/vocabulary.ts";
import { codeOf } from "./command.ts";
import { addressState } from "./interface_state.ts";

/** A segment as this host has it. */
export interface PlacedSegment {
  readonly segment: SegmentName;
  readonly mode: "broadcast" | "multicast" | "unicast";
  /** Of the broadcast or multicast group; null for unicast. */
  readonly address: string | null;
  readonly port: number;
  /** This host's own address in it. */
  readonly local: string;
  /** The other hosts' addresses in it. */
  readonly peers: Peers;
}

export type Peers = ReadonlyMap<HostName, string>;

export interface SegmentSockets {
  readonly place: PlacedSegment;
  /** To every other host. */
  broadcast(datagram: Uint8Array): void;
  /** To one host, if it is in the segment. */
  send(to: HostName, datagram: Uint8Array): void;
  close(): Promise<void>;
}

export interface SegmentOptions {
  readonly receive: (datagram: Uint8Array) => void;
  /** Called with why a datagram could not be sent, for each, and with each error of a socket. */
  readonly failed: (error: unknown) => void;
  /** The other hosts' addresses by now: those of the place are those of the start. */
  readonly peers: () => Peers;
}

export type SegmentOutcome =
  | { readonly kind: "ok"; readonly sockets: SegmentSockets }
  /** Its interface is down, or has no address: that may change at any time. `problem` is for people. */
  | { readonly kind: "notYet"; readonly problem: string }
  /** `problem` is for people, who must mend it. */
  | { readonly kind: "problem"; readonly problem: string };

/** Opens the sockets. A port in use, and an address that this host does not have, are problems. */
export async function openSegment(place: PlacedSegment, options: SegmentOptions): Promise<SegmentOutcome> {
  const own = await openSocket({ address: place.local, port: place.port, shared: false }, options);
  if (own.kind === "problem") {
    return refusal(place, { address: place.local, code: own.code });
  }
  if (place.address === null) {
    return { kind: "ok", sockets: socketsOf(place, { own, group: null, ...options }) };
  }

  const address = `${place.address}${needsZone(place.address) ? zoneOf(place.local) : ""}`;
  const group = await openSocket({ address, port: place.port, shared: true }, options);
  if (group.kind === "ok") {
    return { kind: "ok", sockets: socketsOf(place, { own, group: { ...group, address }, ...options }) };
  }
  await close(own.socket);
  return refusal(place, { address: place.address, code: group.code });
}

/** How often a datagram is given to a socket that refuses it because an earlier one found nobody. */
const sendAttemptsMax = 4;

interface Sockets extends Pick<SegmentOptions, "failed" | "peers"> {
  readonly own: Opened;
  /** `address` has a zone where it needs one. */
  readonly group: Opened & { readonly address: string } | null;
}

function socketsOf(place: PlacedSegment, { own, group, failed, peers }: Sockets): SegmentSockets {
  const joining = place.mode === "multicast" && group !== null
    ? keepJoined(place, { own, group })
    : undefined;
  if (place.mode === "broadcast") own.socket.setBroadcast(true);
  const others = () => group === null ? [...peers().values()] : [group.address];
  let unsent = 0;
  let flushed: () => void = () => {};
  return {
    place,
    broadcast: (datagram) => others().forEach((address) => send(datagram, address)),
    send(to, datagram) {
      const address = peers().get(to);
      if (address !== undefined) send(datagram, address);
    },
    async close() {
      clearInterval(joining);
      // The farewell is the last thing sent: closing at once would lose it.
      if (unsent > 0) await new Promise<void>((resolve) => flushed = resolve);
      await close(own.socket);
      if (group !== null) await close(group.socket);
    },
  };

  function send(datagram: Uint8Array, address: string, attemptsLeft = sendAttemptsMax): void {
    unsent += 1;
    try {
      own.socket.send(datagram, place.port, address, (error) => {
        // Bun reports here that an earlier datagram, to anybody, found no one; this one was not sent at all.
        const isOfEarlier = codeOf(error) === "ECONNREFUSED";
        if (isOfEarlier && attemptsLeft > 1) send(datagram, address, attemptsLeft - 1);
        else if (error !== null && error !== undefined) failed(error);
        isSent();
      });
    } catch (error) {
      failed(error);
      isSent();
    }
  }

  function isSent(): void {
    unsent -= 1;
    if (unsent === 0) flushed();
  }
}

/** A membership ends when the interface is deleted, and nothing tells of it: so we join again and again. */
const JOIN_EVERY_MS = 2_000;

function keepJoined(
  { address, local }: PlacedSegment,
  { own, group }: { readonly own: Opened; readonly group: Opened },
): ReturnType<typeof setInterval> {
  // IPv4 names the interface by an address on it, IPv6 by its name.
  const through = local.includes(":") ? `::${zoneOf(local)}` : local;
  const join = () => {
    quietly(() => own.socket.setMulticastInterface(through));
    // Fails when we are a member already, and while the interface is gone.
    quietly(() => group.socket.addMembership(address ?? "", through));
  };
  own.socket.setMulticastLoopback(false);
  join();
  return setInterval(join, JOIN_EVERY_MS);
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Tried again soon.
  }
}

/** IPv6 groups whose scope is the interface or the link (RFC 4291, section 2.7) mean nothing without a link. */
const needsZone = (group: string): boolean => /^ff[0-9a-f][12]:/.test(group);

/** "%eth0" when the address is one of eth0. */
function zoneOf(local: string): string {
  const found = Deno.networkInterfaces().find(({ address }) => parseIpAddress(address)?.text === local);
  return found === undefined ? "" : `%${found.name}`;
}

interface Opened {
  readonly kind: "ok";
  readonly socket: Socket;
}

interface Binding {
  readonly address: string;
  readonly port: number;
  /** Whether other sockets may be bound to the same address and port. */
  readonly shared: boolean;
}

function openSocket(
  { address, port, shared }: Binding,
  { receive, failed }: SegmentOptions,
): Promise<Opened | { readonly kind: "problem"; readonly code: string }> {
  return new Promise((resolve) => {
    const type = address.includes(":") ? "udp6" : "udp4";
    const socket = createSocket({
      type,
      reuseAddr: shared,
      ipv6Only: type === "udp6",
      lookup: createLookup(),
    });
    const refuse = (error: Error) => {
      socket.close();
      resolve({ kind: "problem", code: codeOf(error) });
    };
    socket.once("error", refuse);
    socket.bind({ address, port }, () => {
      socket.off("error", refuse);
      socket.on("error", failed);
      socket.on("message", (message: Uint8Array) => receive(message));
      resolve({ kind: "ok", socket });
    });
  });
}

const close = (socket: Socket): Promise<void> => new Promise((closed) => void socket.close(() => closed()));

/** The address that could not be bound to, and why not. */
interface Refused {
  readonly address: string;
  readonly code: string;
}

function refusal(
  { segment, mode, port, local }: PlacedSegment,
  { address, code }: Refused,
): SegmentOutcome {
  const cannot = (why: string) => `Cannot open segment "${segment}": ${why}`;
  if (code === "EADDRINUSE") {
    const problem = cannot(`port ${port} of ${address} is in use by another program`);
    return { kind: "problem", problem };
  }
  if (code !== "EADDRNOTAVAIL") return { kind: "problem", problem: cannot(`${address}: ${code}`) };
  const state = addressState(local);
  switch (state.kind) {
    case "down":
      return { kind: "notYet", problem: cannot(`${state.interface}, which has ${local}, is down`) };
    case "absent":
      return { kind: "notYet", problem: cannot(`${local} is not an address of this host`) };
    case "here": {
      const what = address === local ? "an address" : `a ${mode} address`;
      return { kind: "problem", problem: cannot(`${address} is not ${what} of this host`) };
    }
  }
}

/**
 * All our names are addresses. Without this, even an address is looked up first, and sent a turn of the loop later.
 * The first look-up is the one of bind(), which may not end before bind() does: Deno would never close the socket.
 */
function createLookup(): NonNullable<SocketOptions["lookup"]> {
  let isBound = false;
  return (address, _options, callback) => {
    const found = () => callback(null, address, address.includes(":") ? 6 : 4);
    if (isBound) return found();
    isBound = true;
    process.nextTick(found);
  };
}
