import assert from "node:assert/strict";
import type { Allotment, Report } from "../../src/core/message.ts";
import { assignmentsOf } from "../../src/core/takeover.ts";
import { duration, hostName, vipName } from "../../src/core/vocabulary.ts";
import { type SmallGroup, startedGroup, vip } from "./small_group.ts";

const waiting = vip("v2", { takeover: "after-lease" });
const takenAt = (group: SmallGroup, host: string) =>
  group.kernelLog.find((each) => each.change === "+" && each.host === host && each.vip === vipName("v2"))?.at;

Deno.test("takeover at-once: a silent host's VIP is taken after the timeout", () => {
  const group = startedGroup();
  group.forget();
  const at = group.now;
  group.stop("b");
  group.run(1_000);
  assert.ok((takenAt(group, "a") ?? Infinity) - at < 510);
});

Deno.test("takeover after-lease: a silent host's VIP is taken when its lease must have run out, and no later", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"] });
  group.forget();
  const at = group.now;
  group.stop("b");
  group.run(5_000);
  const after = (takenAt(group, "a") ?? NaN) - at;
  // Heartbeat, lease and half a second, from when it was heard last: up to a heartbeat ago.
  assert.ok(after >= 3_500 && after <= 3_610, String(after));
});

Deno.test("takeover after-lease: the wait goes on where its first heir dies too, and is not begun anew", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"] });
  group.forget();
  const at = group.now;
  group.stop("b");
  group.run(1_000);
  const heir = group.status("c").vips[1]?.holder ?? "";
  const other = heir === "a" ? "c" : "a";
  group.crash(heir);
  group.run(6_000);
  const after = (takenAt(group, other) ?? NaN) - at;
  // The heir may have taken it up to the end of its own lease, as far as the other one knows.
  assert.ok(after >= 3_500 && after <= 4_700, String(after));
});

Deno.test("takeover after-lease: a holder that comes back has released it, and nobody waits for its lease any more", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"] });
  group.stop("b");
  group.run(1_000);
  group.forget();
  const at = group.now;
  group.resume("b");
  group.run(5_000);
  const taken = group.kernelLog.find(({ change, vip }) => change === "+" && vip === vipName("v2"))?.at ?? NaN;
  assert.ok(taken - at < 200, String(taken - at));
});

Deno.test("takeover after-lease: an heir that died and comes back says nothing of the holder before it", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"] });
  group.forget();
  const at = group.now;
  group.stop("b");
  group.run(1_000);
  const heir = group.status("c").vips[1]?.holder ?? "";
  group.crash(heir);
  group.run(600);
  group.start(heir);
  group.run(6_000);
  const taken = group.kernelLog.find(({ change, vip }) => change === "+" && vip === vipName("v2"))?.at ?? NaN;
  assert.ok(taken - at >= 3_500, String(taken - at));
});

Deno.test("takeover after-lease: a clean stop and a move wait for nothing", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"] });
  group.tell("b", { kind: "operatorRequested", request: { kind: "stop" } });
  group.run(50);
  assert.match(group.holders(), /v2=[ac]/);
});

Deno.test("takeover after-lease without a lease is like at-once: there is nothing to wait for", () => {
  const group = startedGroup({ vips: ["v1", waiting, "v3"], lease: null });
  group.stop("b");
  group.run(600);
  assert.match(group.holders(), /v2=[ac]/);
});

const [a, b, c, d] = [hostName("a"), hostName("b"), hostName("c"), hostName("d")];
const v1 = vipName("v1");
const allotment: Allotment = {
  vip: v1,
  holder: a,
  reason: "holderGone",
  age: duration(0),
  from: [],
  handover: "exclusive",
};
const says = (
  host: typeof a,
  remaining: number | null,
  { holds = false, by = d as typeof a | null } = {},
) => ({
  host,
  report: {
    held: holds ? [{ vip: v1, reason: "unheld", age: duration(0) }] : [],
    unreleased: remaining === null
      ? []
      : [{ vip: v1, by, remaining: duration(remaining), endsInSilence: false }],
  } satisfies Pick<Report, "held" | "unreleased">,
});
const waitOf = (...reports: ReturnType<typeof says>[]) =>
  assignmentsOf([allotment], reports)[0]?.unreleased?.remaining ?? null;

Deno.test("assignmentsOf() takes the longest wait that anybody knows of, for a VIP that nobody has", () => {
  assert.equal(waitOf(says(a, 10), says(b, 300), says(c, null)), 300);
  assert.equal(waitOf(says(a, null), says(b, null)), null);
});

Deno.test("assignmentsOf() believes those who have a VIP, or were given it, more than anybody else", () => {
  assert.equal(waitOf(says(a, null, { holds: true }), says(b, 300)), null);
  assert.equal(waitOf(says(a, 200, { holds: true }), says(b, 300)), 200);
  assert.equal(waitOf(says(a, 900), says(b, 200, { holds: true }), says(c, 300)), 200);
});

Deno.test("assignmentsOf() has nobody wait for what another member has, and did not wait for", () => {
  assert.equal(waitOf(says(a, 200, { holds: true }), says(b, null, { holds: true }), says(c, 300)), null);
});

Deno.test("assignmentsOf() has nobody wait for a lost holder that has reported, unless others were lost as well", () => {
  assert.equal(waitOf(says(a, 200, { by: b }), says(b, null)), null);
  assert.equal(waitOf(says(a, 200, { by: b }), says(b, null), says(c, 300)), 300);
  assert.equal(waitOf(says(a, 200, { by: null }), says(b, null)), 200);
});
