// A group in the middle of a rolling change: hosts that read different configurations.

import assert from "node:assert/strict";
import { agree, type Awaited, catalogOf, differencesBetween, type Reported } from "../../src/core/catalog.ts";
import type { Catalog } from "../../src/core/message.ts";
import { duration, hostName, vipName } from "../../src/core/vocabulary.ts";
import { addressNamed } from "../support/vip_address.ts";
import { type GroupChoice, groupOf, names, SmallGroup, startedGroup, vip } from "./small_group.ts";

const older: GroupChoice = { digest: "older" };
const withV4: GroupChoice = { digest: "newer", vips: ["v1", "v2", "v3", "v4"] };

/** A group that has settled with the older configuration everywhere. */
function settled(choice: GroupChoice = older): SmallGroup {
  const group = startedGroup(choice);
  group.forget();
  return group;
}

const changesOf = (group: SmallGroup) =>
  group.kernelLog.map(({ host, change, vip }) => `${host}${change}${vip}`).join(" ");

const member = (host: string, catalog: Catalog | null = null, held: readonly string[] = []): Reported => ({
  host: hostName(host),
  report: {
    catalog,
    held: held.map((vip) => ({ vip: vipName(vip), reason: "unheld", age: duration(0) })),
    releasing: [],
    draining: false,
    unable: [],
  },
});

const awaited = (host: string, vip: string): Awaited => ({ host: hostName(host), vip: vipName(vip) });

Deno.test("a VIP that only some hosts know is held by one of those, and nothing else moves", () => {
  const group = settled();
  group.reload("c", withV4);
  group.run(100);
  assert.equal(group.holders(), "v1=a v2=b v3=c v4=c");
  assert.equal(changesOf(group), "c+v4");
});

Deno.test("a rolling change touches nothing that stays the same, on any host", () => {
  const group = settled();
  for (const host of ["a", "b", "c"]) {
    group.reload(host, withV4);
    group.run(10_000);
  }
  assert.equal(group.kernelLog.filter(({ vip }) => vip !== "v4").length, 0);
  assert.equal(group.kernelLog.length, 1);
});

Deno.test("a host that starts with a newer file is told from the others by name, and so is what differs", () => {
  const group = new SmallGroup(older);
  group.files.set("c", groupOf({ ...withV4, timeout: 600 }));
  group.start("a", "b", "c");
  group.run(1_000);
  for (const host of ["a", "b", "c"]) {
    const c = group.status(host).hosts.find((each) => each.host === "c");
    assert.deepEqual(c?.differences, {
      differences: [
        { name: "timing.timeout", here: "600ms", elsewhere: "500ms" },
        { name: "vip v4", here: "address of v4/32 on eth0", elsewhere: null },
      ],
      more: 0,
    });
  }
  group.reload("c", older);
  group.run(10_000);
  assert.ok(group.notes.some(({ host, note }) => host === "a" && note.kind === "configurationsAgree"));
  assert.equal(group.holders(), "v1=a v2=b v3=c");
});

Deno.test("a host that reads another lease renews what it has at once, and by the new one from then on", () => {
  for (
    const { lease, expected } of [{ lease: 900, expected: [0, 300, 600, 900] }, {
      lease: null,
      expected: [0],
    }]
  ) {
    const group = settled();
    group.run(100);
    const since = group.now;
    group.reload("a", { digest: "newer", lease });
    group.run(1_000);
    const renewals = group.additions.filter(({ host, at }) => host === "a" && at >= since);
    assert.deepEqual(
      renewals.map(({ at, vips }) => [at - since, vips.join()]),
      expected.map((at) => [at, "v1"]),
    );
  }
});

const [fast, lan, wan] = [
  { heartbeat: 20, timeout: 80, digest: "fast" },
  { heartbeat: 100, timeout: 500, digest: "lan" },
  { heartbeat: 1000, timeout: 5000, lease: 8000, mature: 6000, digest: "wan" },
] as const;

/** Lets the hosts of a group read other timing one after the other, at several moments between two heartbeats. */
function changesTiming(partition: "serve" | "quorum"): void {
  for (
    const [from, to] of [[wan, lan], [lan, wan], [lan, fast], [fast, lan], [fast, wan], [wan, fast]] as const
  ) {
    for (let phase = 0; phase < 5; phase++) {
      const group = new SmallGroup({ ...from, partition });
      group.start("a", "b", "c");
      group.run(20_000 + phase * from.heartbeat / 5);
      group.forget();
      for (const host of ["c", "b", "a"]) {
        group.reload(host, { ...to, partition });
        group.run(12_000);
      }
      const fences = group.notes.filter(({ note }) => note.kind === "fenced").length;
      assert.deepEqual(
        [changesOf(group), fences],
        ["", 0],
        `from timing.${from.digest} to timing.${to.digest}`,
      );
    }
  }
}

