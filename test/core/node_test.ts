// What a group does, told as statements on a perfect network: every number here follows from the 1 ms network, the
// 2 ms `ip` and the default timing. What must hold in spite of any fault is the simulator's business.

import assert from "node:assert/strict";
import { hostName, incarnation, sequence, vipName } from "../../src/core/vocabulary.ts";
import { names, SmallGroup, startedGroup, vip } from "./small_group.ts";

const notes = (group: SmallGroup, host: string, kind: string) =>
  group.notes.filter((each) => each.host === host && each.note.kind === kind);

/** Steps of the kernels since `from`, as "+b/v1" and "-a/v1", and how long VIP v1 was on nobody. */
const changes = (group: SmallGroup, from: number) =>
  group.kernelLog.filter(({ at }) => at >= from).map(({ change, host, vip }) => `${change}${host}/${vip}`);

Deno.test("a group whose hosts start together covers all VIPs at once, one each", () => {
  const group = new SmallGroup();
  group.start("a", "b", "c");
  group.run(30);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
});

Deno.test("a host that starts alone claims nothing before it is mature, and everything then", () => {
  const group = new SmallGroup();
  group.start("b");
  group.run(4990);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  group.run(100);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
  assert.equal(notes(group, "b", "matured").length, 1);
});

Deno.test("a host that is paused before it is mature is not mature any sooner", () => {
  const group = new SmallGroup();
  group.start("b");
  group.run(1000);
  group.stop("b");
  group.run(600);
  group.resume("b");
  group.run(3390);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  group.run(110);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
});

Deno.test("a host that hears a mature group is mature at once and takes its share in a balance round", () => {
  const group = startedGroup({ hosts: ["a", "b", "c", "d"] }, "b");
  group.run(6000);
  group.start("c");
  group.run(50);
  assert.equal(group.status("c").mature, true);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
  group.run(6000);
  assert.match(group.holders(), /=c/);
});

Deno.test("a crash moves only the dead host's VIPs, within the timeout and a few round trips", () => {
  const group = startedGroup();
  const at = group.now;
  group.crash("b");
  group.run(520);
  assert.deepEqual(changes(group, at).filter((change) => change.startsWith("+")), ["+a/v2"]);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
});

Deno.test("a crash of the coordinator is as quick: the next one in rank takes over", () => {
  const group = startedGroup();
  group.crash("a");
  group.run(520);
  assert.equal(group.holders(), "v1=b v2=b v3=c");
  assert.equal(group.status("c").view?.coordinator, "b");
});

Deno.test("a crash of all but one leaves every VIP with the last", () => {
  const group = startedGroup();
  group.crash("a");
  group.crash("b");
  group.run(1200);
  assert.equal(group.holders(), "v1=c v2=c v3=c");
});

Deno.test("a host that restarts within the timeout is not waited for", () => {
  const group = startedGroup();
  group.crash("b");
  group.run(100);
  group.start("b");
  group.run(50);
  assert.match(group.holders(), /v2=[abc]$|v2=[abc] /);
  assert.equal(notes(group, "a", "hostRestarted").length, 1);
});

Deno.test("a host that comes back tears nobody out of the group that went on", () => {
  const group = startedGroup();
  group.crash("a");
  group.run(1000);
  const at = group.now;
  group.start("a");
  group.run(500);
  assert.deepEqual(changes(group, at), []);
  assert.deepEqual(group.status("b").view?.members.map(({ host }) => host), names("a", "b", "c"));
});

Deno.test("a clean stop hands every VIP over and then says farewell", () => {
  const group = startedGroup();
  const at = group.now;
  group.tell("a", { kind: "operatorRequested", request: { kind: "stop" } });
  group.run(100);
  assert.deepEqual(changes(group, at), ["-a/v1", "+b/v1"]);
  assert.equal(group.status("a").phase, "left");
  assert.equal(group.status("c").view?.coordinator, "b");
});

Deno.test("a clean stop of the last host removes its VIPs", () => {
  const group = startedGroup({ hosts: ["a"] });
  assert.equal(group.holders(), "v1=a v2=a v3=a");
  group.tell("a", { kind: "operatorRequested", request: { kind: "stop" } });
  group.run(100);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  assert.equal(group.status("a").phase, "left");
});

