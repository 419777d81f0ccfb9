// What a daemon answers to "monitor" in a group of three hosts, for tests to change where it matters.

import type { Monitor } from "../../src/codec/monitor.ts";

const names = ["test00", "test01", "test02"];

export const seen = (name: string): Monitor["hosts"][number] => ({
  name,
  state: "member",
  silent_for_ms: name === "test00" ? 0 : 40,
  view: { number: 12, coordinator: "test00" },
  follows: "test00",
  hears: names.filter((each) => each !== name),
  round_trip_ms: name === "test00" ? null : 0.21,
  heartbeats: name === "test00" ? null : { said: 612, heard: 612 },
  clock_difference_ms: name === "test00" ? null : 3,
  version: "1.2.3",
  digest: "5f2b8e0c9a417d36",
  same_configuration: true,
  vips: 1,
  draining: false,
  mature: true,
  restarts: 0,
});

export const monitored: Monitor = {
  version: "1.2.3",
  group: "tudou",
  host: "test00",
  at: "2030-01-02T03:04:05.000Z",
  phase: "running",
  view: { number: 12, coordinator: "test00", members: names },
  hosts: names.map(seen),
  warnings: [],
};
