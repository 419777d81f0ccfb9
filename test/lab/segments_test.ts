// The networks between the hosts: several segments are several paths to the same hosts, not every host need be in
// each of them, and each kind of segment carries all there is to say. The client is on the lan, with the VIPs; the
// back network has only the hosts.

import assert from "node:assert/strict";
import { run } from "../support/command.ts";
import { assertNoViewChange, viewsBecome } from "../support/group_views.ts";
import type { Lab, LabOptions } from "../support/lab.ts";
import type { LabSegment } from "../support/lab_network.ts";
import { measure } from "../support/measure.ts";
import { inside } from "../support/namespace.ts";
import { busiestOf, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { sleep, waitUntil } from "../support/wait.ts";

const bothPaths: readonly LabSegment[] = [
  { network: "lan", mode: "broadcast" },
  { network: "back", mode: "multicast" },
];
const VIPS_OF_BOTH_FAMILIES = [
  { name: "four", addresses: ["192.168.9.109/32"] },
  { name: "six", addresses: ["fd00:9::112/128"] },
  { name: "mixed", addresses: ["192.168.9.113/32", "fd00:9::113/128"] },
];

Deno.test("a host that loses one of its two paths is no failover: no view changes, and no probe is lost", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, segments: bothPaths });
  const seen = await measure(lab, () =>
    assertNoViewChange(lab, async () => {
      await lab.host("test00").cutLink("back");
      await lab.host("test01").silenceLink("back");
    }));
  assert.deepEqual({ lost: seen.lost, twoHoldersMs: seen.twoHoldersMs }, { lost: 0, twoHoldersMs: 0 });
  await assertNoViewChange(lab, async () => {
    for (const host of lab.hosts) await host.healLinks();
  });
});

Deno.test("heartbeats that only the second path carries are enough, for a failover too", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, segments: bothPaths });
  const seen = await measure(lab, () =>
    assertNoViewChange(lab, async () => {
      for (const host of lab.hosts) await host.loseDatagrams("lan");
    }));
  assert.deepEqual({ lost: seen.lost, twoHoldersMs: seen.twoHoldersMs }, { lost: 0, twoHoldersMs: 0 });
  await lab.host("test00").kill();
  await lab.settled();
});

Deno.test("a host that loses both its paths is replaced, and takes part again when they are mended", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, segments: bothPaths });
  const host = lab.host("test00");
  await host.cutLink("back");
  await host.cutLink("lan");
  await lab.settled();
  await host.healLinks();
  await lab.settled();
});

Deno.test("hosts whose segments differ are one group, also when one path between two of them is lost", async () => {
  await using lab = await differing();
  await assertNoViewChange(lab, () => lab.host("test01").cutLink("back"));
  await lab.host("test01").healLinks();
  await (await busiestOf(lab)).kill();
  await lab.settled();
});

// test00 and test01 have no path to each other any more, and test02 hears both.
Deno.test("hosts that hear each other only in part settle into views of hosts that all hear each other", async () => {
  await using lab = await differing();
  await lab.host("test01").cutLink("lan");
  await lab.settled();
  await viewsBecome(lab, { test00: "test00 test02", test01: "test01", test02: "test00 test02" });
  await lab.host("test01").healLinks();
  await lab.settled();
});

Deno.test("with partition = quorum, hosts that hear each other only in part leave each VIP one holder", async () => {
  await using lab = await differing({ partition: "quorum" });
  const outsider = lab.host("test01");
  await outsider.loseDatagrams("lan");
  await waitUntil(async () => (await outsider.addresses()).length === 0, {
    what: "the host outside the majority to hold nothing",
    diagnosis: () => outsider.log(),
  });
  // Who answered last may have been the outsider still.
  const isTaken = (macs: readonly string[]) => macs.length === 1 && !macs.includes(outsider.place.mac);
  await waitUntil(async () => (await lab.watch.holders()).every(isTaken), {
    what: "each VIP to be answered by one host of the majority",
  });
  await viewsBecome(lab, { test00: "test00 test02", test02: "test00 test02" });
  await lab.watch.begin();
  // As long as anybody takes to suspect anybody.
  await sleep(1_000);
  const seen = await lab.watch.end();
  const answering = seen.map(({ history }) => new Set(history.flatMap(({ macs }) => macs)));
  assert.deepEqual(answering.map(({ size }) => size), [1, 1, 1], JSON.stringify(seen, null, 2));
  await outsider.passDatagrams("lan");
  await lab.settled();
});

Deno.test("a group on a unicast segment fails over", async () => {
  await failsOver({ segments: [{ network: "lan", mode: "unicast" }] });
});

Deno.test("a group on a unicast segment of IPv6 fails over", async () => {
  await failsOver({ segments: [{ network: "lan", mode: "unicast", family: 6 }] });
});

Deno.test("a group on a multicast segment of IPv6 fails over", async () => {
  await failsOver({ segments: [{ network: "lan", mode: "multicast", family: 6 }] });
});

Deno.test("a group whose only segment is not the network of its VIPs fails over", async () => {
  await failsOver({ segments: [{ network: "back", mode: "multicast", family: 6 }] });
});

Deno.test("64 hosts and 1,000 VIPs are no datagram too big for links of 1,280 bytes", async () => {
  await using lab = await startedLab({
    timing: { ...UNHURRIED, mature: '"1s"' },
    mtu: 1280,
    absentHosts: 61,
    vips: [],
    range: { first: "192.168.20.1", last: "192.168.23.232" },
    notified: [],
    asksForEvery: 40,
  });
  await allHeldOnce(lab);
  const busiest = await busiestOf(lab);
  await busiest.kill();
  await lab.settled();
  await allHeldOnce(lab);
  for (const host of lab.hosts) {
    assert.deepEqual(await fragmentsOf(host.place.namespace), { four: 0, six: 0 });
  }
});

/** test00 is in the lan alone. */
const differing = (options: Partial<LabOptions> = {}): Promise<Lab> =>
  startedLab({ timing: UNHURRIED, segments: bothPaths, segmentsOf: { test00: ["lan"] }, ...options });

/** The busiest host is killed and comes back; then the link of the busiest is cut and mended. */
async function failsOver(options: Partial<LabOptions>): Promise<void> {
  await using lab = await startedLab({ vips: VIPS_OF_BOTH_FAMILIES, ...options });
  const killed = await busiestOf(lab);
  await killed.kill();
  await lab.settled();
  killed.start();
  await lab.settled();

  const cut = await busiestOf(lab);
  for (const { network } of options.segments ?? []) await cut.cutLink(network);
  await cut.cutLink();
  await lab.settled();
  await cut.healLinks();
  await lab.settled();
}

/** Waits until each VIP is on exactly one host. */
async function allHeldOnce(lab: Lab): Promise<void> {
  const vips = [...lab.addresses].sort().join();
  await waitUntil(async () => {
    const held = await Promise.all(lab.hosts.map((host) => host.addresses()));
    return held.flat().sort().join() === vips;
  }, { what: `${lab.addresses.length} VIPs to be on one host each` });
}

/** How many datagrams the kernel had to cut into pieces. */
async function fragmentsOf(namespace: string): Promise<{ four: number; six: number }> {
  const { stdout } = await run([...inside(namespace), "cat", "/proc/net/snmp", "/proc/net/snmp6"]);
  const [names = [], values = []] = stdout.split("\n").filter((line) => line.startsWith("Ip: "))
    .map((line) => line.split(" "));
  const six = /^Ip6FragCreates\s+(\d+)$/m.exec(stdout)?.[1];
  return { four: Number(values[names.indexOf("FragCreates")]), six: Number(six) };
}
