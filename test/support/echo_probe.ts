// The client that a VIP is for: asks every address every few milliseconds (ICMP echo, through the kernel's own
// neighbour cache and routes) and knows for how long each went unanswered. A process of its own in the client's
// namespace: `deno run -A echo_probe.ts '{"addresses": [...], "everyMs": 5}'`, commands on standard input.
//
// It is one plain loop: send what is due, drain what came, wait for the next tick, an answer, or a command.

import {
  createPoll,
  internetAddress,
  openEchoSocket4,
  openIcmp6Socket,
  type RawSocket,
  receive,
  runPromptly,
  send,
} from "./raw_socket.ts";
import { createCommandReader, type EchoAnswer, type EchoOptions, writeAnswer } from "./probe_protocol.ts";

const ECHO_REPLY_6 = 129;
/** Ticks that are remembered for each address: over a minute at one probe a millisecond. */
const REMEMBERED = 1 << 17;
/** How long the end of a window waits for answers that are still on their way. */
const GRACE_MS = 100;

interface Target {
  readonly address: string;
  readonly family: 4 | 6;
  readonly to: Uint8Array<ArrayBuffer>;
  readonly request: Uint8Array<ArrayBuffer>;
  /** One byte for each remembered tick: 1 once it was answered. */
  readonly answered: Uint8Array;
  answeredInWindow: number;
  lastAnswerAt: number;
  longestGap: number;
  longestGapAt: number;
}

if (import.meta.main) probe(JSON.parse(Deno.args[0] ?? "{}") as EchoOptions);

function probe({ addresses, everyMs }: EchoOptions): void {
  runPromptly();
  const identifier = Deno.pid & 0xffff;
  const targets = addresses.map((address, index) => createTarget(address, index * 65536 + identifier));
  const sockets = { 4: openEchoSocket4(), 6: openIcmp6Socket(ECHO_REPLY_6) } as const;
  const poll = createPoll([sockets[4].descriptor, sockets[6].descriptor, 0]);
  const readCommands = createCommandReader();
  const buffer = new Uint8Array(2048);
  const window = { from: performance.now(), firstTick: 0, endsAt: Infinity, lastTick: 0 };
  let tick = 0;
  let lastRanAt = performance.now();
  let longestStall = 0;
  let nextTickAt = performance.now();

  while (true) {
    noteStall(performance.now());
    if (performance.now() >= nextTickAt) {
      tick++;
      for (const target of targets) sendEcho(sockets[target.family], target, tick);
      // A tick that was missed is not made up for: the gap must show, not a burst after it.
      nextTickAt = Math.max(nextTickAt + everyMs, performance.now());
    }
    drain4(sockets[4]);
    drain6(sockets[6]);
    if (performance.now() >= window.endsAt) reportWindow();
    const readable = poll(Math.min(nextTickAt, window.endsAt) - performance.now());
    if (readable[2] && !obey()) return;
  }

  /** The loop comes round at least once a tick; what is above that, the machine kept from this process. */
  function noteStall(now: number): void {
    longestStall = Math.max(longestStall, now - lastRanAt - everyMs);
    lastRanAt = now;
  }

  function drain4(socket: RawSocket): void {
    for (let length = receive(socket, buffer); length >= 0; length = receive(socket, buffer)) {
      const header = ((buffer[0] ?? 0) & 15) * 4;
      if (length >= header + 16) take(header);
    }
  }

  function drain6(socket: RawSocket): void {
    for (let length = receive(socket, buffer); length >= 0; length = receive(socket, buffer)) {
      if (length >= 16) take(0);
    }
  }

  function take(at: number): void {
    if (read16(buffer, at + 4) !== identifier) return;
    const target = targets[read32(buffer, at + 8)];
    if (target !== undefined) takeAnswer(target, read32(buffer, at + 12));
  }

  function takeAnswer(target: Target, answeredTick: number): void {
    const slot = answeredTick % REMEMBERED;
    if (answeredTick > tick || answeredTick <= tick - REMEMBERED || target.answered[slot] === 1) return;
    target.answered[slot] = 1;
    const inWindow = answeredTick >= window.firstTick && answeredTick <= window.lastTick;
    if (inWindow || window.endsAt === Infinity && answeredTick >= window.firstTick) target.answeredInWindow++;
    if (window.endsAt === Infinity) noteAnswer(target, performance.now());
    else target.lastAnswerAt = performance.now();
  }

  function noteAnswer(target: Target, now: number): void {
    const since = Math.max(target.lastAnswerAt, window.from);
    if (now - since > target.longestGap) {
      target.longestGap = now - since;
      target.longestGapAt = since - window.from;
    }
    target.lastAnswerAt = now;
  }

  /** False at the end of standard input. */
  function obey(): boolean {
    const commands = readCommands();
    if (commands === null) return false;
    for (const command of commands) {
      if (command.kind === "begin") beginWindow();
      else if (command.kind === "end") endWindow();
      else {writeAnswer({
          kind: "now",
          silentMs: targets.map((each) => performance.now() - each.lastAnswerAt),
        });}
    }
    return true;
  }

  function beginWindow(): void {
    window.from = performance.now();
    window.firstTick = tick + 1;
    window.endsAt = Infinity;
    longestStall = 0;
    for (const target of targets) {
      target.answeredInWindow = 0;
      target.longestGap = 0;
      target.longestGapAt = 0;
    }
    writeAnswer({ kind: "begun" });
  }

  function endWindow(): void {
    const now = performance.now();
    for (const target of targets) {
      const answeredAt = target.lastAnswerAt;
      noteAnswer(target, now);
      target.lastAnswerAt = answeredAt;
    }
    window.lastTick = tick;
    window.endsAt = now + GRACE_MS;
  }

  function reportWindow(): void {
    const sent = Math.max(0, window.lastTick - window.firstTick + 1);
    const answer: EchoAnswer = {
      kind: "window",
      windowMs: window.endsAt - GRACE_MS - window.from,
      longestStallMs: longestStall,
      addresses: targets.map((target) => ({
        address: target.address,
        sent,
        lost: sent - target.answeredInWindow,
        longestGapMs: target.longestGap,
        longestGapAtMs: target.longestGapAt,
      })),
    };
    window.endsAt = Infinity;
    window.lastTick = 0;
    writeAnswer(answer);
  }
}

function createTarget(address: string, indexAndIdentifier: number): Target {
  const family = address.includes(":") ? 6 : 4;
  const request = new Uint8Array(16);
  const view = new DataView(request.buffer);
  view.setUint8(0, family === 4 ? 8 : 128);
  view.setUint16(4, indexAndIdentifier & 0xffff);
  view.setUint32(8, indexAndIdentifier >>> 16);
  return {
    address,
    family,
    to: internetAddress(address),
    request,
    answered: new Uint8Array(REMEMBERED),
    answeredInWindow: 0,
    lastAnswerAt: -Infinity,
    longestGap: 0,
    longestGapAt: 0,
  };
}

function sendEcho(socket: RawSocket, target: Target, tick: number): void {
  const { request } = target;
  target.answered[tick % REMEMBERED] = 0;
  write16(request, 6, tick & 0xffff);
  write16(request, 12, tick >>> 16);
  write16(request, 14, tick & 0xffff);
  // For IPv6 the kernel fills the checksum in.
  if (target.family === 4) {
    write16(request, 2, 0);
    write16(request, 2, internetChecksum(request));
  }
  send(socket, request, target.to);
}

/** RFC 1071, over an even number of bytes. */
function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += read16(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function read32(bytes: Uint8Array, at: number): number {
  return read16(bytes, at) * 65536 + read16(bytes, at + 2);
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}
