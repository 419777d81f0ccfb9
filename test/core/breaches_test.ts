// What once broke a promise: stories found by people who tried to. Each runs a small group into the narrow place, over
// all the moments in which it might be hit, and counts in milliseconds how long one address was on two hosts.

import assert from "node:assert/strict";
import type { NodeEvent } from "../../src/core/events.ts";
import { hostName, vipName, type VipSpec } from "../../src/core/vocabulary.ts";
import { addressNamed } from "../support/vip_address.ts";
import { type GroupChoice, SmallGroup, startedGroup, vip } from "./small_group.ts";

/** How long `host` and another one have a VIP, in the next so many milliseconds. */
function sharedWith(group: SmallGroup, host: string, ms: number): number {
  let shared = 0;
  for (let passed = 0; passed < ms; passed++) {
    group.run(1);
    const { kernel } = group.hosts.get(host) ?? { kernel: new Set() };
    const others = [...group.hosts].filter(([name]) => name !== host);
    if ([...kernel].some((vip) => others.some(([, other]) => other.kernel.has(vip)))) shared += 1;
  }
  return shared;
}

const request = (group: SmallGroup, host: string, kind: "drain" | "resume") =>
  group.tell(host, { kind: "operatorRequested", request: { kind, reason: "test" } });

/** Lets hosts hear each other only within these sets. */
function shift(group: SmallGroup, ...parts: string[][]): void {
  group.cut.clear();
  group.partition(...parts);
}

const quorumOf = (hosts: string): GroupChoice => ({
  hosts: [...hosts],
  partition: "quorum",
  vips: ["v1", "v2", "v3", "v4", "v5", "v6"],
});

Deno.test("a member that reads new addresses between its report and the install takes nothing by the old agreement", () => {
  const named = (name: string, address: string, prefer: string): Partial<VipSpec> & Pick<VipSpec, "name"> =>
    vip(name, { addresses: [addressNamed(address)], prefer: [hostName(prefer)] });
  const older = { digest: "older", vips: [named("v1", "one", "b"), named("v2", "two", "a")] };
  const newer = { digest: "newer", vips: [named("v1", "two", "b"), named("v2", "one", "a")] };
  const group = startedGroup(older);
  request(group, "b", "drain");
  group.run(3_000);
  group.tell("a", {
    kind: "operatorRequested",
    request: { kind: "move", vip: vipName("v1"), to: hostName("c") },
  });
  group.run(1_000);
  request(group, "b", "resume");
  group.run(3_000);
  assert.equal(group.holders(), "v1=c v2=a");
  group.crash("c");
  while (group.nodeOf("b").promised === null) group.run(0.25);
  group.reload("b", newer);
  for (let passed = 0; passed < 2_000; passed++) {
    group.run(0.25);
    const isShared = group.hosts.get("b")?.kernel.has(vipName("v1")) &&
      group.hosts.get("a")?.kernel.has(vipName("v2")) &&
      group.nodeOf("a").group.digest === "older";
    assert.ok(!isShared, `a and b have the address "two" ${passed / 4} ms after the reload`);
  }
});

Deno.test("a voter that restarts has not forgotten its vote", () => {
  const restarts = [60, 80, 100, 120, 140, 300].map((restart) => ({ timeout: 500, restart }));
  for (const { timeout, restart } of [...restarts, { timeout: 5_000, restart: 300 }]) {
    const group = startedGroup({ ...quorumOf("abc"), timeout });
    group.run(7_000);
    shift(group, ["a", "b"], ["c"]);
    group.run(20_000);
    group.crash("b");
    shift(group, ["a"], ["b", "c"]);
    group.run(restart);
    group.start("b");
    assert.equal(sharedWith(group, "a", 2 * timeout + 1_000), 0, JSON.stringify({ timeout, restart }));
    assert.match(group.holders(), /v1=[bc]/);
  }
});

Deno.test("a voter that promises twice does not let the first coordinator take what the second one's member keeps", () => {
  for (let phase = 0; phase < 100; phase += 10) {
    for (const joins of [0, 60, 150]) {
      for (const cutAt of [90, 150, 250]) {
        const shared = promisedTwice({ phase, joins, cutAt });
        assert.equal(shared, 0, JSON.stringify({ phase, joins, cutAt }));
      }
    }
  }
});

