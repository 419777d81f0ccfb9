// Hears of every change of addresses and interfaces as the kernel tells it, from the moment it is opened. Whoever has to
// know how things are just now reads what waits; nobody has to wait until it is told.

import { messagesOf, type NetlinkMessage } from "../codec/netlink.ts";
import { type NetworkNews, newsOf } from "../codec/netlink_news.ts";
import type { FilterProgram, KernelSocket } from "./kernel_socket.ts";
import { openNetlinkSocket, takeAll } from "./netlink_socket.ts";

export interface NetlinkWatch {
  /** Calls back soon after something was told. */
  onNews(hear: Hear): void;
  /** Has it heard at once. */
  read(): void;
  close(): void;
}

/** Given all that waited, in order. `missed`: there was more, which nobody can tell any more. */
export type Hear = (news: readonly NetworkNews[], how: { readonly missed: boolean }) => void;

/** Opens the watch; `problem` is for people. */
export function openNetlinkWatch(): NetlinkWatch | { readonly problem: string } {
  const socket = openNetlinkSocket(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
  if ("problem" in socket) return socket;
  // Without it everything works, and is only told more often.
  socket.filter(WITHOUT_RENEWALS);
  return watchOn(socket);
}

function watchOn(socket: KernelSocket): NetlinkWatch {
  let isOpen = true;
  let hear: Hear = () => {};
  return {
    onNews(call) {
      hear = call;
      socket.onReadable(read);
    },
    read,
    close() {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };

  function read(): void {
    // The number of a closed socket may be another one's by now.
    if (!isOpen) return;
    const news: NetworkNews[] = [];
    const { missed } = takeAll(socket, (datagram) => news.push(...messagesOf(datagram).flatMap(newsIn)));
    if (news.length > 0 || missed) hear(news, { missed });
  }
}

function newsIn(message: NetlinkMessage): readonly NetworkNews[] {
  const news = newsOf(message);
  return news === null ? [] : [news];
}

const RTMGRP_LINK = 0x1, RTMGRP_IPV4_IFADDR = 0x10, RTMGRP_IPV6_IFADDR = 0x100;

/**
 * The kernel tells of each address that is renewed, which is no news: with a thousand VIPs a thousand times in a second.
 * An address that is new has two equal stamps, of when it was made and when it was changed (struct ifa_cacheinfo). Not so
 * an IPv6 address that had to wait until it was known to be unique: told late, it may have been changed meanwhile; so
 * only those are dropped that need not wait, as VIPs. Numbers are read most significant byte first.
 */
const WITHOUT_RENEWALS: FilterProgram = [
  [0x28, 0, 0, 4], //           the type
  [0x15, 0, 14, 0x1400], //     not RTM_NEWADDR: take it
  [0x30, 0, 0, 16], //          the family
  [0x15, 2, 0, 2], //           AF_INET: look at the stamps
  [0x30, 0, 0, 18], //          the flags
  [0x45, 0, 10, 0x02], //       without IFA_F_NODAD: take it
  [0x00, 0, 0, 24], //          after the fixed part ...
  [0x01, 0, 0, 6], //           ... IFA_CACHEINFO ...
  [0x20, 0, 0, 0xffff_f00c], // ... is looked for (SKF_AD_NLATTR)
  [0x15, 6, 0, 0], //           not there: take it
  [0x07, 0, 0, 0],
  [0x40, 0, 0, 12], //          made
  [0x02, 0, 0, 0],
  [0x40, 0, 0, 16], //          changed
  [0x61, 0, 0, 0],
  [0x1d, 0, 1, 0], //           not the same: drop it
  [0x06, 0, 0, 0xffff_ffff], // take it
  [0x06, 0, 0, 0], //           drop it
];
