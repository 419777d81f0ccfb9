// Tells neighbours and notify targets where VIPs are: through a packet socket, or by the program arping where that
// is not allowed or the configuration wants it so.

import type { HostName, VipName } from "../core/vocabulary.ts";
import type { Announcer } from "../daemon/ports.ts";
import { type Arping, createArpingAnnouncer } from "./arping.ts";
import type { AskableNeighbours } from "./neighbour_notifier.ts";
import type { PlacedTarget } from "./notifier.ts";
import type { PacketSocketOutcome } from "./packet_socket.ts";
import type { PlacedVip } from "./placed_vip.ts";
import { createRawAnnouncer } from "./raw_announcer.ts";

export interface AnnouncerOptions {
  readonly vips: readonly PlacedVip[];
  readonly targets: readonly PlacedTarget[];
  /** Whom hosts have collected. */
  readonly neighbours: AskableNeighbours;
  /** The other hosts of the group, by their addresses in the segments. */
  readonly hosts: ReadonlyMap<string, HostName>;
  /** The program, which knows the kernel's neighbours. */
  readonly ip: string;
  /** What came of opening one; null: the configuration wants arping. */
  readonly packetSocket: PacketSocketOutcome | null;
  /** The program, if there is one; for where there is no packet socket. */
  readonly arping: Arping | null;
  /** What waits its turn is sent only while the VIP is here; see Addresses. */
  readonly isHere: (vip: VipName) => boolean;
}

export interface LocalAnnouncer extends Announcer {
  /** Goes by another configuration. What waits its turn for an address that a VIP does not have any more is dropped. */
  adopt(to: Pick<AnnouncerOptions, "vips" | "targets" | "hosts">): void;
}

export type AnnouncerOutcome =
  /** `means` is what is really used. */
  | { readonly kind: "ok"; readonly announcer: LocalAnnouncer; readonly means: "raw" | "arping" }
  /** `problem` is for people. */
  | { readonly kind: "problem"; readonly problem: string };

export function openAnnouncer(options: AnnouncerOptions): AnnouncerOutcome {
  const raw = options.packetSocket;
  if (raw?.kind === "ok") {
    return { kind: "ok", means: "raw", announcer: createRawAnnouncer(raw.socket, options) };
  }
  if (options.arping !== null) {
    return { kind: "ok", means: "arping", announcer: createArpingAnnouncer(options.arping, options) };
  }
  const missing = `Cannot announce VIPs: the program "arping" is missing`;
  return { kind: "problem", problem: raw === null ? missing : `${missing}, and without it: ${raw.problem}` };
}
