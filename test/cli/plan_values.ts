// What a daemon answers to "plan --without test02" in a group of three hosts, for tests to change where it matters.

import type { Plan } from "../../src/codec/control.ts";

export const planned: Plan = {
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
    { name: "test00", now: 1, then: 2 },
    { name: "test01", now: 1, then: 1 },
    { name: "test02", now: 1, then: 0 },
  ],
  vips: [
    { name: "mail", now: "test02", then: "test00", reason: "holderGone", problem: null },
    { name: "web-a", now: "test00", then: "test00", reason: "unheld", problem: null },
    { name: "web-bb", now: "test01", then: "test01", reason: "unheld", problem: null },
  ],
  balance_moves: 0,
  notes: [],
};
