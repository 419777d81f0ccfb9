// The promptness checker is shown groups at rest to which one thing happens, and that are done with it in time or not.

import assert from "node:assert/strict";
import { hostName, vipName } from "../../../src/core/vocabulary.ts";
import { calmWeather } from "../../../src/simulator/network.ts";
import type { Fault } from "../../../src/simulator/plan.ts";
import { promptness } from "../../../src/simulator/checkers/promptness.ts";
import { fakeGroup, fakeVip, fakeWorld } from "../fakes.ts";

const [a, b] = [hostName("a"), hostName("b")];
type Partition = "serve" | "quorum";
type Told = Parameters<typeof fakeWorld>[1][number];

const groupOf = (partition: Partition) => fakeGroup(["a", "b", "c"], ["v"], { partition });

/** a, b and c, of which one has "v", and names itself and the others do too. */
function settled(now: number, partition: Partition, unfit: readonly string[] = []) {
  const hosts = ["a", "b", "c"].map((name): Told => ({
    name,
    unfitFor: unfit.includes(name) ? ["v"] : [],
    has: name === "a" ? ["v"] : [],
    status: { view: [3, "abc"], vips: [fakeVip("v", "a", { here: name === "a" ? "held" : "absent" })] },
  }));
  return fakeWorld(groupOf(partition), hosts, { now });
}

/** What is said when a group that was at rest at 5,000 ms is, so long after the fault, as told. */
function say(
  fault: Fault,
  { after, hosts, partition = "serve", apart = [], isBusy = false, unwell = [] }: {
    readonly after: number;
    readonly hosts: readonly Told[];
    readonly partition?: Partition;
    readonly apart?: readonly string[];
    readonly isBusy?: boolean;
    /** Hosts that fail a check when it happens. */
    readonly unwell?: readonly string[];
  },
): string | null {
  const group = groupOf(partition);
  const checker = promptness({ group, calm: calmWeather }, 3);
  assert.equal(checker.check({ kind: "polled" }, settled(isBusy ? 1_000 : 5_000, partition)), null);
  assert.equal(checker.check({ kind: "faultBegan", fault }, settled(5_001, partition, unwell)), null);
  const world = fakeWorld(group, hosts, { now: 5_001 + after, undisturbedSince: 5_001, apart });
  return checker.check({ kind: "polled" }, world)?.what ?? null;
}

const death: Fault = { kind: "powerLoss", at: 5_001, host: a, down: 9_000 };
const dead = { name: "a", daemon: "down" } as const;

Deno.test("promptness objects when a dead host's VIP is not elsewhere after the timeout and a few messages", () => {
  const nobody = [dead, { name: "b" }, { name: "c" }];
  assert.equal(say(death, { after: 500, hosts: nobody }), null);
  assert.match(
    say(death, { after: 520, hosts: nobody }) ?? "",
    /Nobody of b, c has v .* after "powerLoss" came to a group at rest/,
  );
  assert.equal(say(death, { after: 520, hosts: [dead, { name: "b", has: ["v"] }, { name: "c" }] }), null);
});

Deno.test("promptness objects when a killed daemon's VIP is not taken at once, unless a dead host answers for it", () => {
  const kill: Fault = { kind: "kill", at: 5_001, host: a, guard: true, down: 9_000 };
  const others = [{ name: "b" }, { name: "c" }];
  assert.match(say(kill, { after: 140, hosts: [dead, ...others] }) ?? "", /Nobody of b, c has v/);
  const answering = [{ ...dead, has: ["v"] }, ...others];
  assert.equal(say(kill, { after: 140, hosts: answering }), null);
  assert.match(say(kill, { after: 520, hosts: answering }) ?? "", /Nobody of b, c has v/);
});

Deno.test("promptness wants nothing any more when the fault has ended", () => {
  const checker = promptness({ group: groupOf("serve"), calm: calmWeather }, 3);
  checker.check({ kind: "polled" }, settled(5_000, "serve"));
  checker.check({ kind: "faultBegan", fault: death }, settled(5_001, "serve"));
  checker.check({ kind: "milestone", milestone: "healed" }, settled(5_100, "serve"));
  const world = fakeWorld(groupOf("serve"), [dead, { name: "b" }, { name: "c" }], { now: 5_600 });
  assert.equal(checker.check({ kind: "polled" }, world), null);
});

