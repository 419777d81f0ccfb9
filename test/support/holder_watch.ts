// Who holds each VIP, asked of the network and not of the daemons: a who-has (ARP) or neighbour solicitation
// (IPv6) for every address every few milliseconds, and the MACs that answer it. Two MACs in one round are two
// holders. A process of its own in a namespace of its own: asking from the client's would refresh the very
// neighbour cache whose staleness the client's gaps are to show.

import {
  addressBytes,
  createPoll,
  internetAddress,
  linkAddress,
  macBytes,
  openArpSocket,
  openIcmp6Socket,
  receive,
  runPromptly,
  send,
  sendSolicitationsThrough,
} from "./raw_socket.ts";
import { createCommandReader, type WatchAnswer, type WatchOptions, writeAnswer } from "./probe_protocol.ts";

const NEIGHBOUR_ADVERTISEMENT = 136, SOLICITED = 0x40, TARGET_LINK_LAYER_ADDRESS = 2;

interface Watched {
  readonly address: string;
  readonly ask: () => void;
  /** Who has answered in the round that is going on. */
  readonly answering: Set<string>;
  /** Who answered in the round before, sorted. */
  holders: readonly string[];
  twoHoldersMs: number;
  history: { atMs: number; macs: readonly string[] }[];
}

if (import.meta.main) watch(JSON.parse(Deno.args[0] ?? "{}") as WatchOptions);

function watch(options: WatchOptions): void {
  runPromptly();
  const arp = openArpSocket(options.interfaceName);
  const icmp6 = openIcmp6Socket(NEIGHBOUR_ADVERTISEMENT);
  sendSolicitationsThrough(icmp6, options.interfaceName);
  const own = addressBytes(options.sender).join(".");
  const watched = new Map(
    options.addresses.map((address) => [keyOf(addressBytes(address)), create(address)]),
  );
  const poll = createPoll([arp.descriptor, icmp6.descriptor, 0]);
  const readCommands = createCommandReader();
  const buffer = new Uint8Array(2048);
  let windowFrom = performance.now();
  let roundFrom = windowFrom;

  while (true) {
    const now = performance.now();
    if (now >= roundFrom + options.everyMs) {
      for (const each of watched.values()) closeRound(each, now);
      roundFrom = now;
      for (const each of watched.values()) each.ask();
    }
    drain();
    const readable = poll(roundFrom + options.everyMs - performance.now());
    drain();
    if (readable[2] && !obey()) return;
  }

  function create(address: string): Watched {
    const ask = address.includes(":")
      ? solicitation(address, (datagram, to) => send(icmp6, datagram, to))
      : whoHas(address, (datagram, to) => send(arp, datagram, to));
    return { address, ask, answering: new Set(), holders: [], twoHoldersMs: 0, history: [] };
  }

  function whoHas(address: string, sendTo: (datagram: Datagram, to: Datagram) => void): () => void {
    const request = new Uint8Array([0, 1, 8, 0, 6, 4, 0, 1, ...new Array<number>(20).fill(0)]);
    request.set(macBytes(options.mac), 8);
    request.set(addressBytes(options.sender), 14);
    request.set(addressBytes(address), 24);
    const everybody = linkAddress(options.interfaceName, macBytes("ff:ff:ff:ff:ff:ff"));
    return () => sendTo(request, everybody);
  }

  function solicitation(address: string, sendTo: (datagram: Datagram, to: Datagram) => void): () => void {
    const target = addressBytes(address);
    const request = new Uint8Array([135, 0, 0, 0, 0, 0, 0, 0, ...target, 1, 1, ...macBytes(options.mac)]);
    // Solicited-node multicast address, RFC 4291 section 2.7.1: the last three bytes of the address.
    const group = internetAddress("ff02::1:ff00:0");
    group.set(target.subarray(13), 8 + 13);
    return () => sendTo(request, group);
  }

  function drain(): void {
    for (let length = receive(arp, buffer); length >= 28; length = receive(arp, buffer)) takeArp();
    for (let length = receive(icmp6, buffer); length >= 24; length = receive(icmp6, buffer)) {
      takeAdvertisement(length);
    }
  }

  /** Only replies to our own questions count: an announcement tells what its sender wants, not what it does. */
  function takeArp(): void {
    const isReply = buffer[7] === 2 && buffer.subarray(24, 28).join(".") === own;
    if (isReply) watched.get(keyOf(buffer.subarray(14, 18)))?.answering.add(macText(buffer.subarray(8, 14)));
  }

  function takeAdvertisement(length: number): void {
    if (((buffer[4] ?? 0) & SOLICITED) === 0 || length < 32 || buffer[24] !== TARGET_LINK_LAYER_ADDRESS) {
      return;
    }
    watched.get(keyOf(buffer.subarray(8, 24)))?.answering.add(macText(buffer.subarray(26, 32)));
  }

  function closeRound(each: Watched, now: number): void {
    const macs = [...each.answering].sort();
    each.answering.clear();
    if (macs.length > 1) each.twoHoldersMs += now - Math.max(roundFrom, windowFrom);
    if (macs.join() !== each.holders.join()) each.history.push({ atMs: roundFrom - windowFrom, macs });
    each.holders = macs;
  }

  /** False at the end of standard input. */
  function obey(): boolean {
    const commands = readCommands();
    if (commands === null) return false;
    for (const command of commands) {
      if (command.kind === "begin") writeAnswer(beginWindow());
      else if (command.kind === "end") writeAnswer(windowSoFar());
      else writeAnswer({ kind: "now", holders: [...watched.values()].map((each) => each.holders) });
    }
    return true;
  }

  function beginWindow(): WatchAnswer {
    windowFrom = performance.now();
    for (const each of watched.values()) {
      each.twoHoldersMs = 0;
      each.history = [{ atMs: 0, macs: each.holders }];
    }
    return { kind: "begun" };
  }

  function windowSoFar(): WatchAnswer {
    const addresses = [...watched.values()].map(({ address, twoHoldersMs, history }) => ({
      address,
      twoHoldersMs,
      history,
    }));
    return { kind: "window", windowMs: performance.now() - windowFrom, addresses };
  }
}

type Datagram = Uint8Array<ArrayBuffer>;

function keyOf(bytes: Uint8Array): string {
  return bytes.join(".");
}

function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
