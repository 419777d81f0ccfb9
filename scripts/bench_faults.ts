// What is done to a group in the bench: each fault strikes one host of a settled group and ends when the group has
// settled again; making the group whole afterwards is not measured.

import { type Group, type Handover, isWhole, makeWhole, told } from "./bench_group.ts";
import type { Cell } from "./bench_options.ts";
import { isDefault } from "./bench_pace.ts";
import { sleep, waitUntil } from "../test/support/wait.ts";

export interface Fault {
  readonly name: string;
  /** What Molehill's longest gap should be at most, in milliseconds, or what else is wanted of it. */
  readonly target: (cell: Cell) => string;
  /** Which kind of VIPs it is measured with. */
  readonly handover: Handover;
  /** Whether keepalived has something like it. */
  readonly isCommon: boolean;
  /** Brings the group into the state in which the fault strikes. */
  readonly prepare?: (group: Group, victim: string) => Promise<void>;
  readonly strike: (group: Group, victim: string) => Promise<void>;
  /** Makes the group whole again. */
  readonly restore: (group: Group, victim: string) => Promise<void>;
}

const atMost = (ms: number) => (): string => String(ms);
const afterTimeout = ({ vips, pace }: Cell): string => String(pace.timeoutMs + (vips < MANY_VIPS ? 50 : 100));
const MANY_VIPS = 1_000;
const none = (): string => "0 lost";

const common = { handover: "exclusive", isCommon: true } as const;
const own = { handover: "exclusive", isCommon: false } as const;
const overlapping = { handover: "overlap", isCommon: false, target: none } as const;

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  { ...common, name: "nothing happens", target: () => "noise", strike: () => sleep(2000), restore: isWhole },
  {
    ...common,
    name: "cold start",
    target: atMost(500),
    prepare: ({ lab }) => lab.clear(),
    strike: async ({ lab }) => {
      for (const host of lab.hosts) host.start();
      await lab.settled();
    },
    restore: isWhole,
  },
  { ...common, name: "clean stop", target: atMost(5), strike: stop, restore: startAgain },
  {
    ...common,
    name: "kill (SIGKILL)",
    target: atMost(50),
    strike: async ({ lab }, victim) => {
      await lab.host(victim).kill();
      await lab.settled();
    },
    restore: startAgain,
  },
  {
    ...common,
    name: "hang (SIGSTOP)",
    target: afterTimeout,
    strike: hang,
    restore: goOn,
  },
  {
    ...common,
    name: "hang ends (SIGCONT)",
    target: atMost(5),
    prepare: hang,
    strike: goOn,
    restore: isWhole,
  },
  {
    ...common,
    name: "crash (link cut)",
    target: (cell) => isDefault(cell.pace) ? afterTimeout(cell) : "<= keepalived",
    strike: cut,
    restore: heal,
  },
  { ...common, name: "link mended", target: atMost(100), prepare: cut, strike: heal, restore: isWhole },
  { ...common, name: "silent partition", target: afterTimeout, strike: partition, restore: heal },
  {
    ...common,
    name: "merge after it",
    target: atMost(100),
    prepare: partition,
    strike: heal,
    restore: isWhole,
  },
  { ...common, name: "rejoin", target: atMost(5), prepare: stop, strike: startAgain, restore: isWhole },
  { ...common, name: "move", target: atMost(5), strike: move, restore: moveBack },
  { ...own, name: "drain", target: atMost(5), strike: drain, restore: resume },
  { ...overlapping, name: "move (overlap)", strike: move, restore: moveBack },
  { ...overlapping, name: "drain (overlap)", strike: drain, restore: resume },
  { ...overlapping, name: "clean stop (overlap)", strike: stop, restore: startAgain },
];

async function stop({ lab }: Group, victim: string): Promise<void> {
  await lab.host(victim).stop();
  await lab.settled();
}

async function startAgain(group: Group, victim: string): Promise<void> {
  const host = group.lab.host(victim);
  // What a killed program leaves behind was measured, and a group that is to be whole must be rid of it.
  if (host.place.runs.leavesVips) await host.removeAddresses();
  await makeWhole(group);
}

async function hang({ lab }: Group, victim: string): Promise<void> {
  lab.host(victim).pause();
  await lab.settled();
}

async function goOn(group: Group, victim: string): Promise<void> {
  group.lab.host(victim).unpause();
  await isWhole(group);
}

async function cut({ lab }: Group, victim: string): Promise<void> {
  await lab.host(victim).cutLink();
  await lab.settled();
}

async function heal(group: Group, victim: string): Promise<void> {
  await group.lab.host(victim).healLink();
  await isWhole(group);
}

/** Until the host that is alone covers everything, too: only then is there something to merge. */
async function partition({ lab }: Group, victim: string): Promise<void> {
  await lab.host(victim).silenceLink();
  await lab.settled();
  await waitUntil(async () => (await lab.host(victim).addresses()).length === lab.addresses.length, {
    what: "the host that is alone to hold all VIPs",
  });
}

/** Moves the first VIP to the victim, or away from it when it has it. */
async function move({ lab, ...group }: Group, victim: string): Promise<void> {
  const [address = ""] = lab.addresses;
  const holder = await lab.holderOf(address);
  const to = lab.hosts.find((host) => holder?.name === victim ? host !== holder : host.name === victim);
  await group.move(address, to ?? lab.host(victim));
  await lab.settled();
}

async function moveBack(group: Group): Promise<void> {
  await group.moveBack();
  await isWhole(group);
}

async function drain({ lab }: Group, victim: string): Promise<void> {
  await told(lab.host(victim), ["drain", "--reason", "bench"]);
  await lab.settled();
}

async function resume(group: Group, victim: string): Promise<void> {
  await told(group.lab.host(victim), ["resume"]);
  await isWhole(group);
}
