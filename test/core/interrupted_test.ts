// A second thing happens before the first is done: a VIP that moves and is not there yet, a report that no install has
// answered, a removal that does not succeed. What was agreed on must neither be undone nor overtaken.

import assert from "node:assert/strict";
import type { OperatorRequest } from "../../src/core/events.ts";
import { hasReleased } from "../../src/core/holdings.ts";
import { hostName, incarnation, sequence, viewNumber, vipName } from "../../src/core/vocabulary.ts";
import { addressNamed } from "../support/vip_address.ts";
import { type GroupChoice, names, SmallGroup, startedGroup, vip } from "./small_group.ts";

function started(choice: GroupChoice = {}): SmallGroup {
  const group = startedGroup(choice);
  group.forget();
  return group;
}

const ask = (group: SmallGroup, host: string, request: OperatorRequest) =>
  group.tell(host, { kind: "operatorRequested", request });

const move = (name: string, to: string): OperatorRequest => ({
  kind: "move",
  vip: vipName(name),
  to: hostName(to),
});

const changesOf = (group: SmallGroup, of?: string) =>
  group.kernelLog.filter(({ vip }) => of === undefined || vip === of)
    .map(({ host, change, vip }) => `${host}${change}${vip}`).join(" ");

Deno.test("a view change in the middle of a move does not undo the move", () => {
  const group = started();
  group.stuck.add("c/v3");
  ask(group, "a", move("v3", "b"));
  group.run(50);
  ask(group, "a", move("v1", "a"));
  group.run(50);
  assert.equal(group.status("a").vips.find((each) => each.vip === "v3")?.holder, "b");
  group.run(10_000);
  assert.match(group.holders(), /v3=b$/);
});

Deno.test("who has not let go yet has no claim any more: a move for balance stays one", () => {
  const group = new SmallGroup();
  group.start("a", "b");
  group.run(6000);
  group.start("c");
  group.stuck.add("a/v3");
  assert.equal(group.holders(), "v1=a v2=b v3=a");
  const told = () => group.status("a").vips.find((each) => each.vip === "v3");
  while (told()?.holder === "a") group.run(10);
  ask(group, "a", move("v1", "a"));
  group.run(50);
  assert.deepEqual([told()?.holder, told()?.reason], ["c", "balance"]);
});

Deno.test("a host takes nothing between its report and the install", () => {
  const group = started();
  group.stuck.add("c/v3");
  ask(group, "a", move("v3", "b"));
  group.run(1000);
  group.lost.add("a install");
  ask(group, "a", move("v1", "a"));
  group.run(5000);
  assert.equal(group.status("b").phase, "gathering");
  assert.equal(group.holders(), "v1=a v2=b v3=-");
  group.lost.clear();
  group.run(1000);
  assert.equal(group.holders(), "v1=a v2=b v3=b");
});

Deno.test("an operator's word that comes between report and install waits for the next view", () => {
  const group = started();
  ask(group, "c", { kind: "drain", reason: "" });
  group.run(2);
  assert.equal(group.status("b").phase, "gathering");
  ask(group, "b", move("v1", "b"));
  group.run(100);
  assert.match(group.holders(), /^v1=b v2=b/);
});

Deno.test("an operator's word that was followed does not outweigh a later one", () => {
  const group = started();
  ask(group, "b", move("v1", "b"));
  group.run(100);
  assert.equal(group.status("b").hasWishes, false);
  ask(group, "a", move("v1", "c"));
  group.run(100);
  assert.equal(group.holders(), "v1=c v2=b v3=c");
});

