// VIPs as addresses of this host's interfaces. All addresses of a call go to one `ip -batch`, which runs all the time:
// a thousand of them then take as long as a few single calls. Calls are carried out one at a time, in order.
//
// An address is added with a lifetime, and added again to renew it: when nobody renews it any more (the daemon
// hangs), the kernel removes it.
//
// What is believed to be on the host, and whose it is, is in a book. The kernel tells of every change, also of those
// that were made here; it is news only where it contradicts the book.

import { saysNotThere } from "../codec/ip_batch.ts";
import { parseIpAddresses } from "../codec/ip_json.ts";
import type { MonitorEvent } from "../codec/ip_monitor.ts";
import type { Observed } from "../core/events.ts";
import type { Duration, VipName } from "../core/vocabulary.ts";
import type { Addresses, AddressOutcome } from "../daemon/ports.ts";
import { openAddressBook } from "./address_book.ts";
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
export function openAddresses({ vips, lease: firstLease, own, programs }: AddressesOptions): LocalAddresses {
  const queue = createQueue();
  const session = startIpSession(programs);
  const book = openAddressBook(vips, { formerGone: () => formerGone() });
  const ownAddresses = new Set(own);
  let lease = firstLease;
  let isPlaced = true;
  let changed = () => {};
  let formerGone = () => {};

  const watch = startAddressWatch({ programs, isNews, changed: () => changed() });

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
      lease = to.lease;
      // An interface may have another name now: whoever holds a VIP has to look where it is.
      changed();
    },
    former: () => book.former(),
    onFormerGone(call) {
      formerGone = call;
    },
    async close() {
      await watch.close();
      await queue.run(() => session.close());
    },
  };

  async function add(tasks: readonly Task[], lifetime: Duration | null): Promise<AddressOutcome> {
    const [known, unknown] = [tasks.filter(isConfigured), tasks.filter((task) => !isConfigured(task))];
    // What the VIP had before is no part of it any more.
    const cleared = await clear(known.map((task) => ({ ...task, present: [] })));
    const all = known.map(({ vip, present }) => ({ vip, addresses: present }));
    for (const { vip, addresses } of all) addresses.forEach((address) => book.claim(vip, address));
    const addresses = all.flatMap((each) => each.addresses);
    const said = await session.run(addresses.map((address) => additionLine(address, lifetime)));
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
    addresses.forEach((address) => book.doubt(address));
    const said = await session.run(addresses.map(removalLine));
    const problems = said.map((problem) => problem !== null && saysNotThere(problem) ? null : problem);
    addresses.forEach((address, at) => problems[at] === null && book.strike(address));
    return outcomeOf(all, problems);
  }

  /** Not added for another VIP since the call was made. */
  function isStillFormer(vip: VipName): (address: PlacedAddress) => boolean {
    const former = new Set(book.formerOf(vip));
    return (address) => former.has(address);
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
      const { addresses } = parsed.value;
      book.look(addresses);
      isPlaced = own.length === 0 || addresses.some(({ address }) => ownAddresses.has(address));
    }
    return { ...book.observed(), withoutLink: [], isPlaced };
  }

  function isNews(event: MonitorEvent): boolean {
    if (event.kind === "other") {
      session.renew();
      return true;
    }
    return ownAddresses.has(event.address) || book.isNews(event, event);
  }

  function taskOf(vip: VipName): Task {
    return { vip, present: book.presentOf(vip), former: book.formerOf(vip) };
  }
}

const isConfigured = ({ present }: Task): boolean => present.length > 0;

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
