import assert from "node:assert/strict";
import type { KnownNeighbour } from "../../src/core/message.ts";
import { duration } from "../../src/core/vocabulary.ts";
import { SmallGroup, startedGroup } from "./small_group.ts";

const neighbours = (count: number): readonly KnownNeighbour[] =>
  Array.from({ length: count }, (_, at) => ({
    interface: "eth0",
    address: `10.9.${at >> 8}.${at & 255}`,
    age: duration(1_000),
  }));

const collected = (count: number) =>
  ({ kind: "neighboursCollected", neighbours: neighbours(count) }) as const;

/** How many neighbours the host was told of, by whom and in how many messages. */
function told(group: SmallGroup, host: string): Readonly<Record<string, string>> {
  const ofHost = Map.groupBy(group.remembered.filter((each) => each.host === host), ({ from }) => from);
  return Object.fromEntries([...ofHost].map(([from, all]) => [
    from,
    `${new Set(all.flatMap(({ addresses }) => addresses)).size} in ${all.length}`,
  ]));
}

Deno.test("what a host has collected is told to all others once, a few messages after each heartbeat", () => {
  const group = startedGroup();
  group.tell("a", collected(500));
  group.run(101);
  assert.deepEqual([told(group, "b"), told(group, "c")], [{ a: "192 in 4" }, { a: "192 in 4" }]);
  group.run(10_000);
  assert.deepEqual([told(group, "a"), told(group, "b"), told(group, "c")], [{}, { a: "500 in 11" }, {
    a: "500 in 11",
  }]);
});

Deno.test("a host that starts is told within two heartbeats what the others have collected before, and tells its own", () => {
  const group = new SmallGroup();
  group.start("c");
  group.tell("c", collected(1));
  group.start("a", "b");
  group.run(5_000);
  group.tell("a", collected(30));
  group.run(1_000);
  group.crash("b");
  group.run(3_000);
  group.forget();
  group.start("b");
  group.tell("b", collected(7));
  group.run(500);
  assert.deepEqual(told(group, "b"), { a: "30 in 1", c: "1 in 1" });
  assert.deepEqual(told(group, "c").b, "7 in 1");
});

Deno.test("a view without a newcomer is no cause to tell again", () => {
  const group = startedGroup();
  group.tell("a", collected(3));
  group.run(200);
  group.forget();
  group.crash("c");
  group.run(2_000);
  assert.equal(group.status("a").view?.members.length, 2);
  assert.deepEqual(group.remembered, []);
});

Deno.test("an age that is told later is longer", () => {
  const group = startedGroup({}, "a", "b");
  group.tell("a", collected(1));
  group.run(60_000);
  group.forget();
  group.start("c");
  group.run(500);
  const [first] = group.remembered.filter(({ host }) => host === "c");
  const age = Number(first?.addresses[0]?.split(" ")[1]);
  assert.ok(age > 61_000 && age < 61_600, `${age}`);
});

Deno.test("at most 1,024 are told, the first ones; nothing of an empty list, and nothing to nobody", () => {
  const group = startedGroup();
  group.tell("a", collected(2_000));
  group.run(2_000);
  assert.deepEqual(told(group, "b"), { a: "1024 in 22" });
  assert.equal(
    group.remembered.filter(({ host }) => host === "b").at(-1)?.addresses.at(-1),
    "10.9.3.255 1502",
  );
  group.forget();
  group.tell("a", collected(0));
  group.run(1_000);
  assert.deepEqual(group.remembered, []);
  const alone = startedGroup({ hosts: ["a", "b"] }, "a");
  alone.tell("a", collected(5));
  const { sequence } = alone.nodeOf("a");
  alone.run(1_000);
  assert.equal(alone.nodeOf("a").sequence - sequence, 10);
});

Deno.test("nothing that is decided depends on neighbours: a group that shares them does the same at the same time", () => {
  const story = (count: number) => {
    const group = new SmallGroup({ hosts: ["a", "b", "c", "d"], vips: ["v1", "v2", "v3", "v4", "v5"] });
    const collect = () => {
      for (const host of group.hosts.keys()) if (count > 0) group.tell(host, collected(count));
    };
    group.start("a", "b", "c");
    for (let time = 0; time < 3; time += 1) {
      group.run(700);
      collect();
      group.start("d");
      collect();
      group.run(900);
      group.kill("b", { guardAfter: 6 });
      group.run(40);
      collect();
      group.run(2_000);
      group.partition(["a", "c"], ["d"]);
      collect();
      group.run(1_500);
      group.cut.clear();
      group.run(1_500);
      group.tell("c", { kind: "operatorRequested", request: { kind: "drain", reason: "" } });
      collect();
      group.run(3_000);
      group.tell("c", { kind: "operatorRequested", request: { kind: "resume", reason: "" } });
      group.crash("b");
      group.start("b");
      group.crash("d");
      group.run(6_000);
    }
    const { notes, kernelLog, announced, asked, additions, remembered } = group;
    return { decided: { notes, kernelLog, announced, asked, additions }, remembered };
  };
  const [without, few, many] = [story(0), story(1), story(900)];
  assert.ok(few.remembered.length > 20 && many.remembered.length > 500);
  assert.deepEqual(few.decided, without.decided);
  assert.deepEqual(many.decided, without.decided);
});
