import { deepEqual, equal, match } from "node:assert/strict";
import type { Observed } from "../../src/core/events.ts";
import type { Fitness, Obstacle, VipAccount } from "../../src/core/explain.ts";
import { duration, type HostName, instant, type VipName } from "../../src/core/vocabulary.ts";
import type { VipOutlook, WhatIf } from "../../src/core/what_if.ts";
import { type ExplainFacts, reportExplanation } from "../../src/daemon/explain_report.ts";
import { group, healthy, test00, test01, test02, webA, withVip } from "./values.ts";

const fitness = (host: HostName, change: Partial<Fitness> = {}): Fitness => ({
  host,
  isHolder: host === test00,
  preference: null,
  obstacles: [],
  failing: [],
  damped: false,
  ...change,
});

const outlook = (then: HostName | null): VipOutlook => ({
  vip: webA,
  now: test00,
  then,
  reason: then === null ? null : "holderGone",
  barred: [],
  isKnown: true,
});

const whole: WhatIf = {
  view: healthy.view ?? (() => {
    throw new Error("the healthy group has a view");
  })(),
  absent: [],
  remaining: [test01, test02],
  needed: 1,
  serves: true,
  isWhole: true,
  isMixed: false,
  vips: [],
  loads: [],
  balanceMoves: 0,
};

/** web-a is on test00, which is asked; test01 would be next. */
function account(change: Partial<VipAccount> = {}): VipAccount {
  const [vip] = healthy.vips;
  if (vip === undefined) throw new Error("Expected a VIP in the test's account");
  return {
    vip,
    spec: group.vips.find(({ name }) => name === webA) ?? null,
    status: healthy,
    hosts: [fitness(test00), fitness(test01), fitness(test02)],
    next: { outlook: outlook(test01), whole },
    balanceTo: null,
    drainTo: test01,
    failsOpen: false,
    serves: true,
    awaited: [],
    unreleased: null,
    moves: healthy.moves,
    ...change,
  };
}

const observed = (...whole: readonly VipName[]): Observed => ({
  whole,
  partial: [],
  withoutLink: [],
  withNewMac: [],
  isPlaced: true,
});

const facts: ExplainFacts = {
  version: "1.2.3",
  group,
  confirmations: new Map([[webA, { confirmed: 2, missing: [], more: 0, neighbours: 0 }]]),
  observed: observed(webA),
  isChecked: false,
  now: instant(202_000),
  wallTime: Date.UTC(2030, 0, 2, 3, 4, 5),
};

const explained = (change: Partial<VipAccount> = {}, more: Partial<ExplainFacts> = {}) =>
  reportExplanation(account(change), { ...facts, ...more });

/** web-a is nobody's. */
function unheld(...obstacles: readonly (readonly Obstacle[])[]): Partial<VipAccount> {
  const status = withVip(healthy, webA, {
    holder: null,
    state: "uncovered",
    since: null,
    reason: null,
    here: "absent",
  });
  const hosts = [test00, test01, test02].map((host, at) =>
    fitness(host, { isHolder: false, obstacles: obstacles[at] ?? [] })
  );
  return { status, vip: status.vips[0], hosts, next: { outlook: outlook(null), whole }, moves: [] };
}

Deno.test("reportExplanation() on the holder: who, since when, why, that it is there, and who confirmed it", () => {
  const told = explained();
  equal(told.answer, 'VIP "web-a" is held by test00 for 3m12s: nobody held it');
  deepEqual(told.presence, [
    "It is on this host: the kernel was asked just now",
    "It is announced: 2 of 2 notify targets confirmed it",
  ]);
  deepEqual([told.trouble, told.advice, told.notes], [[], [], []]);
  deepEqual(told.next, { host: "test01", problem: null });
  deepEqual(told.addresses, [{ address: "192.0.2.1/32", interface: "eth0" }]);
});

