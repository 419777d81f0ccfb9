// Datagrams in, messages out. What the codec drops changes nothing but a counter; the log tells of it once, and
// again only after a quiet time, so that a flood of datagrams fills no log. Every authentic datagram, also the second
// copy of a message, shows that its segment is a path to its sender.

import type { Authenticator } from "../codec/datagram.ts";
import {
  createReceiver,
  type DropReason,
  receiveDatagram,
  type Receiver,
  withHosts,
} from "../codec/receiver.ts";
import type { Message, Sender } from "../core/message.ts";
import {
  elapsed,
  type Group,
  type HostName,
  type Incarnation,
  type Instant,
  type SegmentName,
} from "../core/vocabulary.ts";
import { WallClocks } from "./clocks.ts";
import { dropMeanings, type Drops, dropWarnedFor } from "./drops.ts";
import { pathText } from "./path_text.ts";
import {
  continued,
  createPaths,
  type Hearing,
  hearOn,
  type HostPaths,
  type PathStatus,
  pathStatuses,
} from "./paths.ts";
import type { Clock, Log } from "./ports.ts";

/** What an inbox is made of. */
export interface InboxParts {
  readonly group: Group;
  readonly self: HostName;
  readonly incarnation: Incarnation;
  /** Those that each host is part of, this one too. */
  readonly segments: ReadonlyMap<HostName, readonly SegmentName[]>;
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
  /** Of the other hosts, for people. */
  readonly clocks = new WallClocks();
  readonly #last = new Map<DropReason, Instant>();
  #paths: Map<HostName, HostPaths>;
  #receiver: Receiver;

  constructor(parts: InboxParts) {
    const { group, self: host, incarnation, segments } = parts;
    const hosts = group.hosts.map(({ name }) => name);
    this.#parts = parts;
    this.#paths = new Map(createPaths({ self: host, segments, timing: group.timing }));
    this.#receiver = createReceiver({ group: group.name, self: { host, incarnation }, hosts });
  }

  /** The message that the datagram, heard on the segment, completes, if it does. */
  open(datagram: Uint8Array, segment: SegmentName): Letter | null {
    const { state, outcome } = receiveDatagram(this.#receiver, datagram, this.#parts);
    this.#receiver = state;
    if (outcome.kind !== "dropped") {
      this.#hear(outcome.sender.host, { segment, isNew: outcome.kind !== "repeated" });
    }
    switch (outcome.kind) {
      case "message": {
        const { sender, message, wallTime: sent } = outcome;
        this.clocks.hear(sender.host, { sent, received: this.#parts.ports.clock.wallTime() });
        return { sender, message };
      }
      case "incomplete":
      case "repeated":
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

  /** How each host is heard that is not this one. */
  paths(now: Instant): ReadonlyMap<HostName, readonly PathStatus[]> {
    return new Map([...this.#paths].map(([host, paths]) => [host, pathStatuses(paths, now)]));
  }

  #hear(host: HostName, on: Pick<Hearing, "segment" | "isNew">): void {
    const { clock, log } = this.#parts.ports;
    const paths = this.#paths.get(host);
    if (paths === undefined) return;
    const { state, notes } = hearOn(paths, { ...on, now: clock.now() });
    this.#paths.set(host, state);
    for (const note of notes) {
      const { level, text } = pathText(note);
      log.write(level, text, { kind: note.kind });
    }
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

  /** Listens to the hosts of another configuration from now on. What is known of those that stay is kept. */
  adopt({ group, segments }: Pick<InboxParts, "group" | "segments">): void {
    const paths = createPaths({ self: this.#parts.self, segments, timing: group.timing });
    this.#paths = new Map([...paths].map(([host, fresh]) => [host, continued(fresh, this.#paths.get(host))]));
    this.#receiver = withHosts(this.#receiver, group.hosts.map(({ name }) => name));
  }
}
