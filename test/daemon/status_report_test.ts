import { deepEqual, equal, match } from "node:assert/strict";
import { DROP_REASONS, type DropReason } from "../../src/codec/receiver.ts";
import { duration, type Instant, instant, segmentName, vipName } from "../../src/core/vocabulary.ts";
import type { Drops } from "../../src/daemon/drops.ts";
import { type ReportFacts, reportStatus } from "../../src/daemon/status_report.ts";
import { group, healthy, test01, test02, webA, webC, withHost, withVip } from "./values.ts";

const noCounts = Object.fromEntries(DROP_REASONS.map((why) => [why, 0])) as Record<DropReason, number>;
const noDrops: Drops = { counts: noCounts, last: new Map() };

const facts: ReportFacts = {
  version: "1.2.3",
  group,
  paths: new Map(),
  confirmations: new Map(),
  drops: noDrops,
  guardProblem: null,
  refusal: null,
  now: instant(70_000),
  wallTime: Date.UTC(2030, 0, 2, 3, 4, 5),
};

const warningsOf = (status: typeof healthy) => reportStatus(status, facts).warnings;

Deno.test("reportStatus() turns instants into times of day, in UTC", () => {
  const status = reportStatus(healthy, facts);
  equal(status.vips[0]?.since, "2030-01-02T03:03:05.000Z");
  equal(status.moves[0]?.at, "2030-01-02T03:03:05.000Z");
});

Deno.test("reportStatus() gives each VIP its addresses with their prefixes", () => {
  const { vips } = reportStatus(healthy, facts);
  deepEqual(vips.map((vip) => vip.addresses), [["192.0.2.1/32"], ["192.0.2.2/32", "2001:db8::2/128"], [
    "192.0.2.3/32",
  ]]);
});

Deno.test("reportStatus() gives each host the paths over which it is heard, and does not warn of a lost one", () => {
  const paths = [
    { segment: segmentName("lan"), isHeard: true, silentFor: duration(40.4) },
    { segment: segmentName("back"), isHeard: false, silentFor: duration(600.6) },
    { segment: segmentName("far"), isHeard: false, silentFor: null },
  ];
  const { hosts, warnings } = reportStatus(healthy, { ...facts, paths: new Map([[test01, paths]]) });
  deepEqual(hosts.map((host) => host.paths), [[], [
    { segment: "lan", heard: true, silent_for_ms: 40 },
    { segment: "back", heard: false, silent_for_ms: 601 },
    { segment: "far", heard: false, silent_for_ms: null },
  ], []]);
  deepEqual(warnings, []);
});

Deno.test("reportStatus() warns of nothing while every VIP is held and every host is a member", () => {
  deepEqual(warningsOf(healthy), []);
});

Deno.test("reportStatus() warns when no guard stands by", () => {
  deepEqual(reportStatus(healthy, { ...facts, guardProblem: "there is no shell" }).warnings, [
    "No guard stands by: there is no shell; if this daemon dies now, its VIPs stay on this host until their lease ends",
  ]);
});

Deno.test("reportStatus() warns of nothing during a view change and a move, which pass by themselves", () => {
  deepEqual(warningsOf(withVip({ ...healthy, phase: "gathering" }, webA, { state: "moving" })), []);
});

Deno.test("reportStatus() warns of a VIP that nobody can hold, and of a host that is silent", () => {
  const lost = withHost(withVip(healthy, webC, { state: "uncovered", holder: null }), test02, {
    state: "silent",
    silentFor: duration(12_300),
  });
  deepEqual(warningsOf(lost), [
    "1 VIP not covered: no member of the view can hold web-c",
    'Host "test02" is silent: last heard 12.3s ago',
  ]);
});

Deno.test("reportStatus() warns of a host whose name is disputed, but not of one that left cleanly", () => {
  deepEqual(warningsOf(withHost(healthy, test02, { state: "left", silentFor: duration(60_000) })), []);
  deepEqual(warningsOf(withHost(healthy, test02, { state: "disputed" })), [
    'Host "test02" is disputed: several daemons run under this name, and none of them is believed',
  ]);
});