Deno.test("reportExplanation() says why and from whom for every reason", () => {
  const [vip] = healthy.vips;
  const reasons = ["unheld", "holderGone", "drained", "preferred", "merged", "balance", "operator"] as const;
  const answers = reasons.map((reason) => {
    const told = explained({
      ...(vip === undefined ? {} : { vip: { ...vip, reason } }),
      moves: [{ at: instant(10_000), vip: webA, from: test01, to: test00, reason }],
    });
    equal(told.previous, "test01");
    return told.answer.split(": ")[1];
  });
  deepEqual(answers, [
    "nobody held it",
    "test01, which had it, was gone or could not hold it any more",
    "test01, which had it, was drained or stopped",
    "it prefers test00, and left test01 for it",
    "two parts of the group merged and both held it",
    "it came from test01 to balance the loads",
    "an operator moved it there from test01",
  ]);
});

Deno.test("reportExplanation() on another host says what it can know, and where to ask", () => {
  const status = withVip(healthy, webA, { holder: test01, here: "absent" });
  const hosts = [test00, test01, test02].map((host) => fitness(host, { isHolder: host === test01 }));
  const told = explained({ status, vip: status.vips[0], hosts, moves: [] }, { observed: observed() });
  deepEqual(told.presence, [
    "test01 says that it has it, heard 40ms ago",
    "Whether it is on its interface, and who confirmed it: ask there",
  ]);
  deepEqual(told.trouble, []);
  const intruded = explained({ status, vip: status.vips[0], hosts });
  deepEqual(intruded.trouble, [
    "It is on this host too, which does not hold it: somebody put it there; it is removed",
  ]);
});

Deno.test("reportExplanation() says what a VIP on its way waits for", () => {
  const status = withVip(healthy, webA, {
    holder: test01,
    here: "absent",
    state: "moving",
    reason: "holderGone",
  });
  const told = explained({
    status,
    vip: status.vips[0],
    hosts: [test00, test01, test02].map((host) => fitness(host, { isHolder: host === test01 })),
    awaited: [test02],
    unreleased: { by: test02, remaining: duration(2_900), endsInSilence: false },
    moves: [],
  }, { observed: observed() });
  match(told.answer, /^VIP "web-a" is on its way to test01 for /);
  deepEqual(told.presence, [
    "test01 has still to take it, heard 40ms ago",
    "test02 has still to release it",
    "test02 was lost and may still have it, for 2.9s at most",
  ]);
});

Deno.test("reportExplanation() says host by host why nobody holds a VIP, and what to do on each", () => {
  const told = explained(
    unheld(
      [{ kind: "unable", problem: "its interface is down, has no carrier, or is gone" }],
      [{ kind: "draining" }],
      [{ kind: "silent", silentFor: duration(12_000) }],
    ),
    { observed: observed() },
  );
  equal(
    told.answer,
    'VIP "web-a" is held by nobody: test00 cannot hold it: its interface is down, has no carrier, or is gone; ' +
      "test01 drains; test02 is silent for 12s",
  );
  deepEqual(told.hosts.map(({ able, obstacles }) => [able, obstacles.length]), [[false, 1], [false, 1], [
    false,
    1,
  ]]);
  deepEqual(told.advice, [
    "Here: ip link show dev eth0; ip address show dev eth0",
    "On test01: molehill resume",
    "On test02: is it up? systemctl start molehill; journalctl -u molehill",
  ]);
  deepEqual(told.trouble, ['VIP "web-a" is held by nobody']);
});

Deno.test("reportExplanation() names every obstacle in words that go with the host's name", () => {
  const obstacles: readonly Obstacle[] = [
    { kind: "notAllowed" },
    { kind: "notAllowedThere" },
    { kind: "silent", silentFor: null },
    { kind: "left" },
    { kind: "disputed" },
    { kind: "notMember" },
    { kind: "draining" },
    { kind: "unable", problem: null },
  ];
  const told = explained({ hosts: [fitness(test00), fitness(test01, { obstacles })] });
  deepEqual(told.hosts[1]?.obstacles, [
    "may not hold it, by its hosts",
    "may not hold it, by the file that it reads",
    "was never heard",
    "was stopped",
    "several daemons run under its name",
    "is heard, and not in the view",
    "drains",
    "cannot hold it: it could not add it, or has no link (that host knows)",
  ]);
});

