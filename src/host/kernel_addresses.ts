// Addresses by the names of their interfaces, as people and configurations have them. The kernel has numbers instead, and
// an interface that is deleted and made anew has another one. So before anything is done, all that the kernel has told of
// interfaces until then is heard.
//
//     add, remove ──▶ hear what waits ──▶ name to number ──▶ request ──▶ kernel
//     news        ◀── number to name ◀── watch ◀────────────────────────────╯
//
// An interface that is given another name keeps its number and its addresses: what was added to it is removed from it.
//
// The kernel does its work within the call, and the daemon stands still for as long. What takes longer than a heartbeat
// may wait is done in slices, with time for everything else in between.

import { setImmediate } from "node:timers";
import { NO_SUCH_INTERFACE, type Refusal, saysNotThere } from "../codec/netlink_answers.ts";
import type { NetlinkRequest } from "../codec/netlink.ts";
import {
  additionRequest,
  type KernelAddress,
  removalRequest,
  type WantedAddress,
} from "../codec/netlink_addresses.ts";
import type { NetworkNews } from "../codec/netlink_news.ts";
import { assert } from "../core/assert.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { Duration } from "../core/vocabulary.ts";
import { createIpv6Prefixes } from "./ipv6_prefixes.ts";
import { createLinks } from "./links.ts";
import { type NetlinkRequests, openNetlinkRequests } from "./netlink_requests.ts";
import { type NetlinkWatch, openNetlinkWatch } from "./netlink_watch.ts";
import { lookThrough } from "./network_look.ts";
import { keyOf, type PlacedAddress } from "./placed_vip.ts";

export interface KernelAddresses {
  /** Adds them, or renews their lease (null: they stay until removed). For each what went wrong, for people, or null. */
  add(addresses: readonly PlacedAddress[], lease: Duration | null): Promise<readonly (string | null)[]>;
  /** Removes them; one that is not there is removed. For each what went wrong, for people, or null. */
  remove(addresses: readonly PlacedAddress[]): Promise<readonly (string | null)[]>;
  /** All addresses of this host; null when the kernel does not tell. */
  look(): readonly Place[] | null;
  /** Whether frames may pass through the interface, as far as the kernel has told; false also when there is none. */
  carries(interfaceName: string): boolean;
  /** The interface's hardware address, as far as the kernel has told; null when there is none of this name. */
  macOf(interfaceName: string): string | null;
  /** Calls back at once for everything that changes, also by this very program. */
  onChange(changed: (changes: NetworkChanges) => void): void;
  /** Hears what the kernel has told until now. */
  hear(): void;
  close(): void;
}

/** An address on an interface, ours or not. */
export type Place = Pick<PlacedAddress, "address" | "prefix" | "interface">;

export interface NetworkChanges {
  readonly addresses: readonly { readonly place: Place; readonly deleted: boolean }[];
  /** Interfaces that came or went, began or ceased to carry, or got another hardware address. */
  readonly interfaces: readonly string[];
  /** There was more, which nobody can tell any more. */
  readonly missed: boolean;
}

/** Opens the way to them; `problem` is for people. */
export function openKernelAddresses(): KernelAddresses | { readonly problem: string } {
  const requests = openNetlinkRequests();
  if ("problem" in requests) return requests;
  const watch = openNetlinkWatch();
  if (!("problem" in watch)) return kernelAddresses(requests, watch);
  requests.close();
  return watch;
}

