// What a host makes of messages that come late, twice or in the wrong order, and of hosts that come and go: told by
// handing it such messages. The simulator's network does the same by chance.

import assert from "node:assert/strict";
import type { Heartbeat, Message } from "../../src/core/message.ts";
import { quorumDeadline } from "../../src/core/quorum.ts";
import { hostName, type Sequence, sequence, vipName } from "../../src/core/vocabulary.ts";
import { SmallGroup, startedGroup } from "./small_group.ts";

/** What the host has said last. */
function saidBy(group: SmallGroup, host: string): Heartbeat {
  const said = group.nodeOf(host).said;
  assert(said);
  return said.heartbeat;
}

/** Hands `to` a message as if `from` had sent it; by default its newest one. */
function hand(
  group: SmallGroup,
  message: Message,
  way: { readonly from: string; readonly to: string; readonly sequence?: Sequence },
): void {
  const { self, sequence: newest } = group.nodeOf(way.from);
  const sender = { ...self, sequence: way.sequence ?? sequence(newest + 1) };
  group.tell(way.to, { kind: "messageReceived", sender, message });
}

const peerOf = (group: SmallGroup, host: string, of: string) => group.nodeOf(of).peers.get(hostName(host));

Deno.test("a heartbeat that a newer one has overtaken takes nothing back", () => {
  const group = startedGroup();
  const older = { ...saidBy(group, "b"), releasing: [vipName("v2")] };
  const { sequence: sent } = group.nodeOf("b");
  group.run(300);
  hand(group, older, { from: "b", to: "a", sequence: sent });
  assert.deepEqual(peerOf(group, "b", "a")?.heartbeat?.releasing, []);
  hand(group, older, { from: "b", to: "a" });
  assert.deepEqual(peerOf(group, "b", "a")?.heartbeat?.releasing, ["v2"]);
});

Deno.test("a message that is overtaken makes the newest one of its sender no younger", () => {
  const group = startedGroup();
  const older = saidBy(group, "b");
  const { sequence: sent } = group.nodeOf("b");
  group.run(200);
  const newest = peerOf(group, "b", "a");
  group.cut.add("b>a");
  group.run(50);
  hand(group, older, { from: "b", to: "a", sequence: sent });
  const peer = peerOf(group, "b", "a");
  assert.deepEqual([peer?.sequence, peer?.sequenceAt], [newest?.sequence, newest?.sequenceAt]);
  assert.equal(peer?.lastHeard, group.now);
  group.run(100);
  const age = saidBy(group, "a").heard.find(({ host }) => host === "b")?.age ?? 0;
  assert(age > 50, `told as ${age} ms old`);
});

Deno.test("a heartbeat that acknowledges nothing of the last two timeouts is not believed", () => {
  const group = startedGroup();
  const old = saidBy(group, "b");
  group.cut.add("b>a");
  group.run(600);
  assert.equal(peerOf(group, "b", "a")?.state, "silent");
  hand(group, old, { from: "b", to: "a" });
  assert.equal(peerOf(group, "b", "a")?.state, "heard", "of the last two timeouts, so it may be late only");
  group.run(1000);
  hand(group, old, { from: "b", to: "a" });
  assert.equal(peerOf(group, "b", "a")?.state, "silent");
});

Deno.test("a vouch counts from when that was sent which it acknowledges, however late it comes", () => {
  const group = startedGroup({ hosts: ["a", "b"], partition: "quorum" });
  const acknowledgement = saidBy(group, "b");
  const acknowledged = acknowledgement.heard.find(({ host }) => host === "a")?.sequence ?? 0;
  const sentAt = group.nodeOf("a").sent.findLast((sent) => sent.sequence <= acknowledged)?.at ?? 0;
  group.cut.add("b>a");
  group.run(200);
  hand(group, acknowledgement, { from: "b", to: "a" });
  assert.equal(quorumDeadline(group.nodeOf("a")), sentAt + 450);
});

