// When all faults are over the group settles. Hosts that run have one view, with exactly themselves in it; every VIP
// that one of them may hold and does not decline by draining is wholly on exactly one kernel, that of the host which
// every status names; every other address is on none; and a host without a daemon has none at all.
//
// Where hosts go by different configurations, a VIP is held by one of those that know it, with the addresses that this
// one knows; of names that share an address one at least is held, and no address is on two hosts.

import { type HostName, sameView, type VipName, type VipSpec } from "../../core/vocabulary.ts";
import type { NodeEffect } from "../../core/events.ts";
import type { NodeStatus } from "../../core/status.ts";
import { vipAt } from "../address_book.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

export function settlement(): Checker {
  let isHealed = false;
  let hasSettled = false;
  return {
    name: "settlement",
    watches: ["polled", "milestone"],
    check(occurrence, world) {
      if (occurrence.kind === "polled" && isHealed && !hasSettled) hasSettled = unsettled(world) === null;
      if (occurrence.kind !== "milestone") return null;
      if (occurrence.milestone === "healed") isHealed = true;
      // A balance round may be under way just when the time to settle is over.
      const hasStillTime = occurrence.milestone === "healed" ||
        (["settled", "calm"].includes(occurrence.milestone) && hasSettled);
      return hasStillTime ? null : unsettled(world);
    },
  };
}

/** Why the world has not settled; null if it has. */
export function unsettled(world: World): Violation | null {
  const alive = world.hosts.filter((host) => host.daemon !== "down");
  const statuses = alive.map((host) => host.status()).filter((status) => status !== null);
  if (isPowerless(alive)) return heldByAnyone(world, { what: "there is no majority" });
  return disagreement(statuses) ?? (isMixed(world, alive) ? mixed(world, alive) : misplaced(world, statuses));
}

/** Whether something is still to come that may move VIPs, though the world looks settled. */
export const isPending = (world: World): boolean =>
  world.hosts.some((host) => {
    const status = host.status();
    // A command that hangs may yet act, also when its daemon is gone.
    return host.isTroubled ||
      (status !== null &&
        (status.hasWishes || !status.mature ||
          status.vips.some(({ problem, here }) => problem !== null || here === "adding")));
  });

/** Whether everybody goes by the same file, and nothing has happened for so long, in ms, or is still to come. */
export function isResting(world: World, restFor: number): boolean {
  const isSame = world.hosts.every((host) => host.daemon === "down" || host.group === world.group);
  return isSame && world.isCalm && world.now - world.undisturbedSince > restFor && !isPending(world) &&
    !isAnyDamped(world) && unsettled(world) === null;
}

/** Whether a step ends the rest: VIPs may move from then on. */
export const beginsViewChange = (effects: readonly NodeEffect[]): boolean =>
  effects.some((effect) => effect.kind === "note" && effect.note.kind === "viewProposed");

/** Whether some host takes another for one that comes back too often. */
export const isAnyDamped = (world: World): boolean =>
  world.hosts.some((each) => each.status()?.hosts.some(({ damped }) => damped));

/** Whether somebody takes the host for one that comes back too often. */
export const isDamped = (world: World, name: HostName): boolean =>
  world.hosts.some((each) => each.status()?.hosts.some(({ host, damped }) => host === name && damped));

/** Whether those that are left are too few by the files that they go by: the strictest of these counts. */
function isPowerless(alive: readonly HostView[]): boolean {
  const files = alive.map((host) => host.group);
  return files.some(({ partition }) => partition === "quorum") &&
    alive.length * 2 <= Math.max(...files.map(({ hosts }) => hosts.length));
}

const isMixed = ({ group }: World, alive: readonly HostView[]): boolean =>
  alive.some((host) => host.group !== group);

function disagreement(statuses: readonly NodeStatus[]): Violation | null {
  const first = statuses[0];
  if (first === undefined) return null;
  const members = statuses.map(({ host, incarnation }) => `${host}#${incarnation}`).join(" ");
  for (const status of statuses) {
    const { host, view, phase } = status;
    if (phase !== "running" || view === null) {
      return { what: `${host} is ${phase}, not running in a view`, hosts: [host] };
    }
    const found = view.members.map((member) => `${member.host}#${member.incarnation}`).join(" ");
    if (found !== members) {
      return {
        what:
          `${host}'s view ${view.number}@${view.coordinator} has the members ${found}, but ${members} run`,
        hosts: [host],
      };
    }
    if (!sameView(view, first.view)) {
      return { what: `${host} and ${first.host} have different views`, hosts: [host, first.host] };
    }
  }
  return null;
}

function misplaced(world: World, statuses: readonly NodeStatus[]): Violation | null {
  const known = new Set<string>();
  for (const spec of world.group.vips) {
    const takers = statuses.filter((status) => status.draining === null && spec.hosts.includes(status.host));
    const wanted = takers.length > 0 ? 1 : 0;
    for (const { address } of spec.addresses) {
      known.add(address);
      const holders = holdersOf(world, address);
      if (holders.length !== wanted) {
        const where = holders.length === 0 ? "nobody" : holders.join(" and ");
        return {
          what: `"${spec.name}" is on ${where}, with ${takers.length} hosts to hold it`,
          hosts: concerned(world, holders),
        };
      }
      const violation = misnamed(spec, { holder: holders[0] ?? null, statuses }) ??
        unfit(spec, { holder: holders[0] ?? null, world });
      if (violation !== null) return violation;
    }
  }
  return leftOver(world, known);
}

