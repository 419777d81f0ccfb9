import assert from "node:assert/strict";
import type { Neighbour } from "../../src/core/events.ts";
import { hostName, vipName } from "../../src/core/vocabulary.ts";
import { type SmallGroup, startedGroup, vip } from "./small_group.ts";

const stranger: Neighbour = { mac: "02:00:5e:10:00:01", host: null };
const v2 = vipName("v2");
const yielding = vip("v2", { foreignHolder: "yield" });

const conflict = (group: SmallGroup, host: string, by: Neighbour = stranger) =>
  group.tell(host, { kind: "conflictsDetected", conflicts: [{ vip: v2, by }] });
const told = (group: SmallGroup) =>
  group.notes.flatMap(({ note }) =>
    note.kind === "foreignHolder" || note.kind === "foreignHolderGone" ? [note] : []
  );

Deno.test("defend: a foreign holder is told of once, and the VIP announced against him once in 10 s", () => {
  const group = startedGroup();
  group.run(10_000);
  group.forget();
  for (let second = 0; second < 30; second++) {
    conflict(group, "b");
    group.run(1_000);
  }
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  assert.deepEqual(told(group), [
    { kind: "foreignHolder", vip: v2, by: stranger, isMember: false, yields: false },
  ]);
  const [first, ...others] = group.announced.map(({ at }) => at);
  assert.equal(others.length, 2);
  assert.ok(others.every((at, i) => at - (i === 0 ? first ?? 0 : others[i - 1] ?? 0) >= 10_000));
  assert.deepEqual(group.status("b").vips[1]?.contender?.by, stranger);
});

Deno.test("a foreign holder who has not been heard for a minute is forgotten, and that is told", () => {
  const group = startedGroup();
  conflict(group, "b");
  group.forget();
  group.run(70_000);
  assert.deepEqual(told(group), [{ kind: "foreignHolderGone", vip: v2, by: stranger }]);
  assert.equal(group.status("b").vips[1]?.contender, null);
});

Deno.test("yield: the VIP is given up, and taken by nobody as long as a stranger answers for it", () => {
  const group = startedGroup({ vips: ["v1", yielding, "v3"] });
  group.forget();
  group.strangers.set("v2", stranger.mac);
  conflict(group, "b");
  group.run(1_000);
  assert.equal(group.holders(), "v1=a v2=- v3=c");
  assert.match(group.status("b").vips[1]?.problem ?? "", /^02:00:5e:10:00:01, which is no host of the group/);
  // Not a frame more than it takes for each host to see it.
  const asked = group.asked.length;
  assert.ok(asked <= 4, String(asked));
  group.strangers.clear();
  group.run(12_000);
  assert.match(group.holders(), /v2=[abc] /);
});

Deno.test("yield: who starts asks before it takes", () => {
  const group = startedGroup({ vips: ["v1", yielding, "v3"] }, "a");
  group.run(10_000);
  assert.ok(group.asked.some(({ vip: each }) => each === v2));
  assert.equal(group.holders(), "v1=a v2=a v3=a");
});

const member: Neighbour = { mac: "02:00:00:00:00:0c", host: hostName("c") };

Deno.test("a member of the view is no foreign holder while it may not have done yet what the view asks of it", () => {
  const group = startedGroup();
  group.tell("a", { kind: "operatorRequested", request: { kind: "move", vip: v2, to: hostName("c") } });
  group.run(50);
  group.tell("a", { kind: "operatorRequested", request: { kind: "move", vip: v2, to: hostName("b") } });
  group.run(50);
  assert.match(group.holders(), /v2=b/);
  group.forget();
  conflict(group, "b", member);
  assert.deepEqual(told(group), []);
  assert.deepEqual(group.announced, []);
});

Deno.test("a member of the view that goes on answering is told of, and the VIP announced against it", () => {
  const group = startedGroup();
  group.run(10_000);
  group.forget();
  conflict(group, "b", member);
  conflict(group, "b", member);
  assert.deepEqual(told(group), [
    { kind: "foreignHolder", vip: v2, by: member, isMember: true, yields: false },
  ]);
  assert.equal(group.announced.length, 1);
});

Deno.test("hardware addresses that are made up are met as one machine is", () => {
  const group = startedGroup();
  group.run(10_000);
  group.forget();
  for (let frame = 0; frame < 500; frame++) {
    const mac = `02:00:5e:00:00:${(frame % 256).toString(16).padStart(2, "0")}`;
    conflict(group, "b", { mac, host: null });
    group.run(10);
  }
  assert.equal(told(group).length, 1);
  assert.equal(group.announced.length, 1);
});

Deno.test("however many machines are made up, the group is told of a few, and its views do not follow one another", () => {
  const vips = Array.from({ length: 100 }, (_, at) => `v${String(at).padStart(3, "0")}`);
  const group = startedGroup({ hosts: ["a"], vips });
  const before = group.status("a").view?.number ?? 0;
  for (const [at, name] of vips.entries()) {
    const by = { mac: `02:00:00:00:00:${String(at).padStart(2, "0")}`, host: null };
    group.tell("a", { kind: "conflictsDetected", conflicts: [{ vip: vipName(name), by }] });
    group.run(50);
  }
  assert.equal(told(group).length, 100);
  assert.ok((group.status("a").view?.number ?? 0) - before <= 8);
  group.run(10_000);
  conflict(group, "a", stranger);
});

Deno.test("yield: who still answers because the view has just taken it from him is not left to it", () => {
  const group = startedGroup({ vips: ["v1", { ...yielding, handover: "overlap" }, "v3"] });
  group.tell("a", { kind: "operatorRequested", request: { kind: "move", vip: v2, to: hostName("c") } });
  group.run(30);
  // On an interface that is no segment's, b is known to nobody by its hardware address.
  conflict(group, "c", { mac: "02:00:00:00:01:0b", host: null });
  group.run(500);
  assert.match(group.holders(), /v2=c/);
  assert.equal(group.status("c").vips[1]?.problem, null);
});

Deno.test("a host of the group that is out of touch is told of, and not announced against", () => {
  const group = startedGroup();
  group.stop("b");
  group.run(1_000);
  group.forget();
  const holder = group.status("a").vips[1]?.holder ?? "";
  conflict(group, holder, { mac: "02:00:00:00:00:0b", host: hostName("b") });
  assert.equal(told(group).length, 1);
  assert.deepEqual(group.announced, []);
});

Deno.test("what is not on this host is no concern of it", () => {
  const group = startedGroup();
  group.forget();
  conflict(group, "a");
  assert.deepEqual(told(group), []);
});
