// VIPs as addresses of this host's interfaces. Calls are carried out one at a time, in order.
//
// An address is added with a lifetime, and added again to renew it: when nobody renews it any more (the daemon
// hangs), the kernel removes it.
//
// What is believed to be on the host, and whose it is, is in a book. The kernel tells of every change, also of those
// that were made here; it is news only where it contradicts the book.

import type { Observed } from "../core/events.ts";
import { type Duration, sorted, type VipName } from "../core/vocabulary.ts";
import type { Addresses, AddressOutcome } from "../daemon/ports.ts";
import { openAddressBook } from "./address_book.ts";
import { type KernelAddresses, type NetworkChanges, openKernelAddresses } from "./kernel_addresses.ts";
import type { PlacedAddress, PlacedVip } from "./placed_vip.ts";
import { createQueue } from "./queue.ts";

export interface AddressesOptions {
  readonly vips: readonly PlacedVip[];
  /** Rounded up to whole seconds, which is what the kernel counts in; null: addresses stay until removed. */
  readonly lease: Duration | null;
  /** This host's own addresses in its segments, as canonical text. None: it is placed whatever happens. */
  readonly own: readonly string[];
}

export type AddressesOutcome =
  | { readonly kind: "ok"; readonly addresses: LocalAddresses }
  /** `problem` is for people. */
  | { readonly kind: "problem"; readonly problem: string };

export interface LocalAddresses extends Addresses {
  /** Whether all addresses of the VIP are believed to be on this host: they may be announced. */
  isHere(vip: VipName): boolean;
  /** Goes by another configuration, at once: calls that were made before are carried out as they were meant. */
  adopt(to: Pick<AddressesOptions, "vips" | "lease">): void;
  /** What may be on this host under a name that does not have it any more. */
  former(): readonly PlacedVip[];
  /** Calls back when the last former address is gone. */
  onFormerGone(gone: () => void): void;
}

/** A VIP with the addresses that it had when the call was made. */
interface Task {
  readonly vip: VipName;
  readonly present: readonly PlacedAddress[];
  readonly former: readonly PlacedAddress[];
}

/** The addresses of this host, and a watch on them. */
export function openAddresses(options: AddressesOptions): AddressesOutcome {
  const kernel = openKernelAddresses();
  if ("problem" in kernel) return { kind: "problem", problem: kernel.problem };
  return { kind: "ok", addresses: addressesIn(kernel, options) };
}

