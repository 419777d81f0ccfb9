import assert from "node:assert/strict";
import { explainVip, type VipAccount } from "../../src/core/explain.ts";
import type { OperatorRequest } from "../../src/core/events.ts";
import { hostName, instant, vipName } from "../../src/core/vocabulary.ts";
import { names, type SmallGroup, startedGroup, vip } from "./small_group.ts";

function explained(group: SmallGroup, asked: string, name: string): VipAccount {
  const account = explainVip(group.nodeOf(asked), vipName(name), instant(group.now));
  assert(account !== null);
  return account;
}

const obstacles = (account: VipAccount): string =>
  account.hosts.map(({ host, obstacles, isHolder }) =>
    `${host}${isHolder ? "*" : ""}:${obstacles.map(({ kind }) => kind).join("+") || "-"}`
  ).join(" ");

function operate(group: SmallGroup, host: string, request: OperatorRequest): void {
  group.tell(host, { kind: "operatorRequested", request });
  group.run(1_000);
}

Deno.test("explainVip() tells of each host why it could not hold the VIP, whoever is asked", () => {
  const group = startedGroup({
    hosts: ["a", "b", "c", "d", "e"],
    vips: [vip("v1", { hosts: names("a", "b", "d", "e"), prefer: names("b") }), "v2", "v3"],
  });
  operate(group, "d", { kind: "drain", reason: "" });
  group.broken.add("a/v1");
  operate(group, "b", { kind: "move", vip: vipName("v1"), to: hostName("a") });
  group.crash("e");
  group.run(1_000);
  for (const asked of ["a", "b", "c", "d"]) {
    const account = explained(group, asked, "v1");
    assert.equal(obstacles(account), "a:unable b*:- c:notAllowed d:draining e:silent", asked);
    assert.deepEqual(account.hosts.map(({ preference }) => preference), [null, 1, null, null, null]);
    assert.equal(account.next?.outlook.then, null, "nobody else could hold it");
  }
  const own = explained(group, "a", "v1").hosts[0]?.obstacles;
  assert.deepEqual(own, [{ kind: "unable", problem: "broken" }], "the host itself knows why");
});

Deno.test("explainVip() tells who is next: the host that takes the VIP when its holder dies", () => {
  const group = startedGroup({ vips: [vip("v1", { prefer: names("c", "b") }), "v2", "v3"] });
  const next = explained(group, "a", "v1").next?.outlook.then;
  assert.equal(explained(group, "a", "v1").vip.holder, "c");
  assert.equal(next, "b");
  group.crash("c");
  group.run(1_000);
  const after = explained(group, "a", "v1");
  assert.equal(after.vip.holder, next);
  assert.deepEqual(after.moves.slice(0, 1).map(({ from, to, reason }) => [from, to, reason]), [
    ["c", "b", "holderGone"],
  ]);
});

Deno.test("explainVip() tells that a link is lost on the host that lost it, and that it is unable to the others", () => {
  const group = startedGroup();
  const holder = explained(group, "a", "v1").vip.holder;
  assert(holder !== null);
  group.plug(holder, false);
  group.run(1_000);
  const there = explained(group, holder, "v1");
  assert.notEqual(there.vip.holder, holder);
  for (const asked of ["a", "b", "c"]) {
    const of = obstacles(explained(group, asked, "v1"));
    assert.match(of, new RegExp(`\\b${holder}:unable\\b`), asked);
  }
});

Deno.test("explainVip() tells where the next balance round would move a VIP, and nothing while an operator's word holds", () => {
  const group = startedGroup({ vips: ["v1", "v2", "v3"] }, "a", "b");
  group.run(6_000);
  group.start("c");
  group.run(1_000);
  const moving = ["v1", "v2", "v3"].map((name) => explained(group, "a", name).balanceTo);
  assert.deepEqual(moving.filter((to) => to !== null), ["c"]);
  for (const asked of ["b", "c"]) {
    assert.deepEqual(
      ["v1", "v2", "v3"].map((name) => explained(group, asked, name).balanceTo),
      moving,
      asked,
    );
  }
  for (const name of ["v1", "v2", "v3"]) {
    operate(group, "a", { kind: "move", vip: vipName(name), to: hostName("a") });
  }
  assert.deepEqual(["v1", "v2", "v3"].map((name) => explained(group, "a", name).balanceTo), [
    null,
    null,
    null,
  ]);
});

Deno.test("explainVip() tells that members are too few to hold anything, and knows no VIP that nobody has", () => {
  const group = startedGroup({ partition: "quorum" });
  group.run(2_000);
  assert.equal(explained(group, "a", "v1").serves, true);
  group.crash("b");
  group.crash("c");
  group.run(3_000);
  assert.equal(explained(group, "a", "v1").serves, false);
  assert.equal(explained(group, "a", "v1").vip.holder, null);
  assert.equal(explainVip(group.nodeOf("a"), vipName("v9"), instant(group.now)), null);
});

Deno.test("explainVip() tells where a drain moves it: the drained host counts for a majority, one that is gone does not", () => {
  const group = startedGroup({ partition: "quorum" });
  group.run(2_000);
  group.crash("c");
  group.run(3_000);
  const { vip, drainTo, next } = explained(group, "a", "v1");
  assert.equal(next?.outlook.then, null);
  assert.equal(drainTo, vip.holder === "a" ? "b" : "a");
  operate(group, String(vip.holder), { kind: "drain", reason: "" });
  assert.equal(explained(group, "a", "v1").vip.holder, drainTo);
  operate(group, String(drainTo), { kind: "drain", reason: "" });
  assert.equal(explained(group, "a", "v1").drainTo, null);
});

Deno.test("explainVip() tells by whose file a member may not hold the VIP", () => {
  const group = startedGroup();
  const without = { vips: [vip("v1", { hosts: names("a", "b") }), "v2", "v3"], digest: "another" };
  group.reload("c", without);
  group.run(1_000);
  assert.equal(obstacles(explained(group, "a", "v1")).split(" ")[2], "c:notAllowedThere");
});

Deno.test("explainVip() tells which checks a host fails, and that they do not count when all hosts fail one", () => {
  const group = startedGroup();
  const fail = (host: string) =>
    group.tell(host, {
      kind: "healthChanged",
      failing: [{ check: "web", vips: [vipName("v1")], problem: "exit code 1" }],
    });
  const failing = () =>
    explained(group, "a", "v1").hosts.map(({ failing }) => failing.map(({ check }) => check).join());
  fail("b");
  group.run(1_000);
  assert.deepEqual(failing(), ["", "web", ""]);
  assert.equal(explained(group, "a", "v1").failsOpen, false);
  fail("a");
  fail("c");
  group.run(1_000);
  const account = explained(group, "a", "v1");
  assert.deepEqual(failing(), ["web", "web", "web"]);
  assert.equal(account.failsOpen, true);
  assert.equal(obstacles(account).replace("*", ""), "a:- b:- c:-", "each of them could hold it");
  assert.notEqual(account.next?.outlook.then, null);
});
