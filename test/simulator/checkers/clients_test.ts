// The clients checker is shown caches that are right and caches that are wrong.

import assert from "node:assert/strict";
import { hostName, vipName } from "../../../src/core/vocabulary.ts";
import { clients } from "../../../src/simulator/checkers/clients.ts";
import type { Entry } from "../../../src/simulator/client.ts";
import type { Milestone, Occurrence } from "../../../src/simulator/occurrence.ts";
import { fakeGroup, type FakeHost, fakeWorld } from "../fakes.ts";

const group = fakeGroup(["a", "b"], ["v"]);
const entry = (host: string, by: Entry["by"] = "announcement", said = 5): Entry => ({
  host: hostName(host),
  by,
  said,
  learnt: 5,
});
const milestone = (reached: Milestone): Occurrence => ({ kind: "milestone", milestone: reached });
const moved: Occurrence = {
  kind: "appeared",
  host: hostName("a"),
  address: "v",
  vip: vipName("v"),
  by: "daemon",
  asked: null,
};

/** What the checker says of a client with this entry, after "v" has moved to a. */
function sayOf(
  cached: Entry | null,
  change: { readonly when?: Milestone; readonly b?: "down" | "running"; readonly a?: Partial<FakeHost> } = {},
) {
  const a = { ...change.a, name: "a", has: ["v"] };
  const world = fakeWorld(group, [a, { name: "b", daemon: change.b ?? "running" }], {
    clients: [{ name: "client 1", entry: () => cached }],
  });
  const checker = clients();
  const order = change.when === "healed" ? [moved, milestone("healed")] : [milestone("healed"), moved];
  for (const occurrence of order) assert.equal(checker.check(occurrence, world), null);
  return checker.check(milestone("ended"), world)?.what ?? null;
}

Deno.test("clients objects when a client sends to another than the holder, or knows nobody", () => {
  assert.equal(sayOf(entry("a")), null);
  assert.match(sayOf(entry("b")) ?? "", /a has v, and client 1 sends to b/);
  assert.match(sayOf(null) ?? "", /sends to nobody/);
});

Deno.test("clients approves what has not moved since the heal, and the answer of a host that is gone", () => {
  assert.equal(sayOf(entry("b"), { when: "healed" }), null);
  assert.equal(sayOf(entry("b", "answer"), { b: "down" }), null);
  assert.match(sayOf(entry("b"), { b: "down" }) ?? "", /sends to b/);
});

Deno.test("clients approves what was said before the heal and came after it, not what had come by then", () => {
  assert.equal(sayOf(entry("b", "announcement", -1)), null);
  assert.match(sayOf({ ...entry("b", "announcement", -2), learnt: -1 }) ?? "", /sends to b/);
});

Deno.test("clients does not take for the holder whoever a person gave an address that its file does not have", () => {
  const other = fakeGroup(["a", "b"], ["w"]);
  assert.equal(sayOf(entry("b"), { a: { byPerson: ["v"], group: other } }), null);
  assert.match(sayOf(entry("b"), { a: { group: other } }) ?? "", /sends to b/);
});