function addressesIn(
  kernel: KernelAddresses,
  { vips: firstVips, lease: firstLease, own }: AddressesOptions,
): LocalAddresses {
  const queue = createQueue();
  const book = openAddressBook(firstVips, { formerGone: () => formerGone() });
  const ownAddresses = new Set(own);
  let vips = firstVips;
  let interfaces = interfacesOf(vips);
  let lease = firstLease;
  let isPlaced = true;
  /** Of the interfaces with VIPs, when they were looked at last. */
  let macs: ReadonlyMap<string, string> = new Map();
  let changed = () => {};
  let formerGone = () => {};
  kernel.onChange((changes) => {
    if (isNews(changes)) changed();
  });

  return {
    add(names) {
      const tasks = names.map(taskOf);
      const lifetime = lease;
      tasks.forEach(({ present }) => book.ask(present));
      return queue.run(() => add(tasks, lifetime));
    },
    remove(names) {
      const tasks = names.map(taskOf);
      return queue.run(() => clear(tasks));
    },
    observe: () => queue.run(observe),
    isHere: (vip) => book.isWhole(vip),
    onChange(call) {
      changed = call;
    },
    adopt(to) {
      book.adopt(to.vips);
      vips = to.vips;
      interfaces = interfacesOf(vips);
      lease = to.lease;
      // An interface may have another name now: whoever holds a VIP has to look where it is.
      changed();
    },
    former: () => book.former(),
    onFormerGone(call) {
      formerGone = call;
    },
    close() {
      changed = () => {};
      return queue.run(async () => kernel.close());
    },
  };

  async function add(tasks: readonly Task[], lifetime: Duration | null): Promise<AddressOutcome> {
    const [known, unknown] = [tasks.filter(isConfigured), tasks.filter((task) => !isConfigured(task))];
    // What the VIP had before is no part of it any more.
    const cleared = await clear(known.map((task) => ({ ...task, present: [] })));
    const all = known.map(({ vip, present }) => ({ vip, addresses: present }));
    for (const { vip, addresses } of all) addresses.forEach((address) => book.claim(vip, address));
    const addresses = all.flatMap((each) => each.addresses);
    const said = await kernel.add(addresses, lifetime);
    addresses.forEach((address, at) => said[at] !== null && book.doubt(address));
    const added = outcomeOf(all, said);
    const uncleared = new Set(cleared.problems.map(({ vip }) => vip));
    return {
      done: added.done.filter((vip) => !uncleared.has(vip)),
      problems: [
        ...added.problems.filter(({ vip }) => !uncleared.has(vip)),
        ...cleared.problems,
        ...unknown.map(({ vip }) => ({ vip, problem: "it is not in the configuration any more" })),
      ],
    };
  }

  /** Takes off what the tasks name, but for what is there under another name by now. */
  async function clear(tasks: readonly Task[]): Promise<AddressOutcome> {
    const all = tasks.map(({ vip, present, former }) => ({
      vip,
      addresses: [...present, ...former.filter(isStillFormer(vip))].filter((each) => book.isOf(vip, each)),
    }));
    const addresses = all.flatMap((each) => each.addresses);
    // While the book still has what was done before: that is no news.
    kernel.hear();
    addresses.forEach((address) => book.doubt(address));
    const problems = await kernel.remove(addresses);
    addresses.forEach((address, at) => problems[at] === null && book.strike(address));
    return outcomeOf(all, problems);
  }

  /** Not added for another VIP since the call was made. */
  function isStillFormer(vip: VipName): (address: PlacedAddress) => boolean {
    const former = new Set(book.formerOf(vip));
    return (address) => former.has(address);
  }

  async function observe(): Promise<Observed> {
    const found = kernel.look();
    // Without an answer, what is believed is the best there is; the next look may tell more.
    if (found !== null) {
      book.look(found);
      isPlaced = own.length === 0 || found.some(({ address }) => ownAddresses.has(address));
    }
    return { ...book.observed(), withoutLink: withoutLink(), withNewMac: withNewMac(), isPlaced };
  }

  function withoutLink(): readonly VipName[] {
    return vipsOn([...interfaces].filter((name) => !kernel.carries(name)));
  }

  function withNewMac(): readonly VipName[] {
    const before = macs;
    macs = new Map([...interfaces].map((name) => [name, kernel.macOf(name) ?? before.get(name) ?? ""]));
    return vipsOn([...macs].filter(([name, mac]) => (before.get(name) ?? mac) !== mac).map(([name]) => name));
  }

  function vipsOn(names: readonly string[]): readonly VipName[] {
    if (names.length === 0) return [];
    const on = new Set(names);
    const affected = vips.filter(({ addresses }) => addresses.some((each) => on.has(each.interface)));
    return sorted(affected.map(({ vip }) => vip));
  }

  function isNews({ missed, ...changes }: NetworkChanges): boolean {
    return missed || changes.interfaces.some((name) => interfaces.has(name)) ||
      changes.addresses.some(({ place, deleted }) =>
        ownAddresses.has(place.address) || book.isNews(place, { deleted })
      );
  }

  function taskOf(vip: VipName): Task {
    return { vip, present: book.presentOf(vip), former: book.formerOf(vip) };
  }
}

const isConfigured = ({ present }: Task): boolean => present.length > 0;

const interfacesOf = (vips: readonly PlacedVip[]): ReadonlySet<string> =>
  new Set(vips.flatMap(({ addresses }) => addresses.map((each) => each.interface)));

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
