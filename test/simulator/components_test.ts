import assert from "node:assert/strict";
import { wholeComponents } from "../../src/simulator/components.ts";
import { fakeGroup, fakeWorld } from "./fakes.ts";

type Told = Parameters<typeof fakeWorld>[1][number];
type Circumstances = NonNullable<Parameters<typeof fakeWorld>[2]>;

function componentsOf(of: Circumstances & { readonly b?: Partial<Told> }): readonly string[] {
  const hosts: Told[] = [{ name: "a" }, { name: "b", ...of.b }, { name: "c" }, { name: "d" }];
  const world = fakeWorld(fakeGroup(["a", "b", "c", "d"], ["v"]), hosts, of);
  return wholeComponents(world).map((component) => component.map(({ name }) => name).join(""));
}

Deno.test("wholeComponents() are those that nothing passes between", () => {
  assert.deepEqual(componentsOf({}), ["abcd"]);
  assert.deepEqual(componentsOf({ apart: ["ac", "ad", "bc", "bd"] }), ["ab", "cd"]);
});

Deno.test("wholeComponents() leaves out those in which some link does not work well, or a host is in trouble", () => {
  assert.deepEqual(componentsOf({ strained: ["ab"] }), []);
  assert.deepEqual(componentsOf({ apart: ["ac", "ad", "bc", "bd"], strained: ["cd"] }), ["ab"]);
  // a and c hear each other through nobody: their links to b do not make them one.
  assert.deepEqual(componentsOf({ apart: ["ac", "ad", "bd", "cd"] }), ["d"]);
  assert.deepEqual(componentsOf({ apart: ["ac", "ad", "bc", "bd"], b: { isTroubled: true } }), ["cd"]);
});

Deno.test("wholeComponents() counts only hosts whose daemon runs", () => {
  assert.deepEqual(componentsOf({ b: { daemon: "paused" } }), ["acd"]);
  assert.deepEqual(componentsOf({ b: { daemon: "down" }, strained: ["ab"] }), ["acd"]);
});
