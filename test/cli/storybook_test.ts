import assert from "node:assert/strict";
import { storybook } from "../../src/cli/storybook.ts";
import type { Scene } from "../../src/simulator/rehearsal.ts";
import { fakeGroup } from "../simulator/fakes.ts";

const scene = (count: number): Scene => ({
  group: fakeGroup(Array.from({ length: count }, (_, at) => `h${String(at).padStart(3, "0")}`), ["v", "w"]),
  attachments: null,
});

const counts = (count: number, pairs: "all" | "some" | "none") => {
  const { stories, moments, leftOut } = storybook(scene(count), pairs);
  const losses = stories.flatMap((story) => (story.kind === "loss" ? [story.hosts.length] : []));
  return {
    hosts: losses.filter((size) => size === 1).length,
    pairs: losses.filter((size) => size === 2).length,
    stops: stories.filter(({ kind }) => kind === "stop").length,
    moments,
    leftOut,
  };
};

Deno.test("of a small group every story is told, at several moments", () => {
  assert.deepEqual(counts(3, "some"), { hosts: 3, pairs: 3, stops: 3, moments: 10, leftOut: [] });
  assert.deepEqual(counts(1, "some"), { hosts: 1, pairs: 0, stops: 1, moments: 10, leftOut: [] });
});

Deno.test("pairs of hosts can be left out at will, which is not worth a word", () => {
  assert.deepEqual(counts(3, "none"), { hosts: 3, pairs: 0, stops: 3, moments: 10, leftOut: [] });
});

Deno.test("of a large group as much is told as does not take long, different stories each, and what is missing is said", () => {
  const { hosts, pairs, moments, leftOut } = counts(30, "some");
  assert.equal(hosts, 30);
  assert(pairs >= 4 && pairs < 435);
  assert.equal(moments, 1);
  const missing = leftOut.find(({ what }) => what === "pairs");
  assert.deepEqual([missing?.told, missing?.all], [pairs, 435]);
  assert((missing?.cost_ms ?? 0) > 60_000);
  const told = storybook(scene(30), "some").stories.map((story) => JSON.stringify(story));
  assert.equal(new Set(told).size, told.length);
});

Deno.test("everything is told of a large group when all pairs are wanted", () => {
  assert.deepEqual(counts(30, "all"), { hosts: 30, pairs: 435, stops: 30, moments: 1, leftOut: [] });
});
