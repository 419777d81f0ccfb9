import assert from "node:assert/strict";
import { groupSight, type HostSight } from "../../src/core/monitor.ts";
import { instant } from "../../src/core/vocabulary.ts";
import { names, type SmallGroup, startedGroup } from "./small_group.ts";

const sights = (group: SmallGroup, asked: string): ReadonlyMap<string, HostSight> =>
  new Map(groupSight(group.nodeOf(asked), instant(group.now)).map((sight) => [sight.host, sight]));

Deno.test("groupSight() tells of every host what it said last: view, whom it follows, whom it hears", () => {
  const group = startedGroup();
  const seen = sights(group, "b");
  assert.deepEqual([...seen.keys()], ["a", "b", "c"]);
  for (const [host, { word, state, version, digest, restarts }] of seen) {
    assert.deepEqual(word?.view, group.nodeOf("a").view?.id);
    assert.equal(word?.follows, "a");
    assert.deepEqual(word?.hears, names("a", "b", "c").filter((each) => each !== host));
    assert.deepEqual([state, version, digest, restarts], ["member", "1.2.3", "0123456789abcdef", 0]);
  }
  assert.deepEqual([seen.get("b")?.roundTrip, seen.get("b")?.arrivals], [null, null]);
});

Deno.test("groupSight() tells who hears whom also where only one of two hears the other", () => {
  const group = startedGroup();
  group.cut.add("c>b");
  group.run(2_000);
  const seen = sights(group, "a");
  assert.deepEqual(seen.get("b")?.word?.hears, names("a"));
  assert.deepEqual(seen.get("c")?.word?.hears, names("a", "b"));
});

Deno.test("groupSight() has no word of a host that is silent or was never heard, and counts restarts", () => {
  const group = startedGroup({}, "a", "b");
  assert.deepEqual([sights(group, "a").get("c")?.word, sights(group, "a").get("c")?.version], [null, null]);
  assert.equal(sights(group, "a").get("c")?.silentFor, null);
  for (let life = 2; life < 4; life++) {
    group.crash("b");
    group.run(2_000);
    assert.equal(sights(group, "a").get("b")?.word, null);
    assert.equal(sights(group, "a").get("b")?.version, "1.2.3");
    group.start("b");
    group.run(2_000);
  }
  assert.equal(sights(group, "a").get("b")?.restarts, 2);
  assert.equal(sights(group, "b").get("a")?.restarts, 0);
});

Deno.test("groupSight() does not take hearing an earlier life of a host for hearing it", () => {
  const group = startedGroup();
  group.cut.add("b>c").add("a>c");
  group.crash("b");
  group.start("b");
  group.run(300);
  const seen = sights(group, "a");
  assert.deepEqual(seen.get("c")?.word?.hears, names("a"), "c heard the life before");
});
