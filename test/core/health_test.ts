// Health in a small group on a perfect network: who gives what away, who takes it, and what stays.

import assert from "node:assert/strict";
import type { FailingCheck } from "../../src/core/message.ts";
import { hostName, vipName } from "../../src/core/vocabulary.ts";
import { groupOf, names, SmallGroup, startedGroup, vip } from "./small_group.ts";

const failing = (check: string, vips: readonly string[] | null = null): FailingCheck => ({
  check,
  vips: vips && vips.map(vipName),
  problem: "no answer",
});
const tell = (group: SmallGroup, host: string, ...checks: readonly FailingCheck[]) =>
  group.tell(host, { kind: "healthChanged", failing: checks });
const notesOf = (group: SmallGroup, host: string, ...kinds: readonly string[]) =>
  group.notes.filter((each) => each.host === host && kinds.includes(each.note.kind)).map(({ note }) => note);

Deno.test("a host that fails a check gives all its VIPs to hosts that are well, within a few messages", () => {
  for (const host of ["a", "b", "c"]) {
    const group = startedGroup();
    assert.equal(group.holders(), "v1=a v2=b v3=c");
    tell(group, host, failing("web"));
    group.run(20);
    assert.ok(!group.holders().includes(`=${host}`), group.holders());
    assert.ok(!group.holders().includes("-"), group.holders());
    assert.equal(group.status("a").vips.filter(({ reason }) => reason === "unhealthy").length, 1);
  }
});

Deno.test("a check for some VIPs moves those alone", () => {
  const group = startedGroup();
  tell(group, "a", failing("dns", ["v2"]));
  group.run(20);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  tell(group, "a", failing("dns", ["v1", "v3"]));
  group.run(20);
  assert.equal(group.holders(), "v1=b v2=b v3=c");
});

Deno.test("between release and acquisition of an unhealthy host's VIP nobody else has it", () => {
  const group = startedGroup();
  group.forget();
  tell(group, "b", failing("web"));
  group.run(20);
  const changes = group.kernelLog.filter(({ vip }) => vip === "v2").map(({ host, change }) =>
    `${change}${host}`
  );
  assert.deepEqual(changes, ["-b", "+a"]);
});

Deno.test("handover overlap: the unhealthy holder goes on until the new one answers", () => {
  const group = startedGroup({ vips: ["v1", vip("v2", { handover: "overlap" }), "v3"] });
  group.forget();
  tell(group, "b", failing("web"));
  group.run(300);
  const changes = group.kernelLog.filter(({ vip }) => vip === "v2").map(({ host, change }) =>
    `${change}${host}`
  );
  assert.deepEqual(changes, ["+a", "-b"]);
});

Deno.test("where every host fails a check all VIPs stay where they are, and everybody says so", () => {
  const group = startedGroup();
  group.forget();
  for (const host of ["a", "b", "c"]) tell(group, host, failing("web"));
  group.run(10_000);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  assert.deepEqual(group.kernelLog, []);
  for (const host of ["a", "b", "c"]) {
    assert.deepEqual(group.status(host).failedOpen, ["v1", "v2", "v3"]);
    assert.deepEqual(notesOf(group, host, "failedOpen"), [{ kind: "failedOpen", vips: ["v1", "v2", "v3"] }]);
  }
  tell(group, "b");
  group.run(20);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
  assert.deepEqual(group.status("c").failedOpen, []);
  assert.deepEqual(notesOf(group, "c", "healthCounts"), [{ kind: "healthCounts", vips: ["v1", "v2", "v3"] }]);
});

Deno.test("a VIP that no host is fit for does not go to the host that it prefers, nor to even the loads out", () => {
  const group = startedGroup({ vips: [vip("v1", { prefer: names("a") }), "v2", "v3"] });
  tell(group, "a", failing("web"));
  group.run(20);
  tell(group, "b", failing("web"));
  group.run(20);
  assert.equal(group.holders(), "v1=c v2=c v3=c");
  tell(group, "c", failing("web"));
  group.run(10_000);
  assert.equal(group.holders(), "v1=c v2=c v3=c");
});

Deno.test("a VIP that no host is fit for is taken over when its holder dies", () => {
  const group = startedGroup();
  for (const host of ["a", "b", "c"]) tell(group, host, failing("web"));
  group.run(1_000);
  group.crash("b");
  group.run(1_000);
  assert.equal(group.holders(), "v1=a v2=a v3=c");
});

Deno.test("a host that drains is none to hold a VIP, though all others fail a check", () => {
  const group = startedGroup({ hosts: ["a", "b"] });
  group.tell("a", { kind: "operatorRequested", request: { kind: "drain", reason: "" } });
  group.run(100);
  tell(group, "b", failing("web"));
  group.run(1_000);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
  assert.deepEqual(group.status("a").failedOpen, ["v1", "v2", "v3"]);
});

Deno.test("a host that is well again is given VIPs by preference at once, and else by balance", () => {
  const group = startedGroup({ vips: [vip("v1", { prefer: names("a") }), "v2", "v3", "v4"] });
  tell(group, "a", failing("web"));
  group.run(1_000);
  tell(group, "a");
  group.run(20);
  assert.match(group.holders(), /v1=a /);
  assert.equal((group.holders().match(/=a/g) ?? []).length, 1);
});

Deno.test("an operator's word does not bring a VIP to a host that fails a check, and holds no longer than health", () => {
  const group = startedGroup();
  const move = (to: string) =>
    group.tell("b", {
      kind: "operatorRequested",
      request: { kind: "move", vip: vipName("v1"), to: hostName(to) },
    });
  tell(group, "c", failing("web", ["v1"]));
  group.run(20);
  move("c");
  group.run(100);
  assert.match(group.holders(), /v1=a /);
  assert.equal(group.status("b").hasWishes, false);
  move("b");
  group.run(100);
  assert.match(group.holders(), /v1=b /);
  tell(group, "b", failing("web"));
  group.run(100);
  assert.match(group.holders(), /v1=a /);
});

