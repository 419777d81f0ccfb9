import { equal, match } from "node:assert/strict";
import type { Plan } from "../../src/codec/control.ts";
import { renderPlan } from "../../src/cli/render_plan.ts";
import { golden } from "../support/golden.ts";
import { planned } from "./plan_values.ts";

const [mail, webA, webB] = planned.vips;
if (mail === undefined || webA === undefined || webB === undefined) throw new Error("Expected three VIPs");

const stopped: Plan = {
  ...planned,
  host: "test01",
  without: ["test00", "test02"],
  not_members: ["test02"],
  view: { number: 13, coordinator: "test00", members: ["test00", "test01"] },
  remaining: ["test01"],
  needed: 2,
  serves: false,
  covered: false,
  hosts: [{ name: "test00", now: 2, then: 0 }, { name: "test01", now: 1, then: 0 }],
  vips: [mail, webA, webB].map((vip) => ({
    ...vip,
    now: vip === webB ? "test01" : "test00",
    then: null,
    reason: null,
    problem: "1 host would be left, and it takes 2 to hold VIPs",
  })),
  notes: [
    "Not in the view, so that nothing is lost with it: test02",
    "This host is not the coordinator and does not know what the other members' files say: ask on test00",
  ],
};

Deno.test("renderPlan() tells in one line what it comes to, then what moves and what each host would carry", async () => {
  await golden("cli/plan_covered.txt", renderPlan(planned, { colours: false }));
});

Deno.test("renderPlan() tells plainly that the group would stop, and what the answering host does not know", async () => {
  await golden("cli/plan_stopped.txt", renderPlan(stopped, { colours: false }));
});

Deno.test("renderPlan() shows no table of moves when nothing would move", () => {
  const text = renderPlan({ ...planned, vips: [webA, webB] }, { colours: false });
  match(text, /^Without test02: 2 VIPs would stay$/m);
  equal(text.includes("WHY"), false);
});

Deno.test("renderPlan() tells what balance would move afterwards", () => {
  match(renderPlan({ ...planned, balance_moves: 2 }, { colours: false }), /would then move 2 VIPs/);
});
