// Carries a fault out: what it does to the network or to a host, and how it ends.

import type { HostName, VipName } from "../core/vocabulary.ts";
import type { SimulatedHost } from "./host.ts";
import type { Disturbance, Network } from "./network.ts";
import type { Fault } from "./plan.ts";
import type { Timeline } from "./timeline.ts";
import type { Packet } from "./wire.ts";

export interface Stage {
  readonly timeline: Timeline;
  readonly network: Network<Packet>;
  readonly hosts: ReadonlyMap<HostName, SimulatedHost>;
  /** False once all is healed: ends of faults that come later are over already. */
  readonly isChaos: () => boolean;
  readonly ended: (fault: Fault) => void;
}

/** How long a supervisor waits for a daemon that was told to stop before it kills it, in ms. */
const stopPatience = 10_000;

/** Lets the fault happen now. */
export function carryOut(fault: Fault, stage: Stage): void {
  switch (fault.kind) {
    case "partition":
    case "cut":
    case "weather":
      return disturb(fault, stage);
    case "kill":
      host(fault, stage).kill({ guard: fault.guard });
      return startLater(fault, stage);
    case "powerLoss":
      host(fault, stage).losePower();
      return startLater(fault, stage);
    case "pause":
      host(fault, stage).pause();
      return later(fault, { stage, after: fault.lasts, happens: () => host(fault, stage).wake() });
    case "stop":
      return stop(fault, stage);
    case "operator":
      return host(fault, stage).operate(fault.request);
    case "personAdds":
      return host(fault, stage).kernel.add(fault.vip, { by: "person", ...part(fault) });
    case "personRemoves":
      return host(fault, stage).kernel.remove(fault.vip, { by: "person", ...part(fault) });
    case "troubles":
      return trouble(fault, stage);
  }
}

/** Ends everything that still goes on; hosts that are down stay so. */
export function heal(stage: Stage): void {
  stage.network.heal();
  for (const host of stage.hosts.values()) {
    calm(host);
    host.wake();
  }
}

function disturb(fault: Fault & { kind: "partition" | "cut" | "weather" }, stage: Stage): void {
  const disturbance = disturbanceOf(fault);
  stage.network.begin(disturbance);
  later(fault, { stage, after: fault.lasts, happens: () => stage.network.end(disturbance) });
}

function disturbanceOf(fault: Fault & { kind: "partition" | "cut" | "weather" }): Disturbance {
  switch (fault.kind) {
    case "partition":
      return { cut: true, affects: (from, to) => fault.side.includes(from) !== fault.side.includes(to) };
    case "cut":
      return {
        cut: true,
        affects: (from, to) =>
          (from === fault.from && to === fault.to) ||
          (fault.bothWays && from === fault.to && to === fault.from),
      };
    case "weather":
      return {
        weather: fault.weather,
        affects: (from, to) => fault.hosts.includes(from) || fault.hosts.includes(to),
      };
  }
}

function stop(fault: Fault & { kind: "stop" }, stage: Stage): void {
  host(fault, stage).operate({ kind: "stop" });
  later(fault, {
    stage,
    after: stopPatience,
    happens: () => {
      if (host(fault, stage).status()?.phase === "leaving") host(fault, stage).kill({ guard: true });
    },
  });
  startLater(fault, stage);
  startLater({ ...fault, down: stopPatience + fault.down }, stage);
}

function trouble(fault: Fault & { kind: "troubles" }, stage: Stage): void {
  const troubled = host(fault, stage);
  const { troubles } = troubled.commands;
  calm(troubled);
  troubles.addFails = fault.addFails;
  troubles.removeFails = fault.removeFails;
  troubles.slow = fault.slow;
  for (const vip of fault.broken) troubles.broken.add(vip);
  later(fault, { stage, after: fault.lasts, happens: () => calm(troubled) });
}

function calm({ commands: { troubles } }: SimulatedHost): void {
  troubles.addFails = troubles.removeFails = troubles.slow = 0;
  troubles.broken.clear();
}

function startLater(fault: Fault & { host: HostName; down: number }, stage: Stage): void {
  later(fault, { stage, after: fault.down, happens: () => host(fault, stage).start() });
}

function later(
  fault: Fault,
  { stage, after, happens }: { readonly stage: Stage; readonly after: number; readonly happens: () => void },
): void {
  stage.timeline.after(after, () => {
    if (!stage.isChaos()) return;
    stage.ended(fault);
    happens();
  });
}

function host(fault: Fault & { host: HostName }, { hosts }: Stage): SimulatedHost {
  const found = hosts.get(fault.host);
  if (found === undefined) throw new RangeError(`Cannot find host "${fault.host}": it is not in the group`);
  return found;
}

/** A person who does not take all addresses of a VIP takes the first. */
const part = ({ all }: { readonly vip: VipName; readonly all: boolean }) => (all ? {} : { count: 1 });