Deno.test("handover exclusive: between release and acquisition passes one message and one ip", () => {
  const group = startedGroup();
  group.tell("a", { kind: "operatorRequested", request: { kind: "drain", reason: "test" } });
  group.run(100);
  const [released, acquired] = group.kernelLog.filter(({ at, vip }) => at >= 1000 && vip === vipName("v1"));
  assert.equal(released?.change, "-");
  assert.equal((acquired?.at ?? NaN) - (released?.at ?? NaN), 3);
});

Deno.test("handover overlap: the old holder releases only when the new one has had the VIP for 100 ms", () => {
  const group = startedGroup({ vips: [vip("v1", { handover: "overlap" })] });
  const at = group.now;
  group.tell("a", { kind: "operatorRequested", request: { kind: "drain", reason: "test" } });
  group.run(300);
  assert.deepEqual(changes(group, at), ["+b/v1", "-a/v1"]);
  const [acquired, released] = group.kernelLog.filter((each) => each.at >= at);
  assert.ok((released?.at ?? NaN) - (acquired?.at ?? NaN) >= 100);
});

Deno.test("a drained host stays a member, holds nothing, and takes part again after resume", () => {
  const group = startedGroup();
  group.tell("b", { kind: "operatorRequested", request: { kind: "drain", reason: "disk full" } });
  group.run(100);
  assert.match(group.holders(), /^v1=a v2=[ac] v3=c$/);
  assert.equal(group.status("b").draining, "disk full");
  assert.equal(group.status("a").hosts.find(({ host }) => host === "b")?.draining, true);
  group.tell("b", { kind: "operatorRequested", request: { kind: "resume", reason: "" } });
  group.run(6000);
  assert.match(group.holders(), /=b/);
});

Deno.test("an operator's move holds against balance rounds, until its holder is gone", () => {
  const group = startedGroup();
  group.tell("c", {
    kind: "operatorRequested",
    request: { kind: "move", vip: vipName("v1"), to: hostName("b") },
  });
  group.run(20000);
  assert.equal(group.holders(), "v1=b v2=a v3=c");
  assert.equal(group.status("a").vips[0]?.reason, "operator");
});

Deno.test("a preferred host gets its VIP back as soon as it is there", () => {
  const group = startedGroup({ vips: [vip("v1", { prefer: names("c") }), "v2"] });
  assert.match(group.holders(), /^v1=c/);
  group.crash("c");
  group.run(1000);
  assert.doesNotMatch(group.holders(), /v1=c/);
  group.start("c");
  group.run(100);
  assert.match(group.holders(), /^v1=c/);
});

Deno.test("partition serve: both sides cover all VIPs, and after the merge one holder remains each", () => {
  const group = startedGroup();
  group.partition(["a", "b"], ["c"]);
  group.run(1000);
  assert.equal(
    group.holders(),
    "v1=a+c v2=b+c v3=a+c".replace("v3=a+c", group.holders().split(" ")[2] ?? ""),
  );
  assert.match(group.holders(), /v3=[ab]\+c/);
  group.cut.clear();
  group.run(150);
  assert.doesNotMatch(group.holders(), /\+|-/);
});

Deno.test("a VIP of a host that was paused is announced again by its new holder when that host is back without it", () => {
  const group = startedGroup();
  group.stop("c");
  group.run(2_000);
  assert.match(group.holders(), /v3=[ab]\+c/);
  group.forget();
  group.resume("c");
  group.run(200);
  const released = group.kernelLog.find(({ vip, change }) => vip === "v3" && change === "-")?.at ?? Infinity;
  const later = group.announced.filter(({ vip, at }) => vip === "v3" && at >= released);
  assert.ok(later.length > 0);
  assert.ok(later.every(({ host }) => group.holders().includes(`v3=${host}`)));
});

Deno.test("partition quorum: the minority has released before the majority acquires", () => {
  const group = startedGroup({ partition: "quorum" });
  const at = group.now;
  group.partition(["a", "b"], ["c"]);
  group.run(1000);
  assert.match(group.holders(), /v3=[ab]$/);
  assert.match(changes(group, at).join(" "), /^-c\/v3 \+[ab]\/v3$/);
  group.cut.clear();
  group.run(5000);
  assert.match(group.holders(), /=c/);
});