Deno.test("a VIP that cannot be removed is taken over when its lease has run out, no sooner and not much later", () => {
  const group = started();
  // So that no look at what is on the host comes just then.
  group.run(500);
  group.stuck.add("a/v1");
  const asked = group.now;
  ask(group, "a", move("v1", "b"));
  group.run(10_000);
  const ofIt = group.kernelLog.filter((each) => each.vip === "v1");
  assert.equal(ofIt.map(({ host, change }) => host + change).join(" "), "a- b+");
  const takenAfter = (ofIt.at(-1)?.at ?? 0) - asked;
  // The lease, and a second for the kernel.
  assert.ok(takenAfter < 3000 + 1000 + 20, `it was taken ${takenAfter} ms after`);
});

Deno.test("a host that comes to coordinate in the middle of a move does not undo the move", () => {
  const group = new SmallGroup();
  group.start("b", "c");
  group.run(6000);
  group.stuck.add("c/v2");
  ask(group, "c", move("v2", "c"));
  group.run(100);
  ask(group, "c", move("v2", "b"));
  group.run(50);
  assert.equal(group.status("b").vips.find((each) => each.vip === "v2")?.here, "awaiting");
  group.start("a");
  group.run(3000);
  assert.equal(group.status("a").view?.coordinator, "a");
  assert.equal(group.status("a").vips.find((each) => each.vip === "v2")?.holder, "b");
});

Deno.test("a move that its target has not heard of goes on in the next view, by the operator's word", () => {
  const group = started({ vips: ["v1", "v2", "v3", "v4"], hosts: ["a", "b", "c", "d"] });
  ask(group, "c", move("v3", "b"));
  // Its install is lost on the way to b, and another view change comes at once.
  while (group.nodeOf("a").promised === null) group.run(0.25);
  group.run(1.5);
  group.cut.add("a>b");
  while (group.nodeOf("c").view?.allocation.get(vipName("v3"))?.holder !== "b") group.run(0.25);
  group.cut.clear();
  ask(group, "c", move("v1", "a"));
  group.run(3000);
  assert.match(group.holders(), /v3=b/);
  assert.equal(group.status("b").vips.find((each) => each.vip === "v3")?.reason, "operator");
});

Deno.test("a move goes on by those who have heard of it when the coordinator dies before its target has", () => {
  const group = started({ vips: ["v1", "v2", "v3", "v4"], hosts: ["a", "b", "c", "d"] });
  ask(group, "d", move("v4", "c"));
  while (group.nodeOf("a").promised === null) group.run(0.25);
  group.cut.add("a>c");
  while (group.nodeOf("b").view?.allocation.get(vipName("v4"))?.holder !== "c") group.run(0.25);
  group.crash("a");
  group.run(3000);
  assert.match(group.holders(), /v4=c/);
  assert.equal(group.status("c").vips.find((each) => each.vip === "v4")?.reason, "operator");
});

Deno.test("a VIP that an overlapping handover has not brought away is announced again when it stays after all", () => {
  const overlapping = vip("v2", { handover: "overlap" });
  const group = started({ partition: "quorum", vips: [vip("v1"), overlapping, vip("v3")] });
  group.run(10_000);
  ask(group, "a", move("v2", "a"));
  while (group.nodeOf("b").view?.allocation.get(vipName("v2"))?.holder !== "a") group.run(0.25);
  group.forget();
  // b does not hear that a has got it, and a, alone, gives it up before b and c miss a.
  group.partition(["a"], ["b", "c"]);
  while (group.status("a").phase !== "fenced") group.run(0.25);
  group.cut.clear();
  group.run(1_000);
  assert.equal(changesOf(group, "v2"), "a+v2 a-v2");
  assert.equal(group.announced.findLast((each) => each.vip === "v2")?.host, "b");
});

Deno.test("an operator's word that has been followed does not come again with the next one", () => {
  const group = started();
  // a does not hear b's report for a while, and c is asked again after it has reported.
  group.cut.add("b>a");
  ask(group, "c", move("v1", "b"));
  group.run(10);
  ask(group, "c", move("v2", "b"));
  group.cut.delete("b>a");
  while (group.nodeOf("c").wishes.length === 2) group.run(0.25);
  assert.deepEqual(group.nodeOf("c").wishes, [move("v2", "b")]);
});

