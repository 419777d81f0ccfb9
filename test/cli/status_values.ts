// A status of three hosts in which all is well, for tests to change where it matters.

import type { Status } from "../../src/codec/control.ts";

/** Milliseconds since 1970. */
export const now = Date.UTC(2030, 0, 2, 3, 4, 5);

/** The time of day so many milliseconds before `now`. */
export const ago = (ms: number): string => new Date(now - ms).toISOString();

export const host = (name: string): Status["hosts"][number] => ({
  name,
  state: "member",
  draining: false,
  mature: true,
  same_configuration: true,
  differences: [],
  more_differences: 0,
  damped: false,
  failing: [],
  silent_for_ms: 40,
  vips: 1,
  paths: name === "test00" ? [] : [{ segment: "lan", heard: true, silent_for_ms: 40 }],
});

export const vip = (name: string, holder: string): Status["vips"][number] => ({
  name,
  known: true,
  addresses: [`192.168.9.10${name.length}/32`],
  holder,
  state: "held",
  since: ago(192_000),
  reason: "unheld",
  here: holder === "test00" ? "held" : "absent",
  problem: null,
  notified: null,
  contender: null,
});

export const well: Status = {
  version: "1.2.3",
  group: "tudou",
  host: "test00",
  phase: "running",
  mature: true,
  draining: null,
  drain: null,
  view: { number: 12, coordinator: "test00", members: ["test00", "test01", "test02"] },
  hosts: [host("test00"), host("test01"), host("test02")],
  vips: [vip("web-a", "test00"), vip("web-bb", "test01"), vip("mail", "test02")],
  moves: [],
  neighbours: { known: 4, hosts: 3, oldest_ms: 61_000 },
  dropped: {},
  warnings: [],
};
