import { deepEqual, equal } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import {
  duration,
  type HostName,
  incarnation,
  instant,
  viewNumber,
  type VipName,
} from "../../src/core/vocabulary.ts";
import { Failovers } from "../../src/daemon/failovers.ts";
import type { Confirmation } from "../../src/daemon/ports.ts";
import { test00, test01, test02, webA, webB } from "./values.ts";

const silent: Note = { kind: "hostSilent", host: test01, silentFor: duration(501) };
const moved = (vip: VipName, to = test00): Note => ({
  kind: "vipMoved",
  vip,
  from: test01,
  to,
  reason: "holderGone",
});
const installedWith = (hosts: readonly HostName[]): Note => ({
  kind: "viewInstalled",
  view: { number: viewNumber(8), coordinator: test00, incarnation: incarnation(1) },
  members: hosts.map((host) => ({ host, incarnation: incarnation(1) })),
  mature: true,
});
const installed = installedWith([test00, test02]);
const acquired = (vip: VipName): Note => ({ kind: "vipAcquired", vip });

/** A step that begins at `at` and whose effects take 0.5 ms. */
const hear = (failovers: Failovers, at: number, notes: readonly Note[]) =>
  failovers.hear(notes, { at: instant(at), doneAt: instant(at + 0.5) });

function takenOver(confirmations: ReadonlyMap<VipName, Confirmation>): Failovers {
  const failovers = new Failovers(test00, () => confirmations);
  hear(failovers, 1_000, [silent]);
  hear(failovers, 1_003, [moved(webA), moved(webB), installed]);
  hear(failovers, 1_005, [acquired(webB)]);
  hear(failovers, 1_006, [acquired(webA)]);
  return failovers;
}

const parts = { kind: "failover", vips: [webA, webB], more: 0, from: test01 } as const;

Deno.test("Failovers measures each part of a takeover, from the last sign of life to the last VIP announced", () => {
  const failovers = takenOver(new Map());
  deepEqual(failovers.completed(instant(1_007)), [
    { ...parts, detect: 501, agree: 3, acquire: 3, announce: 0.5, confirm: null },
  ]);
  deepEqual(failovers.completed(instant(1_008)), [], "each is told once");
  equal(failovers.deadline, null);
});

Deno.test("Failovers tells parts as others hear them: in hundredths of a millisecond", () => {
  const failovers = new Failovers(test00, () => new Map());
  hear(failovers, 1_000, [silent]);
  hear(failovers, 1_003.4567, [moved(webA), installed]);
  hear(failovers, 1_005.9066, [acquired(webA)]);
  const [failover] = failovers.completed(instant(1_007));
  deepEqual([failover?.agree, failover?.acquire], [3.46, 2.45]);
});

Deno.test("Failovers waits for notify targets to confirm, but not for long", () => {
  const open = { confirmed: 0, missing: ["192.168.8.1"], more: 0, neighbours: 0 };
  const confirmations = new Map([[webA, open], [webB, { ...open, confirmed: 1, missing: [] }]]);
  const failovers = takenOver(confirmations);
  deepEqual(failovers.completed(instant(1_010)), []);
  equal(failovers.deadline, 2_006.5);
  confirmations.set(webA, { ...open, confirmed: 1, missing: [] });
  equal(failovers.completed(instant(1_010))[0]?.confirm, 3.5);
  // Neighbours that have not answered yet are nothing to wait for, and no confirmation.
  const unasked = takenOver(new Map([[webA, { ...open, missing: [] }]]));
  equal(unasked.completed(instant(2_007))[0]?.confirm, null);
  const other = takenOver(new Map([[webA, open]]));
  equal(other.completed(instant(2_007))[0]?.confirm, null);
});

Deno.test("Failovers leaves out what other hosts take over, and what moves for another reason", () => {
  const failovers = new Failovers(test00, () => new Map());
  hear(failovers, 1_000, [silent]);
  hear(failovers, 1_003, [moved(webA, test02), installed]);
  hear(failovers, 1_004, [moved(webB), installed, acquired(webB)]);
  deepEqual(failovers.completed(instant(5_000)), []);
});

Deno.test("Failovers of a view that comes before this host misses the lost one: noticed by the view", () => {
  const confirmed = { confirmed: 1, missing: [], more: 0, neighbours: 0 };
  const failovers = new Failovers(test00, () => new Map([[webA, confirmed]]));
  hear(failovers, 1_003, [moved(webA), installed]);
  hear(failovers, 1_005, [acquired(webA)]);
  deepEqual(failovers.completed(instant(1_006)), [], "when it was heard last is not known yet");
  equal(failovers.deadline, 31_003);
  hear(failovers, 1_010, [{ kind: "hostEnded", host: test01, silentFor: duration(30) }]);
  const told = { kind: "failover", vips: [webA], more: 0, from: test01, detect: 23, agree: 0 };
  deepEqual(failovers.completed(instant(1_010)), [{ ...told, acquire: 2, announce: 0.5, confirm: 0.5 }]);
  equal(failovers.deadline, null);
});

Deno.test("Failovers leaves out what a view takes from a host that this one goes on hearing, or that takes leave", () => {
  const heard = new Failovers(test00, () => new Map());
  hear(heard, 1_003, [moved(webA), installed, acquired(webA)]);
  hear(heard, 2_000, [silent]);
  deepEqual(heard.completed(instant(2_000)), []);
  equal(heard.deadline, null);
  const left = new Failovers(test00, () => new Map());
  hear(left, 1_003, [moved(webA), installed, acquired(webA)]);
  hear(left, 1_004, [{ kind: "hostLeft", host: test01 }]);
  equal(left.deadline, null);
});

Deno.test("Failovers remembers a loss over a view that has the lost host still", () => {
  const failovers = new Failovers(test00, () => new Map());
  hear(failovers, 1_000, [silent]);
  hear(failovers, 1_001, [moved(webB), installedWith([test00, test01, test02]), acquired(webB)]);
  hear(failovers, 1_003, [moved(webA), installed, acquired(webA)]);
  deepEqual(failovers.completed(instant(1_004)).map(({ vips, agree }) => [vips, agree]), [[[webA], 3]]);
});

Deno.test("Failovers gives up what is not acquired in time", () => {
  const failovers = new Failovers(test00, () => new Map());
  hear(failovers, 1_000, [silent]);
  hear(failovers, 1_003, [moved(webA), installed]);
  equal(failovers.deadline, 31_003);
  deepEqual(failovers.completed(instant(31_003)), []);
  equal(failovers.deadline, null);
});