Deno.test("the lease of what cannot be removed counts from the failure, for a renewal may have come just before", () => {
  const group = started();
  group.stuck.add("a/v1");
  group.failureTakes = 2500;
  ask(group, "a", move("v1", "b"));
  group.run(10_000);
  assert.equal(changesOf(group, "v1"), "a-v1 b+v1");
});

Deno.test("a lease that a new file makes shorter does not end sooner for what has it already", () => {
  for (const failureTakes of [2, 1500]) {
    const group = started();
    group.run(500);
    group.stuck.add("a/v1");
    group.failureTakes = failureTakes;
    ask(group, "a", move("v1", "b"));
    group.run(200);
    for (const host of ["a", "b", "c"]) group.reload(host, { digest: "newer", lease: 1000 });
    group.run(failureTakes + 4500);
    assert.equal(changesOf(group, "v1"), "a-v1 b+v1");
  }
});

Deno.test("a lease of an earlier file does not count for ever", () => {
  const leases = (lease: number | null) => ({ digest: `lease ${lease}`, lease, vips: ["v1"] });
  const group = started(leases(null));
  for (const lease of [3000, 2000]) {
    group.run(3_600_000);
    for (const host of ["a", "b", "c"]) group.reload(host, leases(lease));
  }
  group.run(1_000);
  const holder = group.holders().slice(-1);
  group.stuck.add(`${holder}/v1`);
  ask(group, holder, { kind: "drain", reason: "" });
  group.run(3000 + 1000 + 20);
  assert.equal(group.nodeOf(holder).vips.get(vipName("v1"))?.kind, "absent");
});

Deno.test("a host gets again what it once could not add", () => {
  const group = new SmallGroup({ vips: [vip("v1", { prefer: names("a") })] });
  group.broken.add("a/v1");
  group.start("a", "b", "c");
  group.run(1000);
  assert.match(group.holders(), /^v1=[bc]$/);
  group.broken.clear();
  group.run(10_000);
  assert.equal(group.holders(), "v1=a");
});

Deno.test("a host that reads a new file tries again what it could not add, and tells of that no more", () => {
  const group = new SmallGroup({ vips: [vip("v1", { prefer: names("a") })] });
  group.broken.add("a/v1");
  group.start("a", "b", "c");
  group.run(1000);
  group.broken.clear();
  const problemOf = () => group.status("a").vips.find((each) => each.vip === "v1")?.problem;
  assert.equal(problemOf(), "broken");
  ask(group, "b", move("v1", "b"));
  group.run(100);
  for (const host of ["a", "b", "c"]) group.reload(host, { digest: "newer", vips: [vip("v1")] });
  assert.equal(problemOf(), null);
});

Deno.test("a host takes nothing by its new file before a view knows of that", () => {
  const [one, other] = [addressNamed("one"), addressNamed("other")];
  const fileWith = (digest: string, [first, second]: readonly [typeof one, typeof one]) => ({
    digest,
    vips: [vip("v1", { addresses: [first] }), vip("v2", { addresses: [second] })],
  });
  const group = started(fileWith("older", [one, other]));
  group.lost.add("a propose");
  group.reload("b", fileWith("newer", [other, one]));
  group.run(300);
  // What v2 is now to b, a has as v1.
  assert.equal(changesOf(group), "b-v2");
});

Deno.test("a coordinator that reads a new file while it gathers asks again: what was said meant its old one", () => {
  const of = (name: string, digest: string) => ({
    digest,
    vips: [vip(name, { addresses: [addressNamed("one")], prefer: names(name === "v1" ? "a" : "c") })],
  });
  const group = started(of("w1", "older"));
  assert.equal(group.holders(), "w1=c");
  ask(group, "b", { kind: "drain", reason: "" });
  group.lost.add("b report");
  while (!group.nodeOf("a").proposal?.reports.has(hostName("c"))) group.run(0.25);
  group.reload("a", of("v1", "newer"));
  group.lost.clear();
  for (let passed = 0; passed < 1_000; passed++) {
    group.run(1);
    assert.doesNotMatch(group.holders(), /v1=a.*w1=c/, `${passed} ms after the reload`);
  }
});

