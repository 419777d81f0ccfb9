// Asks the kernel, and has its answer when the call returns: it carries requests out while they are sent to it. Many
// travel in one datagram, and only the last of them is confirmed; what the kernel refuses it tells in any case. A batch
// is small enough that an answer to each of its requests would fit into the socket's buffer; should one be dropped
// nevertheless, so is the last, and nothing of the batch counts as done.

import { encodeRequests, messagesOf, type NetlinkMessage, type NetlinkRequest } from "../codec/netlink.ts";
import { answerOf, isInterrupted, type Refusal } from "../codec/netlink_answers.ts";
import { type Parsed, parsed, problem } from "../codec/parsed.ts";
import type { KernelSocket } from "./kernel_socket.ts";
import { openNetlinkSocket, takeAll } from "./netlink_socket.ts";

export interface NetlinkRequests {
  /** Carries them out, in order, and gives for each why it was refused, or null. */
  carryOut(requests: readonly NetlinkRequest[]): readonly (Refusal | null)[];
  /** What the kernel has of the kind that is asked for; what `parse` knows nothing of is left out. */
  list<Part>(
    request: NetlinkRequest,
    parse: (message: NetlinkMessage) => Part | null,
  ): Parsed<readonly Part[]>;
  close(): void;
}

/** Opens the way to the kernel; `problem` is for people. */
export function openNetlinkRequests(): NetlinkRequests | { readonly problem: string } {
  const socket = openNetlinkSocket(HEARS_ANSWERS_ONLY);
  if ("problem" in socket) return socket;
  // Kernels before 4.12 have no words of their own.
  socket.set(SOL_NETLINK, NETLINK_EXT_ACK, Uint8Array.of(1, 0, 0, 0));
  return requestsOn(socket);
}

function requestsOn(socket: KernelSocket): NetlinkRequests {
  let sequence = 0;
  let isOpen = true;

  return {
    carryOut(requests) {
      const outcomes: (Refusal | null)[] = [];
      for (let at = 0; at < requests.length; at += BATCH) {
        outcomes.push(...carryOutBatch(requests.slice(at, at + BATCH)));
      }
      return outcomes;
    },
    list(request, parse) {
      for (let attempt = 1;; attempt++) {
        const { parts, end } = listOnce(request, parse);
        if (end === "whole") return parsed(parts);
        if (end !== "interrupted") return problem(end.problem);
        if (attempt === LIST_ATTEMPTS_MAX) return problem("it changes all the time");
      }
    },
    close() {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };

  function carryOutBatch(batch: readonly NetlinkRequest[]): readonly (Refusal | null)[] {
    const first = sequence;
    const last = batch.length - 1;
    const outcomes = new Array<Refusal | null>(batch.length).fill(null);
    let isConfirmed = false;
    ask(batch, { confirmed: true }, (message) => {
      const at = (message.sequence - first) >>> 0;
      const answer = answerOf(message);
      if (at > last || answer.kind === "part") return;
      if (answer.kind === "refused") outcomes[at] = answer.refusal;
      if (at === last) isConfirmed = true;
    });
    return isConfirmed ? outcomes : outcomes.map((refusal) => refusal ?? NO_ANSWER);
  }

  function listOnce<Part>(
    request: NetlinkRequest,
    parse: (message: NetlinkMessage) => Part | null,
  ): { readonly parts: readonly Part[]; readonly end: "whole" | "interrupted" | Refusal } {
    const expected = sequence;
    const parts: Part[] = [];
    let end: "whole" | "interrupted" | Refusal = NO_ANSWER;
    let wasInterrupted = false;
    ask([request], { confirmed: false }, (message) => {
      if (message.sequence !== expected) return;
      const answer = answerOf(message);
      if (isInterrupted(message)) wasInterrupted = true;
      if (answer.kind === "refused") end = answer.refusal;
      else if (answer.kind !== "part") end = wasInterrupted ? "interrupted" : "whole";
      const part = answer.kind === "part" ? parse(message) : null;
      if (part !== null) parts.push(part);
    });
    return { parts, end };
  }

  /** Sends requests in one datagram and has every message looked at that is there then. */
  function ask(
    requests: readonly NetlinkRequest[],
    how: { readonly confirmed: boolean },
    look: (message: NetlinkMessage) => void,
  ): void {
    // The number of a closed socket may be another one's by now.
    if (!isOpen) return;
    // While the buffer overflows the kernel gives no answer.
    takeAll(socket, () => {});
    const datagram = encodeRequests(requests, { sequence, ...how });
    sequence = (sequence + requests.length) >>> 0;
    if (!socket.send(datagram)) return;
    takeAll(socket, (datagram) => messagesOf(datagram).forEach(look));
  }
}

const NO_ANSWER: Refusal = { errno: 0, problem: "the kernel gave no answer" };
const HEARS_ANSWERS_ONLY = 0;
/** Requests in one datagram. */
const BATCH = 100;
/** How often a list is asked for that changes while it is told. */
const LIST_ATTEMPTS_MAX = 5;
const SOL_NETLINK = 270, NETLINK_EXT_ACK = 11;
