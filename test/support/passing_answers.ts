// What passes on a switch and shows who has an address: answers to ARP requests, to neighbour solicitations and to
// echo requests. An announcement is none of these: it tells what its sender wants, not what it does.
//
// Frames are Ethernet II without VLAN tags and IPv4 without options, as all are in a lab; the offsets are those of
// RFC 826, 791, 792, 8200, 4443 and 4861.

import { type FrameFilter, IF_EQUAL, IPV4, LOAD_BYTE, LOAD_HALF, RETURN } from "./raw_socket.ts";

export interface PassingAnswer {
  /** The 4 or 16 bytes of the address that answers. */
  readonly address: Uint8Array;
  /** Of the host that sent the frame. */
  readonly mac: Uint8Array;
  /** Whom the frame is for. */
  readonly to: Uint8Array;
  /** Where the address is, or that something at it is alive. */
  readonly kind: "resolution" | "echo";
}

const ARP = 0x0806, IPV6 = 0x86dd;
const ARP_REPLY = 2, ICMP = 1, ECHO_REPLY = 0;
const ICMPV6 = 58, ECHO_REPLY_6 = 129, ADVERTISEMENT = 136, SOLICITED = 0x40;

/** Of all frames on a switch those that parseAnswer() looks at. A jump is so many instructions far from the next one. */
export const answerFilter: FrameFilter = [
  [LOAD_HALF, 0, 0, 12],
  [IF_EQUAL, 0, 2, ARP],
  [LOAD_HALF, 0, 0, 20],
  [IF_EQUAL, 12, 11, ARP_REPLY],
  [IF_EQUAL, 0, 4, IPV4],
  [LOAD_BYTE, 0, 0, 23],
  [IF_EQUAL, 0, 8, ICMP],
  [LOAD_BYTE, 0, 0, 34],
  [IF_EQUAL, 7, 6, ECHO_REPLY],
  [IF_EQUAL, 0, 5, IPV6],
  [LOAD_BYTE, 0, 0, 20],
  [IF_EQUAL, 0, 3, ICMPV6],
  [LOAD_BYTE, 0, 0, 54],
  [IF_EQUAL, 2, 0, ECHO_REPLY_6],
  [IF_EQUAL, 1, 0, ADVERTISEMENT],
  [RETURN, 0, 0, 0],
  [RETURN, 0, 0, 0xffff],
];

/** The answer in a frame that passed the filter; null when there is none in it. */
export function parseAnswer(frame: Uint8Array): PassingAnswer | null {
  const isForOne = ((frame[0] ?? 1) & 1) === 0;
  if (!isForOne) return null;
  const answers = (address: Uint8Array, kind: PassingAnswer["kind"]) => ({
    address,
    mac: frame.subarray(6, 12),
    to: frame.subarray(0, 6),
    kind,
  });
  switch (((frame[12] ?? 0) << 8) | (frame[13] ?? 0)) {
    case ARP: {
      const [sender, target] = [frame.subarray(28, 32), frame.subarray(38, 42)];
      return frame.length < 42 || sender.join() === target.join() ? null : answers(sender, "resolution");
    }
    case IPV4:
      return frame.length < 42 ? null : answers(frame.subarray(26, 30), "echo");
    case IPV6: {
      if (frame[54] === ECHO_REPLY_6) return answers(frame.subarray(22, 38), "echo");
      const isAsked = frame.length >= 78 && ((frame[58] ?? 0) & SOLICITED) !== 0;
      return isAsked ? answers(frame.subarray(62, 78), "resolution") : null;
    }
    default:
      return null;
  }
}
