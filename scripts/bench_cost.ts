// What a daemon costs: to start, while nothing happens, and to decide who holds what.

import { mustRun } from "../test/support/command.ts";
import { LAB_INTERFACE } from "../test/support/lab_config.ts";
import type { LabHost } from "../test/support/lab_host.ts";
import { sleep } from "../test/support/wait.ts";
import { allocate, type AllocationInput, type Candidate } from "../src/core/allocator.ts";
import type { Allotment } from "../src/core/message.ts";
import { hostName, sorted, vipName, type VipSpec } from "../src/core/vocabulary.ts";
import type { Group } from "./bench_group.ts";

/** The mean of the hosts of a group. */
export interface SteadyState {
  /** Sent by one host, of all kinds. */
  readonly framesPerSecond: number;
  /** Of one core, by the daemon and all that it has started. */
  readonly cpuPercent: number;
  /** Resident, of the process and all that it has started, and how much of that is no file's (RssAnon of proc_pid_status(5)). */
  readonly residentMegabytes: number;
  readonly ownMegabytes: number;
}

/** The median time from the start to the end of a command, in milliseconds. */
export async function measureStartTime(line: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 11; run++) {
    const began = performance.now();
    await mustRun(line);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[5] ?? NaN;
}

/** Ten seconds of a group that is whole, and which nobody asks anything. */
export async function measureSteadyState({ lab }: Group): Promise<SteadyState> {
  // What is told of a VIP for some seconds after it was taken is no steady state.
  await sleep(CALM_AFTER_MS);
  lab.echo.pause();
  lab.watch.pause();
  try {
    const began = performance.now();
    const before = await Promise.all(lab.hosts.map(usageOf));
    await sleep(10_000);
    const after = await Promise.all(lab.hosts.map(usageOf));
    const seconds = (performance.now() - began) / 1000;
    const mean = (of: (usage: Usage) => number, usages: readonly Usage[]) =>
      usages.reduce((sum, usage) => sum + of(usage), 0) / usages.length;
    const rate = (of: (usage: Usage) => number) => (mean(of, after) - mean(of, before)) / seconds;
    return {
      framesPerSecond: rate((usage) => usage.frames),
      cpuPercent: rate((usage) => usage.cpuSeconds) * 100,
      residentMegabytes: mean((usage) => usage.residentMegabytes, after),
      ownMegabytes: mean((usage) => usage.ownMegabytes, after),
    };
  } finally {
    lab.echo.unpause();
    lab.watch.unpause();
  }
}

/**
 * Longer than keepalived's second round of gratuitous ARPs and Molehill's last announcement; and a JavaScript engine
 * goes on compiling what it has begun to run.
 */
const CALM_AFTER_MS = 30_000;

interface Usage {
  readonly frames: number;
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
  readonly ownMegabytes: number;
}

async function usageOf(host: LabHost): Promise<Usage> {
  const link = ["link", "show", "dev", LAB_INTERFACE];
  const [counted] = JSON.parse(
    await mustRun(["ip", "-n", host.place.namespace, "-json", "-stats", ...link]),
  ) as {
    stats64: { tx: { packets: number } };
  }[];
  const processes = await treeOf(host.pid);
  const cpuSeconds = await Promise.all(processes.map(cpuSecondsOf));
  const statuses = await Promise.all(processes.map((each) => textOf(`/proc/${each}/status`)));
  const megabytes = (field: string) =>
    total(
      statuses.map((text) =>
        Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0) * 1024 / 1e6
      ),
    );
  return {
    frames: counted?.stats64.tx.packets ?? NaN,
    cpuSeconds: total(cpuSeconds),
    residentMegabytes: megabytes("VmRSS"),
    ownMegabytes: megabytes("RssAnon"),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The process, its children, and theirs. */
async function treeOf(pid: number): Promise<readonly number[]> {
  const threads = await threadsOf(pid);
  const listed = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)));
  const children = listed.join(" ").split(" ").filter((word) => word !== "").map(Number);
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()];
}

/** None, and no text, when the process has ended since it was listed. */
const threadsOf = async (pid: number): Promise<readonly string[]> =>
  (await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`)).catch(() => [])).map(({ name }) => name);
const textOf = (path: string): Promise<string> => Deno.readTextFile(path).catch(() => "");

/** Of its threads to the nanosecond (schedstat), and of children that have ended in ticks of 10 ms (stat). */
async function cpuSecondsOf(pid: number): Promise<number> {
  const threads = await threadsOf(pid);
  const spent = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/schedstat`)));
  // proc(5): after the name in brackets; cutime and cstime are fields 16 and 17.
  const stat = (await textOf(`/proc/${pid}/stat`)).split(") ")[1]?.split(" ") ?? [];
  return total(spent.map((text) => Number(text.split(" ")[0]) / 1e9)) +
    total(stat.slice(13, 15).map((ticks) => Number(ticks) / 100));
}

/** The median time to allocate so many VIPs to so many hosts, in milliseconds: from nothing, and after a host died. */
export function measureAllocation(
  of: { readonly vips: number; readonly hosts: number },
): { readonly coldMs: number; readonly oneGoneMs: number } {
  const vips = sorted(Array.from({ length: of.vips }, (_, i) => vipName(`vip-${i}`)));
  const hosts = sorted(Array.from({ length: of.hosts }, (_, i) => hostName(`host-${i}`)));
  const specs = vips.map((name): VipSpec => ({
    name,
    addresses: [{ address: name, family: 4, prefix: 32, interface: "eth0" }],
    prefer: [],
    hosts,
    handover: "exclusive",
    takeover: "at-once",
    foreignHolder: "defend",
  }));
  const cold: AllocationInput = {
    vips: specs,
    candidates: hosts.map((host) => candidate(host, [])),
    wishes: [],
    previous: new Map(),
    balanceMovesMax: 0,
  };
  const holding = Map.groupBy(allocate(cold), (assignment) => assignment.holder);
  const oneGone = hosts.slice(1).map((host) => candidate(host, holding.get(host) ?? []));
  return {
    coldMs: medianTime(() => allocate(cold)),
    oneGoneMs: medianTime(() => allocate({ ...cold, candidates: oneGone })),
  };
}

const candidate = (host: Candidate["host"], holds: readonly Allotment[]): Candidate => ({
  host,
  weight: 1,
  draining: false,
  damped: false,
  held: holds.map(({ vip, reason, age }) => ({ vip, reason, age })),
  releasing: [],
  unable: [],
  unfit: [],
});

function medianTime(work: () => unknown): number {
  const times = Array.from({ length: 25 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return times.sort((a, b) => a - b)[12] ?? NaN;
}