Deno.test("partition serve: nobody gives anything up while the timing changes, host by host", () => {
  changesTiming("serve");
});

Deno.test("partition quorum: nobody gives anything up while the timing changes, host by host", () => {
  changesTiming("quorum");
});

Deno.test("a host that reads a shorter maturity is mature by that", () => {
  const group = new SmallGroup({ ...older, mature: 3_600_000 });
  group.start("a", "b");
  group.run(10_000);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
  for (const host of ["a", "b"]) group.reload(host, { digest: "newer" });
  group.run(100);
  assert.equal(group.holders(), "v1=a v2=b v3=a");
});

Deno.test("a VIP that the file does not have any more goes to a host that still knows it, and at last to nobody", () => {
  const group = settled({ ...withV4, digest: "older" });
  group.reload("a", { digest: "newer" });
  group.run(1_000);
  assert.equal(group.holders(), "v1=a v2=b v3=c v4=b");
  group.reload("b", { digest: "newer" });
  group.run(1_000);
  assert.equal(group.holders(), "v1=a v2=b v3=c v4=c");
  group.reload("c", { digest: "newer" });
  group.run(1_000);
  assert.equal(group.holders(), "v1=a v2=b v3=c v4=-");
  assert.equal(group.kernelLog.filter(({ vip }) => vip !== "v4").length, 0);
});

Deno.test("a VIP with another address is removed and added anew where it is", () => {
  const group = settled();
  const moved = vip("v1", { addresses: [addressNamed("somewhere else")] });
  group.reload("a", { digest: "newer", vips: [moved, "v2", "v3"] });
  group.run(1_000);
  assert.equal(changesOf(group), "a-v1 a+v1");
  const notes = group.notes.filter(({ note }) => note.kind === "configurationChanged");
  assert.deepEqual(notes.map(({ host }) => host), ["a"]);
});

Deno.test("a VIP under a new name keeps its old one until no host has it under that", () => {
  const group = settled();
  const renamed = { digest: "newer", vips: [vip("w1", { addresses: [addressNamed("v1")] }), "v2", "v3"] };
  for (const host of ["c", "b", "a"]) {
    group.reload(host, renamed);
    group.run(1_000);
  }
  assert.equal(group.holders(), "v1=- v2=b v3=c w1=a");
  // The one was gone from every host before the other came.
  assert.equal(changesOf(group), "a-v1 a+w1");
});

Deno.test("the old name goes to whoever still knows it, when its holder knows only the new one", () => {
  const group = settled();
  group.reload("a", { digest: "newer", vips: [vip("w1", { addresses: [addressNamed("v1")] }), "v2", "v3"] });
  group.run(1_000);
  assert.equal(group.holders(), "v1=b v2=b v3=c w1=-");
});

Deno.test("two VIPs that exchange their addresses are never on two hosts with one address", () => {
  const [one, other] = [addressNamed("one"), addressNamed("other")];
  const before = {
    digest: "older",
    vips: [vip("v1", { addresses: [one] }), vip("v2", { addresses: [other] })],
  };
  const after = {
    digest: "newer",
    vips: [vip("v1", { addresses: [other] }), vip("v2", { addresses: [one] })],
  };
  const group = settled(before);
  const addressOf = (host: string, name: string) =>
    (group.files.get(host) ?? groupOf(before)).vips.find((each) => each.name === name)?.addresses[0]?.address;
  for (const host of ["a", "b", "c"]) {
    group.reload(host, after);
    group.run(1_000);
    const held = [...group.hosts].flatMap(([name, { kernel }]) =>
      [...kernel].map((vip) => addressOf(name, vip))
    );
    assert.equal(new Set(held).size, held.length);
  }
  assert.doesNotMatch(group.holders(), /-/);
});

Deno.test("a host that leaves the file is not a member any more", () => {
  const group = settled();
  for (const host of ["a", "b"]) group.reload(host, { digest: "newer", hosts: ["a", "b"] });
  group.run(1_000);
  assert.deepEqual(group.status("a").view?.members.map(({ host }) => host), ["a", "b"]);
});

