// When all faults are over the group settles. Hosts that run have one view, with exactly themselves in it; every VIP
// that one of them may hold and does not decline by draining is on exactly one kernel, that of the host which every
// status names; every other VIP is on none; and a host without a daemon has none at all.

import { type HostName, sameView, type VipName, type VipSpec } from "../../core/vocabulary.ts";
import type { NodeStatus } from "../../core/status.ts";
import type { HostView, World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

export function settlement(): Checker {
  let isHealed = false;
  let hasSettled = false;
  return {
    name: "settlement",
    check(occurrence, world) {
      if (occurrence.kind === "polled") hasSettled ||= isHealed && unsettled(world) === null;
      if (occurrence.kind !== "milestone") return null;
      if (occurrence.milestone === "healed") isHealed = true;
      // A balance round may be under way just when the time to settle is over.
      const hasStillTime = occurrence.milestone === "healed" ||
        (occurrence.milestone === "settled" && hasSettled);
      return hasStillTime ? null : unsettled(world);
    },
  };
}

/** Why the world has not settled; null if it has. */
export function unsettled(world: World): Violation | null {
  const alive = world.hosts.filter((host) => host.daemon !== "down");
  const statuses = alive.map((host) => host.status()).filter((status) => status !== null);
  const powerless = world.group.partition === "quorum" && alive.length * 2 <= world.group.hosts.length;
  if (powerless) return heldByAnyone(world, { what: "there is no majority" });
  return disagreement(statuses) ?? misplaced(world, statuses);
}

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
  for (const spec of world.group.vips) {
    const holders = world.hosts.filter((host) => counts(host, spec.name)).map((host) => host.name);
    const takers = statuses.filter((status) => status.draining === null && spec.hosts.includes(status.host));
    const wanted = takers.length > 0 ? 1 : 0;
    if (holders.length !== wanted) {
      const where = holders.length === 0 ? "nobody" : holders.join(" and ");
      return {
        what: `"${spec.name}" is on ${where}, with ${takers.length} hosts to hold it`,
        hosts: concerned(world, holders),
      };
    }
    const violation = misnamed(spec, { holder: holders[0] ?? null, statuses });
    if (violation !== null) return violation;
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

function heldByAnyone(world: World, { what }: { readonly what: string }): Violation | null {
  for (const { name: vip } of world.group.vips) {
    const holder: HostView | undefined = world.hosts.find((host) => counts(host, vip));
    if (holder !== undefined) {
      return { what: `"${vip}" is on ${holder.name} though ${what}`, hosts: [holder.name] };
    }
  }
  return null;
}

/** What a person put on a host without a daemon stays there: nobody is there to remove it. */
const counts = (host: HostView, vip: VipName): boolean =>
  host.has(vip) && !(host.daemon === "down" && host.isByPerson(vip));

const concerned = (world: World, holders: readonly HostName[]): readonly HostName[] =>
  holders.length > 0 ? holders : world.hosts.map((host) => host.name);
