// What hooks are run for, and what they are told: from notes to moments.

import { deepEqual } from "node:assert/strict";
import type { Note } from "../../src/core/events.ts";
import { type HostName, hostName, incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import { HookMoments } from "../../src/daemon/hook_moments.ts";
import { group, test00, test01, test02, webA, webB } from "./values.ts";

const moments = (partition: "serve" | "quorum" = "serve") =>
  new HookMoments({ group: { ...group, partition }, self: test00 });

/** What comes of the notes: "acquire web-a unheld null>test00", or "partition members-lost (test02)". */
function heard(on: HookMoments, ...notes: readonly Note[]): readonly string[] {
  return notes.flatMap((note) => on.hear(note)).map(({ event, vips, reason, from, to, lost, mac }) => {
    const what = [event, ...vips, reason].filter((word) => word !== "").join(" ");
    if (mac !== null) return `${what} ${mac}`;
    if (vips.length > 0) return `${what} ${from}>${to}`;
    return lost.length === 0 ? what : `${what} (${lost.join(" ")})`;
  });
}

const moved = (
  from: HostName | null,
  to: HostName | null,
  reason: "unheld" | "drained" | "operator",
): Note => ({
  kind: "vipMoved",
  vip: webA,
  from,
  to,
  reason,
});
const acquired: Note = { kind: "vipAcquired", vip: webA };
const released: Note = { kind: "vipReleased", vip: webA };
const viewed = (...hosts: readonly HostName[]): Note => ({
  kind: "viewInstalled",
  view: { number: viewNumber(7), coordinator: test00, incarnation: incarnation(1) },
  members: hosts.map((host) => ({ host, incarnation: incarnation(1) })),
  mature: true,
});

Deno.test("an acquisition is told with where the VIP came from and why", () => {
  deepEqual(heard(moments(), moved(test01, test00, "operator"), acquired), [
    "acquire web-a operator test01>test00",
  ]);
});

Deno.test("a VIP that is put back was not acquired anew, nor released in between", () => {
  const on = moments();
  heard(on, moved(null, test00, "unheld"), acquired);
  deepEqual(heard(on, { kind: "vipVanished", vip: webA }, acquired), []);
});

Deno.test("a release is told with where the VIP goes and why, once", () => {
  const on = moments();
  heard(on, moved(null, test00, "unheld"), acquired);
  deepEqual(heard(on, moved(test00, test01, "drained"), released, released), [
    "release web-a drained test00>test01",
  ]);
});

Deno.test("what never came is not released: neither a refused acquisition nor an intruder", () => {
  const failure: Note = { kind: "vipAddFailed", vip: webA, problem: "its hook failed" };
  deepEqual(heard(moments(), moved(null, test00, "unheld"), failure, released), []);
  deepEqual(heard(moments(), { kind: "vipIntruded", vip: webA }, released), []);
});

const why: Readonly<Record<string, readonly [Note, string]>> = {
  "an earlier life left it here": [{ kind: "leftoversFound", vips: [webA] }, "leftover"],
  "this host was paused": [{ kind: "fenced", because: "paused" }, "paused"],
  "this host has lost its address": [{ kind: "fenced", because: "addressLost" }, "address-lost"],
  "this host was left out": [{ kind: "fenced", because: "leftOut" }, "left-out"],
  "its interface has no link": [{ kind: "linkLost", vips: [webA, webB] }, "unable"],
  "its lease could not be renewed": [{ kind: "vipAddFailed", vip: webA, problem: "no" }, "unable"],
  "the file says otherwise": [{ kind: "configurationChanged", changes: [], more: 0 }, "configuration"],
};

for (const [told, [note, reason]] of Object.entries(why)) {
  Deno.test(`a release because ${told} says so`, () => {
    const on = moments();
    if (note.kind !== "leftoversFound") heard(on, moved(null, test00, "unheld"), acquired);
    deepEqual(heard(on, note, released), [`release web-a ${reason} test00>null`]);
  });
}

Deno.test("what the group decided is the reason of a release, though the file has changed before", () => {
  const on = moments();
  heard(on, acquired, { kind: "configurationChanged", changes: [], more: 0 });
  deepEqual(heard(on, moved(test00, test01, "operator"), released), ["release web-a operator test00>test01"]);
});

Deno.test("members that are gone without a farewell are lost, until they are back", () => {
  const on = moments();
  deepEqual(heard(on, viewed(test00, test01, test02)), ["view"]);
  deepEqual(heard(on, viewed(test00)), ["view (test01 test02)", "partition members-lost (test01 test02)"]);
  deepEqual(heard(on, viewed(test00, test02)), ["view (test01)", "partition members-back (test01)"]);
  deepEqual(heard(on, viewed(test00, test02)), ["view (test01)"]);
  deepEqual(heard(on, viewed(test00, test01, test02)), ["view", "partition members-back"]);
});

Deno.test("a member that said farewell is not lost, but is the next time if it says none", () => {
  const on = moments();
  heard(on, viewed(test00, test01));
  deepEqual(heard(on, { kind: "hostLeft", host: test01 }, viewed(test00)), ["view"]);
  heard(on, { kind: "hostHeard", host: test01 }, viewed(test00, test01));
  deepEqual(heard(on, viewed(test00)), ["view (test01)", "partition members-lost (test01)"]);
});

Deno.test("a host that is taken out of the file is not lost", () => {
  const on = moments();
  heard(on, viewed(test00, test01, test02));
  on.adopt({ ...group, hosts: group.hosts.filter(({ name }) => name !== test02) });
  deepEqual(heard(on, viewed(test00, test01)), ["view"]);
});

Deno.test("a majority can be lost only by whoever had it, and is told once, and when it is back", () => {
  const on = moments("quorum");
  deepEqual(heard(on, viewed(test00)), ["view"]);
  deepEqual(heard(on, viewed(test00, test01)), ["view"]);
  const lost = heard(on, { kind: "fenced", because: "quorumLost" }, viewed(test00));
  deepEqual(lost, ["partition quorum-lost", "view (test01)", "partition members-lost (test01)"]);
  deepEqual(heard(on, viewed(test00, test02)), ["view (test01)", "partition quorum-back (test01)"]);
});

Deno.test('with partition = "serve" there is no majority to lose', () => {
  const on = moments();
  heard(on, viewed(test00, test01, test02));
  deepEqual(
    heard(on, { kind: "hostLeft", host: test01 }, { kind: "hostLeft", host: test02 }, viewed(test00)),
    [
      "view",
    ],
  );
});

Deno.test("a foreign holder is told of when he answers, and when he does not any more", () => {
  const by = { mac: "02:00:5e:10:00:01", host: null };
  deepEqual(
    heard(
      moments(),
      { kind: "foreignHolder", vip: webA, by, isMember: false, yields: false },
      { kind: "foreignHolderGone", vip: webA, by },
    ),
    [`foreign_holder web-a answered ${by.mac}`, `foreign_holder web-a gone ${by.mac}`],
  );
});

Deno.test("before an acquisition is told what is known of it then", () => {
  const on = moments();
  heard(on, viewed(test00, test01), moved(test01, test00, "operator"));
  deepEqual(
    on.acquiring([webA]).map((
      { event, vips, reason, from, view },
    ) => [event, vips, reason, from, view?.number]),
    [["before_acquire", [webA], "operator", test01, 7]],
  );
});

Deno.test("other notes are no moments", () => {
  deepEqual(
    heard(moments(), { kind: "matured" }, {
      kind: "hostSilent",
      host: hostName("x"),
      silentFor: group.timing.timeout,
    }),
    [],
  );
});
