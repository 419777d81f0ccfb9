// The best witness of a forecast is what comes: most of these tests ask first, let it happen, and compare.

import assert from "node:assert/strict";
import type { OperatorRequest } from "../../src/core/events.ts";
import { type HostName, hostName, vipName } from "../../src/core/vocabulary.ts";
import { type WhatIf, whatIf } from "../../src/core/what_if.ts";
import { type GroupChoice, SmallGroup, startedGroup, vip } from "./small_group.ts";

const five = ["v1", "v2", "v3", "v4", "v5"];

function foretold(group: SmallGroup, asked: string, without: readonly string[]): WhatIf {
  const host = group.hosts.get(asked);
  const found = host ? whatIf(host.node, without.map(hostName)) : null;
  assert(found !== null, "the group holds VIPs");
  return found;
}

/** As SmallGroup.holders() shows them. */
const holders = ({ vips }: WhatIf): string => vips.map((each) => `${each.vip}=${each.then ?? "-"}`).join(" ");

const operate = (group: SmallGroup, host: string, request: OperatorRequest) => {
  group.tell(host, { kind: "operatorRequested", request });
  group.run(300);
};

const stories: Readonly<
  Record<string, { readonly choice?: GroupChoice; readonly before?: (group: SmallGroup) => void }>
> = {
  "of equal hosts": { choice: { hosts: ["a", "b", "c", "d"], vips: five } },
  "with preferences and hosts that may not hold everything": {
    choice: {
      hosts: ["a", "b", "c", "d"],
      vips: [
        vip("v1", { prefer: ["b", "c"].map(hostName) }),
        vip("v2", { hosts: ["a", "b"].map(hostName) }),
        vip("v3", { hosts: ["c"].map(hostName) }),
        "v4",
      ],
    },
  },
  "with a host that drains": {
    choice: { hosts: ["a", "b", "c", "d"], vips: five },
    before: (group) => operate(group, "c", { kind: "drain", reason: "test" }),
  },
  "with a VIP that an operator moved": {
    choice: { hosts: ["a", "b", "c", "d"], vips: five },
    before: (group) => operate(group, "a", { kind: "move", vip: vipName("v1"), to: hostName("d") }),
  },
  "with a VIP that a host could not add": {
    choice: { hosts: ["a", "b", "c", "d"], vips: five },
    before: (group) => {
      group.broken.add("d/v1");
      operate(group, "a", { kind: "move", vip: vipName("v1"), to: hostName("d") });
    },
  },
  "that needs a quorum": {
    choice: { hosts: ["a", "b", "c", "d"], vips: five, partition: "quorum" },
  },
};

for (const [name, { choice = {}, before = () => {} }] of Object.entries(stories)) {
  Deno.test(`whatIf() on the coordinator foretells who holds what after any loss in a group ${name}`, () => {
    for (const without of [["a"], ["b"], ["d"], ["a", "b"], ["b", "c"], ["c", "d"], ["a", "c", "d"]]) {
      const group = startedGroup(choice);
      before(group);
      const told = foretold(group, "a", without);
      for (const host of without) group.crash(host);
      group.run(2_000);
      assert.equal(holders(told), group.holders(), `without ${without.join(", ")}`);
      assert.equal(told.isWhole, true);
    }
  });
}

Deno.test("whatIf() changes nothing, and tells the same again", () => {
  const group = startedGroup();
  const before = JSON.stringify(group.status("a"));
  assert.deepEqual(foretold(group, "a", ["b"]), foretold(group, "a", ["b"]));
  assert.equal(JSON.stringify(group.status("a")), before);
});

Deno.test("whatIf() says why a VIP would move, what stays, and what each host would carry", () => {
  const told = foretold(startedGroup(), "a", ["b"]);
  assert.deepEqual(told.vips.map(({ now, then, reason }) => [now, then, reason]), [
    ["a", "a", "unheld"],
    ["b", "a", "holderGone"],
    ["c", "c", "unheld"],
  ]);
  assert.deepEqual(told.loads, [
    { host: hostName("a"), now: 1, then: 2 },
    { host: hostName("b"), now: 1, then: 0 },
    { host: hostName("c"), now: 1, then: 1 },
  ]);
  assert.deepEqual(told.remaining, ["a", "c"]);
});

