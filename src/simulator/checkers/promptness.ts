// To a group at rest one thing happens, and nothing else until the time is over that "How long it takes" in
// core/PROTOCOL.md gives it: by then the group has done what there was to do. The simulated network and commands have
// their own worst cases, so that the formulas are looked at with numbers that leave little room. Not where
// acquisitions wait for hooks: a balance round may then still be going on when the time is over.

import { patience } from "../../core/sudden_end.ts";
import type { Group, HostName, VipSpec } from "../../core/vocabulary.ts";
import { commandTime } from "../commands.ts";
import { wholeComponents } from "../components.ts";
import type { HostView, World } from "../occurrence.ts";
import { type Fault, filesOf, type Plan } from "../plan.ts";
import { leaseWait } from "../settling_time.ts";
import type { Checker, Violation } from "./checker.ts";
import { all, atOnceBy, uncovered, uncoveredAnywhere } from "./coverage.ts";
import { beginsViewChange, fitHosts, isResting } from "./settlement.ts";

type Played = Pick<Plan, "group" | "older" | "calm" | "drift" | "gateMax">;

/** What has to be so when, in ms after the fault. */
interface Deadline {
  readonly within: number;
  readonly broken: (world: World) => Violation | null;
}

/** How long an overlapping handover goes on after the new holder is known to answer, in ms. */
const overlapLinger = 100;
/** How late a hint comes, the guard has done its work, and a question is answered, at most, in ms; see host.ts. */
const hintMax = 4, guardMax = 50, questionMax = 15;

/** `restTimeouts`: how long nothing must have happened for a group to be at rest, in timeouts. */
export function promptness(plan: Played, restTimeouts: number): Checker {
  const bounds = boundsOf(plan);
  let isAtRest = false;
  let open: readonly Deadline[] = [];
  let fault: Fault | null = null;
  let since = 0;
  return {
    name: "promptness",
    watches: plan.calm.loss > 0 || plan.gateMax !== undefined
      ? []
      : ["polled", "stepped", "faultBegan", "faultEnded", "daemon", "milestone"],
    check(occurrence, world) {
      if (occurrence.kind === "faultBegan") {
        open = isAtRest ? deadlinesOf(occurrence.fault, { world, bounds }) : [];
        [fault, since, isAtRest] = [occurrence.fault, world.now, false];
        return null;
      }
      const isOfFault = occurrence.kind === "daemon" && !["started", "woke"].includes(occurrence.change) &&
        fault !== null && "host" in fault && fault.host === occurrence.host;
      const hasEnded = occurrence.kind === "faultEnded" || occurrence.kind === "milestone";
      if (hasEnded || (occurrence.kind === "daemon" && !isOfFault)) {
        [open, isAtRest] = [[], false];
        return null;
      }
      if (occurrence.kind === "stepped" && beginsViewChange(occurrence.effects)) isAtRest = false;
      if (occurrence.kind === "polled") isAtRest = isResting(world, restTimeouts * bounds.timeout);
      if (open.length === 0) return null;
      const due = open.filter(({ within }) => world.now - since > within);
      open = open.filter((each) => !due.includes(each));
      for (const { within, broken } of due) {
        world.saw(`bound of a single ${fault?.kind} looked at`);
        const violation = broken(world);
        if (violation !== null) {
          const what = `${violation.what}, ${
            within.toFixed(1)
          } ms after "${fault?.kind}" came to a group at rest`;
          return { ...violation, what };
        }
      }
      return null;
    },
  };
}

type Bounds = ReturnType<typeof boundsOf>;

/** The rows of the table, in ms: d is the network's longest delay, p a call of `ip` and the wait for a renewal and a look. */
function boundsOf(plan: Played) {
  const { group, calm, drift = 0 } = plan;
  const files = filesOf(plan);
  const { timeout, heartbeat } = group.timing;
  const [d, p] = [calm.delayMax, 3 * commandTime.most];
  const [slowest, slack] = [timeout * (1 + drift), 1];
  const linger = group.vips.some(({ handover }) => handover === "overlap") ? overlapLinger : 0;
  return {
    timeout,
    death: slowest + 6 * d + p + slack,
    // A hint, a probe that is not answered, the guard, and one question more than it takes to see that it is done.
    killed: hintMax + patience(group.timing) * (1 + drift) + 6 * d + guardMax + 2 * questionMax + p +
      slack,
    leaseWait: leaseWait(files) * (1 + drift),
    isAtOnce: atOnceBy(files),
    partition: slowest + (group.partition === "serve" ? 4 : 6) * d + p + slack,
    minority: slowest - heartbeat / 2 + p + slack,
    handover: 5 * d + 2 * p + linger + slack,
  };
}

