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
  /** The fault of which keepalived's runs stand beside Molehill's: as a rule the same; null: it has nothing like it. */
  readonly peers: string | null;
  /** Whether it matters when the host that it strikes was heard last. */
  readonly isTimed?: boolean;
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

const common = (name: string) => ({ name, peers: name, handover: "exclusive" }) as const;
const own = (name: string) => ({ name, peers: null, handover: "exclusive" }) as const;
/** Make before break, which is what keepalived always does. */
const overlapping = (name: string, peers: string | null) =>
  ({ name: `${name} (overlap)`, peers, handover: "overlap", target: none }) as const;

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  { ...common("nothing happens"), target: () => "noise", strike: () => sleep(2000), restore: isWhole },
  {
    ...common("cold start"),
    target: atMost(500),
    prepare: ({ lab }) => lab.clear(),
    strike: async ({ lab }) => {
      for (const host of lab.hosts) host.start();
      await lab.settled();
    },
    restore: isWhole,
  },
  { ...common("clean stop"), target: atMost(5), strike: stop, restore: startAgain },
  {
    ...common("kill (SIGKILL)"),
    target: atMost(50),
    strike: async ({ lab }, victim) => {
      await lab.host(victim).kill();
      await lab.settled();
    },
    restore: startAgain,
  },
  {
    ...common("hang (SIGSTOP)"),
    target: afterTimeout,
    isTimed: true,
    strike: hang,
    restore: goOn,
  },
  {
    ...common("hang ends (SIGCONT)"),
    target: atMost(5),
    prepare: hang,
    strike: goOn,
    restore: isWhole,
  },
  {
    ...common("crash (link cut)"),
    target: (cell) => isDefault(cell.pace) ? afterTimeout(cell) : "<= keepalived",
    isTimed: true,
    strike: cut,
    restore: heal,
  },
  { ...common("link mended"), target: atMost(100), prepare: cut, strike: heal, restore: isWhole },
  { ...common("silent partition"), target: afterTimeout, isTimed: true, strike: partition, restore: heal },
  {
    ...common("merge after it"),
    target: atMost(100),
    prepare: partition,
    strike: heal,
    restore: isWhole,
  },
  { ...common("rejoin"), target: atMost(5), prepare: stop, strike: startAgain, restore: isWhole },
  { ...common("move"), target: atMost(5), strike: move, restore: moveBack },
  { ...own("drain"), target: atMost(5), strike: drain, restore: resume },
  { ...overlapping("clean stop", "clean stop"), strike: stop, restore: startAgain },
  { ...overlapping("rejoin", "rejoin"), prepare: stop, strike: startAgain, restore: isWhole },
  {
    ...overlapping("hang ends", "hang ends (SIGCONT)"),
    prepare: hang,
    strike: goOn,
    restore: isWhole,
  },
  { ...overlapping("move", "move"), strike: move, restore: moveBack },
  { ...overlapping("drain", null), strike: drain, restore: resume },
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
