import assert from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { hostName, incarnation } from "../../src/core/vocabulary.ts";
import { type SmallGroup, startedGroup, vip } from "./small_group.ts";

const ended = (group: SmallGroup, host: string): NodeEvent => ({
  kind: "connectionEnded",
  member: group.nodeOf(host).self,
});

const kindsOf = (group: SmallGroup) => group.notes.map(({ host, note }) => `${host} ${note.kind}`);
const heldAt = (group: SmallGroup, host: string, name: string) =>
  group.kernelLog.find((each) => each.change === "+" && each.host === host && each.vip === name)?.at;

Deno.test("a daemon that dies is missed 15 ms after its connection ended, and never do two hosts have its VIP", () => {
  const group = startedGroup();
  group.forget();
  const at = group.now;
  group.kill("b", { guardAfter: 6 });
  group.run(100);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
  assert.deepEqual(group.kernelLog.map(({ host, change }) => `${change}${host}`), ["-b", "+a"]);
  assert.ok((heldAt(group, "a", "v2") ?? Infinity) - at < 45);
  assert.ok(kindsOf(group).includes("a hostEnded"));
});

Deno.test("while somebody goes on answering for a dead daemon's VIP, it is not taken before the timeout", () => {
  const group = startedGroup();
  group.forget();
  const at = group.now;
  group.kill("b", { guardAfter: null });
  group.run(350);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  group.run(300);
  assert.equal(group.holders(), "v1=a v2=a+b v3=c");
  // Heard last up to a heartbeat before its death.
  assert.ok((heldAt(group, "a", "v2") ?? 0) - at > 400);
  assert.ok(group.asked.length > 10);
});

Deno.test("a guard that is slow is waited for", () => {
  const group = startedGroup();
  group.forget();
  group.kill("b", { guardAfter: 120 });
  group.run(300);
  assert.deepEqual(group.kernelLog.map(({ host, change }) => `${change}${host}`), ["-b", "+a"]);
});

Deno.test("a host that answers the probe is not suspected, whenever its next heartbeat is due", () => {
  for (const phase of [0, 13, 29, 47, 61, 83]) {
    const group = startedGroup();
    group.run(phase);
    group.forget();
    group.tell("a", ended(group, "b"));
    group.run(1_000);
    assert.deepEqual(kindsOf(group), []);
    assert.equal(group.holders(), "v1=a v2=b v3=c");
  }
});

Deno.test("a host that was suspected after a false hint is heard again once it has heard the probe", () => {
  const group = startedGroup();
  group.forget();
  group.cut.add("a>b");
  group.tell("a", ended(group, "b"));
  group.run(30);
  assert.ok(kindsOf(group).includes("a hostEnded"));
  group.cut.clear();
  // Sooner than whatever it said before its supposed end is over by itself.
  group.run(300);
  assert.equal(group.holders().match(/[+-]/), null);
  assert.equal(group.status("a").hosts.find(({ host }) => host === "b")?.state, "member");
});

Deno.test("two hosts that doubt each other wrongly, and do not hear each other's answers, find each other again", () => {
  const group = startedGroup();
  const hints = [ended(group, "b"), ended(group, "a")] as const;
  group.partition(["a"], ["b"]);
  group.tell("a", hints[0]);
  group.tell("b", hints[1]);
  group.run(30);
  group.cut.clear();
  group.run(3_000);
  assert.equal(group.status("a").view?.members.length, 3);
  assert.equal(group.status("b").view?.members.length, 3);
});

Deno.test("what a life has said just before its end counts for nothing after it", () => {
  const group = startedGroup();
  const before = group.nodeOf("b");
  group.kill("b", { guardAfter: 2 });
  group.run(30);
  const { self, sequence, said } = before;
  assert.ok(said !== null);
  group.tell("a", { kind: "messageReceived", sender: { ...self, sequence }, message: said.heartbeat });
  assert.equal(group.status("a").hosts.find(({ host }) => host === "b")?.state, "silent");
});

Deno.test("a hint counts only of the life that is known, and of a host that is in touch", () => {
  const group = startedGroup();
  group.forget();
  group.tell("a", { kind: "connectionEnded", member: { host: hostName("b"), incarnation: incarnation(99) } });
  group.tell("b", { kind: "operatorRequested", request: { kind: "stop" } });
  group.run(100);
  const before = group.nodeOf("a").sequence;
  group.tell("a", ended(group, "b"));
  assert.equal(group.nodeOf("a").sequence, before);
});

Deno.test("a fenced host asks nobody anything", () => {
  const group = startedGroup();
  const hint = ended(group, "b");
  group.stop("a");
  group.run(700);
  group.hosts.get("a")!.state = "up";
  const before = group.nodeOf("a").sequence;
  group.tell("a", hint);
  assert.equal(group.nodeOf("a").stage.kind, "fenced");
  assert.equal(group.nodeOf("a").sequence, before);
});

Deno.test("with a quorum a hint shortens suspicion and no vote: nothing is acquired before that has run out", () => {
  const group = startedGroup({ partition: "quorum" });
  group.forget();
  const at = group.now;
  group.kill("b", { guardAfter: 5 });
  group.run(1_500);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
  assert.ok((heldAt(group, "a", "v2") ?? 0) - at > 400);
});

Deno.test("takeover after-lease: what a dead daemon had is taken as soon as nobody answers for it", () => {
  const group = startedGroup({ vips: ["v1", vip("v2", { takeover: "after-lease" }), "v3"] });
  group.forget();
  group.kill("b", { guardAfter: 6 });
  group.run(100);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
});

Deno.test("takeover after-lease: what a host had that hung, and then died of it, is taken as soon as nobody answers", () => {
  const group = startedGroup({ vips: ["v1", vip("v2", { takeover: "after-lease" }), "v3"] });
  group.stop("b");
  group.run(800);
  assert.match(group.holders(), /v2=b/);
  group.kill("b", { guardAfter: 6 });
  group.run(50);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
});

Deno.test("takeover after-lease: what a host had that hung and was killed with its guard is not taken while it answers", () => {
  const group = startedGroup({ vips: ["v1", vip("v2", { takeover: "after-lease" }), "v3"] });
  group.stop("b");
  group.run(800);
  group.kill("b", { guardAfter: null });
  group.run(1_000);
  assert.match(group.holders(), /v2=b /);
});
