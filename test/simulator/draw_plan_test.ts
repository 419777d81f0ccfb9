import assert from "node:assert/strict";
import type { Group } from "../../src/core/vocabulary.ts";
import { drawPlan } from "../../src/simulator/draw_plan.ts";
import { everyoneIn, filesOf, type Plan, traitsOf } from "../../src/simulator/plan.ts";
import { Random } from "../../src/simulator/random.ts";

const plans = Array.from({ length: 1_500 }, (_, seed) => drawPlan(new Random(seed)));

Deno.test("drawPlan() draws every kind of fault and every trait of a plan", () => {
  const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  assert.deepEqual([...kinds].sort(), [
    "ambush",
    "clockJump",
    "cut",
    "falseHint",
    "kill",
    "operator",
    "partition",
    "pause",
    "personAdds",
    "personRemoves",
    "powerLoss",
    "reload",
    "stop",
    "troubles",
    "unhealthy",
    "unplug",
    "weather",
  ]);
  const traits = new Set(plans.flatMap(traitsOf));
  for (
    const one of [
      "several segments",
      "files that change",
      "a host that joins",
      "a host that leaves",
      "one host",
      "health checks",
    ]
  ) {
    assert.ok(traits.has(one), `no plan with ${one}`);
  }
});

Deno.test("drawPlan() draws faults in the order of their times, before all is healed", () => {
  for (const { faults, healAt } of plans) {
    const times = faults.map(({ at }) => at);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    assert.ok(times.every((at) => at >= 0 && at <= healAt));
  }
});

Deno.test("drawPlan() draws configurations that molehill would accept", () => {
  // Its timing becomes shorter and shorter.
  const hasty = drawPlan(new Random(11_059_897).fork("plan"));
  for (const plan of [...plans, hasty]) {
    for (const group of filesOf(plan)) assert.equal(problemOf(group), null);
  }
});

Deno.test("drawPlan() attaches every two hosts to a segment in common", () => {
  for (const { attachments } of plans) {
    const all = [...attachments?.values() ?? []];
    assert.ok(all.every((one) => all.every((other) => one.some((segment) => other.includes(segment)))));
  }
});

Deno.test("drawPlan() lets clocks jump or run wrong only where nothing rests on them", () => {
  const strict = plans.filter(({ group }) => group.partition === "quorum");
  assert.ok(strict.length > 100);
  assert.ok(
    strict.every(({ drift, faults }) =>
      (drift ?? 0) < 1e-3 && faults.every(({ kind }) => kind !== "clockJump")
    ),
  );
});

Deno.test("drawPlan() splits groups with a quorum evenly more often than chance would", () => {
  const isEven = (plan: Plan) => {
    const hosts = everyoneIn(plan).length;
    return plan.faults.some((fault) => fault.kind === "partition" && fault.side.length * 2 === hosts);
  };
  assert.ok(plans.filter(({ group }) => group.partition === "quorum").filter(isEven).length > 30);
});

/** Why the configuration check would refuse it. */
function problemOf({ hosts, vips, timing: { heartbeat, timeout, lease } }: Group): string | null {
  const names = hosts.map(({ name }) => name);
  const addresses = vips.flatMap((vip) => vip.addresses.map(({ address }) => address));
  if (heartbeat < 5) return "the heartbeat is too short";
  if (timeout < 2 * heartbeat) return "the timeout is too short";
  if (lease !== null && (lease < timeout || lease % 1_000 !== 0)) return "the lease is too short";
  if (new Set(addresses).size < addresses.length) return `an address twice: ${addresses}`;
  if (new Set(vips.map(({ name }) => name)).size < vips.length) return "a name twice";
  if (vips.some((vip) => vip.hosts.length === 0 || vip.addresses.length === 0)) {
    return "a VIP without hosts or addresses";
  }
  if (vips.some((vip) => [...vip.hosts, ...vip.prefer].some((host) => !names.includes(host)))) {
    return "an unknown host";
  }
  if (vips.some((vip, index) => vip.name < (vips[index - 1]?.name ?? ""))) return "names that are not sorted";
  return null;
}
