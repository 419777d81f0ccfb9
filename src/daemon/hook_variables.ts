// What a hook is told, as environment variables. All of them are always there, so that `set -u` in a script is no
// trouble; what does not apply is empty, and what may be several is separated by spaces.

import type { HostName } from "../core/vocabulary.ts";
import type { HookMoment } from "./hook_moments.ts";
import type { HookPlace } from "./ports.ts";

/** The variables of one run. */
export function hookVariables(
  { event, vips, reason, from, to, mac, foreignHost, view, lost }: HookMoment,
  { group, self, places }: {
    readonly group: string;
    readonly self: HostName;
    /** Of the VIPs, in their order. */
    readonly places: readonly HookPlace[];
  },
): Readonly<Record<string, string>> {
  return {
    MOLEHILL_EVENT: event,
    MOLEHILL_GROUP: group,
    MOLEHILL_HOST: self,
    MOLEHILL_VIP: vips.join(" "),
    MOLEHILL_ADDRESSES: places.flatMap(({ addresses }) => addresses).join(" "),
    MOLEHILL_INTERFACES: [...new Set(places.flatMap(({ interfaces }) => interfaces))].join(" "),
    MOLEHILL_REASON: reason,
    MOLEHILL_FROM: from ?? "",
    MOLEHILL_TO: to ?? "",
    MOLEHILL_MAC: mac ?? "",
    MOLEHILL_FOREIGN_HOST: foreignHost ?? "",
    MOLEHILL_VIEW: view === null ? "" : String(view.number),
    MOLEHILL_COORDINATOR: view?.coordinator ?? "",
    MOLEHILL_MEMBERS: view?.members.join(" ") ?? "",
    MOLEHILL_LOST: lost.join(" "),
  };
}
