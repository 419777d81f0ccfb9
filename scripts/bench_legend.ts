// What stands above the table of the bench: where and with what it was measured, and how its columns are to be read.

import { ASKED_MAX, askingOf } from "./bench_group.ts";
import { builtBinary } from "../test/support/binary.ts";
import { mustRun } from "../test/support/command.ts";
import { keepalivedVersion } from "../test/support/keepalived.ts";

/** A run in which the machine did not let the client run for longer than both is done again, so often at most. */
export const STALL_MAX_MS = 10, STALL_MAX_SHARE = 0.05, AGAIN_MAX = 2;

/** The machine, what else it does, and the versions. */
export async function machine(): Promise<string> {
  const cpu = /model name\s*: (.*)/.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
  const kernel = (await Deno.readTextFile("/proc/sys/kernel/osrelease")).trim();
  const version = (await mustRun([await builtBinary(), "version"])).trim().split("\n")[0] ?? "";
  const [load] = Deno.loadavg();
  return [
    `${cpu}, ${navigator.hardwareConcurrency} cores, load ${
      load?.toFixed(2)
    } before it began; Linux ${kernel}`,
    version,
    await keepalivedVersion() ?? "no keepalived",
    `Deno ${Deno.version.deno}`,
  ].join("; ");
}

/** Starts to count the time that a hypervisor gives to others; asked later, it says how much that was, in words. */
export async function stolenTime(): Promise<() => Promise<string>> {
  // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal.
  const times = async () => {
    const [line = ""] = (await Deno.readTextFile("/proc/stat")).split("\n");
    const ticks = line.split(/\s+/).slice(1, 9).map(Number);
    return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
  };
  const before = await times();
  return async () => {
    const after = await times();
    const percent = 100 * (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
    return `${percent.toFixed(1)} % of the time was stolen from this machine meanwhile`;
  };
}

/** For a reader who has not seen the bench. */
export function legend(runs: number): string {
  const asked = [3, 30, 250].map((vips) => {
    const { probeEveryMs, watchEveryMs } = askingOf(vips);
    return `  - ${vips} VIPs: the client probes each every ${probeEveryMs} ms, the watcher asks every ${watchEveryMs} ms`;
  });
  return `Three hosts, ${runs} runs of each fault, in turns with both programs in the same network namespaces. Times are
in milliseconds: the median, and in brackets the least and the most.

- interval: between two heartbeats of Molehill, whose timeout is then three of them, and between two adverts of
  keepalived. "default": each as it comes, Molehill 100 ms with a timeout of 500 ms, keepalived 1 s.
- gap: the longest time that any VIP gave the client no answer.
- hang, crash, silent partition: they strike at set moments after the last beat of their host, spread evenly over the
  interval, and at the same ones for both programs.
- (overlap): with handover = "overlap", make before break. keepalived hands over in no other way, so its runs of the
  fault without that word stand there again. Molehill's old holder goes on for 100 ms on purpose.
- lost: probes that were never answered, of all VIPs.
- two hosts: the longest time for which two hosts answered for one VIP, as seen on the switch. "for good": they still
  did when everything else had come to rest (the bench then removes what was left behind).
- stall: for how long the machine did not let the client itself run at most; no gap is known more precisely. A run
  with more than ${STALL_MAX_MS}, and more than a twentieth of its gap, is done again, up to ${AGAIN_MAX} times, and the one with the
  least stall counts.
- "-": not asked for, or the program has no such thing: keepalived no drain, and at most 255 VIPs on a network.
- How closely the VIPs are watched:
${asked.join("\n")}
  - more: as with ${ASKED_MAX}, which are then spread over all, and no notify target is asked: the network namespaces of
    a machine share one table of 1,024 neighbours
- keepalived: one VRRP instance for each VIP with priorities 250, 240, 230 in rotation, nothing else set; SIGKILL and
  SIGSTOP go to all its processes, or its parent would mend what befell the child. move: a priority is raised, and the
  file read again.
- CPU and memory are the mean of the three hosts, half a minute after the last fault; memory that processes share is
  counted for each of them. What is a file's (programs and libraries) the kernel can have back at any time.`;
}