Deno.test("a host that has promised another view vouches for us no more", () => {
  const group = startedGroup({ hosts: ["a", "b"], partition: "quorum" });
  const before = quorumDeadline(group.nodeOf("a"));
  group.cut.add("b>a");
  group.run(150);
  const { promised, ...rest } = saidBy(group, "b");
  assert(promised);
  const elsewhere = { ...promised, coordinator: hostName("b") };
  hand(group, { ...rest, promised: elsewhere }, { from: "b", to: "a" });
  assert.equal(quorumDeadline(group.nodeOf("a")), before);
  const later = sequence(group.nodeOf("b").sequence + 2);
  hand(group, { ...rest, promised }, { from: "b", to: "a", sequence: later });
  assert.ok((quorumDeadline(group.nodeOf("a")) ?? 0) > (before ?? 0));
});

Deno.test("heartbeats stay on their grid when a step comes late", () => {
  const group = startedGroup();
  const { heartbeatAt } = group.nodeOf("a");
  group.stop("a");
  group.run(heartbeatAt - group.now + 30);
  group.resume("a");
  assert.equal(group.nodeOf("a").heartbeatAt, heartbeatAt + 100);
});

Deno.test("a host that came and went is damped for a while, and not for ever", () => {
  const group = startedGroup();
  for (let time = 0; time < 4; time++) {
    group.crash("c");
    group.run(1500);
    group.start("c");
    group.run(500);
  }
  assert.equal(group.nodeOf("a").damped.join(), "c");
  group.run(60_000);
  assert.equal(group.nodeOf("a").damped.join(), "");
  assert.match(group.holders(), /=c/);
});

/** Who is in the coordinator's view when nothing gets from one host to the other any more. */
function membersWithout(way: string): readonly string[] {
  const group = startedGroup();
  group.cut.add(way);
  group.run(1000);
  return group.status("a").view?.members.map(({ host }) => host) ?? [];
}

Deno.test("a host that does not hear a member is not in a view with it", () => {
  assert.deepEqual(membersWithout("b>c"), ["a", "b"]);
});

Deno.test("a host that a member does not hear is not in a view with it", () => {
  assert.deepEqual(membersWithout("c>b"), ["a", "b"]);
});

Deno.test("a host says nothing before its leftovers are gone", () => {
  const group = new SmallGroup();
  group.start("a");
  group.crash("a");
  group.hosts.get("a")?.kernel.add(vipName("v2"));
  group.stuck.add("a/v2");
  group.start("a");
  group.run(3000);
  assert.equal(group.nodeOf("a").sequence, 0);
  group.run(4000);
  assert.notEqual(group.nodeOf("a").sequence, 0);
});

Deno.test("a host that the new file does not have any more is forgotten at once", () => {
  const group = startedGroup();
  group.reload("a", { digest: "newer", hosts: ["a", "b"] });
  assert.equal(peerOf(group, "c", "a"), undefined);
});

Deno.test("one host's word that another comes and goes damps nobody", () => {
  const group = startedGroup({ vips: ["v1", { name: vipName("v2"), prefer: [hostName("c")] }] });
  for (let time = 0; time < 4; time++) {
    group.cut.add("c>b");
    group.run(1500);
    group.cut.clear();
    group.run(500);
  }
  assert.equal(group.nodeOf("b").damped.join(), "c");
  assert.equal(group.nodeOf("a").damped.join(), "");
  assert.match(group.holders(), /v2=c$/);
});

Deno.test("late messages of an earlier life do not take turns with the living one", () => {
  const group = startedGroup();
  const former = group.nodeOf("b");
  const late = [1, 2, 3, 4].map((step) => sequence(former.sequence + step));
  const lastWords = saidBy(group, "b");
  group.crash("b");
  group.start("b");
  for (const next of late) {
    group.run(110);
    const sender = { ...former.self, sequence: next };
    group.tell("a", { kind: "messageReceived", sender, message: lastWords });
  }
  assert.equal(peerOf(group, "b", "a")?.state, "heard");
  assert.notEqual(peerOf(group, "b", "a")?.incarnation, former.self.incarnation);
});

Deno.test("a host that the others do not hear because it started too often takes nothing for itself meanwhile", () => {
  const group = startedGroup({ heartbeat: 1000, timeout: 5000, lease: 8000, mature: 6000 });
  for (let start = 0; start < 10; start++) {
    group.start("c");
    group.run(1500);
  }
  assert.equal(group.status("a").hosts.find(({ host }) => host === "c")?.state, "disputed");
  for (let second = 0; second < 120; second++) {
    group.run(1000);
    assert.doesNotMatch(group.holders(), /[+-]/);
  }
  assert.equal(group.status("c").view?.members.length, 3);
});
