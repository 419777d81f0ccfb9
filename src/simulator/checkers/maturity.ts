// A group that has only just started holds nothing, so as not to take hosts for dead that are only late: some member
// of the view has been up for long enough, or all hosts are in it, or a member was once in a view of which that was so.

import type { Note } from "../../core/events.ts";
import type { HostName, Member } from "../../core/vocabulary.ts";
import type { World } from "../occurrence.ts";
import type { Checker, Violation } from "./checker.ts";

/** `mature`: on a clock that is as fast as can be, in ms; `hostsCount`: so many are all. The least of any file. */
export function maturity(
  { mature, hostsCount }: { readonly mature: number; readonly hostsCount: number },
): Checker {
  /** When each life of a host began, earlier by as much as its clock has jumped. */
  const began = new Map<string, number>();
  /** Lives that were in a view that may hold VIPs. */
  const grown = new Set<string>();
  /** Whether the newest view of each host may. */
  const mayHold = new Map<HostName, boolean>();
  return {
    name: "maturity",
    watches: ["faultBegan", "stepped"],
    check(occurrence, world) {
      if (occurrence.kind === "faultBegan") {
        const { fault } = occurrence;
        if (fault.kind !== "clockJump") return null;
        for (const [life, at] of began) if (life.startsWith(`${fault.host}#`)) began.set(life, at - fault.by);
      }
      if (occurrence.kind !== "stepped") return null;
      const { host, effects } = occurrence;
      for (const effect of effects) {
        const violation = effect.kind === "note"
          ? listen(effect.note, { host, world })
          : effect.kind === "addAddresses" && mayHold.get(host) !== true
          ? { what: `${host} adds VIPs in a view in which nobody is mature`, hosts: [host] }
          : null;
        if (violation !== null) return violation;
      }
      return null;
    },
  };

  function listen(
    note: Note,
    { host, world }: { readonly host: HostName; readonly world: World },
  ): Violation | null {
    if (note.kind === "started") began.set(lifeOf(note), world.now);
    if (note.kind !== "viewInstalled") return null;
    const { members } = note;
    mayHold.set(host, note.mature);
    if (!note.mature) return null;
    const isGrown = (member: Member) =>
      grown.has(lifeOf(member)) || world.now - (began.get(lifeOf(member)) ?? world.now) >= mature;
    if (members.length < hostsCount && !members.some(isGrown)) {
      const names = members.map((member) => member.host);
      return {
        what: `${host} takes its view of ${names.join(", ")} for mature, and nobody in it is`,
        hosts: names,
      };
    }
    for (const member of members) grown.add(lifeOf(member));
    return null;
  }
}

const lifeOf = ({ host, incarnation }: Member): string => `${host}#${incarnation}`;
