import { deepEqual, equal, match } from "node:assert/strict";
import type { Plan } from "../../src/codec/control.ts";
import { incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import type { VipOutlook, WhatIf } from "../../src/core/what_if.ts";
import { type PlanFacts, reportPlan } from "../../src/daemon/plan_report.ts";
import { healthy, test00, test01, test02, webA, webB, webC } from "./values.ts";

const uncovered = (change: Partial<VipOutlook>): VipOutlook => ({
  vip: webC,
  now: test02,
  then: null,
  reason: null,
  barred: [{ host: test02, because: "gone" }],
  isKnown: true,
  ...change,
});

const held: VipOutlook = {
  vip: webA,
  now: test00,
  then: test00,
  reason: "unheld",
  barred: [],
  isKnown: true,
};
const moved: VipOutlook = {
  vip: webB,
  now: test02,
  then: test01,
  reason: "holderGone",
  barred: [],
  isKnown: true,
};

const foreseen: WhatIf = {
  view: {
    number: viewNumber(12),
    coordinator: test00,
    incarnation: incarnation(1),
    members: healthy.view?.members ?? [],
  },
  absent: [],
  remaining: [test00, test01],
  needed: 1,
  serves: true,
  isWhole: true,
  isMixed: false,
  vips: [held, moved],
  loads: [{ host: test00, now: 1, then: 1 }, { host: test01, now: 0, then: 1 }, {
    host: test02,
    now: 1,
    then: 0,
  }],
  balanceMoves: 0,
};

const facts: PlanFacts = {
  version: "1.2.3",
  group: "tudou",
  host: test00,
  without: [test02],
  isChanging: false,
};

const reported = (change: Partial<WhatIf>, otherwise: Partial<PlanFacts> = {}): Plan =>
  reportPlan({ ...foreseen, ...change }, { ...facts, ...otherwise });

const problem = (vip: VipOutlook, change: Partial<WhatIf> = {}) =>
  reported({ vips: [vip], ...change }).vips[0]?.problem;

Deno.test("reportPlan() tells who would hold what, and that all would be covered", () => {
  deepEqual(reported({}), {
    version: "1.2.3",
    group: "tudou",
    host: "test00",
    view: { number: 12, coordinator: "test00", members: ["test00", "test01", "test02"] },
    without: ["test02"],
    not_members: [],
    remaining: ["test00", "test01"],
    needed: 1,
    serves: true,
    covered: true,
    hosts: [
      { name: "test00", now: 1, then: 1 },
      { name: "test01", now: 0, then: 1 },
      { name: "test02", now: 1, then: 0 },
    ],
    vips: [
      { name: "web-a", now: "test00", then: "test00", reason: "unheld", problem: null },
      { name: "web-b", now: "test02", then: "test01", reason: "holderGone", problem: null },
    ],
    balance_moves: 0,
    notes: [],
  });
  equal(reported({ vips: [held, uncovered({})] }).covered, false);
});

Deno.test("reportPlan() says in words why nobody would hold a VIP", () => {
  equal(problem(uncovered({})), "test02 would be gone");
  equal(
    problem(uncovered({
      barred: [
        { host: test00, because: "draining" },
        { host: test01, because: "unable" },
        { host: test02, because: "gone" },
      ],
    })),
    "test00 drains, test01 could not add it, test02 would be gone",
  );
  equal(problem(uncovered({ barred: [] })), "no host that knows it would be left");
  match(problem(uncovered({ barred: [], isKnown: false })) ?? "", /not in the answering host's file/);
  equal(problem(uncovered({}), { remaining: [], serves: false }), "no host would be left");
  equal(
    problem(uncovered({}), { remaining: [test01], serves: false, needed: 2 }),
    "1 host would be left, and it takes 2 to hold VIPs",
  );
});

Deno.test("reportPlan() says what may make the answer differ from what will be", () => {
  const notes = (change: Partial<WhatIf>, otherwise: Partial<PlanFacts> = {}) =>
    reported(change, otherwise).notes;
  deepEqual(notes({ absent: [test01, test02] }), [
    "Not in the view, so that nothing is lost with it: test01, test02",
  ]);
  match(notes({ isWhole: false }, { host: test01 }).join(), /not the coordinator .*: ask on test00$/);
  match(notes({ isMixed: true }).join(), /configurations differ/);
  match(notes({}, { isChanging: true }).join(), /ask again in a moment/);
});
