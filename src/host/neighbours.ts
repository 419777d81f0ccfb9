// Collects this host's neighbours, and keeps those that other hosts have collected (arp_cache). Wackamole did so: whoever
// has talked with a host through a VIP is to learn at once who has the VIP now, and only the kernel of the host that had
// it knows who that was.
//
//     kernel's table ──every interval──▶ what is of use ──▶ the daemon, which tells the group
//                                             ╰──▶ memory ◀── what others tell
//                                                    ╰──▶ neighbour_notifier.ts asks
//
// Between hosts an interface has the name that the configuration gives to it.

import type { KernelNeighbour } from "../codec/netlink_neighbours.ts";
import { problem } from "../codec/parsed.ts";
import { NEIGHBOURS_MAX } from "../core/limits.ts";
import type { KnownNeighbour } from "../core/message.ts";
import { type Duration, duration, type HostName } from "../core/vocabulary.ts";
import type { Log, Neighbours } from "../daemon/ports.ts";
import { createNeighbourMemory } from "./neighbour_memory.ts";
import type { AskableNeighbours } from "./neighbour_notifier.ts";
import type { NeighbourTable } from "./neighbour_table.ts";
import { startPatientTimer } from "./patient_timer.ts";

/** What the configuration says of neighbours. */
export interface NeighbourPlan {
  /** Between two looks at the table; null: nothing is collected, and nothing kept. */
  readonly interval: Duration | null;
  /** Questions a second. */
  readonly throttle: number;
  /** Those that VIPs are on: by the configuration's name, what this host calls it. */
  readonly interfaces: ReadonlyMap<string, string>;
  /** Who is not collected: VIPs, the hosts of the group, and notify targets, which are asked anyway. */
  readonly excluded: ReadonlySet<string>;
}

export interface LocalNeighbours extends Neighbours, AskableNeighbours {
  adopt(plan: NeighbourPlan): void;
}

export interface NeighbourParts {
  readonly self: HostName;
  readonly plan: NeighbourPlan;
  /** The way to the kernel's table, or for people why there is none; for when something is collected first. */
  readonly openTable: () => NeighbourTable | { readonly problem: string };
  readonly log: Log;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** What was not told of for so many intervals is forgotten. */
const KEPT_INTERVALS = 3;

export function createNeighbours(
  { self, plan: first, openTable, log, now }: NeighbourParts,
): LocalNeighbours {
  const memory = createNeighbourMemory();
  let plan = first;
  let table: NeighbourTable | null = null;
  let collected = (_: readonly KnownNeighbour[]) => {};
  let stopTimer = () => {};
  let isTold = false;

  return {
    onCollected(call) {
      collected = call;
      if (plan.interval !== null) collect(plan.interval);
    },
    remember(from, neighbours) {
      if (plan.interval === null) return;
      forget(plan.interval);
      memory.remember(from, neighbours, now());
    },
    summary() {
      if (plan.interval === null) return null;
      forget(plan.interval);
      return memory.summary(now());
    },
    throttle: () => plan.interval === null ? null : plan.throttle,
    on({ interface: here, family }) {
      if (plan.interval === null) return [];
      forget(plan.interval);
      const names = [...plan.interfaces].filter(([, local]) => local === here).map(([name]) => name);
      const found = new Set(names.flatMap((name) => memory.on(name)));
      // What a host with another file has collected may be a VIP in this one.
      return [...found].filter((each) => each.includes(":") === (family === 6) && !plan.excluded.has(each));
    },
    adopt(to) {
      const { interval } = to;
      const isAsBefore = interval === plan.interval;
      plan = to;
      if (isAsBefore) return;
      stopTimer();
      if (interval === null) memory.clear();
      // Not at once: whoever has read the file is in the middle of going by it.
      stopTimer = startPatientTimer(0, () => interval === null ? collected([]) : collect(interval));
    },
    async close() {
      stopTimer();
      table?.close();
    },
  };

  function collect(interval: Duration): void {
    stopTimer = startPatientTimer(interval, () => collect(interval));
    const read = readTable();
    if (!read.ok) return tell(read.problem);
    isTold = false;
    const neighbours = usefulOf(read.value, plan);
    memory.remember(self, neighbours, now());
    collected(neighbours);
  }

  function readTable(): ReturnType<NeighbourTable["read"]> {
    const opened = table ?? openTable();
    if ("problem" in opened) return problem(opened.problem);
    table = opened;
    return opened.read(new Set(plan.interfaces.values()));
  }

  function forget(interval: Duration): void {
    memory.forget(KEPT_INTERVALS * interval, now());
  }

  /** Once, until it can be read again. */
  function tell(why: string): void {
    if (!isTold) log.write("warning", `Cannot read the kernel's table of neighbours for arp_cache: ${why}`);
    isTold = true;
  }
}

/** Routers first, for they stand for many; then those that were used last. */
function usefulOf(
  found: ReadonlyMap<string, readonly KernelNeighbour[]>,
  { interfaces, excluded }: NeighbourPlan,
): readonly KnownNeighbour[] {
  return [...interfaces].flatMap(([name, local]) =>
    (found.get(local) ?? []).filter(({ address }) => !excluded.has(address))
      .map(({ address, age, isRouter }) => ({ interface: name, address, age: isRouter ? duration(0) : age }))
  ).sort((a, b) => a.age - b.age).slice(0, NEIGHBOURS_MAX);
}
