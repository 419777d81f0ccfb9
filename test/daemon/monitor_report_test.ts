import { deepEqual, equal } from "node:assert/strict";
import type { HostSight } from "../../src/core/monitor.ts";
import { duration, type HostName, incarnation, viewNumber } from "../../src/core/vocabulary.ts";
import { type MonitorFacts, reportMonitor } from "../../src/daemon/monitor_report.ts";
import { healthy, test00, test01, test02, withHost } from "./values.ts";

const all = [test00, test01, test02];
const view = { number: viewNumber(12), coordinator: test00, incarnation: incarnation(1) };

const sight = (host: HostName, change: Partial<HostSight> = {}): HostSight => ({
  host,
  state: "member",
  draining: false,
  mature: true,
  sameConfiguration: true,
  silentFor: duration(host === test00 ? 0 : 40.4),
  vips: 1,
  word: { view, follows: test00, hears: all.filter((each) => each !== host) },
  version: "1.2.3",
  digest: "0011223344556677",
  roundTrip: host === test00 ? null : duration(0.123456),
  arrivals: host === test00 ? null : { said: 600, heard: 600 },
  restarts: 0,
  failing: [],
  ...change,
});

const facts: MonitorFacts = {
  version: "1.2.3",
  group: "tudou",
  status: healthy,
  clockDifference: ({ host }) => host === test00 ? null : 2.6,
  wallTime: Date.UTC(2030, 0, 2, 3, 4, 5),
};

const reported = (change: Partial<HostSight> = {}, more: Partial<MonitorFacts> = {}) =>
  reportMonitor([sight(test00), sight(test01, change), sight(test02)], { ...facts, ...more });

Deno.test("reportMonitor() tells of a healthy group in round numbers, and warns of nothing", () => {
  const { hosts, ...rest } = reported();
  deepEqual(rest, {
    version: "1.2.3",
    group: "tudou",
    host: "test00",
    at: "2030-01-02T03:04:05.000Z",
    phase: "running",
    view: { number: 12, coordinator: "test00", members: ["test00", "test01", "test02"] },
    warnings: [],
  });
  deepEqual(hosts[1], {
    name: "test01",
    state: "member",
    silent_for_ms: 40,
    view: { number: 12, coordinator: "test00" },
    follows: "test00",
    hears: ["test00", "test02"],
    round_trip_ms: 0.12,
    heartbeats: { said: 600, heard: 600 },
    clock_difference_ms: 3,
    version: "1.2.3",
    digest: "0011223344556677",
    same_configuration: true,
    vips: 1,
    draining: false,
    mature: true,
    restarts: 0,
  });
});

Deno.test("reportMonitor() warns of loss above 5 %, once enough heartbeats were said to tell", () => {
  const warned = (said: number, heard: number) => reported({ arrivals: { said, heard } }).warnings;
  deepEqual(warned(600, 570), []);
  deepEqual(warned(20, 10), []);
  deepEqual(warned(600, 510), [
    '15 % of the heartbeats of host "test01" were lost on their way to this host (90 of the last 600)',
  ]);
});

Deno.test("reportMonitor() warns of a clock that is more than a second off, either way", () => {
  const warned = (ms: number) =>
    reported({}, { clockDifference: ({ host }) => host === test01 ? ms : null }).warnings;
  deepEqual([warned(1_000), warned(-1_000)], [[], []]);
  deepEqual(warned(3_200), [
    'The clock of host "test01" is 3.2s ahead of this host\'s: times in their logs do not compare',
  ]);
  deepEqual(warned(-90_000), [
    'The clock of host "test01" is 1m30s behind this host\'s: times in their logs do not compare',
  ]);
});

Deno.test("reportMonitor() warns of a host that hears another one and is not heard by it", () => {
  const { warnings } = reported({ word: { view, follows: test00, hears: [test00] } });
  deepEqual(warnings, [
    'Host "test02" hears "test01", and "test01" does not hear "test02": they cannot be in one view',
  ]);
});

/** test01 is silent here; those hear it that are named. */
function silent(change: Partial<HostSight>, hearers: readonly HostName[]) {
  const { state = "silent", silentFor = null } = change;
  const hears = (host: HostName) =>
    all.filter((each) => each !== host && (each !== test01 || hearers.includes(host)));
  const others = [test00, test02].map((host) =>
    sight(host, { word: { view, follows: test00, hears: hears(host) } })
  );
  const sights = [others[0], sight(test01, { ...change, state, silentFor, word: null }), others[1]];
  const status = withHost(healthy, test01, { state, silentFor });
  return reportMonitor(sights.flatMap((each) => each ?? []), { ...facts, status });
}

Deno.test("reportMonitor() warns that nothing of a host arrives which others hear, and tells no loss of the past", () => {
  const seen = { silentFor: duration(3_000), arrivals: { said: 600, heard: 540 } };
  deepEqual(silent(seen, []).warnings, ['Host "test01" is silent: last heard 3s ago']);
  deepEqual(silent(seen, [test02]).warnings, [
    'Host "test01" is silent: last heard 3s ago',
    'Host "test01" is heard by test02, and nothing of it arrives at this host',
  ]);
});

Deno.test("reportMonitor() warns of versions and of configurations that differ among the hosts that are heard", () => {
  deepEqual(reported({ version: "1.3.0", digest: "8899aabbccddeeff", sameConfiguration: false }).warnings, [
    'Hosts read different configurations: 00112233 on test00, test02; 8899aabb on test01 ("molehill status" says in ' +
    "what they differ)",
    "Hosts run different versions: 1.2.3 on test00, test02; 1.3.0 on test01",
  ]);
  deepEqual(reported({ version: "1.3.0", word: null, state: "left" }).warnings, []);
});

Deno.test("reportMonitor() tells of a host that was never heard as such", () => {
  const never = { silentFor: null, version: null, digest: null, roundTrip: null, arrivals: null };
  const { hosts, warnings } = silent(never, []);
  equal(hosts[1]?.silent_for_ms, null);
  deepEqual([hosts[1]?.hears, hosts[1]?.follows, hosts[1]?.heartbeats], [null, null, null]);
  deepEqual(warnings, ['Host "test01" is silent: never heard since this daemon started']);
});
