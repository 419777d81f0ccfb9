// How a message travels: as the datagrams of the real codec, or, where a run asks for speed, as the message itself.
// Either way a receiver takes each message of each life of a sender once at most, and nothing that is far behind.

import { type Authenticator, encodeDatagrams, TAG_BYTES } from "../codec/datagram.ts";
import { createReceiver, receiveDatagram, WINDOW } from "../codec/receiver.ts";
import type { Message, Sender } from "../core/message.ts";
import type { HostName, Incarnation } from "../core/vocabulary.ts";
import type { Random } from "./random.ts";

/** What is under way between two hosts. */
export type Packet = Uint8Array | Spoken;

export interface Spoken {
  readonly sender: Sender;
  readonly message: Message;
}

export interface Wire {
  encode(spoken: Spoken): readonly Packet[];
  /** A receiver of its own for each life of a daemon, with what it remembers of the messages it got. */
  receiver(self: { readonly host: HostName; readonly incarnation: Incarnation }): Receive;
}

/** The message that the packet completes; null if it completes none or is refused. */
export type Receive = (packet: Packet) => Spoken | null;

/** Messages travel as bytes, through the codec that the daemon uses. */
export function codecWire(group: string, hosts: readonly HostName[]): Wire {
  return {
    encode: ({ sender, message }) =>
      encodeDatagrams({ group, sender, message, wallTime: 0, authenticator: weakAuthenticator }),
    receiver(self) {
      let state = createReceiver({ group, self, hosts });
      return (packet) => {
        if (!(packet instanceof Uint8Array)) return null;
        const received = receiveDatagram(state, packet, { authenticator: weakAuthenticator });
        state = received.state;
        return received.outcome.kind === "message" ? received.outcome : null;
      };
    },
  };
}

/** Messages travel as they are, one packet each, with the window of the codec's receiver. */
export const plainWire: Wire = {
  encode: (spoken) => [spoken],
  receiver() {
    const lives = new Map<Incarnation, Window>();
    return (packet) => {
      if (packet instanceof Uint8Array) return null;
      const { incarnation, sequence } = packet.sender;
      const window = lives.get(incarnation);
      if (window === undefined) {
        lives.set(incarnation, { newest: sequence, delivered: 1 });
        return packet;
      }
      return isNew(window, sequence) ? packet : null;
    };
  },
};

/** Bit n: the message n before the newest was delivered. */
interface Window {
  newest: number;
  delivered: number;
}

/** Whether the message was not delivered before; from now on it was. */
function isNew(window: Window, sequence: number): boolean {
  const ahead = sequence - window.newest;
  if (ahead > 0) {
    window.delivered = ahead < WINDOW ? (window.delivered << ahead | 1) >>> 0 : 1;
    window.newest = sequence;
    return true;
  }
  if (-ahead >= WINDOW || (window.delivered >>> -ahead & 1) === 1) return false;
  window.delivered = (window.delivered | 1 << -ahead) >>> 0;
  return true;
}

/** Flips one bit of a datagram. */
export function corruptPacket<Any>(packet: Any, random: Random): Any | Uint8Array {
  if (!(packet instanceof Uint8Array) || packet.length === 0) return packet;
  const at = random.whole(0, packet.length - 1);
  return packet.with(at, (packet[at] ?? 0) ^ (1 << random.whole(0, 7)));
}

/** Finds every flipped bit and keeps nobody out: a checksum (FNV-1a), quick and the same everywhere. */
const weakAuthenticator: Authenticator = {
  tag(bytes) {
    const tag = new Uint8Array(TAG_BYTES);
    new DataView(tag.buffer).setUint32(0, checksum(bytes));
    return tag;
  },
  accepts: (bytes, tag) =>
    new DataView(tag.buffer, tag.byteOffset).getUint32(0) === checksum(bytes) &&
    tag.subarray(4).every((byte) => byte === 0),
};

function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
