// What a daemon answers to "explain" in a group of three hosts, for tests to change where it matters.

import type { Explanation } from "../../src/codec/explanation.ts";
import { ago, now, vip } from "./status_values.ts";

const fit = (
  name: string,
  change: Partial<Explanation["hosts"][number]> = {},
): Explanation["hosts"][number] => ({
  name,
  holder: false,
  preferred: null,
  able: true,
  obstacles: [],
  failing: [],
  damped: false,
  ...change,
});

/** web-a is on test00, which was asked, and all is well. */
export const explained: Explanation = {
  version: "1.2.3",
  group: "tudou",
  host: "test00",
  at: new Date(now).toISOString(),
  view: { number: 12, coordinator: "test00" },
  answer: 'VIP "web-a" is held by test00 for 3m12s: nobody held it',
  vip: { ...vip("web-a", "test00"), notified: { confirmed: 2, missing: [], more: 0, neighbours: 0 } },
  addresses: [{ address: "192.168.9.105/32", interface: "eth0" }],
  previous: null,
  presence: [
    "It is on this host: the kernel was asked just now",
    "It is announced: 2 of 2 notify targets confirmed it",
  ],
  stays: ["No balance round moves it as things are", "A drain of test00, or its end, moves it"],
  next: { host: "test01", problem: null },
  hosts: [fit("test00", { holder: true }), fit("test01"), fit("test02")],
  moves: [{ at: ago(192_000), vip: "web-a", from: null, to: "test00", reason: "unheld" }],
  trouble: [],
  advice: [],
  notes: [],
};

/** An operator moved it to test01, though it prefers test02, which drains. */
export const moved: Explanation = {
  ...explained,
  answer: 'VIP "web-a" is held by test01 for 40s: an operator moved it there from test00',
  vip: { ...vip("web-a", "test01"), since: ago(40_000), reason: "operator" },
  previous: "test00",
  presence: [
    "test01 says that it has it, heard 40ms ago",
    "Whether it is on its interface, and who confirmed it: ask there",
  ],
  stays: [
    "An operator moved it to test01: it stays until test01 drains or cannot hold it any more",
    "It prefers test02, which drains",
    "A drain of test01, or its end, moves it",
  ],
  next: { host: "test00", problem: null },
  hosts: [
    fit("test00"),
    fit("test01", { holder: true }),
    fit("test02", { preferred: 1, able: false, obstacles: ["drains"], damped: true }),
  ],
  moves: [
    { at: ago(40_000), vip: "web-a", from: "test00", to: "test01", reason: "operator" },
    { at: ago(192_000), vip: "web-a", from: null, to: "test00", reason: "unheld" },
  ],
};

/** Nobody can hold it. */
export const heldByNobody: Explanation = {
  ...explained,
  answer:
    'VIP "web-a" is held by nobody for 12s, after test02 had it: test01 drains; test02 is silent for 12s',
  vip: { ...vip("web-a", "test02"), holder: null, state: "uncovered", since: null, reason: null },
  previous: "test02",
  presence: [],
  stays: [],
  next: { host: null, problem: "test01 drains; test02 is silent for 12s" },
  hosts: [
    fit("test00", { able: false, obstacles: ["may not hold it, by its hosts"] }),
    fit("test01", { able: false, obstacles: ["drains"] }),
    fit("test02", { able: false, obstacles: ["is silent for 12s"] }),
  ],
  moves: [{ at: ago(12_000), vip: "web-a", from: "test02", to: null, reason: "holderGone" }],
  trouble: ['VIP "web-a" is held by nobody'],
  advice: [
    "On test01: molehill resume",
    "On test02: is it up? systemctl start molehill; journalctl -u molehill",
  ],
  notes: ["The group is agreeing on another view just now: ask again in a moment"],
};
