// VIPs as addresses of this host's interfaces. All addresses of a call go to one `ip -batch`, which runs all the time:
// a thousand of them then take as long as a few single calls. Calls are carried out one at a time, in order.
//
// An address is added with a lifetime, and added again to renew it: when nobody renews it any more (the daemon
// hangs), the kernel removes it.
//
// What this file believes to be on the host is what the last look found, and what it added and removed since. The
// kernel tells of every change, also of those that were made here; it is news only where it contradicts the belief.

import { saysNotThere } from "../codec/ip_batch.ts";
import { parseIpAddresses } from "../codec/ip_json.ts";
import type { MonitorEvent } from "../codec/ip_monitor.ts";
import { assert } from "../core/assert.ts";
import type { Observed } from "../core/events.ts";
import { type Duration, sorted, type VipName } from "../core/vocabulary.ts";
import type { Addresses, AddressOutcome } from "../daemon/ports.ts";
import { startAddressWatch } from "./address_watch.ts";
import { runCommand } from "./command.ts";
import { startIpSession } from "./ip_session.ts";
import { type PlacedAddress, type PlacedVip, removalLine } from "./placed_vip.ts";
import type { Programs } from "./programs.ts";
import { createQueue } from "./queue.ts";

export interface AddressesOptions {
  readonly vips: readonly PlacedVip[];
  /** Rounded up to whole seconds, which is what the kernel counts in; null: addresses stay until removed. */
  readonly lease: Duration | null;
  /** This host's own addresses in its segments, as canonical text. None: it is placed whatever happens. */
  readonly own: readonly string[];
  readonly programs: Pick<Programs, "ip" | "setpriv" | "sh">;
}

export interface LocalAddresses extends Addresses {
  /** Whether all addresses of the VIP are believed to be on this host: they may be announced. */
  isHere(vip: VipName): boolean;
}

/** The addresses of this host, and a watch on them. */
export function openAddresses({ vips, lease, own, programs }: AddressesOptions): LocalAddresses {
  const queue = createQueue();
  const session = startIpSession(programs);
  const addressesOf = new Map(vips.map(({ vip, addresses }) => [vip, addresses]));
  const configured = new Set(vips.flatMap(({ addresses }) => addresses.map(keyOf)));
  const ownAddresses = new Set(own);
  const believed = new Set<string>();
  let isPlaced = true;
  let changed = () => {};

  const watch = startAddressWatch({ programs, isNews, changed: () => changed() });

  return {
    add: (names) => queue.run(() => add(placed(names))),
    remove: (names) => queue.run(() => remove(placed(names))),
    observe: () => queue.run(observe),
    isHere: (vip) => (addressesOf.get(vip) ?? []).every((address) => believed.has(keyOf(address))),
    onChange(call) {
      changed = call;
    },
    async close() {
      await watch.close();
      await queue.run(() => session.close());
    },
  };

  async function add(all: readonly PlacedVip[]): Promise<AddressOutcome> {
    const addresses = all.flatMap((each) => each.addresses);
    for (const address of addresses) believed.add(keyOf(address));
    const problems = await session.run(addresses.map((address) => additionLine(address, lease)));
    addresses.forEach((address, at) => problems[at] !== null && believed.delete(keyOf(address)));
    return outcomeOf(all, problems);
  }

  async function remove(all: readonly PlacedVip[]): Promise<AddressOutcome> {
    const addresses = all.flatMap((each) => each.addresses);
    for (const address of addresses) believed.delete(keyOf(address));
    const said = await session.run(addresses.map(removalLine));
    return outcomeOf(all, said.map((problem) => problem !== null && saysNotThere(problem) ? null : problem));
  }

  async function observe(): Promise<Observed> {
    const outcome = await runCommand({
      program: programs.ip,
      args: ["-json", "address", "show"],
      atMostMs: LIMIT_MS,
    });
    const parsed = outcome.kind === "ok" ? parseIpAddresses(outcome.stdout) : null;
    // Without an answer, what is believed is the best there is; the next look may tell more.
    if (parsed?.ok === true) {
      believed.clear();
      const { addresses } = parsed.value;
      for (const key of addresses.map(keyOf)) if (configured.has(key)) believed.add(key);
      isPlaced = own.length === 0 || addresses.some(({ address }) => ownAddresses.has(address));
    }
    const count = ({ addresses }: PlacedVip) =>
      addresses.filter((address) => believed.has(keyOf(address))).length;
    const whole = vips.filter((each) => count(each) === each.addresses.length);
    const partial = vips.filter((each) => count(each) > 0 && count(each) < each.addresses.length);
    return {
      whole: sorted(whole.map(({ vip }) => vip)),
      partial: sorted(partial.map(({ vip }) => vip)),
      isPlaced,
    };
  }

  function isNews(event: MonitorEvent): boolean {
    if (event.kind === "other") {
      session.renew();
      return true;
    }
    if (ownAddresses.has(event.address)) return true;
    const key = keyOf(event);
    return configured.has(key) && event.deleted === believed.has(key);
  }

  function placed(names: readonly VipName[]): readonly PlacedVip[] {
    return names.map((vip) => {
      const addresses = addressesOf.get(vip);
      assert(addresses !== undefined, `"${vip}" is a VIP of the configuration`);
      return { vip, addresses };
    });
  }
}

/** An `ip` call takes a few milliseconds; one that takes this long hangs, and what it did is unknown. */
const LIMIT_MS = 2_000;

/**
 * "replace" renews an address that is there already. A new IPv6 address is usable at once, for the group has already
 * made sure that nobody else has it, and it is "deprecated" (not preferred), so that the host does not pick it for
 * connections of its own, which would break when the VIP moves (RFC 6724, rule 3).
 */
function additionLine({ address, family, prefix, ...on }: PlacedAddress, lease: Duration | null): string {
  const lifetime = lease === null ? "forever" : `${Math.ceil(lease / 1000)}`;
  const preferred = family === 6 ? "0" : lifetime;
  const line =
    `address replace ${address}/${prefix} dev ${on.interface} valid_lft ${lifetime} preferred_lft ${preferred}`;
  return family === 6 ? `${line} nodad` : line;
}

/** A VIP is done when all its addresses are; `problems` are those of all addresses of all VIPs, in order. */
function outcomeOf(vips: readonly PlacedVip[], problems: readonly (string | null)[]): AddressOutcome {
  let at = 0;
  const outcomes = vips.map(({ vip, addresses }) => {
    const own = problems.slice(at, at += addresses.length);
    const said = addresses.flatMap(({ address, ...on }, i) =>
      own[i] == null ? [] : [`${address} on ${on.interface}: ${own[i]}`]
    );
    return { vip, problem: said.join("; ") };
  });
  return {
    done: outcomes.filter(({ problem }) => problem === "").map(({ vip }) => vip),
    problems: outcomes.filter(({ problem }) => problem !== ""),
  };
}

/** Names one address on one interface. */
const keyOf = (
  { address, prefix, ...on }: {
    readonly address: string;
    readonly prefix: number;
    readonly interface: string;
  },
): string => `${on.interface} ${address}/${prefix}`;