/** An address that no configuration has any more, and that some host has nevertheless. */
function leftOver(world: World, known: ReadonlySet<string>): Violation | null {
  for (const address of world.addresses) {
    if (known.has(address)) continue;
    const holder = world.hosts.find((host) =>
      host.daemon !== "down" && isManaged(host, address) && !host.isForeign(address)
    );
    if (holder !== undefined) {
      return {
        what: `${address} is on ${holder.name}, though nobody goes by a file that has it`,
        hosts: [holder.name],
      };
    }
  }
  return null;
}

function misnamed(
  { name: vip, hosts }: VipSpec,
  { holder, statuses }: { readonly holder: HostName | null; readonly statuses: readonly NodeStatus[] },
): Violation | null {
  if (holder !== null && !hosts.includes(holder)) {
    return { what: `${holder} holds "${vip}" and may not`, hosts: [holder] };
  }
  for (const status of statuses) {
    const told = status.vips.find((each) => each.vip === vip);
    const state = holder === null ? "uncovered" : "held";
    const here = holder === status.host ? "held" : "absent";
    if (told?.holder === holder && told.state === state && told.here === here) continue;
    const concerns = holder === null ? [status.host] : [status.host, holder];
    return {
      what:
        `"${vip}" is on ${holder}, but ${status.host} tells of ${told?.holder}, ${told?.state}, here ${told?.here}`,
      hosts: concerns,
    };
  }
  return null;
}

/** A VIP is with a host that fails no check of it, if such a host can hold it. */
function unfit(
  spec: VipSpec,
  { holder, world }: { readonly holder: HostName | null; readonly world: World },
): Violation | null {
  const found = world.hosts.find(({ name }) => name === holder);
  if (found === undefined || found.isFitFor(spec.name)) return null;
  const [fit] = fitHosts(spec, world);
  world.saw(fit === undefined ? "VIP that no host is fit for" : "VIP with an unfit holder");
  if (fit === undefined) return null;
  return {
    what: `"${spec.name}" is on ${holder}, which fails a health check, and ${fit.name} is well`,
    hosts: [found.name, fit.name],
  };
}

/** Those that can hold the VIP, want to, and fail no check of it. */
export const fitHosts = (spec: VipSpec, { hosts }: World): readonly HostView[] =>
  hosts.filter((host) => {
    const status = host.status();
    return host.daemon === "running" && status?.draining === null && status.phase === "running" &&
      spec.hosts.includes(host.name) && host.hasLink && host.isFitFor(spec.name) &&
      status.vips.every(({ vip, problem }) => vip !== spec.name || problem === null);
  });

/** What is wrong where hosts go by different configurations. */
function mixed(world: World, alive: readonly HostView[]): Violation | null {
  for (const address of world.addresses) {
    const holders = holdersOf(world, address);
    if (holders.length > 1) return { what: `${address} is on ${holders.join(" and ")}`, hosts: holders };
  }
  const uncovered = namesIn(alive).filter((vip) => !isWhole(vip, alive));
  for (const vip of uncovered) {
    const rivals = namesIn(alive).filter((each) => each !== vip && share(vip, each, alive));
    if (rivals.some((rival) => isWhole(rival, alive))) continue;
    return {
      what: `"${vip}" is held by nobody, though a member that knows it could`,
      hosts: alive.map(({ name }) => name),
    };
  }
  return null;
}

/** The names that some host which could hold them knows. */
const namesIn = (alive: readonly HostView[]): readonly VipName[] => [
  ...new Set(
    alive.flatMap((host) =>
      host.status()?.draining === null
        ? host.group.vips.filter(({ hosts }) => hosts.includes(host.name)).map(({ name }) => name)
        : []
    ),
  ),
];

/** Whether some host has all addresses that the name means to it. */
const isWhole = (vip: VipName, alive: readonly HostView[]): boolean =>
  alive.some((host) => {
    const addresses = addressesIn(host, vip);
    return addresses.length > 0 && addresses.every((address) => host.has(address));
  });

const share = (one: VipName, other: VipName, alive: readonly HostView[]): boolean => {
  const theirs = new Set(alive.flatMap((host) => addressesIn(host, other)));
  return alive.some((host) => addressesIn(host, one).some((address) => theirs.has(address)));
};

const addressesIn = ({ group }: HostView, vip: VipName): readonly string[] =>
  group.vips.find(({ name }) => name === vip)?.addresses.map(({ address }) => address) ?? [];

function heldByAnyone(world: World, { what }: { readonly what: string }): Violation | null {
  for (const address of world.addresses) {
    const holder = world.hosts.find((host) => isManaged(host, address));
    if (holder !== undefined) {
      return { what: `${address} is on ${holder.name} though ${what}`, hosts: [holder.name] };
    }
  }
  return null;
}

const holdersOf = (world: World, address: string): readonly HostName[] =>
  world.hosts.filter((host) => isManaged(host, address)).map((host) => host.name);

/** What a person put on a host whose daemon is down, or does not know the address, stays there: nobody removes it. */
export const isManaged = (host: HostView, address: string): boolean =>
  host.has(address) &&
  !(host.isForeign(address) && (host.daemon === "down" || vipAt(host.group, address) === undefined));

const concerned = (world: World, holders: readonly HostName[]): readonly HostName[] =>
  holders.length > 0 ? holders : world.hosts.map((host) => host.name);
