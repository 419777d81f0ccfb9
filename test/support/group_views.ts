// The views that the daemons of a lab have installed, as they tell of them: two tellings that are the same mean that
// there was no view change in between.

import assert from "node:assert/strict";
import type { Lab } from "./lab.ts";
import { sleep, waitUntil } from "./wait.ts";

/** For each host whose daemon runs: number, coordinator and members of its view, or its phase when it has none. */
export async function viewsOf(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const running = lab.hosts.filter(({ daemon }) => daemon === "running");
  const told = await Promise.all(running.map(async (host) => {
    const status = await host.status();
    const view = status?.view;
    const text = view ? `${view.number} by ${view.coordinator}: ${view.members.join(" ")}` : status?.phase;
    return [host.name, text ?? "no status"];
  }));
  return Object.fromEntries(told);
}

/** Waits until each of these hosts is in a view of these members, and those of one view agree on its number. */
export async function viewsBecome(lab: Lab, members: Readonly<Record<string, string>>): Promise<void> {
  let views: Readonly<Record<string, string>> = {};
  await waitUntil(async () => {
    views = await viewsOf(lab);
    const told = Object.keys(members).map((host) => views[host] ?? "");
    return Object.values(members).every((each, i) => told[i]?.endsWith(`: ${each}`)) &&
      new Set(told).size === new Set(Object.values(members)).size;
  }, { what: JSON.stringify(members), diagnosis: () => JSON.stringify(views, null, 2) });
}

/** Waits until no view changes for a while any more, and gives the views. */
export async function standingViews(lab: Lab, forMs = 1_000): Promise<Readonly<Record<string, string>>> {
  let views = await viewsOf(lab);
  await waitUntil(async () => {
    await sleep(forMs);
    const before = views;
    views = await viewsOf(lab);
    return JSON.stringify(before) === JSON.stringify(views);
  }, { what: "the views to stand", diagnosis: () => JSON.stringify(views, null, 2) });
  return views;
}

/** Carries the work out and asserts that no host's view changed, for so long after it that a failover would show. */
export async function assertNoViewChange(lab: Lab, work: () => Promise<void>): Promise<void> {
  const before = await standingViews(lab);
  await work();
  await sleep(FAILOVER_WITHIN_MS);
  assert.deepEqual(await viewsOf(lab), before);
}

/** The timeout of the groups that this is used with is a second: half as much again is plenty for a view change. */
const FAILOVER_WITHIN_MS = 1_500;
