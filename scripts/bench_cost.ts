// What a daemon costs: to start, while nothing happens, and to decide who holds what.

import { builtBinary } from "../test/support/binary.ts";
import { mustRun } from "../test/support/command.ts";
import type { LabHost } from "../test/support/lab_host.ts";
import { startedLab } from "../test/support/started_lab.ts";
import { sleep } from "../test/support/wait.ts";
import { allocate, type AllocationInput, type Candidate } from "../src/core/allocator.ts";
import type { Allotment } from "../src/core/message.ts";
import { hostName, sorted, vipName, type VipSpec } from "../src/core/vocabulary.ts";

export interface SteadyState {
  /** Sent by one host, of all kinds. */
  readonly framesPerSecond: number;
  /** Of one core; the programs that the daemon runs are included. */
  readonly cpuPercent: number;
  readonly residentMegabytes: number;
}

/** The median time from the start to the end of `molehill version`, in milliseconds. */
export async function measureStartTime(): Promise<number> {
  const line = [await builtBinary(), "version"];
  const times: number[] = [];
  for (let run = 0; run < 11; run++) {
    const began = performance.now();
    await mustRun(line);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[5] ?? NaN;
}

/** Ten seconds of a settled group that nobody asks anything; the mean of its three daemons. */
export async function measureSteadyState(): Promise<SteadyState> {
  await using lab = await startedLab();
  await sleep(5000);
  lab.echo.pause();
  lab.watch.pause();
  const began = performance.now();
  const before = await Promise.all(lab.hosts.map(usageOf));
  await sleep(10_000);
  const after = await Promise.all(lab.hosts.map(usageOf));
  const seconds = (performance.now() - began) / 1000;
  lab.echo.unpause();
  lab.watch.unpause();
  const mean = (of: (usage: Usage) => number, usages: readonly Usage[]) =>
    usages.reduce((sum, usage) => sum + of(usage), 0) / usages.length;
  const rate = (of: (usage: Usage) => number) => (mean(of, after) - mean(of, before)) / seconds;
  return {
    framesPerSecond: rate((usage) => usage.frames),
    cpuPercent: rate((usage) => usage.cpuSeconds) * 100,
    residentMegabytes: mean((usage) => usage.residentMegabytes, after),
  };
}

interface Usage {
  readonly frames: number;
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
}

async function usageOf(host: LabHost): Promise<Usage> {
  const link = await mustRun([
    "ip",
    "-n",
    host.place.namespace,
    "-json",
    "-stats",
    "link",
    "show",
    "dev",
    "eth0",
  ]);
  const [counted] = JSON.parse(link) as { stats64: { tx: { packets: number } } }[];
  // proc(5): after the name in brackets; utime, stime, cutime and cstime are fields 14 to 17, in ticks of 10 ms.
  const stat = (await Deno.readTextFile(`/proc/${host.pid}/stat`)).split(") ")[1]?.split(" ") ?? [];
  const status = await Deno.readTextFile(`/proc/${host.pid}/status`);
  return {
    frames: counted?.stats64.tx.packets ?? NaN,
    cpuSeconds: stat.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0),
    residentMegabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024 / 1e6,
  };
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
});

function medianTime(work: () => unknown): number {
  const times = Array.from({ length: 25 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return times.sort((a, b) => a - b)[12] ?? NaN;
}
