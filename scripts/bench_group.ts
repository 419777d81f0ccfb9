// The groups that the bench compares: Molehill or keepalived, at some pace, on the same hosts of the same lab.

import { isDefault, type Pace } from "./bench_pace.ts";
import { builtBinary } from "../test/support/binary.ts";
import { keepalivedOn } from "../test/support/keepalived.ts";
import { createLab, type Lab } from "../test/support/lab.ts";
import { type LabConfig, SEED_VIPS } from "../test/support/lab_config.ts";
import type { LabHost } from "../test/support/lab_host.ts";
import { molehill } from "../test/support/lab_program.ts";
import { loadsOf } from "../test/support/started_lab.ts";
import { waitUntil } from "../test/support/wait.ts";

export type ProgramName = "Molehill" | "keepalived";

/** "exclusive" is what keepalived has, too; "overlap" is Molehill's alone. */
export type Handover = "exclusive" | "overlap";

export interface Group {
  readonly program: ProgramName;
  readonly pace: Pace;
  /** The hosts, and whether the group on them has settled. */
  readonly lab: Lab;
  /** An operator's word that the host shall hold the address. */
  move(address: string, to: LabHost): Promise<void>;
  /** Takes the operator's word back. */
  moveBack(): Promise<void>;
}

/** How many VIPs the client asks for at most: all namespaces of a machine share a table of 1,024 neighbours. */
export const ASKED_MAX = 250;
/** More would be the load that is measured, on a machine with two cores. */
const PROBES_PER_MS_MAX = 12;
const QUESTIONS_PER_MS_MAX = 3;

export interface Asking {
  readonly asksForEvery: number;
  readonly probeEveryMs: number;
  readonly watchEveryMs: number;
}

/** How often so many VIPs can be asked for, and which of them. */
export function askingOf(vips: number): Asking {
  const asksForEvery = Math.ceil(vips / ASKED_MAX);
  const asked = Math.ceil(vips / asksForEvery);
  return {
    asksForEvery,
    probeEveryMs: Math.ceil(asked / PROBES_PER_MS_MAX),
    watchEveryMs: Math.max(2, Math.ceil(asked / QUESTIONS_PER_MS_MAX)),
  };
}

/** A lab with so many VIPs, on which nothing runs yet. */
export const labWith = async (vips: number): Promise<Lab> =>
  await createLab({
    program: [await builtBinary()],
    balanceInterval: "1s",
    ...vipsOf(vips, "exclusive"),
    ...askingOf(vips),
    // A router that is asked in the name of more VIPs fills that table, and then no host can even broadcast.
    ...(vips > ASKED_MAX ? { notified: [] } : {}),
  });

function vipsOf(count: number, handover: Handover): Pick<LabConfig, "vips" | "range"> {
  if (count === SEED_VIPS.length) return { vips: SEED_VIPS.map((vip) => ({ ...vip, handover })) };
  const last = `192.168.${20 + (count >> 8)}.${count & 255}`;
  return { vips: [], range: { first: "192.168.20.1", last, handover } };
}

/** Molehill on the hosts of the lab, not started. */
export async function molehillGroup(
  site: Lab,
  { pace, vips, handover }: { readonly pace: Pace; readonly vips: number; readonly handover: Handover },
): Promise<Group> {
  const file = `${site.directory}/${pace.name}-${handover}.toml`;
  const timing = { heartbeat: `"${pace.heartbeatMs}ms"`, timeout: `"${pace.timeoutMs}ms"` };
  const changes = { ...vipsOf(vips, handover), ...(isDefault(pace) ? {} : { timing }) };
  await Deno.writeTextFile(file, site.configWith(changes));
  const lab = site.running(molehill([await builtBinary()], file));
  return {
    program: "Molehill",
    pace,
    lab,
    move: async (address, to) => {
      const name = (await to.status())?.vips.find(({ addresses }) => addresses[0] === address)?.name;
      await told(to, ["move", name ?? address, to.name]);
    },
    // A moved VIP stays where the operator wants it; the loads are even when another has made room for it.
    moveBack: async () => await told(lab.hosts[0], ["balance"]),
  };
}

/** keepalived on the hosts of the lab, not started. */
export async function keepalivedGroup(site: Lab, pace: Pace): Promise<Group> {
  const program = await keepalivedOn(site, {
    advertSeconds: isDefault(pace) ? null : pace.advertMs / 1_000,
  });
  const lab = site.running(program);
  return {
    program: "keepalived",
    pace,
    lab,
    move: program.prefer,
    moveBack: program.preferNone,
  };
}

/** Starts all that is not running, and waits until the group is whole. */
export async function makeWhole(group: Group): Promise<void> {
  for (const host of group.lab.hosts) if (host.daemon === "absent") host.start();
  await isWhole(group);
}

/** Waits until the VIPs are shared evenly, and the group has settled. */
export async function isWhole({ lab }: Group): Promise<void> {
  await lab.settled();
  await waitUntil(async () => {
    const loads = await loadsOf(lab);
    return Math.max(...loads) - Math.min(...loads) <= 1;
  }, {
    what: "the VIPs to be shared evenly",
    // Each look starts programs, whose load the client would feel.
    everyMs: lab.addresses.length > 30 ? 100 : 25,
  });
  await lab.settled();
}

/** Has a molehill command do its work on the host. */
export async function told(host: LabHost | undefined, args: readonly string[]): Promise<void> {
  const { code, stderr } = await host?.molehill(args) ?? { code: 127, stderr: "no such host" };
  if (code !== 0) {
    throw new Error(`Cannot "molehill ${args.join(" ")}" on ${host?.name}: exit ${code}: ${stderr}`);
  }
}