Deno.test("partition quorum: without a majority nobody holds anything", () => {
  const group = startedGroup({ partition: "quorum" });
  group.partition(["a"], ["b"], ["c"]);
  group.run(1500);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
});

Deno.test("a host that was paused longer than the timeout removes its VIPs before it says anything", () => {
  const group = startedGroup();
  group.stop("a");
  group.run(2000);
  assert.equal(group.holders(), "v1=a+b v2=b v3=c");
  const at = group.now;
  group.resume("a");
  group.run(4);
  assert.deepEqual(changes(group, at), ["-a/v1"]);
  assert.equal(group.holders(), "v1=b v2=b v3=c");
  group.run(500);
  assert.equal(group.status("a").phase, "running");
  assert.equal(group.holders(), "v1=b v2=b v3=c");
});

Deno.test("a VIP that cannot be added goes to another host", () => {
  const group = new SmallGroup();
  group.broken.add("a/v1");
  group.start("a", "b", "c");
  group.run(100);
  assert.match(group.holders(), /^v1=[bc]/);
  assert.equal(notes(group, "a", "vipAddFailed").length, 1);
});

Deno.test("a host that can neither add nor remove blocks a VIP no longer than its lease, and is not fed by balance", () => {
  const group = startedGroup();
  for (const vip of ["v1", "v2", "v3"]) {
    group.broken.add(`a/${vip}`);
    group.stuck.add(`a/${vip}`);
  }
  group.run(6000);
  assert.match(group.holders(), /^v1=[bc] v2=b v3=c$/);
  group.run(60_000);
  const additions = group.kernelLog.filter(({ at, change }) => at > 8000 && change === "+").length;
  assert(additions < 12, `${additions} additions in the minute after`);
  assert.doesNotMatch(group.holders(), /\+/);
});

Deno.test("a VIP that its only host cannot add does not keep the others from being balanced", () => {
  for (const only of ["a", "b"]) {
    const others = Array.from({ length: 12 }, (_, i) => `v${i + 10}`);
    const group = new SmallGroup({ vips: [vip("v0", { hosts: names(only) }), ...others] });
    group.broken.add(`${only}/v0`);
    group.start("a", "b", "c");
    // Long enough for the inability to last as long as any.
    group.run(600_000);
    group.crash("c");
    group.run(3_000);
    group.start("c");
    group.run(200_000);
    const loads = ["a", "b", "c"].map((host) => group.hosts.get(host)?.kernel.size);
    assert.deepEqual(loads, [4, 4, 4], `only ${only} may have v0`);
  }
});

Deno.test("a host that lost its own address gives its VIPs up, and takes none until it has it again", () => {
  const group = startedGroup();
  group.placed.delete("a");
  group.partition(["a"], ["b", "c"]);
  group.observe("a");
  group.run(2000);
  assert.match(group.holders(), /^v1=[bc] v2=b v3=c$/);
  assert.equal(group.status("a").phase, "fenced");
  assert.equal(notes(group, "a", "fenced").length, 1);
  const at = group.now;
  group.placed.add("a");
  group.cut.clear();
  group.observe("a");
  group.run(500);
  assert.equal(group.status("a").phase, "running");
  assert.deepEqual(changes(group, at), [], "it must not take itself for the only one left");
});

Deno.test("two daemons of one name take turns in vain: the others leave that name out and stay as they are", () => {
  const group = startedGroup({ hosts: ["a", "b", "c", "d"] }, "a", "b", "c");
  group.run(6000);
  const daemons = [group.hosts.get("c")];
  group.start("c");
  daemons.push(group.hosts.get("c"));
  for (let turn = 0; turn < 100; turn++) {
    // Each of the two is the one that the network delivers from for a while.
    const [daemon] = daemons.splice(0, 1);
    assert(daemon);
    daemons.push(daemon);
    group.hosts.set("c", daemon);
    group.run(70);
  }
  const [disputed, ...others] = notes(group, "a", "hostDisputed");
  assert(disputed !== undefined && others.length === 0);
  assert.equal(group.status("a").hosts.find(({ host }) => host === "c")?.state, "disputed");
  assert.deepEqual(group.notes.filter(({ host, at }) => host === "a" && at > disputed.at + 10), []);
  assert.match(group.holders(), /v1=[ab]/);
});

