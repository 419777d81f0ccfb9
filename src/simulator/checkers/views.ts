// Agreement: the views that a daemon installs only go up, and whoever installs a view with the same name (number and
// coordinator, in one life of the coordinator) installs the same members and the same allocation.

import type { Install } from "../../core/message.ts";
import type { NodeEffect } from "../../core/events.ts";
import type { HostName, ViewId } from "../../core/vocabulary.ts";
import type { NodeStatus } from "../../core/status.ts";
import type { Checker, Violation } from "./checker.ts";

interface Installed {
  readonly by: HostName;
  readonly contents: string;
}

export function views(): Checker {
  const highest = new Map<HostName, number>();
  const installed = new Map<string, Installed>();
  const sent = new Map<string, Installed>();
  return {
    name: "views",
    watches: ["daemon", "stepped"],
    check(occurrence, world) {
      if (occurrence.kind === "daemon" && occurrence.change === "started") highest.delete(occurrence.host);
      if (occurrence.kind !== "stepped") return null;
      const { host, effects } = occurrence;
      for (const effect of effects) {
        const violation = differsFromSent(sent, { host, effect });
        if (violation !== null) return violation;
        if (effect.kind !== "note" || effect.note.kind !== "viewInstalled") continue;
        const { view } = effect.note;
        const last = highest.get(host) ?? 0;
        if (view.number <= last) {
          return { what: `${host} went from view ${last} to ${text(view)}`, hosts: [host] };
        }
        highest.set(host, view.number);
        if (effect.note.members.length > 1) world.saw("view of several hosts installed");
      }
      if (!effects.some((effect) => effect.kind === "note" && effect.note.kind === "viewInstalled")) {
        return null;
      }
      const status = world.hosts.find((each) => each.name === host)?.status() ?? null;
      return status === null ? null : differsFromInstalled(installed, status);
    },
  };
}

function differsFromInstalled(installed: Map<string, Installed>, status: NodeStatus): Violation | null {
  if (status.view === null) return null;
  const view = nameOf(status.view);
  // A host knows only the VIPs of its own configuration, and those that another member has.
  const held = status.vips.filter(({ holder }) => holder !== null);
  const contents = JSON.stringify([status.view.members, held.map(({ vip, holder }) => [vip, holder])]);
  return differs(installed, { view, host: status.host, contents, did: "installed" });
}

function differsFromSent(
  sent: Map<string, Installed>,
  { host, effect }: { readonly host: HostName; readonly effect: NodeEffect },
): Violation | null {
  if (effect.kind !== "broadcast" && effect.kind !== "send") return null;
  if (effect.message.kind !== "install") return null;
  const { view, members, mature, allocation }: Install = effect.message;
  const agreed = allocation.map(({ vip, holder, reason }) => [vip, holder, reason]);
  return differs(sent, {
    view: nameOf(view),
    host,
    contents: JSON.stringify([members, mature, agreed]),
    did: "sent",
  });
}

function differs(
  known: Map<string, Installed>,
  found: { readonly view: string; readonly host: HostName; readonly contents: string; readonly did: string },
): Violation | null {
  const first = known.get(found.view);
  if (first === undefined) known.set(found.view, { by: found.host, contents: found.contents });
  if (first === undefined || first.contents === found.contents) return null;
  return {
    what:
      `${first.by} ${found.did} view ${found.view} as ${first.contents}, ${found.host} as ${found.contents}`,
    hosts: [first.by, found.host],
  };
}

const text = (view: ViewId): string => `${view.number}@${view.coordinator}`;

const nameOf = (view: ViewId): string => `${text(view)}#${view.incarnation}`;