Deno.test("promptness wants nothing of a group that was not at rest", () => {
  assert.equal(say(death, { after: 520, hosts: [dead, { name: "b" }, { name: "c" }], isBusy: true }), null);
});

Deno.test("promptness objects when a part of the group has not taken, or a minority has not given up", () => {
  const fault: Fault = { kind: "partition", at: 5_001, side: [a], lasts: 9_000 };
  const apart = ["ab", "ac"];
  const hosts = [{ name: "a", has: ["v"] }, { name: "b" }, { name: "c" }];
  assert.equal(say(fault, { after: 500, hosts, apart }), null);
  assert.match(say(fault, { after: 520, hosts, apart }) ?? "", /Nobody of b, c/);
  assert.equal(say(fault, { after: 450, hosts, apart, partition: "quorum" }), null);
  assert.match(
    say(fault, { after: 470, hosts, apart, partition: "quorum" }) ?? "",
    /a, in a minority, has v/,
  );
});

Deno.test("promptness objects when a host that stops or drains keeps something, or nobody takes it", () => {
  const stop: Fault = { kind: "stop", at: 5_001, host: a, down: 9_000 };
  const drain: Fault = {
    kind: "operator",
    at: 5_001,
    host: a,
    request: { kind: "drain", reason: "maintenance" },
  };
  for (const fault of [stop, drain]) {
    const kept = [{ name: "a", has: ["v"] }, { name: "b" }, { name: "c" }];
    assert.equal(say(fault, { after: 30, hosts: kept }), null);
    assert.match(say(fault, { after: 40, hosts: kept }) ?? "", /a still has v/);
    const lost = [{ name: "a" }, { name: "b" }, { name: "c" }];
    assert.match(say(fault, { after: 40, hosts: lost }) ?? "", /Nobody of b, c/);
    assert.equal(
      say(fault, { after: 40, hosts: [{ name: "a" }, { name: "b", has: ["v"] }, { name: "c" }] }),
      null,
    );
  }
});

Deno.test("promptness objects when a host that fails a check keeps something that one which is well could hold", () => {
  const fault: Fault = { kind: "unhealthy", at: 5_001, hosts: [a], check: "web", vips: null, lasts: 9_000 };
  const hosts = (has: string, unfit: string) =>
    ["a", "b", "c"].map((name): Told => ({
      name,
      has: name === has ? ["v"] : [],
      unfitFor: unfit.includes(name) ? ["v"] : [],
    }));
  assert.equal(say(fault, { after: 30, hosts: hosts("a", "a") }), null);
  assert.match(
    say(fault, { after: 40, hosts: hosts("a", "a") }) ?? "",
    /a still has v, though it fails a health check and b is well/,
  );
  assert.match(say(fault, { after: 40, hosts: hosts("", "a") }) ?? "", /Nobody has v, and b is well/);
  assert.equal(say(fault, { after: 40, hosts: hosts("b", "a") }), null);
  assert.equal(say(fault, { after: 40, hosts: hosts("a", "abc") }), null);
});

Deno.test("promptness does not ask of an operator's word that it brings a VIP to a host that fails a check", () => {
  const request = { kind: "move", vip: vipName("v"), to: b } as const;
  const fault: Fault = { kind: "operator", at: 5_001, host: a, request };
  const hosts = [{ name: "a", has: ["v"] }, { name: "b", unfitFor: ["v"] }, { name: "c" }];
  assert.match(say(fault, { after: 40, hosts }) ?? "", /b has not got "v"/);
  assert.equal(say(fault, { after: 40, hosts, unwell: ["b"] }), null);
});

Deno.test("promptness objects when a VIP is not where an operator moved it", () => {
  const request = { kind: "move", vip: vipName("v"), to: b } as const;
  const fault: Fault = { kind: "operator", at: 5_001, host: a, request };
  const kept = [{ name: "a", has: ["v"] }, { name: "b" }, { name: "c" }];
  assert.match(
    say(fault, { after: 40, hosts: kept }) ?? "",
    /b has not got "v", which an operator moved there/,
  );
  assert.equal(
    say(fault, { after: 40, hosts: [{ name: "a" }, { name: "b", has: ["v"] }, { name: "c" }] }),
    null,
  );
});
