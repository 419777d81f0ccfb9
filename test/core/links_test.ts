import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { type SmallGroup, startedGroup, vip } from "./small_group.ts";

const kindsOf = (group: SmallGroup, host: string) =>
  group.notes.filter((each) => each.host === host).map(({ note }) => note.kind);

Deno.test("a host without a link gives its VIPs to hosts that have one, at once", () => {
  const group = startedGroup();
  group.forget();
  group.plug("b", false);
  group.run(20);
  assert.match(group.holders(), /^v1=a v2=[ac] v3=c$/);
  assert.deepEqual(kindsOf(group, "b").filter((kind) => kind === "linkLost"), ["linkLost"]);
  assert.equal(group.status("b").vips[1]?.problem, "its interface is down, has no carrier, or is gone");
  group.run(60_000);
  assert.match(group.holders(), /^v1=a v2=[ac] v3=c$/);
});

Deno.test("an address that went with its interface is not put back, nor called vanished", () => {
  const group = startedGroup();
  group.forget();
  group.hosts.get("b")?.kernel.clear();
  group.plug("b", false);
  group.run(20);
  assert.ok(!kindsOf(group, "b").includes("vipVanished"));
  assert.ok(!group.additions.some(({ host, at }) => host === "b" && at > 1_000));
});

Deno.test("a host whose link is back is given VIPs two heartbeats later", () => {
  const group = startedGroup();
  group.plug("b", false);
  group.run(1_000);
  group.forget();
  const at = group.now;
  group.plug("b", true);
  group.run(10_000);
  assert.match(group.holders(), /=b/);
  const taken = group.kernelLog.find(({ host, change }) => host === "b" && change === "+");
  assert.ok((taken?.at ?? 0) - at >= 200);
  assert.ok(kindsOf(group, "b").includes("linkBack"));
  assert.equal(group.status("b").vips[1]?.problem, null);
});

Deno.test("a VIP is on nobody while nobody has a link, and on somebody when one has", () => {
  const group = startedGroup();
  for (const host of ["a", "b", "c"]) group.plug(host, false);
  group.run(1_000);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  group.plug("b", true);
  group.run(1_000);
  assert.equal(group.holders(), "v1=b v2=b v3=b");
});

Deno.test("a failure to add does not make a host able that has no link", () => {
  const group = startedGroup({ vips: ["v1", vip("v2", { foreignHolder: "yield" }), "v3"] });
  group.plug("b", false);
  const answer = { kind: "answered", by: { mac: "02:00:5e:10:00:01", host: null } } as const;
  group.tell("b", { kind: "addressesProbed", answers: [{ vip: vipName("v2"), answer }] });
  group.run(200_000);
  assert.ok(group.nodeOf("b").unable.has(vipName("v2")));
});

Deno.test("a host whose interface has another hardware address announces what it holds from the start, and nothing else", () => {
  const group = startedGroup();
  group.run(10_000);
  group.forget();
  const at = group.now;
  const [held, all] = [[vipName("v2")], ["v1", "v2", "v3"].map(vipName)];
  const observed = { whole: held, partial: [], withoutLink: [], withNewMac: all, isPlaced: true };
  group.tell("b", { kind: "addressesObserved", observed });
  assert.deepEqual(group.announced, [{ at, host: "b", vip: "v2" }]);
  group.run(100);
  assert.deepEqual(group.announced.filter(({ vip }) => vip === "v2").map((each) => each.at - at), [0, 50]);
  const notes = group.notes.filter(({ note }) => note.kind === "macChanged");
  assert.deepEqual(notes.map(({ note }) => note), [{ kind: "macChanged", vips: held }]);
});
