// Datagrams in, messages out. What the codec drops changes nothing but a counter; the log tells of it once, and
// again only after a quiet time, so that a flood of datagrams fills no log.

import type { Authenticator } from "../codec/datagram.ts";
import { createReceiver, type DropReason, receiveDatagram, type Receiver } from "../codec/receiver.ts";
import type { Message, Sender } from "../core/message.ts";
import { elapsed, type Group, type HostName, type Incarnation, type Instant } from "../core/vocabulary.ts";
import { dropMeanings, type Drops, dropWarnedFor } from "./drops.ts";
import type { Clock, Log } from "./ports.ts";

/** What an inbox is made of. */
export interface InboxParts {
  readonly group: Group;
  readonly self: HostName;
  readonly incarnation: Incarnation;
  readonly authenticator: Authenticator;
  readonly ports: { readonly clock: Clock; readonly log: Log };
}

/** A whole, new, authentic message of another host of the group. */
export interface Letter {
  readonly sender: Sender;
  readonly message: Message;
}

export class Inbox {
  readonly #parts: InboxParts;
  readonly #last = new Map<DropReason, Instant>();
  #receiver: Receiver;

  constructor(parts: InboxParts) {
    const { group, self: host, incarnation } = parts;
    const hosts = group.hosts.map(({ name }) => name);
    this.#parts = parts;
    this.#receiver = createReceiver({ group: group.name, self: { host, incarnation }, hosts });
  }

  /** The message that the datagram completes, if it does. */
  open(datagram: Uint8Array): Letter | null {
    const { state, outcome } = receiveDatagram(this.#receiver, datagram, this.#parts);
    this.#receiver = state;
    switch (outcome.kind) {
      case "message":
        return outcome;
      case "incomplete":
        return null;
      case "dropped":
        this.#tell(outcome.why);
        return null;
    }
  }

  /** What was dropped so far. */
  get drops(): Drops {
    return { counts: this.#receiver.dropped, last: this.#last };
  }

  #tell(why: DropReason): void {
    const { clock, log } = this.#parts.ports;
    const now = clock.now();
    const last = this.#last.get(why);
    this.#last.set(why, now);
    const isTold = last !== undefined && elapsed(last, now) < dropWarnedFor;
    if (dropMeanings[why] !== null && !isTold) {
      log.write("warning", `Dropped a datagram ${dropMeanings[why]}`, { why });
    }
  }
}
