// Which host of the group is behind a hardware address. Learned from what hosts say of their own addresses, and where
// that was not heard, from the kernel's table of neighbours.

import type { Claim } from "../codec/claim.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { HostName } from "../core/vocabulary.ts";
import { runCommand } from "./command.ts";

export interface NeighbourHosts {
  /** Somebody says where an address is. */
  hear(claim: Claim): void;
  /** The host; null: it is none of the group, or it is not known. */
  hostOf(mac: string): Promise<HostName | null>;
  /** Goes by other addresses of the hosts. */
  adopt(addresses: ReadonlyMap<string, HostName>): void;
}

/** The table is not looked at more often. */
const LOOK_EVERY_MS = 1_000;
const MACS_MAX = 4_096;

export function createNeighbourHosts(
  addresses: ReadonlyMap<string, HostName>,
  { ip }: { readonly ip: string },
): NeighbourHosts {
  const hosts = new Map<string, HostName>();
  let known = addresses;
  let lookedAt = -Infinity;
  let looking: Promise<void> = Promise.resolve();

  return {
    hear: ({ address, mac }) => learn(address, mac),
    async hostOf(mac) {
      if (!hosts.has(mac)) await look();
      return hosts.get(mac) ?? null;
    },
    adopt: (to) => void (known = to),
  };

  function learn(address: string, mac: string): void {
    const host = known.get(address);
    if (host === undefined) return;
    if (hosts.size >= MACS_MAX) hosts.clear();
    hosts.set(mac, host);
  }

  function look(): Promise<void> {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return looking;
    lookedAt = performance.now();
    return looking = readTable();
  }

  async function readTable(): Promise<void> {
    const outcome = await runCommand({ program: ip, args: ["-json", "neighbour", "show"], atMostMs: 1_000 });
    if (outcome.kind !== "ok") return;
    for (const { dst, lladdr } of entriesOf(outcome.stdout)) {
      const address = parseIpAddress(dst)?.text;
      if (address !== undefined) learn(address, lladdr);
    }
  }
}

function entriesOf(text: string): readonly { readonly dst: string; readonly lladdr: string }[] {
  try {
    const entries: unknown = JSON.parse(text);
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

const isEntry = (entry: unknown): entry is { readonly dst: string; readonly lladdr: string } =>
  typeof entry === "object" && entry !== null && "dst" in entry && "lladdr" in entry &&
  typeof entry.dst === "string" && typeof entry.lladdr === "string";
