// Addresses by the names of their interfaces, as people and configurations have them. The kernel has numbers instead, and
// an interface that is deleted and made anew has another one. So before anything is done, all that the kernel has told of
// interfaces until then is heard.
//
//     add, remove ──▶ hear what waits ──▶ name to number ──▶ request ──▶ kernel
//     news        ◀── number to name ◀── watch ◀────────────────────────────╯
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
import { everyLink, kernelLinkOf } from "../codec/netlink_links.ts";
import type { NetworkNews } from "../codec/netlink_news.ts";
import { assert } from "../core/assert.ts";
import { parseIpAddress } from "../core/ip_address.ts";
import type { Duration } from "../core/vocabulary.ts";
import { createLinks } from "./links.ts";
import { type NetlinkRequests, openNetlinkRequests } from "./netlink_requests.ts";
import { type NetlinkWatch, openNetlinkWatch } from "./netlink_watch.ts";
import { lookThrough } from "./network_look.ts";
import type { PlacedAddress } from "./placed_vip.ts";

export interface KernelAddresses {
  /** Adds them, or renews their lease (null: they stay until removed). For each what went wrong, for people, or null. */
  add(addresses: readonly PlacedAddress[], lease: Duration | null): Promise<readonly (string | null)[]>;
  /** Removes them; one that is not there is removed. For each what went wrong, for people, or null. */
  remove(addresses: readonly PlacedAddress[]): Promise<readonly (string | null)[]>;
  /** All addresses of this host; null when the kernel does not tell. */
  look(): readonly Place[] | null;
  /** Whether frames may pass through the interface, as far as the kernel has told; false also when there is none. */
  carries(interfaceName: string): boolean;
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
  /** Interfaces that came or went, or began or ceased to carry. */
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
  const additions = new WeakMap<PlacedAddress, Addition>();
  let changed: (changes: NetworkChanges) => void = () => {};
  watch.onNews(hear);
  look();

  return {
    async add(addresses, lease) {
      const refusals = await ask(addresses, (address, index) => addition(address, { index, lease }));
      return refusals.map((refusal) => refusal?.problem ?? null);
    },
    async remove(addresses) {
      const refusals = await ask(addresses, (address, index) => removalRequest(wantedOf(address, index)));
      return refusals.map((refusal) => refusal === null || saysNotThere(refusal) ? null : refusal.problem);
    },
    look,
    carries: (name) => links.named(name)?.carries ?? false,
    onChange(call) {
      changed = call;
    },
    hear: () => watch.read(),
    close() {
      watch.close();
      requests.close();
    },
  };

  async function ask(
    addresses: readonly PlacedAddress[],
    request: (address: PlacedAddress, index: number) => NetlinkRequest,
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
    request: (address: PlacedAddress, index: number) => NetlinkRequest,
  ): readonly (Refusal | null)[] {
    // What a batch does is told by the watch too, which has room for little more than that.
    watch.read();
    const indexes = batch.map((address) => links.named(address.interface)?.index ?? null);
    const requested = batch.flatMap((address, at) => {
      const index = indexes[at] ?? null;
      return index === null ? [] : [request(address, index)];
    });
    const answers = requests.carryOut(requested).values();
    return indexes.map((index) => index === null ? NO_SUCH_INTERFACE : answers.next().value ?? null);
  }

  /** A renewal is the same request again and again; it is made once. */
  function addition(
    address: PlacedAddress,
    { index, lease }: Pick<Addition, "index" | "lease">,
  ): NetlinkRequest {
    const before = additions.get(address);
    if (before?.index === index && before.lease === lease) return before.request;
    const request = additionRequest(wantedOf(address, index), lease);
    additions.set(address, { index, lease, request });
    return request;
  }

  function look(): readonly Place[] | null {
    watch.read();
    const found = lookThrough(requests);
    if (!found.ok) return null;
    links.replace(found.value.links);
    return found.value.addresses.flatMap(placeOf);
  }

  function hear(news: readonly NetworkNews[], { missed }: { readonly missed: boolean }): void {
    const addresses: NetworkChanges["addresses"][number][] = [];
    const interfaces: string[] = [];
    for (const each of news) {
      switch (each.kind) {
        case "addressSeen":
        case "addressGone": {
          const deleted = each.kind === "addressGone";
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
    if (missed) relist();
    changed({ addresses, interfaces, missed });
  }

  function relist(): void {
    const found = requests.list(everyLink(), kernelLinkOf);
    if (found.ok) links.replace(found.value);
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