Deno.test("reportStatus() warns of a group that is not mature, but not of the VIPs that therefore nobody holds", () => {
  const cold = withVip({ ...healthy, mature: false }, webA, { state: "uncovered", holder: null });
  equal(warningsOf(cold).length, 1);
  match(warningsOf(cold)[0] ?? "", /not mature yet/);
});

Deno.test("reportStatus() warns of each phase in which this host does not take part", () => {
  const first = (phase: typeof healthy.phase) => warningsOf({ ...healthy, phase, view: null })[0] ?? "";
  match(first("booting"), /no view yet/);
  match(first("gathering"), /no view yet/);
  match(first("fenced"), /fenced/);
  match(first("leaving"), /leaving/);
  match(first("left"), /leaving/);
});

Deno.test("reportStatus() warns of what the machine said, of a stranger's configuration, of a host left out", () => {
  const troubled = withHost(withVip(healthy, webA, { problem: "Cannot find device" }), test01, {
    state: "heard",
    sameConfiguration: false,
  });
  deepEqual(warningsOf(troubled), [
    'VIP "web-a" on this host: Cannot find device',
    'Host "test01" is heard but not a member of the view',
    'Host "test01" reads another configuration than this host',
  ]);
});

Deno.test("reportStatus() counts all dropped datagrams and warns of lately dropped ones that mean something", () => {
  const dropped = (why: DropReason, last: Instant) =>
    reportStatus(healthy, {
      ...facts,
      drops: { counts: { ...noCounts, [why]: 3 }, last: new Map([[why, last]]) },
    });
  const fresh = dropped("unauthenticated", instant(69_000));
  equal(fresh.dropped.unauthenticated, 3);
  deepEqual(fresh.warnings, [
    "Dropped 3 datagrams not signed with a key of this group: another key file, or a stranger; the last one 1s ago",
  ]);
  deepEqual(dropped("unauthenticated", instant(9_000)).warnings, []);
  deepEqual(dropped("own", instant(69_000)).warnings, []);
});

Deno.test("reportStatus() tells whose configuration is not that of most hosts, and in what", () => {
  const differences = [{ name: "timing.timeout", here: "1s", elsewhere: "500ms" }];
  const [odd, seen] = [{ differences: { differences, more: 3 } }, { sameConfiguration: false }];
  const told = 'Host "test01" reads another configuration than most hosts: ' +
    "timing.timeout is 1s there, 500ms elsewhere; and 3 more";
  deepEqual(warningsOf(withHost(healthy, test01, { ...odd, ...seen })), [told]);
  // The odd one sees that the others differ from it, and says the same.
  deepEqual(warningsOf(withHost(withHost(healthy, test01, odd), test02, seen)), [told]);
  const [, shown] = reportStatus(withHost(healthy, test01, odd), facts).hosts;
  deepEqual([shown?.differences, shown?.more_differences], [differences, 3]);
});

Deno.test("reportStatus() warns of a configuration that could not be taken, and why", () => {
  const refused = (...problems: readonly string[]) =>
    reportStatus(healthy, { ...facts, refusal: { at: instant(10_000), problems } }).warnings;
  const told = "The configuration was read 1m00s ago and refused, so this host goes on with the one before: ";
  deepEqual(refused("m.toml:3:1: unknown key"), [`${told}m.toml:3:1: unknown key`]);
  deepEqual(refused("one", "two", "three"), [`${told}one (and 2 more in the log)`]);
});

Deno.test("reportStatus() tells without a view that a host reads another configuration than this one", () => {
  deepEqual(warningsOf(withHost(healthy, test01, { sameConfiguration: false })), [
    'Host "test01" reads another configuration than this host',
  ]);
});

Deno.test("reportStatus() tells of a host that is damped", () => {
  match(warningsOf(withHost(healthy, test01, { damped: true })).join(), /"test01" came and went too often/);
});

Deno.test("reportStatus() gives no addresses of a VIP that only other hosts know", () => {
  const known =
    reportStatus(withVip(healthy, webA, { vip: vipName("web-d"), isKnown: false }), facts).vips[0];
  deepEqual([known?.name, known?.known, known?.addresses], ["web-d", false, []]);
});
