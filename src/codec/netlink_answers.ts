// What the kernel answers to a request: that it is done, or why not. Newer kernels add words of their own to the number
// of the error, which say more ("ipv4: Invalid prefix length").

import { attributesOf, type NetlinkMessage, NLM_F_DUMP_INTR, textOf, uint32 } from "./netlink.ts";

export type NetlinkAnswer =
  /** What was asked for, or the whole of it, is done. */
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Everything of the kind was told, but it changed meanwhile. */
  | { readonly kind: "interrupted" }
  /** One of the things that were asked for. */
  | { readonly kind: "part" };

export interface Refusal {
  /** As in <errno.h>; 0: it is not the kernel that refuses. */
  readonly errno: number;
  /** For people, in a few words. */
  readonly problem: string;
}

/** What a message says about the request that it answers. */
export function answerOf(message: NetlinkMessage): NetlinkAnswer {
  const { type, flags, body } = message;
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE) return { kind: "part" };
  const errno = body.length < 4 ? 0 : -(uint32(body, 0) | 0);
  if (errno !== 0) {
    const words = type === NLMSG_ERROR ? kernelsWords(message) : null;
    return { kind: "refused", refusal: { errno, problem: words ?? problemOf(errno) } };
  }
  return { kind: (flags & NLM_F_DUMP_INTR) !== 0 ? "interrupted" : "done" };
}

/** Whether what was to be removed is not there: the address, its interface, or all of IPv6 on that. */
export const saysNotThere = ({ errno }: Refusal): boolean =>
  errno === EADDRNOTAVAIL || errno === ENODEV || errno === ENXIO;

/** What an error's number means where addresses are changed. */
export const problemOf = (errno: number): string => PROBLEMS[errno] ?? `error ${errno} of the kernel`;

/** Whether a part of what was asked for tells that more of it changed meanwhile. */
export const isInterrupted = ({ flags }: NetlinkMessage): boolean => (flags & NLM_F_DUMP_INTR) !== 0;

/** After the number the kernel repeats the request, or only its head, and then come attributes. */
function kernelsWords({ flags, body }: NetlinkMessage): string | null {
  if ((flags & NLM_F_ACK_TLVS) === 0 || body.length < 8) return null;
  const repeated = (flags & NLM_F_CAPPED) !== 0 ? MESSAGE_HEAD_LENGTH : uint32(body, 4);
  const words = attributesOf(body, 4 + ((repeated + 3) & ~3)).get(NLMSGERR_ATTR_MSG);
  const text = words === undefined ? "" : textOf(words).replace(/\.$/, "");
  return text === "" ? null : text;
}

const EPERM = 1, ENXIO = 6, ENOMEM = 12, EACCES = 13, EEXIST = 17, ENODEV = 19, EINVAL = 22;
const EOPNOTSUPP = 95, EADDRNOTAVAIL = 99, ENOBUFS = 105;

const PROBLEMS: Readonly<Record<number, string>> = {
  [EPERM]: "not permitted, CAP_NET_ADMIN is wanted",
  [ENXIO]: "IPv6 is off on this interface",
  [ENOMEM]: "the kernel has no memory left",
  [EACCES]: "IPv6 is off on this interface",
  [EEXIST]: "it is there already",
  [ENODEV]: "no such interface",
  [EINVAL]: "the kernel takes it for no valid address",
  [EOPNOTSUPP]: "the kernel does not know this family of addresses",
  [EADDRNOTAVAIL]: "no such address",
  [ENOBUFS]: "the kernel has no memory left",
};

/** What the kernel says of an interface that it does not have. */
export const NO_SUCH_INTERFACE: Refusal = { errno: ENODEV, problem: problemOf(ENODEV) };

const NLMSG_ERROR = 2, NLMSG_DONE = 3;
const NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const MESSAGE_HEAD_LENGTH = 16;