function kernelAddresses(requests: NetlinkRequests, watch: NetlinkWatch): KernelAddresses {
  const links = createLinks();
  const prefixes = createIpv6Prefixes();
  /** By address, until it is removed. */
  const additions = new Map<string, Addition>();
  let changed: (changes: NetworkChanges) => void = () => {};
  watch.onNews(hear);
  look();

  return {
    async add(addresses, lease) {
      watch.read();
      // Another interface has taken the name since.
      await remove(addresses.filter((address) => indexOf(address) !== indexNamed(address)));
      const refusals = await ask(addresses, (address) => addition(address, lease));
      return refusals.map((refusal) => refusal?.problem ?? null);
    },
    remove,
    look,
    carries: (name) => links.named(name)?.carries ?? false,
    macOf: (name) => links.named(name)?.mac ?? null,
    onChange(call) {
      changed = call;
    },
    hear: () => watch.read(),
    close() {
      watch.close();
      requests.close();
    },
  };

  async function remove(addresses: readonly PlacedAddress[]): Promise<readonly (string | null)[]> {
    const refusals = await ask(addresses, removal);
    return refusals.map((refusal, at) => {
      if (refusal !== null && !saysNotThere(refusal)) return refusal.problem;
      const address = addresses[at];
      if (address !== undefined) additions.delete(keyOf(address));
      return null;
    });
  }

  async function ask(
    addresses: readonly PlacedAddress[],
    request: (address: PlacedAddress) => NetlinkRequest | Refusal,
  ): Promise<readonly (Refusal | null)[]> {
    const refusals: (Refusal | null)[] = [];
    let turnAt = performance.now() + STANDSTILL_MS;
    for (let at = 0; at < addresses.length; at += BATCH) {
      if (performance.now() >= turnAt) {
        await aTurnOfTheLoop();
        turnAt = performance.now() + STANDSTILL_MS;
      }
      refusals.push(...askBatch(addresses.slice(at, at + BATCH), request));
    }
    return refusals;
  }

  function askBatch(
    batch: readonly PlacedAddress[],
    request: (address: PlacedAddress) => NetlinkRequest | Refusal,
  ): readonly (Refusal | null)[] {
    // What a batch does is told by the watch too, which has room for little more than that.
    watch.read();
    const asked = batch.map(request);
    const answers = requests.carryOut(asked.filter((each) => isRequest(each))).values();
    return asked.map((each) => isRequest(each) ? answers.next().value ?? null : each);
  }

  /** A renewal is the same request again and again; it is made once. */
  function addition(address: PlacedAddress, lease: Duration | null): NetlinkRequest | Refusal {
    const index = indexNamed(address);
    if (index === null) return NO_SUCH_INTERFACE;
    const prefix = prefixes.of(index, address.address) ?? address.prefix;
    if (prefix !== address.prefix) return otherPrefix({ found: prefix, wanted: address.prefix });
    const before = additions.get(keyOf(address));
    if (before?.index === index && before.lease === lease) return before.request;
    const request = additionRequest(wantedOf(address, index), lease);
    additions.set(keyOf(address), { index, lease, request });
    return request;
  }

  function removal(address: PlacedAddress): NetlinkRequest | Refusal {
    const index = indexOf(address);
    return index === null ? NO_SUCH_INTERFACE : removalRequest(wantedOf(address, index));
  }

  /** The interface that the address was added to, while that exists, whatever it is called now. */
  function indexOf(address: PlacedAddress): number | null {
    const index = additions.get(keyOf(address))?.index ?? null;
    return index !== null && links.nameOf(index) !== null ? index : indexNamed(address);
  }

  function indexNamed(address: PlacedAddress): number | null {
    return links.named(address.interface)?.index ?? null;
  }

  function look(): readonly Place[] | null {
    watch.read();
    return list()?.flatMap(placeOf) ?? null;
  }

  /** All that the kernel has; null when it does not tell. */
  function list(): readonly KernelAddress[] | null {
    const found = lookThrough(requests);
    if (!found.ok) return null;
    links.replace(found.value.links);
    prefixes.replace(found.value.addresses);
    return found.value.addresses;
  }

  function hear(news: readonly NetworkNews[], { missed }: { readonly missed: boolean }): void {
    const addresses: NetworkChanges["addresses"][number][] = [];
    const interfaces: string[] = [];
    for (const each of news) {
      switch (each.kind) {
        case "addressSeen":
        case "addressGone": {
          const deleted = each.kind === "addressGone";
          if (deleted) prefixes.drop(each.address);
          else prefixes.see(each.address);
          addresses.push(...placeOf(each.address).map((place) => ({ place, deleted })));
          break;
        }
        case "linkSeen":
          interfaces.push(...links.see(each.link));
          break;
        case "linkGone":
          interfaces.push(...links.drop(each.link.index));
          break;
      }
    }
    if (missed) list();
    changed({ addresses, interfaces, missed });
  }

  /** None when nothing is known of its interface. */
  function placeOf({ index, address, prefix }: KernelAddress): readonly Place[] {
    const name = links.nameOf(index);
    return name === null ? [] : [{ interface: name, address, prefix }];
  }
}

/** What an address was last added with. */
interface Addition {
  readonly index: number;
  readonly lease: Duration | null;
  readonly request: NetlinkRequest;
}

const isRequest = (asked: NetlinkRequest | Refusal): asked is NetlinkRequest => "body" in asked;

const otherPrefix = ({ found, wanted }: { readonly found: number; readonly wanted: number }): Refusal => ({
  errno: 0,
  problem: `it is there as /${found}, put there by somebody else (wanted /${wanted}); remove it there`,
});

function wantedOf({ address, prefix }: PlacedAddress, index: number): WantedAddress {
  const parsed = parseIpAddress(address);
  assert(parsed !== null, "a placed address is one");
  return { index, bytes: parsed.bytes, prefix };
}

const aTurnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Fewer than the kernel can tell of before somebody listens; and with a thousand IPv6 addresses on an interface it takes
 * as many as three milliseconds for one more.
 */
const BATCH = 25;
/** For how long all else may wait, but for the batch that began before. */
const STANDSTILL_MS = 10;