Deno.test("whatIf() says for each host that may hold a VIP why it could not", () => {
  const hosts = ["a", "b", "c", "d"];
  const group = startedGroup({ hosts, vips: [vip("v1", { hosts: ["b", "c", "d"].map(hostName) })] });
  group.broken.add("d/v1");
  operate(group, "a", { kind: "move", vip: vipName("v1"), to: hostName("d") });
  operate(group, "c", { kind: "drain", reason: "test" });
  assert.deepEqual(foretold(group, "a", ["b"]).vips, [{
    vip: vipName("v1"),
    now: hostName("b"),
    then: null,
    reason: null,
    barred: [
      { host: hostName("b"), because: "gone" },
      { host: hostName("c"), because: "draining" },
      { host: hostName("d"), because: "unable" },
    ],
    isKnown: true,
  }]);
});

Deno.test("whatIf() tells the same on every host, drains and what others could not add included", () => {
  const group = startedGroup({ hosts: ["a", "b", "c", "d"], vips: five });
  operate(group, "c", { kind: "drain", reason: "test" });
  assert.equal(holders(foretold(group, "b", ["d"])), holders(foretold(group, "a", ["d"])));
  group.broken.add("d/v1");
  operate(group, "a", { kind: "move", vip: vipName("v1"), to: hostName("d") });
  operate(group, "c", { kind: "resume", reason: "" });
  const lost = (asked: string) =>
    foretold(group, asked, ["a", "b", "c"]).vips.filter(({ then }) => then === null);
  for (const asked of ["a", "b", "c", "d"]) {
    assert.deepEqual(lost(asked).map(({ vip }) => vip), ["v1"], asked);
    assert.equal(foretold(group, asked, []).isWhole, true, asked);
  }
});

Deno.test("whatIf() on a host that does not coordinate says that it does not know what other files say", () => {
  const group = startedGroup({ hosts: ["a", "b", "c"], vips: five });
  group.reload("c", { hosts: ["a", "b", "c"], vips: [...five, "v6"], digest: "another" });
  group.run(1_000);
  assert.deepEqual(["a", "b"].map((asked) => foretold(group, asked, []).isWhole), [true, false]);
});

Deno.test("whatIf() tells hosts that are no members from those that are, and goes on", () => {
  const group = startedGroup();
  group.crash("c");
  group.run(1_000);
  const told = foretold(group, "a", ["b", "c"]);
  assert.deepEqual(told.absent, ["c"]);
  assert.equal(holders(told), "v1=a v2=a v3=a");
});

Deno.test("whatIf() tells when too few hosts would be left to hold VIPs", () => {
  const group = startedGroup({ partition: "quorum" });
  const enough = foretold(group, "a", ["c"]);
  assert.deepEqual([enough.serves, enough.needed], [true, 2]);
  const few = foretold(group, "a", ["b", "c"]);
  assert.deepEqual([few.serves, few.needed, holders(few)], [false, 2, "v1=- v2=- v3=-"]);
  const none = foretold(startedGroup(), "a", ["a", "b", "c"]);
  assert.deepEqual([none.serves, none.needed, none.remaining], [false, 1, []]);
});

Deno.test("whatIf() counts what balance would move after the loss", () => {
  const hosts = ["a", "b", "c"];
  const group = startedGroup({ hosts, vips: [vip("v1"), vip("v2"), vip("v3", { hosts: [hostName("c")] })] });
  assert.equal(foretold(group, "a", ["c"]).balanceMoves, 0);
  const heavy = startedGroup({ hosts: ["a", "b"], vips: five });
  heavy.crash("b");
  heavy.run(1_000);
  heavy.start("b");
  heavy.run(200);
  assert.equal(foretold(heavy, "a", []).balanceMoves, 2);
});

Deno.test("whatIf() says nothing while no VIP may be held yet", () => {
  const group = new SmallGroup();
  group.start("a");
  group.run(1_000);
  const node = group.hosts.get("a")?.node;
  assert(node !== undefined);
  assert.equal(whatIf(node, [hostName("b")]), null);
});

Deno.test("whatIf() keeps a VIP that only others know where it is, as long as its holder is left", () => {
  const group = new SmallGroup({ vips: ["v1", "v2"], digest: "older" });
  group.start("a", "b", "c");
  group.run(1_000);
  for (const host of ["a", "c"]) group.reload(host, { vips: ["v1", "v2", "v3"], digest: "newer" });
  group.run(6_000);
  const v3 = (asked: string, without: readonly string[]) => foretold(group, asked, without).vips[2];
  const holder: HostName | null = v3("b", [])?.now ?? null;
  assert(holder !== null);
  assert.equal(v3("b", [])?.then, holder);
  assert.deepEqual([v3("b", [holder])?.then, v3("b", [holder])?.isKnown], [null, false]);
  assert.equal(v3("a", [holder])?.then, ["a", "c"].find((each) => each !== holder));
  assert.equal(foretold(group, "a", []).isMixed, true);
});
