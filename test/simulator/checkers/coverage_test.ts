// The coverage checker is shown components in which a VIP is held, and such in which it is not.

import assert from "node:assert/strict";
import { coverage } from "../../../src/simulator/checkers/coverage.ts";
import { fakeGroup, fakeVip, fakeWorld } from "../fakes.ts";

const bound = 10_000;
type Told = Parameters<typeof fakeWorld>[1][number];
type Circumstances = NonNullable<Parameters<typeof fakeWorld>[2]>;

/** a, b and c, of which only c has "v". */
function onlyC(
  of: Circumstances & { readonly a?: Partial<Told>; readonly b?: Partial<Told>; readonly quorum?: boolean },
) {
  const { a, b, quorum, ...circumstances } = of;
  const group = fakeGroup(["a", "b", "c"], ["v"], quorum ? { partition: "quorum" } : {});
  return fakeWorld(group, [{ name: "a", ...a }, { name: "b", ...b }, { name: "c", has: ["v"] }], {
    now: bound + 1,
    ...circumstances,
  });
}

const say = (world: ReturnType<typeof onlyC>) =>
  coverage({ bound, leaseWait: 0, files: [], gapMax: -1 }).check({ kind: "polled" }, world)?.what ?? null;
const cutOff = { apart: ["ac", "bc"] };

Deno.test("coverage objects when no member of an undisturbed component has a VIP that one could have", () => {
  assert.equal(say(onlyC({})), null);
  assert.match(say(onlyC(cutOff)) ?? "", /Nobody of a, b has v of "v", and a could/);
  assert.match(say(onlyC({ ...cutOff, quorum: true })) ?? "", /Nobody of a, b/);
});

Deno.test("coverage gives a handover time, and no more", () => {
  const checker = coverage({ bound, leaseWait: 0, files: [], gapMax: 1_000 });
  const at = (now: number) => checker.check({ kind: "polled" }, onlyC({ ...cutOff, now }))?.what ?? null;
  assert.equal(at(bound + 1), null);
  assert.equal(at(bound + 1_001), null);
  assert.match(at(bound + 1_002) ?? "", /Nobody of a, b/);
});

Deno.test("coverage gives a VIP the time of a lease if one of the files says so", () => {
  const [spec] = fakeGroup([], ["v"]).vips;
  assert(spec !== undefined);
  const files = [fakeGroup([], ["v"]), {
    ...fakeGroup([], []),
    vips: [{ ...spec, takeover: "after-lease" } as const],
  }];
  const at = (now: number) =>
    coverage({ bound, leaseWait: 500, files, gapMax: -1 }).check(
      { kind: "polled" },
      onlyC({ ...cutOff, now }),
    );
  assert.equal(at(bound + 500), null);
  assert.match(at(bound + 501)?.what ?? "", /Nobody of a, b/);
});

Deno.test("coverage gives a component time, and wants nothing of one whose links work in part", () => {
  assert.equal(say(onlyC({ ...cutOff, undisturbedSince: 1 })), null);
  assert.equal(say(onlyC({ apart: ["ac"] })), null);
});

Deno.test("coverage wants nothing of those that drain, cannot, may not, or have no majority", () => {
  const draining = { status: { draining: "maintenance" } };
  const unable = { status: { vips: [fakeVip("v", null, { problem: "no such device" })] } };
  assert.equal(say(onlyC({ ...cutOff, a: draining, b: draining })), null);
  assert.match(say(onlyC({ ...cutOff, a: draining })) ?? "", /and b could/);
  assert.equal(say(onlyC({ ...cutOff, a: unable })), null);
  assert.equal(say(onlyC({ apart: ["ac", "bc", "ab"], quorum: true })), null);
  assert.equal(say(onlyC({ ...cutOff, a: { isTroubled: true } })), null);
});