Deno.test("reportExplanation() says what is missing where there is no majority, no maturity or no view", () => {
  const alone = unheld();
  const few = {
    ...alone.status ?? healthy,
    needed: 2,
    view: healthy.view && { ...healthy.view, members: [] },
  };
  match(
    explained({ ...alone, status: few, serves: false }).answer,
    /held by nobody: the view has 0 hosts, and with partition = "quorum" it takes 2 to hold VIPs$/,
  );
  match(
    explained({ ...alone, status: { ...healthy, mature: false }, next: null }).answer,
    /held by nobody: the group is not mature yet: it waits for further hosts$/,
  );
  const gathering = withVip({ ...healthy, phase: "gathering", view: null }, webA, {
    holder: null,
    state: "unknown",
  });
  match(
    explained({ status: gathering, vip: gathering.vips[0], next: null, serves: false }).answer,
    /held by nobody that this host knows of: it has no view of the group yet$/,
  );
});

Deno.test("reportExplanation() says what moves a VIP and what keeps it: words, preferences, balance", () => {
  const stays = (change: Partial<VipAccount>) => explained(change).stays;
  deepEqual(stays({}), [
    "No balance round moves it as things are",
    "A drain of test00, or its end, moves it",
  ]);
  deepEqual(stays({ balanceTo: test02 })[0], "The next balance round moves it to test02");
  const preferring = (change: Partial<Fitness>) => [
    fitness(test00, { preference: 2 }),
    fitness(test01, { preference: 1, ...change }),
  ];
  equal(
    stays({ hosts: preferring({ obstacles: [{ kind: "silent", silentFor: duration(5_000) }] }) })[0],
    "It prefers test01, which is silent for 5s: it goes there when that ends",
  );
  equal(
    stays({ hosts: preferring({ damped: true }) })[0],
    "It prefers test01, which came and went too often lately: it goes there when it has stayed for a while",
  );
  equal(stays({ hosts: [fitness(test00, { preference: 1 })] })[0], "It prefers test00, which has it");
  const [vip] = healthy.vips;
  deepEqual(stays({ ...(vip && { vip: { ...vip, reason: "operator" } }), hosts: preferring({}) }), [
    "An operator moved it to test00: it stays until test00 drains or cannot hold it any more",
    "It prefers test01, which could hold it, but for the operator's word",
    "A drain of test00, or its end, moves it",
  ]);
  const { next, stays: alone } = explained({
    hosts: [fitness(test00), fitness(test01, { obstacles: [{ kind: "notAllowed" }] })],
    next: { outlook: outlook(null), whole },
    drainTo: null,
  });
  deepEqual(next, { host: null, problem: "no other host may hold it" });
  equal(alone.at(-1), "A drain of test00, or its end, moves it; no other host could hold it");
});

const exit1 = [{ check: "web", problem: "exit code 1" }];

Deno.test("reportExplanation() says that a VIP stays where it is because every host that can hold it fails a check", () => {
  const hosts = [
    fitness(test00, { preference: 2, failing: exit1 }),
    fitness(test01, { preference: 1, failing: exit1 }),
    fitness(test02, { obstacles: [{ kind: "draining" }] }),
  ];
  const told = explained({ hosts, failsOpen: true }, { isChecked: true });
  deepEqual(told.stays, [
    "Every host that can hold it fails a health check: it stays where it is, until one of them is well",
    'It prefers test01, which fails check "web" (exit code 1): it goes there when that ends',
    "A balance round leaves it where it is preferred",
    "A drain of test00, or its end, moves it",
  ]);
  deepEqual(told.trouble, ["Every host that can hold it fails a health check: it stays where it is"]);
  deepEqual(told.advice, [
    "Here: molehill status; its log tells why the check fails",
    "On test01: molehill status; its log tells why the check fails",
  ]);
  deepEqual(told.hosts.map(({ able, failing }) => [able, failing]), [
    [true, ['fails check "web" (exit code 1)']],
    [true, ['fails check "web" (exit code 1)']],
    [false, []],
  ]);
});