function deadlinesOf(
  fault: Fault,
  { world, bounds }: { readonly world: World; readonly bounds: Bounds },
): readonly Deadline[] {
  switch (fault.kind) {
    case "kill":
      if (fault.guard && world.group.partition === "serve") {
        return [
          {
            within: bounds.killed,
            broken: (now) => uncoveredAnywhere(now, (vip) => !isAnsweredByDead(now, vip)),
          },
          ...deadlinesOfLoss(bounds.death, bounds),
        ];
      }
      return deadlinesOfLoss(bounds.death, bounds);
    case "powerLoss":
    case "pause":
      return deadlinesOfLoss(bounds.death, bounds);
    case "partition":
      if (fault.segment !== undefined) return [];
      return [
        { within: bounds.minority, broken: heldByMinority },
        ...deadlinesOfLoss(bounds.partition, bounds),
      ];
    case "stop":
      return [{ within: bounds.handover, broken: (now) => keptBy(fault.host, now) }];
    case "unhealthy":
      return [{ within: bounds.handover, broken: (now) => keptByUnfit(fault, now) }];
    case "operator":
      return deadlinesOfRequest(fault, { world, bounds });
    default:
      return [];
  }
}

/** A person has put it on a host without a daemon: then somebody goes on answering for it. */
const isAnsweredByDead = ({ hosts }: World, { addresses }: VipSpec): boolean =>
  hosts.some((host) => host.daemon === "down" && addresses.some(({ address }) => host.has(address)));

/** What waits for leases is later. */
const deadlinesOfLoss = (within: number, { leaseWait, isAtOnce }: Bounds): readonly Deadline[] => [
  { within, broken: (now) => uncoveredAnywhere(now, isAtOnce) },
  { within: within + leaseWait, broken: (now) => uncoveredAnywhere(now, all) },
];

function deadlinesOfRequest(
  { host, request }: Fault & { kind: "operator" },
  { world, bounds: { handover } }: { readonly world: World; readonly bounds: Bounds },
): readonly Deadline[] {
  if (!isRunning(world, host)) return [];
  if (request.kind === "drain") return [{ within: handover, broken: (now) => keptBy(host, now) }];
  if (request.kind !== "move") return [];
  const taker = world.hosts.find(({ name }) => name === request.to);
  const spec = world.group.vips.find(({ name }) => name === request.vip);
  const canTake = taker?.status()?.draining === null && spec?.hosts.includes(taker.name);
  if (taker === undefined || spec === undefined || !canTake || holdsNothing(world)) return [];
  // An operator's word does not make a host well; where none is, it counts all the same.
  if (!taker.isFitFor(spec.name) && fitHosts(spec, world).length > 0) return [];
  const broken = ({ hosts }: World) => {
    const now = hosts.find(({ name }) => name === taker.name);
    if (spec.addresses.every(({ address }) => now?.has(address))) return null;
    const what = `${taker.name} has not got "${spec.name}", which an operator moved there`;
    return { what, hosts: [host, taker.name] };
  };
  return [{ within: handover, broken }];
}

const isRunning = ({ hosts }: World, name: HostName): boolean =>
  hosts.some((host) => host.name === name && host.daemon === "running");

/** As without a majority. */
const holdsNothing = ({ hosts, addresses }: World): boolean =>
  hosts.every((host) => addresses.every((address) => !host.has(address)));

/** What a host that was to give everything away still has, or the others have not taken. */
function keptBy(name: HostName, { hosts, addresses, group }: World): Violation | null {
  const [leaver, others] = [
    hosts.filter((host) => host.name === name),
    hosts.filter((host) => host.name !== name),
  ];
  const kept = addresses.find((address) =>
    leaver.some((host) => host.has(address) && !host.isForeign(address))
  );
  if (kept !== undefined) return { what: `${name} still has ${kept}`, hosts: [name] };
  const running = others.filter(({ daemon }) => daemon === "running");
  return isPowerful(group, running) ? uncovered(running, all) : null;
}

/** What a host that fails a check still has, or has lost to nobody, though others are well. */
function keptByUnfit(
  { hosts: unwell }: Fault & { readonly kind: "unhealthy" },
  world: World,
): Violation | null {
  if (!isPowerful(world.group, world.hosts.filter(({ daemon }) => daemon === "running"))) return null;
  for (const spec of world.group.vips) {
    const [fit] = fitHosts(spec, world);
    if (fit === undefined) continue;
    for (const { address } of spec.addresses) {
      const holders = world.hosts.filter((host) => host.has(address) && !host.isForeign(address));
      const kept = holders.find((host) => unwell.includes(host.name) && !host.isFitFor(spec.name));
      if (kept === undefined && holders.length > 0) continue;
      const what = kept === undefined
        ? `Nobody has ${address}, and ${fit.name} is well`
        : `${kept.name} still has ${address}, though it fails a health check and ${fit.name} is well`;
      return { what, hosts: [...holders.map(({ name }) => name), fit.name] };
    }
  }
  return null;
}

function heldByMinority(world: World): Violation | null {
  for (const component of wholeComponents(world)) {
    if (isPowerful(world.group, component)) continue;
    for (const host of component) {
      const kept = world.addresses.find((address) => host.has(address) && !host.isForeign(address));
      if (kept !== undefined) return { what: `${host.name}, in a minority, has ${kept}`, hosts: [host.name] };
    }
  }
  return null;
}

const isPowerful = ({ partition, hosts }: Group, component: readonly HostView[]): boolean =>
  partition === "serve" || component.length * 2 > hosts.length;
