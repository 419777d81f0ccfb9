// Carries a fault out: what it does to the network or to a host, and how it ends.

import type { Group, HostName } from "../core/vocabulary.ts";
import type { SimulatedHost } from "./host.ts";
import type { Disturbance } from "./network.ts";
import type { Fault } from "./plan.ts";
import type { Segments } from "./segments.ts";
import type { Timeline } from "./timeline.ts";

export interface Stage {
  readonly timeline: Timeline;
  readonly segments: Pick<Segments<unknown>, "begin" | "end" | "heal">;
  readonly hosts: ReadonlyMap<HostName, SimulatedHost>;
  readonly files: { readonly older: Group; readonly last: Group };
  /** False once all is healed: ends of faults that come later are over already. */
  readonly isChaos: () => boolean;
  readonly ended: (fault: Fault) => void;
  /** Starts a host's daemon, unless the host is not in the group yet, or not any more. */
  readonly start: (host: HostName) => void;
  /** Tells a host that another one's daemon has ended, though it has not. */
  readonly hint: (fault: Fault & { readonly kind: "falseHint" }) => void;
  /** Lets the fault happen as soon as somebody has proposed a view. */
  readonly lieInWait: (fault: Fault & { readonly kind: "ambush" }) => void;
}

/** How long a supervisor waits for a daemon that was told to stop before it kills it: in ms, and in timeouts. */
const stopPatience = { ms: 10_000, timeouts: 4 };
const daemonStopPatience = ({ files: { last } }: Stage): number =>
  Math.max(stopPatience.ms, stopPatience.timeouts * last.timing.timeout);

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
      return host(fault, stage).kernel.add(meant(fault, stage), { by: "person", lease: null });
    case "personRemoves":
      return host(fault, stage).kernel.remove(meant(fault, stage), "person");
    case "troubles":
      return trouble(fault, stage);
    case "unplug":
      return unplug(fault, stage);
    case "unhealthy":
      return sicken(fault, stage);
    case "falseHint":
      return stage.hint(fault);
    case "clockJump":
      return host(fault, stage).jump(fault.by);
    case "reload":
      return host(fault, stage).reload(stage.files[fault.file]);
    case "ambush":
      return stage.lieInWait(fault);
  }
}

/** Ends everything that still goes on; hosts that are down stay so. */
export function heal(stage: Stage): void {
  stage.segments.heal();
  for (const host of stage.hosts.values()) {
    calm(host);
    host.plug(true);
    host.recover();
    host.wake();
  }
}

/** How long it goes on by itself, in ms; null: it is over at once. */
export function lengthOf(fault: Fault): number | null {
  if ("lasts" in fault) return fault.lasts;
  return "down" in fault ? fault.down : null;
}

type NetworkFault = Fault & { readonly kind: "partition" | "cut" | "weather" };

function disturb(fault: NetworkFault, stage: Stage): void {
  const disturbance = disturbanceOf(fault);
  stage.segments.begin(disturbance, fault.segment);
  const happens = () => stage.segments.end(disturbance, fault.segment);
  later(fault, { stage, after: fault.lasts, happens });
}

function disturbanceOf(fault: NetworkFault): Disturbance {
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
        affects: (from, to) =>
          (fault.ways !== "in" && fault.hosts.includes(from)) ||
          (fault.ways !== "out" && fault.hosts.includes(to)),
      };
  }
}

function unplug(fault: Fault & { kind: "unplug" }, stage: Stage): void {
  const cut: Disturbance = { cut: true, affects: (from, to) => from === fault.host || to === fault.host };
  stage.segments.begin(cut, 0);
  host(fault, stage).plug(false);
  const happens = () => {
    stage.segments.end(cut, 0);
    host(fault, stage).plug(true);
  };
  later(fault, { stage, after: fault.lasts, happens });
}

function sicken(fault: Fault & { kind: "unhealthy" }, stage: Stage): void {
  const hosts = fault.hosts.map((name) => host({ ...fault, host: name }, stage));
  for (const each of hosts) each.fail(fault);
  if (fault.lasts === Infinity) return;
  later(fault, { stage, after: fault.lasts, happens: () => hosts.forEach((each) => each.pass(fault)) });
}

function stop(fault: Fault & { kind: "stop" }, stage: Stage): void {
  const patience = daemonStopPatience(stage);
  host(fault, stage).operate({ kind: "stop" });
  later(fault, {
    stage,
    after: patience,
    happens: () => {
      if (host(fault, stage).status()?.phase === "leaving") host(fault, stage).kill({ guard: true });
    },
  });
  startLater(fault, stage);
  startLater({ ...fault, down: patience + fault.down }, stage);
}

function trouble(fault: Fault & { kind: "troubles" }, stage: Stage): void {
  const troubled = host(fault, stage);
  const { troubles } = troubled.commands;
  calm(troubled);
  troubles.addFails = fault.addFails;
  troubles.removeFails = fault.removeFails;
  troubles.slow = fault.slow;
  troubles.hangs = fault.hangs ?? 0;
  for (const vip of fault.broken) troubles.broken.add(vip);
  later(fault, { stage, after: fault.lasts, happens: () => calm(troubled) });
}

function calm({ commands: { troubles } }: SimulatedHost): void {
  troubles.addFails =
    troubles.removeFails =
    troubles.slow =
    troubles.hangs =
      0;
  troubles.broken.clear();
}

function startLater(fault: Fault & { host: HostName; down: number }, stage: Stage): void {
  later(fault, { stage, after: fault.down, happens: () => stage.start(fault.host) });
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

function host(fault: { readonly host: HostName }, { hosts }: Stage): SimulatedHost {
  const found = hosts.get(fault.host);
  if (found === undefined) throw new RangeError(`Cannot find host "${fault.host}": it is not in the group`);
  return found;
}

/** A person who does not take all addresses of a VIP takes the first. */
function meant(fault: Fault & { kind: "personAdds" | "personRemoves" }, stage: Stage): readonly string[] {
  const vip = host(fault, stage).group.vips.find(({ name }) => name === fault.vip);
  const addresses = (vip?.addresses ?? []).map(({ address }) => address);
  return fault.all ? addresses : addresses.slice(0, 1);
}