Deno.test("reportExplanation() says that a health check moves it, where there is one and a host that is well", () => {
  const [vip] = healthy.vips;
  const last = (change: Partial<VipAccount>) => explained(change, { isChecked: true }).stays.at(-1);
  equal(last({}), "A drain of test00, a health check that fails there, or its end, moves it");
  const pinned = explained({ ...(vip && { vip: { ...vip, reason: "operator" } }) }, { isChecked: true });
  equal(
    pinned.stays[0],
    "An operator moved it to test00: it stays until test00 drains, fails a health check or cannot hold it any more",
  );
  const unwell = [fitness(test00), fitness(test01, { failing: exit1 })];
  equal(last({ hosts: unwell }), "A drain of test00, or its end, moves it");
});

Deno.test("reportExplanation() says that a drain moves a VIP where the end of its holder would leave too few hosts", () => {
  const few = { outlook: outlook(null), whole: { ...whole, remaining: [test01], needed: 2, serves: false } };
  const told = explained({ next: few });
  equal(told.stays.at(-1), "A drain of test00 moves it to test01; if test00 were gone, nobody could hold it");
  deepEqual(told.next, { host: null, problem: "1 host would be left, and it takes 2 to hold VIPs" });
  const view = healthy.view && { ...healthy.view, members: healthy.view.members.slice(0, 1) };
  const alone = explained({ ...unheld(), status: { ...healthy, view, needed: 2 }, next: few, serves: false });
  equal(alone.next?.problem, 'the view has 1 host, and with partition = "quorum" it takes 2 to hold VIPs');
});

Deno.test("reportExplanation() takes for trouble what a person should do something about, and says what", () => {
  const [vip] = healthy.vips;
  if (vip === undefined) throw new Error("Expected a VIP in the test's account");
  deepEqual(explained({}, { observed: observed() }).trouble, [
    "This host holds it, and it is not on its interface: somebody took it off; it is put back",
  ]);
  const unconfirmed = new Map([[webA, { confirmed: 0, missing: ["192.168.8.1"], more: 0, neighbours: 0 }]]);
  const untold = explained({}, { confirmations: unconfirmed });
  deepEqual(untold.trouble, [
    "No notify target (192.168.8.1) has confirmed it: routers may still send to its last holder",
  ]);
  deepEqual(untold.advice, ["On 192.168.8.1: what is its entry for 192.0.2.1? (ip neighbour)"]);
  const by = { mac: "02:00:5e:10:00:01", host: null };
  const contended = explained({ vip: { ...vip, contender: { by, lastAt: instant(201_000) } } });
  deepEqual(contended.trouble, ["It is answered by 02:00:5e:10:00:01, which is no host of the group too"]);
  match(contended.advice.join(), /^Find the machine with 02:00:5e:10:00:01/);
  const failed = explained({ vip: { ...vip, problem: "RTNETLINK answers: File exists" } });
  deepEqual(failed.trouble, ["On this host: RTNETLINK answers: File exists"]);
  deepEqual(failed.advice, ["Here: ip link show dev eth0; ip address show dev eth0"]);
});

Deno.test("reportExplanation() says what it cannot know", () => {
  deepEqual(explained({ spec: null }).notes, [
    "This VIP is not in this host's file: only its holder is known here",
  ]);
  deepEqual(explained({ next: { outlook: outlook(test01), whole: { ...whole, isWhole: false } } }).notes, [
    "The members' files differ, and this host does not know what they say: ask on test00",
  ]);
});
