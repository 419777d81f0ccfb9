import { deepEqual, equal, match } from "node:assert/strict";
import { DROP_REASONS, type DropReason } from "../../src/codec/receiver.ts";
import type { Neighbour } from "../../src/core/events.ts";
import type { VipStatus } from "../../src/core/status.ts";
import {
  duration,
  type Instant,
  instant,
  segmentName,
  type VipName,
  vipName,
} from "../../src/core/vocabulary.ts";
import type { Drops } from "../../src/daemon/drops.ts";
import type { Confirmation } from "../../src/daemon/ports.ts";
import { type ReportFacts, reportStatus } from "../../src/daemon/status_report.ts";
import { group, healthy, test01, test02, webA, webB, webC, withHost, withVip } from "./values.ts";

const noCounts = Object.fromEntries(DROP_REASONS.map((why) => [why, 0])) as Record<DropReason, number>;
const noDrops: Drops = { counts: noCounts, last: new Map() };

const facts: ReportFacts = {
  neighbours: { known: 4, hosts: 3, oldest: 61_000.4 },
  version: "1.2.3",
  group,
  paths: new Map(),
  confirmations: new Map(),
  drops: noDrops,
  guardProblem: null,
  logProblems: [],
  drain: null,
  leftover: null,
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
    "No guard stands by: there is no shell; if this daemon dies now, its VIPs stay on this host until their lease " +
    'ends (with lease = "off", until somebody removes them)',
  ]);
});

Deno.test("reportStatus() warns of a log that cannot be written", () => {
  const problem = 'Cannot write the log file "/l/a.log": no space left on the device';
  deepEqual(reportStatus(healthy, { ...facts, logProblems: [problem] }).warnings, [problem]);
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

Deno.test("reportStatus() says when nobody holds a VIP because there is no majority", () => {
  const alone = healthy.view && { ...healthy.view, members: healthy.view.members.slice(0, 1) };
  const split = withVip({ ...healthy, view: alone, needed: 2 }, webC, { state: "uncovered", holder: null });
  deepEqual(warningsOf(split), [
    '1 VIP not covered: the view has 1 of 3 hosts, and partition = "quorum" wants 2 to hold web-c',
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

/** The account with the VIPs changed alike. */
const withVips = (change: Parameters<typeof withVip>[2], ...vips: readonly VipName[]) =>
  vips.reduce((status, vip) => withVip(status, vip, change), healthy);

Deno.test("reportStatus() warns of a contender by name, and how long ago it was heard", () => {
  const answered = (by: Neighbour) =>
    warningsOf(withVips({ contender: { by, lastAt: instant(68_000) } }, webA));
  deepEqual(answered({ mac: "02:00:00:00:00:01", host: null }), [
    'VIP "web-a" is answered by 02:00:00:00:00:01, which is no host of the group, last heard 2s ago',
  ]);
  deepEqual(answered({ mac: "02:00:00:00:00:02", host: test01 }), [
    'VIP "web-a" is answered by host "test01" (02:00:00:00:00:02), last heard 2s ago',
  ]);
});

Deno.test("reportStatus() warns once of a machine that answers for many VIPs, and of another one besides", () => {
  const stranger = { mac: "02:00:00:00:00:01", host: null };
  const contended = withVips({ contender: { by: stranger, lastAt: instant(60_000) } }, webA, webB);
  const last = withVip(contended, webC, { contender: { by: stranger, lastAt: instant(68_000) } });
  deepEqual(warningsOf(last), [
    "3 VIPs (web-a, web-b, web-c) are answered by 02:00:00:00:00:01, which is no host of the group, " +
    "last heard 2s ago",
  ]);
  const other = { mac: "02:00:00:00:00:02", host: null };
  deepEqual(warningsOf(withVip(contended, webC, { contender: { by: other, lastAt: instant(68_000) } })), [
    "2 VIPs (web-a, web-b) are answered by 02:00:00:00:00:01, which is no host of the group, last heard 10s ago",
    'VIP "web-c" is answered by 02:00:00:00:00:02, which is no host of the group, last heard 2s ago',
  ]);
});

Deno.test("reportStatus() warns once of a machine that answers for a thousand VIPs, and names the first", () => {
  const by = { mac: "02:00:00:00:00:01", host: null };
  const vips = Array.from({ length: 1_000 }, (_, at) => ({
    ...healthy.vips[0],
    vip: vipName(`web-${at}`),
    contender: { by, lastAt: instant(68_000) },
  } as VipStatus));
  deepEqual(warningsOf({ ...healthy, vips }), [
    "1000 VIPs (web-0, web-1, web-2, web-3, web-4, web-5 and 994 more) are answered by 02:00:00:00:00:01, " +
    "which is no host of the group, last heard 2s ago",
  ]);
});

Deno.test("reportStatus() warns once of a problem that many VIPs have alike", () => {
  const alike = withVips({ problem: "Cannot find device" }, webA, webC);
  deepEqual(warningsOf(withVip(alike, webB, { problem: "no memory" })), [
    "2 VIPs (web-a, web-c) on this host: Cannot find device",
    'VIP "web-b" on this host: no memory',
  ]);
});

Deno.test("reportStatus() warns of VIPs held here for a while that no notify target at all has confirmed", () => {
  const told = (notified: Confirmation, status = healthy, ...vips: readonly VipName[]) => {
    const confirmations = new Map([webA, ...vips].map((vip) => [vip, notified]));
    return reportStatus(status, { ...facts, confirmations }).warnings;
  };
  const none = { confirmed: 0, missing: ["192.0.2.254"], more: 0, neighbours: 0 };
  deepEqual(told(none), [
    'VIP "web-a" on this host: no notify target (192.0.2.254) has confirmed it, so routers may still send to ' +
    "its last holder",
  ]);
  deepEqual(told({ ...none, more: 3 }, withVips({ here: "held" }, webB, webC), webB, webC), [
    "3 VIPs (web-a, web-b, web-c) on this host: no notify target (192.0.2.254 and 3 more) has confirmed them, " +
    "so routers may still send to their last holders",
  ]);
  // It was given to this host a moment ago; or it is not here yet, or any more.
  deepEqual(told(none, withVips({ since: instant(60_000) }, webA)), []);
  deepEqual(told(none, withVips({ here: "awaiting" }, webA)), []);
  // Others know the way; or there is nobody to ask.
  deepEqual(told({ ...none, confirmed: 1 }), []);
  deepEqual(told({ ...none, missing: [] }), []);
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

Deno.test("reportStatus() tells how many neighbours are known and from how many hosts, and null when none are collected", () => {
  deepEqual(reportStatus(healthy, facts).neighbours, { known: 4, hosts: 3, oldest_ms: 61_000 });
  const none = { known: 0, hosts: 0, oldest: null };
  deepEqual(reportStatus(healthy, { ...facts, neighbours: none }).neighbours, {
    known: 0,
    hosts: 0,
    oldest_ms: null,
  });
  equal(reportStatus(healthy, { ...facts, neighbours: null }).neighbours, null);
});