/** c, d and e hold; b, which does not hear e, comes to c and d, and then a, which does not hear b, to c, d and e. */
function promisedTwice({ phase, joins, cutAt }: { phase: number; joins: number; cutAt: number }): number {
  const group = startedGroup(quorumOf("abcde"));
  shift(group, ["a"], ["b"], ["c", "d", "e"]);
  group.run(5_000 + phase);
  shift(group, ["a"], ["b", "c", "d", "e"]);
  for (const link of ["b>e", "e>b"]) group.cut.add(link);
  group.lost.add("b install");
  const isPromisedToB = (host: string) => group.nodeOf(host).promised?.view.coordinator === "b";
  for (let waited = 0; waited < 1_000 && !(isPromisedToB("c") && isPromisedToB("d")); waited++) group.run(1);
  const links = (host: string, others: string[]) =>
    others.flatMap((other) => [`${host}>${other}`, `${other}>${host}`]);
  const acts = [
    { at: joins, act: () => links("a", ["c", "d", "e"]).forEach((link) => group.cut.delete(link)) },
    { at: cutAt, act: () => links("b", ["c", "d"]).forEach((link) => group.cut.add(link)) },
  ].sort((one, other) => one.at - other.at);
  let [shared, passed] = [0, 0];
  for (const { at, act } of acts) {
    shared += sharedWith(group, "b", at - passed);
    passed = at;
    act();
  }
  return shared + sharedWith(group, "b", 1_000);
}

Deno.test("an install that is said again does not spare a member the proof that a majority has waited", () => {
  const group = new SmallGroup({
    ...quorumOf("abcdefm"),
    vips: ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"],
  });
  group.start("a", "e", "f");
  group.run(20);
  group.start("c", "d");
  group.run(20);
  group.start("b", "m");
  group.run(1_000);
  shift(group, ["a"], ["b", "m"], ["c", "d", "e", "f"]);
  group.run(8_000);
  // b and m come to c and d. The install of their view is lost.
  group.lost.add("b install");
  group.cut.clear();
  group.partition(["a"], ["b", "m", "c", "d"]);
  group.partition(["a"], ["b", "m"], ["e", "f"]);
  while (!["c", "d", "m"].every((host) => group.nodeOf(host).promised?.view.coordinator === "b")) {
    group.run(1);
  }
  let shared = sharedWith(group, "m", 130);
  // b and m lose c and d again, to which a comes: c, d, e and f have been without each other's votes at no time.
  shift(group, ["b", "m"], ["a", "c", "d", "e", "f"]);
  while (group.nodeOf("b").view?.acquireAt !== null) shared += sharedWith(group, "m", 1);
  group.lost.clear();
  assert.equal(shared + sharedWith(group, "m", 1_000), 0);
});

Deno.test("a farewell that comes late takes back no vote of an earlier life", () => {
  const group = startedGroup(quorumOf("abc"));
  const farewell = farewellOf(group, "a");
  group.start("a");
  group.run(3_000);
  shift(group, ["a", "b"], ["c"]);
  group.run(20_000);
  assert.match(group.holders(), /=a/);
  group.crash("b");
  shift(group, ["a"], ["b", "c"]);
  group.run(60);
  group.start("b");
  group.tell("b", farewell);
  assert.equal(sharedWith(group, "a", 2_000), 0);
  assert.doesNotMatch(group.holders(), /=-/);
});

/** Lets the host leave for good, and returns what it has said last. */
function farewellOf(group: SmallGroup, host: string): NodeEvent {
  group.tell(host, { kind: "operatorRequested", request: { kind: "stop" } });
  while (group.status(host).phase !== "left") group.run(1);
  const { self, sequence } = group.nodeOf(host);
  return { kind: "messageReceived", sender: { ...self, sequence }, message: { kind: "farewell" } };
}

