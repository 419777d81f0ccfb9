// With partition = "quorum" nobody takes a VIP while another daemon, wherever it is, has it and has not even begun to
// let go: a host without a majority fences itself before the majority takes over. A paused or dead daemon cannot, and
// does not count, nor one that has just started and still looks for what the last one left, nor what a person put
// there by hand, nor who still reads "serve" in its file. Within one view the exclusive checker rules, and to a member of
// the taker's view that has still to install it the taker need not wait if the VIP's handover is "overlap".

import { vipAt } from "../address_book.ts";
import { shareView } from "../host.ts";
import type { HostView } from "../occurrence.ts";
import type { Checker } from "./checker.ts";

export function quorum(): Checker {
  return {
    name: "quorum",
    watches: ["appeared"],
    check(occurrence, world) {
      const { hosts } = world;
      if (occurrence.kind !== "appeared" || occurrence.by !== "daemon") return null;
      const { host, address } = occurrence;
      const taker = hosts.find((each) => each.name === host);
      // What a command that hung adds for a daemon that is paused, that takes back when it wakes.
      if (taker === undefined || taker.daemon !== "running" || taker.group.partition !== "quorum") {
        return null;
      }
      // A command that hung has ended; the daemon has taken it back already, and its removal is next.
      if (taker.isReleasing(address)) return null;
      world.saw("address taken with a quorum");
      const overlaps = vipAt(taker.group, address)?.handover === "overlap";
      const mayKeep = (each: HostView) => shareView(taker, each) || (overlaps && isInViewOf(taker, each));
      const loser = hosts.find((each) => each !== taker && clings(each, address) && !mayKeep(each));
      if (loser === undefined) return null;
      return {
        what:
          `${host} took ${address} while ${loser.name}, in another component, had it and was not letting go`,
        hosts: [host, loser.name],
      };
    },
  };
}

const clings = (host: HostView, address: string): boolean =>
  host.daemon === "running" && host.group.partition === "quorum" && host.has(address) &&
  host.status()?.phase !== "booting" &&
  !host.isForeign(address) && !host.isReleasing(address);

function isInViewOf(taker: HostView, other: HostView): boolean {
  const incarnation = other.status()?.incarnation;
  return taker.status()?.view?.members.some((member) => member.incarnation === incarnation) ?? false;
}
