// deno task curve: what a group costs as it grows. Simulated groups of 3 to 1,000 hosts start, come to rest, and lose
// their coordinator; and the allocator places 1,000 to 30,000 VIPs. Groups of hundreds of hosts take minutes:
//
//   deno task curve                 3, 10, 30, 100 and 300 hosts
//   deno task curve 1000            these numbers of hosts
//
// The network delays every message by 0.2 ms, so that a round trip takes 0.4 ms. The target is that after the death of
// a host the others have agreed within the timeout and three round trips.

import type { NodeEffect } from "../src/core/events.ts";
import { duration, type Group, type HostName, hostName, sorted, vipName } from "../src/core/vocabulary.ts";
import { coreProgram } from "../src/simulator/core_program.ts";
import { calmWeather } from "../src/simulator/network.ts";
import type { Occurrence } from "../src/simulator/occurrence.ts";
import type { Plan } from "../src/simulator/plan.ts";
import { Random } from "../src/simulator/random.ts";
import { simulate } from "../src/simulator/simulate.ts";
import { measureAllocation } from "./bench_cost.ts";

const usualSizes = [3, 10, 30, 100, 300];
const delay = 0.2;
const timeout = 500;
const steadyFor = 1_000;
/** Hosts start one after the other within a heartbeat, and are given this long to come to rest. */
const [startsWithin, restBy] = [97, 1_500];
/** Just after a heartbeat of the host that dies: the worst that can be. */
const diesAt = restBy + steadyFor + 5;

function main(): void {
  const sizes = Deno.args.length > 0 ? Deno.args.map(Number) : usualSizes;
  if (sizes.some((size) => !Number.isInteger(size) || size < 2 || size > 1_024)) {
    console.error(
      `curve: Cannot simulate "${Deno.args.join(" ")}" hosts: wanted whole numbers from 2 to 1,024`,
    );
    Deno.exit(64);
  }
  console.log(
    "| hosts | all agree after the last start, ms | messages a host sends a second | hears a second |" +
      " after a host's death the others agree, ms (target) | messages for that, per host | simulated in, s |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const size of sizes) console.log(rowOf(size));
  console.log("\n| VIPs on 100 hosts | allocated in, ms | after a host's death, ms | per VIP, µs |");
  console.log("| --- | --- | --- | --- |");
  for (const vips of [1_000, 3_000, 10_000, 30_000]) {
    const { coldMs, oneGoneMs } = measureAllocation({ vips, hosts: 100 });
    const perVip = (coldMs / vips * 1_000).toFixed(2);
    console.log(`| ${vips} | ${coldMs.toFixed(1)} | ${oneGoneMs.toFixed(1)} | ${perVip} |`);
  }
}

/** What is counted while a group is simulated. */
interface Counted {
  readonly size: number;
  sent: number;
  heard: number;
  /** How many hosts are in a view of so many members, and since when all were in the whole one. */
  readonly inView: Map<HostName, number>;
  agreedAt: number | null;
}

function rowOf(size: number): string {
  const began = performance.now();
  const start: Counted = { size, sent: 0, heard: 0, inView: new Map(), agreedAt: null };
  const steady: Counted = { ...start, inView: new Map() };
  const death: Counted = { ...start, size: size - 1, inView: new Map() };
  let now = 0;
  const phase = () => now < restBy ? start : now < diesAt ? steady : death;
  const { violation } = simulate({
    seed: 1,
    program: coreProgram,
    wire: "plain",
    plan: planOf(size),
    director: {
      random: new Steady("curve"),
      begin: () => {},
      watch: (occurrence, world) => {
        now = world.now;
        count(phase(), occurrence, now);
      },
    },
  });
  if (violation !== null) throw new Error(`${violation.checker}: ${violation.what}`);
  const cells = [
    String(size),
    (start.agreedAt ?? NaN) - startsWithin,
    steady.sent / size / (steadyFor / 1_000),
    steady.heard / size / (steadyFor / 1_000),
    `${((death.agreedAt ?? NaN) - diesAt).toFixed(1)} (${timeout + 6 * delay})`,
    (death.sent / (size - 1) - (timeout + 100) / 100).toFixed(1),
    (performance.now() - began) / 1_000,
  ];
  return `| ${
    cells.map((cell) => typeof cell === "number" ? cell.toFixed(cell < 100 ? 1 : 0) : cell).join(" | ")
  } |`;
}

function count(counted: Counted, occurrence: Occurrence, now: number): void {
  if (occurrence.kind !== "stepped") return;
  if (occurrence.event.kind === "messageReceived") counted.heard += 1;
  for (const effect of occurrence.effects) countEffect(counted, { effect, host: occurrence.host, now });
}

function countEffect(
  counted: Counted,
  { effect, host, now }: { readonly effect: NodeEffect; readonly host: HostName; readonly now: number },
): void {
  if (effect.kind === "broadcast" || effect.kind === "send") counted.sent += 1;
  if (effect.kind !== "note" || effect.note.kind !== "viewInstalled") return;
  if (effect.note.members.length === counted.size) counted.inView.set(host, now);
  else counted.inView.delete(host);
  counted.agreedAt = counted.inView.size === counted.size ? now : null;
}

/** Every delay is the same, and what only has to be different is. */
class Steady extends Random {
  override between(low: number): number {
    return low < 0 ? 0 : low;
  }

  override fork(label: string): Random {
    return new Steady(label);
  }
}

function planOf(size: number): Plan {
  const hosts = Array.from({ length: size }, (_, at) => hostName(`host${String(at).padStart(4, "0")}`));
  const group: Group = {
    name: "curve",
    digest: "curve",
    partition: "serve",
    timing: {
      heartbeat: duration(100),
      timeout: duration(timeout),
      mature: duration(5_000),
      lease: duration(3_000),
    },
    hosts: hosts.map((name) => ({ name, weight: 1 })),
    vips: sorted(hosts.slice(0, 250).map((host) => vipName(`vip-${host}`))).map((name) => ({
      name,
      addresses: [{ address: name, family: 4, prefix: 32, interface: "eth0" }],
      prefer: [],
      hosts,
      handover: "exclusive",
      takeover: "at-once",
      foreignHolder: "defend",
    })),
    refresh: null,
    balance: { movesPerRound: "all", interval: duration(60_000) },
    settings: [],
  };
  const first = hosts[0] ?? hostName("");
  return {
    group,
    calm: { ...calmWeather, delayMin: delay, delayMax: delay },
    starts: new Map(hosts.map((host, at) => [host, startsWithin * at / Math.max(1, size - 1)])),
    faults: [{ at: diesAt, kind: "powerLoss", host: first, down: 1e9 }],
    healAt: diesAt + timeout + 100,
    staysDown: [first],
    endsUnhealed: true,
  };
}

main();