Deno.test("of a serve and a quorum configuration the quorum one counts", () => {
  const group = new SmallGroup({ ...older, hosts: ["a", "b", "c", "d", "e"] });
  group.files.set("b", groupOf({ digest: "newer", partition: "quorum", hosts: ["a", "b", "c", "d", "e"] }));
  group.start("a", "b");
  group.run(10_000);
  assert.equal(group.holders(), "v1=- v2=- v3=-");
});

Deno.test("agree() goes by the coordinator's configuration alone when everybody has it", () => {
  const group = groupOf({});
  const { vips, differing } = agree(group, [member("a"), member("b")]);
  assert.equal(vips, group.vips);
  assert.deepEqual(differing, []);
});

Deno.test("agree() tells who differs from most members, also when that is the coordinator", () => {
  const most = catalogOf(groupOf(withV4), []);
  const { differing } = agree(groupOf(older), [member("a"), member("b", most), member("c", most)]);
  assert.deepEqual(differing.map(({ host, differences }) => [host, differences]), [
    ["a", [{ name: "vip v4", here: null, elsewhere: "address of v4/32 on eth0" }]],
  ]);
});

Deno.test("agree() lets hold who may by its own configuration and by that of most, and else who may by its own", () => {
  const allowing = (...hosts: string[]) =>
    catalogOf(groupOf({ vips: [vip("v1", { hosts: names(...hosts) })] }), []);
  const among = (...catalogs: Catalog[]) =>
    agree(
      groupOf({ vips: [vip("v1", { hosts: names("a", "b") })] }),
      [member("a"), ...catalogs.map((catalog, at) => member(["b", "c"][at] ?? "d", catalog))],
    ).vips[0]?.hosts;
  assert.deepEqual(among(allowing("b", "c"), allowing("b", "c")), ["b", "c"]);
  assert.deepEqual(among(allowing("a"), allowing("b")), ["a"]);
  assert.deepEqual(among(allowing("c"), allowing("c")), ["c"]);
});

Deno.test("agree() gives away neither of two names while a member has the address under the other", () => {
  const renamed = catalogOf(groupOf({ vips: [vip("w1", { addresses: [addressNamed("v1")] })] }), []);
  const { vips, awaited: waiting } = agree(groupOf({ vips: ["v1"] }), [
    member("a", null, ["v1"]),
    member("b", renamed, ["w1"]),
  ]);
  assert.deepEqual(vips, []);
  assert.deepEqual(waiting, [awaited("a", "v1"), awaited("b", "w1")]);
});

Deno.test("differencesBetween() says nothing of the VIPs' hosts when only a host was added", () => {
  const [three, four] = [["a", "b", "c"], ["a", "b", "c", "d"]].map((hosts) =>
    catalogOf(groupOf({ hosts }), [])
  );
  assert.ok(three && four);
  assert.deepEqual(differencesBetween(four, three), []);
});

Deno.test("of two names for one address the one goes that can be held, when the holder of the other drains", () => {
  const group = new SmallGroup({ digest: "older", hosts: ["a", "b"], vips: ["v1"] });
  const renamed = {
    digest: "newer",
    hosts: ["a", "b"],
    vips: [vip("w1", { addresses: [addressNamed("v1")] })],
  };
  group.files.set("a", groupOf(renamed));
  group.start("a", "b");
  group.run(1_000);
  for (const [drained, left] of [["a", "v1=b w1=-"], ["b", "v1=- w1=a"]] as const) {
    group.tell(drained, { kind: "operatorRequested", request: { kind: "drain", reason: "test" } });
    group.run(1_000);
    assert.equal(group.holders(), left);
    group.tell(drained, { kind: "operatorRequested", request: { kind: "resume", reason: "test" } });
    group.run(1_000);
  }
});

Deno.test("who may hold a VIP by its own configuration alone has it while the others drain", () => {
  const group = new SmallGroup({ digest: "older", vips: [vip("v1", { hosts: names("a") })] });
  group.files.set("b", groupOf({ digest: "newer", vips: [vip("v1", { hosts: names("a", "b") })] }));
  group.start("a", "b", "c");
  group.run(1_000);
  assert.equal(group.holders(), "v1=a");
  group.tell("a", { kind: "operatorRequested", request: { kind: "drain", reason: "test" } });
  group.run(100);
  assert.equal(group.holders(), "v1=b");
});