Deno.test("another life of a member does not answer for the one that the view has", () => {
  const group = started();
  const node = group.hosts.get("a")?.node;
  const peer = node?.peers.get(hostName("b"));
  assert.ok(node?.view && peer);
  const of = { host: hostName("b"), vip: vipName("v1") };
  assert.equal(hasReleased(node, node.view, of), true);
  const other = { ...peer, incarnation: incarnation(peer.incarnation + 100) };
  assert.equal(hasReleased({ ...node, peers: node.peers.with(other) }, node.view, of), false);
});

Deno.test("members that promised a view which never came are asked again by the coordinator that they return to", () => {
  const group = started();
  for (const way of ["a>b", "a>c"]) group.cut.add(way);
  group.lost.add("c report");
  group.run(395);
  // Only that they suspect it does not reach a.
  for (const way of ["b>a", "c>a"]) group.cut.add(way);
  while (group.status("c").phase === "running") group.run(1);
  assert.equal(group.hosts.get("c")?.node.promised?.view.coordinator, "b");
  // The first thing that they hear of a again comes before a can hear that they had lost it.
  group.cut.clear();
  const a = group.hosts.get("a")?.node;
  assert.ok(a?.said);
  const sender = { ...a.self, sequence: sequence(a.sequence + 1) };
  for (const host of ["b", "c"]) {
    group.tell(host, { kind: "messageReceived", sender, message: a.said.heartbeat });
  }
  group.lost.clear();
  group.run(1000);
  assert.deepEqual(["a", "b", "c"].map((host) => group.status(host).phase), [
    "running",
    "running",
    "running",
  ]);
});

Deno.test("a coordinator takes nothing while it gathers reports", () => {
  const group = started();
  group.stuck.add("c/v3");
  ask(group, "a", move("v3", "a"));
  group.run(3800);
  group.lost.add("b report");
  ask(group, "a", move("v2", "b"));
  // In this time c counts on the VIP being gone.
  group.run(500);
  assert.deepEqual(group.status("c").vips.find((each) => each.vip === "v3")?.here, "absent");
  assert.equal(group.holders(), "v1=a v2=b v3=-");
  group.lost.clear();
  group.run(500);
  assert.equal(group.holders(), "v1=a v2=b v3=a");
});

Deno.test("a report that answers an earlier proposal is not taken for one that answers the present one", () => {
  const group = started();
  group.lost.add("b report");
  ask(group, "a", move("v2", "b"));
  group.run(10);
  const b = group.hosts.get("b")?.node;
  const reported = () => [...group.hosts.get("a")?.node.proposal?.reports.keys() ?? []].join(" ");
  assert.ok(b?.promised);
  const sender = { ...b.self, sequence: sequence(b.sequence + 1) };
  const { report, view } = b.promised;
  const earlier = { ...report, view: { ...view, number: viewNumber(view.number - 1) } };
  group.tell("a", { kind: "messageReceived", sender, message: earlier });
  assert.equal(reported(), "a c");
  assert.equal(group.status("a").view?.number, view.number - 1);
});

Deno.test("two hosts that die one after the other are done without as soon as the second is missed", () => {
  const group = new SmallGroup({ hosts: ["a", "b", "c", "d"], vips: ["v1", "v2", "v3", "v4"] });
  group.start("a", "b", "c", "d");
  group.run(1000);
  group.crash("d");
  group.run(60);
  group.crash("c");
  group.run(520);
  assert.match(group.holders(), /^v1=a v2=b v3=[ab] v4=[ab]$/);
});
