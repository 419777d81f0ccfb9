// Who holds each VIP, asked of the network and not of the daemons: a who-has (ARP) or neighbour solicitation
// (IPv6) for every address every few milliseconds. What counts is every answer that passes on the switch: to these
// questions, to those of the client, and the echo replies that the client gets. A process of its own in a namespace
// of its own: asking from the client's would refresh the very neighbour cache whose staleness the client's gaps are
// to show.
//
// A host holds an address from its first answer to its last one, unless it was silent for long in between. Two hosts
// hold it while these stretches overlap:
//
//     test00   x  x  x  x  x
//     test01            x  x  x  x
//                       |<>|            two holders, and a handover would be none
//
// So nothing is taken for two holders that is not; what is missed is at most the time between two questions.

import {
  addressBytes,
  createPoll,
  internetAddress,
  linkAddress,
  macBytes,
  openArpSender,
  openFrameSocket,
  openIcmp6Socket,
  receive,
  runPromptly,
  send,
  sendSolicitationsThrough,
} from "./raw_socket.ts";
import { answerFilter, parseAnswer, type PassingAnswer } from "./passing_answers.ts";
import { createCommandReader, type WatchAnswer, type WatchOptions, writeAnswer } from "./probe_protocol.ts";

/** After so many rounds of questions, or milliseconds if that is longer, a silent host may have let go in between. */
const ROUNDS_MAX = 3, SILENT_MAX_MS = 10;

interface Watched {
  readonly address: string;
  readonly ask: () => void;
  /** Who has answered our question in the round that is going on. */
  readonly answering: Set<string>;
  /** Who answered in the round before, sorted. */
  holders: readonly string[];
  /** For each host the last stretch in which it answered anybody. */
  readonly stretches: Map<string, { from: number; to: number }>;
  twoHoldersMs: number;
  /** Until when two holders are counted already. */
  twoHoldersTo: number;
  echoReplies: number;
  history: { atMs: number; macs: readonly string[] }[];
}

if (import.meta.main) watch(JSON.parse(Deno.args[0] ?? "{}") as WatchOptions);

function watch(options: WatchOptions): void {
  runPromptly();
  const passing = openFrameSocket(options.switch, answerFilter);
  const arp = openArpSender();
  const icmp6 = openIcmp6Socket(null);
  sendSolicitationsThrough(icmp6, options.interfaceName);
  const watched = new Map(
    options.addresses.map((address) => [keyOf(addressBytes(address)), create(address)]),
  );
  const poll = createPoll([passing.descriptor, 0]);
  const readCommands = createCommandReader();
  const buffer = new Uint8Array(2048);
  const silentMaxMs = Math.max(SILENT_MAX_MS, ROUNDS_MAX * options.everyMs);
  let windowFrom = performance.now();
  let roundFrom = windowFrom;

  while (true) {
    const now = performance.now();
    if (now >= roundFrom + options.everyMs) {
      for (const each of watched.values()) closeRound(each);
      roundFrom = now;
      for (const each of watched.values()) each.ask();
    }
    drain();
    const [, commanded] = poll(roundFrom + options.everyMs - performance.now());
    drain();
    if (commanded && !obey()) return;
  }

  function create(address: string): Watched {
    return {
      address,
      ask: address.includes(":") ? solicitation(address) : whoHas(address),
      answering: new Set(),
      holders: [],
      stretches: new Map(),
      twoHoldersMs: 0,
      twoHoldersTo: 0,
      echoReplies: 0,
      history: [],
    };
  }

  function whoHas(address: string): () => void {
    const request = new Uint8Array([0, 1, 8, 0, 6, 4, 0, 1, ...new Array<number>(20).fill(0)]);
    request.set(macBytes(options.mac), 8);
    request.set(addressBytes(options.sender), 14);
    request.set(addressBytes(address), 24);
    const everybody = linkAddress(options.interfaceName, macBytes("ff:ff:ff:ff:ff:ff"));
    return () => void send(arp, request, everybody);
  }

  function solicitation(address: string): () => void {
    const target = addressBytes(address);
    const request = new Uint8Array([135, 0, 0, 0, 0, 0, 0, 0, ...target, 1, 1, ...macBytes(options.mac)]);
    // Solicited-node multicast address, RFC 4291 section 2.7.1: the last three bytes of the address.
    const group = internetAddress("ff02::1:ff00:0");
    group.set(target.subarray(13), 8 + 13);
    return () => void send(icmp6, request, group);
  }

  function drain(): void {
    for (let length = receive(passing, buffer); length >= 0; length = receive(passing, buffer)) {
      const answer = parseAnswer(buffer.subarray(0, length));
      const each = answer === null ? undefined : watched.get(keyOf(answer.address));
      if (answer !== null && each !== undefined) take(each, answer);
    }
  }

  function take(each: Watched, { kind, mac, to }: PassingAnswer): void {
    const now = performance.now();
    const host = macText(mac);
    if (kind === "echo") each.echoReplies++;
    else if (macText(to) === options.mac) each.answering.add(host);
    const stretch = each.stretches.get(host);
    if (stretch === undefined || now - stretch.to > silentMaxMs) {
      each.stretches.set(host, { from: now, to: now });
      return;
    }
    stretch.to = now;
    for (const [other, { from, to }] of each.stretches) {
      const since = Math.max(from, stretch.from, each.twoHoldersTo);
      if (other === host || to <= since) continue;
      each.twoHoldersMs += to - since;
      each.twoHoldersTo = to;
    }
  }

  function closeRound(each: Watched): void {
    const macs = [...each.answering].sort();
    each.answering.clear();
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
      each.twoHoldersTo = windowFrom;
      each.echoReplies = 0;
      each.history = [{ atMs: 0, macs: each.holders }];
    }
    return { kind: "begun" };
  }

  function windowSoFar(): WatchAnswer {
    const addresses = [...watched.values()].map((
      { address, holders, twoHoldersMs, echoReplies, history },
    ) => ({
      address,
      holders,
      twoHoldersMs,
      echoReplies,
      history,
    }));
    return { kind: "window", windowMs: performance.now() - windowFrom, addresses };
  }
}

function keyOf(bytes: Uint8Array): string {
  return bytes.join(".");
}

function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
