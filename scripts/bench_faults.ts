// What is done to a group in the bench: each fault strikes one host of a settled group and ends when the group has
// settled again; restoring the group afterwards is not measured.

import type { Lab } from "../test/support/lab.ts";
import { loadsOf } from "../test/support/started_lab.ts";
import { sleep, waitUntil } from "../test/support/wait.ts";

export interface Fault {
  readonly name: string;
  /** The longest gap that it should leave a client with, in milliseconds. */
  readonly target: string;
  /** Which kind of VIPs it is measured with. */
  readonly handover: "exclusive" | "overlap";
  /** Brings the group into the state in which the fault strikes. */
  readonly prepare?: (lab: Lab, victim: string) => Promise<void>;
  readonly strike: (lab: Lab, victim: string) => Promise<void>;
  /** Makes the group whole and even again. */
  readonly restore: (lab: Lab, victim: string) => Promise<void>;
}

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
  {
    name: "nothing happens",
    target: "noise",
    handover: "exclusive",
    strike: () => sleep(2000),
    restore: settledEvenly,
  },
  {
    name: "cold start",
    target: "500",
    handover: "exclusive",
    prepare: (lab) => lab.clear(),
    strike: async (lab) => {
      for (const host of lab.hosts) host.start();
      await lab.settled();
    },
    restore: settledEvenly,
  },
  {
    name: "clean stop",
    target: "5",
    handover: "exclusive",
    strike: stop,
    restore: startAgain,
  },
  {
    name: "kill (SIGKILL)",
    target: "50",
    handover: "exclusive",
    strike: async (lab, victim) => {
      await lab.host(victim).kill();
      await lab.settled();
    },
    restore: startAgain,
  },
  {
    name: "hang (SIGSTOP)",
    target: "550",
    handover: "exclusive",
    strike: async (lab, victim) => {
      lab.host(victim).pause();
      await lab.settled();
    },
    restore: async (lab, victim) => {
      lab.host(victim).unpause();
      await settledEvenly(lab);
    },
  },
  {
    name: "hang ends (SIGCONT)",
    target: "5",
    handover: "exclusive",
    prepare: async (lab, victim) => {
      lab.host(victim).pause();
      await lab.settled();
    },
    strike: async (lab, victim) => {
      lab.host(victim).unpause();
      await settledEvenly(lab);
    },
    restore: settledEvenly,
  },
  {
    name: "crash (link cut)",
    target: "550",
    handover: "exclusive",
    strike: async (lab, victim) => {
      await lab.host(victim).cutLink();
      await lab.settled();
    },
    restore: heal,
  },
  {
    name: "link mended",
    target: "100",
    handover: "exclusive",
    prepare: async (lab, victim) => {
      await lab.host(victim).cutLink();
      await lab.settled();
    },
    strike: heal,
    restore: settledEvenly,
  },
  {
    name: "silent partition",
    target: "550",
    handover: "exclusive",
    strike: partition,
    restore: heal,
  },
  {
    name: "merge after it",
    target: "100",
    handover: "exclusive",
    prepare: partition,
    strike: heal,
    restore: settledEvenly,
  },
  {
    name: "rejoin",
    target: "5",
    handover: "exclusive",
    prepare: stop,
    strike: startAgain,
    restore: settledEvenly,
  },
  { name: "move", target: "5", handover: "exclusive", strike: move, restore: evenAgain },
  { name: "drain", target: "5", handover: "exclusive", strike: drain, restore: resume },
  { name: "move, overlap", target: "0 lost", handover: "overlap", strike: move, restore: evenAgain },
  { name: "drain, overlap", target: "0 lost", handover: "overlap", strike: drain, restore: resume },
  { name: "clean stop, overlap", target: "0 lost", handover: "overlap", strike: stop, restore: startAgain },
];

async function settledEvenly(lab: Lab): Promise<void> {
  await waitUntil(async () => (await loadsOf(lab)).every((load) => load === 1), {
    what: "every host to hold one VIP",
  });
  await lab.settled();
}

async function stop(lab: Lab, victim: string): Promise<void> {
  await lab.host(victim).stop();
  await lab.settled();
}

async function startAgain(lab: Lab, victim: string): Promise<void> {
  lab.host(victim).start();
  await settledEvenly(lab);
}

async function heal(lab: Lab, victim: string): Promise<void> {
  await lab.host(victim).healLink();
  await settledEvenly(lab);
}

/** Until the host that is alone covers everything, too: only then is there something to merge. */
async function partition(lab: Lab, victim: string): Promise<void> {
  await lab.host(victim).silenceLink();
  await lab.settled();
  await waitUntil(async () => (await lab.host(victim).addresses()).length === lab.addresses.length, {
    what: "the host that is alone to hold all VIPs",
  });
}

/** Moves the first VIP to the victim, or away from it when it has it. */
async function move(lab: Lab, victim: string): Promise<void> {
  const holder = await lab.holderOf(lab.addresses[0] ?? "");
  const to = holder?.name === victim ? lab.hosts.find((host) => host !== holder)?.name ?? "" : victim;
  await told(lab, victim, ["move", "web-a", to]);
  await lab.settled();
}

/** A moved VIP stays where the operator wants it; the loads are even when another has made room for it. */
async function evenAgain(lab: Lab, victim: string): Promise<void> {
  await told(lab, victim, ["balance"]);
  await settledEvenly(lab);
}

async function drain(lab: Lab, victim: string): Promise<void> {
  await told(lab, victim, ["drain", "--reason", "bench"]);
  await lab.settled();
}

async function resume(lab: Lab, victim: string): Promise<void> {
  await told(lab, victim, ["resume"]);
  await settledEvenly(lab);
}

async function told(lab: Lab, host: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await lab.host(host).molehill(args);
  if (code !== 0) throw new Error(`Cannot "molehill ${args.join(" ")}" on ${host}: exit ${code}: ${stderr}`);
}
