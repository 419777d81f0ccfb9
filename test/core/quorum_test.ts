// Whose votes are waited for, and whose are not: told on a perfect network. That no two components ever hold one VIP is
// the simulator's business.

import assert from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { nodeDeadline } from "../../src/core/node.ts";
import { vouchesOf } from "../../src/core/quorum.ts";
import { Peers } from "../../src/core/suspicion.ts";
import { instant } from "../../src/core/vocabulary.ts";
import { groupOf, names, SmallGroup, startedGroup, vip } from "./small_group.ts";

function started(): SmallGroup {
  const group = startedGroup({ partition: "quorum" });
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  return group;
}

/** Who may count on the host's vote still. */
function vouchedForBy(group: SmallGroup, host: string): readonly string[] {
  const node = group.hosts.get(host)?.node;
  assert(node);
  return vouchesOf(node, { now: instant(group.now), asked: node.group.digest }).map((vouch) => vouch.host);
}

const numberOf = (group: SmallGroup, host: string) => group.status(host).view?.number ?? 0;

Deno.test("partition quorum: a view of all members waits for nobody's vote", () => {
  const group = started();
  group.tell("c", { kind: "operatorRequested", request: { kind: "drain", reason: "" } });
  group.run(30);
  assert.match(group.holders(), /^v1=a v2=b v3=[ab]$/);
});

Deno.test("partition quorum: who said farewell counts on no vote any more", () => {
  const group = started();
  assert.deepEqual(vouchedForBy(group, "a"), ["b", "c"]);
  group.tell("c", { kind: "operatorRequested", request: { kind: "stop" } });
  group.run(30);
  assert.equal(group.status("c").phase, "left");
  assert.deepEqual(vouchedForBy(group, "a"), ["b"]);
});

Deno.test("partition quorum: a vote given under one file outlives several others", () => {
  const group = startedGroup({ partition: "quorum", heartbeat: 1000, timeout: 5000, digest: "one" });
  group.run(3000);
  for (const host of ["a", "c"]) group.reload(host, { partition: "quorum", digest: "two" });
  group.run(100);
  for (const digest of ["two", "three"]) group.reload("b", { partition: "quorum", digest });
  const node = group.nodeOf("b");
  const left = vouchesOf({ ...node, peers: new Peers() }, { now: instant(group.now), asked: "two" });
  assert.ok(left.every(({ remaining }) => remaining > 3000), JSON.stringify(left));
  assert.equal(left.length, 2);
});

Deno.test("partition quorum: nobody takes a VIP while the host that was cut off may count on a vote still", () => {
  const group = started();
  // The coordinator does not hear it any more, but b does, until just before b is asked to go on without it.
  for (const way of ["a>c", "c>a"]) group.cut.add(way);
  group.run(480);
  group.cut.add("b>c");
  group.run(2000);
  const changes = group.kernelLog.filter(({ vip }) => vip === "v3").map(({ change, host }) => change + host);
  assert.match(changes.join(" "), /^\+c -c \+[ab]$/);
});

Deno.test("partition quorum: an install that comes when the votes have run out gives nothing", () => {
  const group = new SmallGroup({
    partition: "quorum",
    vips: ["v1", "v2", vip("v3", { hosts: names("c") })],
  });
  group.start("a", "b");
  group.run(8_000);
  const tell = group.tell.bind(group);
  const late: NodeEvent[] = [];
  group.tell = (name, event) => {
    const isInstall = event.kind === "messageReceived" && event.message.kind === "install";
    if (name === "c" && isInstall) late.push(event);
    else tell(name, event);
  };
  group.start("c");
  while (late.length === 0) group.run(1);
  group.partition(["a", "b"], ["c"]);
  group.forget();
  // c has still to suspect the others, but counts on their votes no more.
  group.run(470);
  for (const event of late) tell("c", event);
  group.run(20);
  assert.deepEqual(group.kernelLog.filter(({ host }) => host === "c"), []);
});

Deno.test("partition quorum: a view is not taken for that of the same number in another life of its coordinator", () => {
  const group = new SmallGroup({ partition: "quorum" });
  group.start("a", "b");
  for (const way of ["b>c", "c>b"]) group.cut.add(way);
  // It is asked into no view, for it and b do not hear each other.
  group.start("c");
  group.run(6000);
  while (numberOf(group, "a") <= numberOf(group, "c")) {
    group.tell("a", { kind: "operatorRequested", request: { kind: "balance" } });
    group.run(10);
  }
  group.crash("a");
  for (const way of ["a>b", "b>a"]) group.cut.add(way);
  group.start("a");
  group.run(200);
  const views = ["a", "b", "c"].map((host) => group.status(host).view);
  assert.deepEqual(views.map((view) => [view?.number, view?.coordinator, view?.members.length]), [
    [numberOf(group, "c"), "a", 2],
    [numberOf(group, "c"), "a", 2],
    [numberOf(group, "c"), "a", 2],
  ]);
  for (const way of ["a>b", "b>a"]) group.cut.delete(way);
  for (let ms = 0; ms < 3000; ms++) {
    group.run(1);
    assert.doesNotMatch(group.holders(), /[+]/);
  }
});

Deno.test("partition quorum: a voter that has yet to read so tells of its votes too", () => {
  const group = new SmallGroup({ partition: "quorum", digest: "quorum" });
  group.files.set("b", groupOf({ partition: "serve", digest: "serve" }));
  group.start("a", "b", "c");
  group.run(8000);
  for (const way of ["a>c", "c>a"]) group.cut.add(way);
  while (group.nodeOf("b").promised === null) group.run(0.25);
  for (const way of ["b>c", "c>b"]) group.cut.add(way);
  for (let ms = 0; ms < 2000; ms++) {
    group.run(1);
    assert.doesNotMatch(group.holders(), /[+]/);
  }
});

Deno.test("partition quorum: who has nothing to give up but what is on its way out is not fenced for it", () => {
  const group = new SmallGroup({ hosts: ["a", "b"], partition: "quorum" });
  group.start("a", "b");
  group.run(6000);
  group.crash("b");
  const fencesOf = () =>
    group.notes.filter(({ host, note }) => host === "a" && note.kind === "fenced").length;
  while (fencesOf() === 0 || group.status("a").phase === "fenced") group.run(0.25);
  assert.equal(group.status("a").view, null);
  group.stuck.add("a/v1");
  group.intrude("a", "v1");
  assert.equal(fencesOf(), 1);
  while (group.status("a").view === null) group.run(0.25);
  assert.ok((nodeDeadline(group.nodeOf("a")) ?? Infinity) >= group.now);
  group.run(100);
  assert.equal(fencesOf(), 1);
});

Deno.test("partition quorum: the lesser part tells who has its VIPs when it has come back", () => {
  const group = started();
  group.partition(["a", "b"], ["c"]);
  group.run(5_000);
  group.cut.clear();
  group.run(1_000);
  const last = (vip: string) => group.status("c").moves.find((move) => move.vip === vip)?.to;
  const holders = (host: string) => group.status(host).vips.map(({ vip, holder }) => [vip, holder]);
  assert.deepEqual(group.status("c").vips.map(({ vip }) => [vip, last(vip)]), holders("a"));
});