Deno.test("hosts that have a majority all the time keep what they have while it shifts", () => {
  for (let phase = 0; phase < 100; phase += 10) {
    const group = startedGroup(quorumOf("abcde"));
    shift(group, ["a"], ["b"], ["c", "d", "e"]);
    group.run(8_000 + phase);
    group.forget();
    shift(group, ["a"], ["e"], ["b", "c", "d"]);
    group.run(4_000);
    const fenced = group.notes.filter(({ note }) => note.kind === "fenced").map(({ host }) => host);
    assert.deepEqual(fenced, ["e"], `phase ${phase}`);
  }
});

Deno.test("hosts that read a file without another one remember that they voted for it", () => {
  const group = startedGroup({ hosts: ["a", "b", "c", "d"], partition: "quorum" });
  shift(group, ["a"], ["b", "c", "d"]);
  for (const host of ["b", "c", "d"]) {
    group.reload(host, { hosts: ["b", "c", "d"], partition: "quorum", digest: "without a" });
  }
  assert.equal(sharedWith(group, "a", 1_500), 0);
  assert.match(group.holders(), /v1=[bcd]/);
});

Deno.test("a lease that a new file makes shorter counts at its old length for what that file takes away", () => {
  const older = {
    digest: "older",
    lease: 3000,
    vips: [vip("v1", { addresses: [addressNamed("one")], prefer: [hostName("a")] })],
  };
  const newer = {
    digest: "newer",
    lease: 1000,
    vips: [vip("w1", { addresses: [addressNamed("one")], prefer: [hostName("b")] })],
  };
  for (let phase = 0; phase < 5_000; phase += 250) {
    const group = startedGroup(older);
    group.run(phase);
    group.stuck.add("a/v1");
    for (const host of ["a", "b", "c"]) group.reload(host, newer);
    for (let passed = 0; passed < 4_000; passed++) {
      group.run(1);
      assert.doesNotMatch(group.holders(), /v1=a.*w1=[bc]/, `reload at ${phase}, ${passed} ms after it`);
    }
    group.run(1_000);
    assert.equal(group.holders(), "v1=- w1=b");
  }
});

Deno.test("a host that reads a file without a VIP before it has got that is not taken for its holder", () => {
  const hosts = ["a", "b", "c", "d"];
  for (let at = 0; at < 6; at += 0.25) {
    const group = startedGroup({ hosts, vips: [vip("v1", { handover: "overlap" }), "v2", "v3", "v4"] });
    const move = (to: string) =>
      group.tell("c", {
        kind: "operatorRequested",
        request: { kind: "move", vip: vipName("v1"), to: hostName(to) },
      });
    move("c");
    group.run(500);
    move("b");
    group.run(at);
    group.reload("b", { hosts, vips: ["v2", "v3", "v4"], digest: "newer" });
    // The view that gives it back to one of the others is late.
    group.lost.add("d report");
    for (let passed = 0; passed < 4_000; passed++) {
      group.run(0.25);
      const has = hosts.some((host) => group.hosts.get(host)?.kernel.has(vipName("v1")));
      assert.ok(has, `nobody has v1 ${passed / 4} ms after a reload at ${at} ms`);
    }
  }
});

Deno.test("an address that a name has had by an earlier file is another name's only when it is gone", () => {
  const of = (name: string, address: string, prefer: string) =>
    vip(name, { addresses: [addressNamed(address)], prefer: [hostName(prefer)] });
  const first = { digest: "first", vips: [of("v1", "one", "a")] };
  const second = { digest: "second", vips: [of("v1", "two", "a")] };
  const third = { digest: "third", vips: [of("v1", "three", "a"), of("v2", "one", "b")] };
  for (const files of [[third], [second, third]]) {
    const group = startedGroup(first);
    group.stuck.add("a/v1");
    for (const file of files) for (const host of ["a", "b", "c"]) group.reload(host, file);
    for (let passed = 0; passed < 3_000; passed++) {
      group.run(1);
      const isThere = !group.kernelLog.some(({ host, change }) => host === "a" && change === "-");
      const isTaken = group.hosts.get("b")?.kernel.has(vipName("v2"));
      assert.ok(!(isThere && isTaken), `a and b have "one", ${passed} ms after ${files.length} reloads`);
    }
    group.stuck.clear();
    group.run(5_000);
    assert.equal(group.holders(), "v1=a v2=b");
  }
});