Deno.test("an old life of a host is not believed while the host is heard, though it does not hear us itself", () => {
  const group = new SmallGroup({ hosts: ["a", "b"] });
  group.start("b");
  const sender = { host: hostName("b"), incarnation: incarnation(666), sequence: sequence(1) };
  group.cut.add("a>b");
  group.start("a");
  group.run(200);
  const said = group.hosts.get("b")?.node.said?.heartbeat;
  assert(said);
  assert.equal(notes(group, "a", "hostHeard").length, 1);
  group.tell("a", { kind: "messageReceived", sender, message: said });
  assert.equal(notes(group, "a", "hostRestarted").length, 0);
});

Deno.test("a VIP that somebody removed by hand is put back, one that somebody added is removed", () => {
  const group = startedGroup();
  group.hosts.get("a")?.kernel.delete(vipName("v1"));
  group.hosts.get("a")?.kernel.add(vipName("v3"));
  group.observe("a");
  group.run(10);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  assert.equal(notes(group, "a", "vipVanished").length, 1);
  assert.equal(notes(group, "a", "vipIntruded").length, 1);
});

Deno.test("what is found at the start is removed before anything is said", () => {
  const group = new SmallGroup();
  group.start("a");
  group.crash("a");
  group.hosts.get("a")?.kernel.add(vipName("v2"));
  group.start("a");
  group.run(10);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  assert.equal(notes(group, "a", "leftoversFound").length, 1);
});

Deno.test("hosts that do not all hear each other settle: those who do form a view, the other one its own", () => {
  const group = startedGroup();
  group.cut.add("b>c");
  group.cut.add("c>b");
  group.run(10_000);
  assert.deepEqual(group.status("a").view?.members.map(({ host }) => host), names("a", "b"));
  assert.deepEqual(group.status("c").view?.members.map(({ host }) => host), names("c"));
  group.cut.clear();
  group.run(6000);
  assert.deepEqual(group.status("c").view?.members.map(({ host }) => host), names("a", "b", "c"));
  assert.doesNotMatch(group.holders(), /\+|-/);
});

Deno.test("a host that hears the others but is not heard settles alone", () => {
  const group = startedGroup();
  group.cut.add("b>a");
  group.cut.add("b>c");
  group.run(10_000);
  assert.deepEqual(group.status("a").view?.members.map(({ host }) => host), names("a", "c"));
  assert.deepEqual(group.status("b").view?.members.map(({ host }) => host), names("b"));
  group.cut.clear();
  group.run(1000);
  assert.doesNotMatch(group.holders(), /\+|-/);
});

Deno.test("a settled group sends one heartbeat per host and interval, and nothing else", () => {
  const group = startedGroup();
  group.run(10_000);
  const sent = () => [...group.hosts.values()].reduce((sum, { node }) => sum + node.sequence, 0);
  const before = sent();
  group.run(10_000);
  assert.equal(sent() - before, 300);
});

Deno.test("a member whose heartbeats come but whose reports do not delays a view once, and is left out", () => {
  const group = startedGroup();
  group.lost.add("b report");
  group.crash("c");
  group.run(1_300);
  assert.equal(group.holders(), "v1=a v2=a v3=a");
});

Deno.test("a VIP that somebody put on another host is announced again by its holder when it is removed there", () => {
  const group = startedGroup();
  group.run(10_000);
  group.announced.length = 0;
  group.intrude("b", "v1");
  group.run(10);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  assert.deepEqual(group.announced.map(({ host, vip }) => `${host} ${vip}`), ["a v1"]);
});

Deno.test("a host that was passed over for following another is followed when that one has died", () => {
  const group = startedGroup();
  for (const link of ["a>c", "c>a"]) group.cut.add(link);
  group.run(5_000);
  group.cut.clear();
  group.run(1_000);
  assert.equal(group.holders().includes("+"), false);
  group.crash("a");
  group.run(510);
  assert.deepEqual(group.status("c").view?.members.map(({ host }) => host), ["b", "c"]);
  assert.equal(notes(group, "b", "memberUnanswering").length, 0);
});
