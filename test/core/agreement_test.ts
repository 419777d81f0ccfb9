// Of two configurations the stricter word counts, whoever of the members says it.

import assert from "node:assert/strict";
import { agree, catalogOf } from "../../src/core/catalog.ts";
import { type Group, hostName } from "../../src/core/vocabulary.ts";
import { groupOf, vip } from "./small_group.ts";

/** What a coordinator with one configuration and a member with another go by. */
function agreed(coordinator: Group, member: Group) {
  const reporting = (host: string, catalog: ReturnType<typeof catalogOf> | null) => ({
    host: hostName(host),
    report: { catalog, held: [], releasing: [], draining: false, unable: [] },
  });
  return agree(coordinator, [reporting("a", null), reporting("b", catalogOf(member, []))]);
}

const [three, five] = [["a", "b", "c"], ["a", "b", "c", "d", "e"]].map((hosts) => groupOf({ hosts }));
const [overlap, exclusive] = (["overlap", "exclusive"] as const).map((handover) =>
  groupOf({ vips: [vip("v1", { handover })] })
);
assert.ok(three && five && overlap && exclusive);

Deno.test("agree() counts the hosts of the file that has the most, whoever has it", () => {
  assert.equal(agreed(three, five).hostsCount, 5);
  assert.equal(agreed(five, three).hostsCount, 5);
});

Deno.test("agree() lets a VIP change hands with an overlap only where every file allows it", () => {
  assert.equal(agreed(overlap, exclusive).vips[0]?.handover, "exclusive");
  assert.equal(agreed(exclusive, overlap).vips[0]?.handover, "exclusive");
  assert.equal(agreed(overlap, overlap).vips[0]?.handover, "overlap");
});