Deno.test("a host that waits for its checks says nothing, and is not missed by a group that goes on", () => {
  const group = startedGroup({}, "a", "b");
  group.start("c");
  group.run(500);
  assert.equal(group.status("c").phase, "running");
  const waiting = startedGroup({}, "a", "b");
  waiting.startWaiting("c");
  waiting.run(2_000);
  assert.equal(waiting.status("c").phase, "booting");
  assert.deepEqual(waiting.status("a").view?.members.map(({ host }) => host), ["a", "b"]);
  tell(waiting, "c", failing("web"));
  waiting.run(300);
  assert.deepEqual(waiting.status("a").view?.members.map(({ host }) => host), ["a", "b", "c"]);
  assert.ok(!waiting.holders().includes("c"));
});

Deno.test("another text for the same failure is the host's own, changes no view, and is not told again", () => {
  const group = startedGroup();
  tell(group, "b", failing("web"));
  group.run(100);
  const before = group.status("a").view?.number;
  group.forget();
  tell(group, "b", { ...failing("web"), problem: "another one" });
  group.run(1_000);
  assert.equal(group.status("a").view?.number, before);
  assert.deepEqual(notesOf(group, "b", "checkFails"), []);
  const toldBy = (host: string) =>
    group.status(host).hosts.find((each) => each.host === "b")?.failing.map(({ problem }) => problem);
  assert.deepEqual([toldBy("b"), toldBy("a")], [["another one"], ["no answer"]]);
});

Deno.test("everybody is told who fails what: of many checks at least one of each host, of many VIPs the first", () => {
  const vips = Array.from({ length: 20 }, (_, at) => `v${String(at).padStart(2, "0")}`);
  const group = startedGroup({ vips });
  const checks = Array.from({ length: 64 }, (_, at) => failing(`c${String(at).padStart(2, "0")}`, vips));
  for (const host of ["b", "c"]) tell(group, host, ...checks);
  group.run(100);
  const failed = (host: string, of: string) =>
    group.status(host).hosts.find((each) => each.host === of)?.failing ?? [];
  assert.deepEqual(["a", "b", "c"].map((host) => failed("a", host).length), [0, 64, 64]);
  const [first] = failed("a", "b");
  assert.deepEqual([first?.vips?.length, first?.more], [8, 12]);
  assert.deepEqual(failed("b", "c"), failed("a", "c"));
  // Of itself a host knows all.
  assert.equal(failed("b", "b")[0]?.vips?.length, 20);
  // With one more there is room for fewer of each, and those that are not named any more pass for nobody.
  group.forget();
  tell(group, "a", failing("c00", vips));
  group.run(100);
  assert.equal(failed("a", "b").length, 42);
  assert.deepEqual(notesOf(group, "a", "hostPasses"), []);
});

Deno.test("of a host that is gone nobody says that it passes", () => {
  const group = startedGroup();
  tell(group, "b", failing("web"));
  group.run(100);
  group.crash("b");
  group.run(2_000);
  assert.deepEqual(notesOf(group, "a", "hostPasses"), []);
});

Deno.test("partition quorum: a part that serves nothing says nothing of checks that count or not", () => {
  const group = startedGroup({ partition: "quorum" });
  tell(group, "c", failing("web"));
  group.run(100);
  group.partition(["a", "b"], ["c"]);
  group.run(5_000);
  assert.equal(group.status("c").view?.members.length, 1);
  assert.deepEqual(notesOf(group, "c", "failedOpen"), []);
});

Deno.test("a check of a few hundred VIPs is told to everybody as it is", () => {
  const vips = Array.from({ length: 300 }, (_, at) => `v${String(at).padStart(3, "0")}`);
  const group = startedGroup({ vips });
  tell(group, "b", failing("web", vips));
  group.run(200);
  assert.equal(group.status("a").hosts[1]?.failing[0]?.vips?.length, 300);
});

Deno.test("what a view tells people fits into few datagrams, whatever fails and however much", () => {
  const hosts = Array.from({ length: 20 }, (_, at) => `h${String(at).padStart(2, "0")}`);
  const vips = Array.from({ length: 200 }, (_, at) => `vip-${String(at).padStart(3, "0")}`);
  const group = startedGroup({ hosts, vips });
  let most = 0;
  group.onTheWay = (message) => {
    if (message.kind === "install") most = Math.max(most, JSON.stringify(message.failing).length);
    return message;
  };
  const checks = Array.from({ length: 64 }, (_, at) => ({
    ...failing(`c${String(at).padStart(2, "0")}`, vips),
    problem: "no answer ".repeat(100),
  }));
  for (const host of hosts) tell(group, host, ...checks);
  group.run(1_000);
  assert.ok(most > 1_000 && most < 48_000, `${most}`);
});

Deno.test("what a host fails of VIPs that others do not know moves nothing of theirs", () => {
  const group = startedGroup();
  tell(group, "a", failing("web", ["v9"]));
  group.run(200);
  assert.equal(group.holders(), "v1=a v2=b v3=c");
  assert.equal(groupOf({}).vips.length, 3);
});

Deno.test("partition quorum: a majority that is unfit holds what a minority may not", () => {
  const group = startedGroup({ partition: "quorum" });
  tell(group, "a", failing("web"));
  tell(group, "b", failing("web"));
  group.run(100);
  assert.equal(group.holders(), "v1=c v2=c v3=c");
  group.partition(["a", "b"], ["c"]);
  group.run(3_000);
  assert.match(group.holders(), /v1=[ab] v2=[ab] v3=[ab]/);
});
