// What befalls the interface of the VIPs while the host itself is well, and still heard on a second network: its VIPs are
// held by hosts that can serve them, and it takes part again when the interface is back. And what an operator's hand does
// to its addresses.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import { LAB_INTERFACE } from "../support/lab_config.ts";
import { type LabHost, portOf } from "../support/lab_host.ts";
import { addressOn, LAB_NETWORKS } from "../support/lab_network.ts";
import { inside, ipBatch } from "../support/namespace.ts";
import { newLab, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { sleep, waitUntil } from "../support/wait.ts";

const BOTH_NETWORKS = [{ network: "lan", mode: "broadcast" }, {
  network: "back",
  mode: "multicast",
}] as const;
/** The balance gives nothing back while a test looks. */
const STEADY = { timing: UNHURRIED, segments: BOTH_NETWORKS, balanceInterval: "10m" };
const FOUR = "192.168.9.109/32";
const SIX = "fd00:9::112/128";
const VIPS = [{ name: "four", addresses: [FOUR] }, { name: "six", addresses: [SIX] }];

Deno.test("an interface that is switched off loses its VIPs to other hosts at once, and may have them when it is on again", async () => {
  await using lab = await startedLab({ ...STEADY, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  await ip(host, `link set ${LAB_INTERFACE} down`);
  await logged(host, LOST);
  await goneFrom(host);
  await heldByOthers(lab, host);
  assert.doesNotMatch(await host.log(), /is silent/);

  await ip(
    host,
    `link set ${LAB_INTERFACE} up`,
    `address replace ${addressOfSix(host)}/64 dev ${LAB_INTERFACE} nodad`,
  );
  await logged(host, "has a link again");
  await lab.settled();
  await takesOver(lab, host);
});

Deno.test("an interface whose cable is pulled out loses its VIPs to other hosts at once", async () => {
  await using lab = await startedLab({ ...STEADY, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  await host.cutLink();
  await logged(host, LOST);
  await goneFrom(host);
  await heldByOthers(lab, host);
  await host.healLink();
  await logged(host, "has a link again");
  await lab.settled();
  await takesOver(lab, host);
});

Deno.test("an interface that is deleted loses its VIPs to other hosts, and the one that is made anew may have them", async () => {
  await using lab = await startedLab({ ...STEADY, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  const before = await indexOf(host);
  await ip(host, `link del ${LAB_INTERFACE}`);
  await logged(host, LOST);
  await heldByOthers(lab, host);

  const { switchNamespace, namespace, mac } = host.place;
  const port = portOf(host.name, "lan");
  await ipBatch(switchNamespace, [
    `link add ${port} type veth peer name ${LAB_INTERFACE} address ${mac} netns ${namespace}`,
    `link set ${port} master ${LAB_NETWORKS.lan.bridge} up`,
  ]);
  await ip(
    host,
    `link set ${LAB_INTERFACE} up`,
    `address add ${host.place.address}/16 broadcast 192.168.255.255 dev ${LAB_INTERFACE}`,
    `address add ${addressOfSix(host)}/64 dev ${LAB_INTERFACE} nodad`,
  );
  assert.notEqual(await indexOf(host), before);
  await logged(host, "has a link again");
  await lab.settled();
  await takesOver(lab, host);
});

Deno.test("an interface that is given another name leaves its VIPs to other hosts, and keeps none of them", async () => {
  await using lab = await startedLab({ timing: { ...UNHURRIED, lease: '"off"' }, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  await ip(host, `link set ${LAB_INTERFACE} name other0`);
  await logged(host, LOST);
  await heldByOthers(lab, host);
});

Deno.test("VIPs whose interface is given another hardware address are announced again at once", async () => {
  await using lab = await startedLab({ ...STEADY, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  const [address = ""] = FOUR.split("/");
  const known = () => mustRun(["ip", "-n", lab.client, "neighbour", "show", "to", address]);
  // What is announced again and again after the start would tell the client anyway.
  await sleep(ANNOUNCED_FOR_MS);
  assert.ok((await known()).includes(host.place.mac));
  await ip(host, `link set ${LAB_INTERFACE} address ${OTHER_MAC}`);
  // By itself the client asks anew after fifteen seconds at the earliest.
  await waitUntil(async () => (await known()).includes(OTHER_MAC), {
    what: "the client to know the new hardware address",
    atMostMs: 10_000,
    diagnosis: () => host.log(),
  });
  await logged(host, "has another hardware address");
});

Deno.test("VIPs that an operator flushes with all addresses of their interface are put back at once", async () => {
  await using lab = await startedLab({ ...STEADY, vips: VIPS });
  const host = await holderOf(lab, FOUR);
  const held = await host.addresses();
  await lab.watch.begin();
  await ip(host, `address flush dev ${LAB_INTERFACE}`);
  await waitUntil(async () => (await host.addresses()).join() === held.join(), {
    what: "the VIPs to be put back",
    diagnosis: () => host.log(),
  });
  await logged(host, "vanished: somebody removed it from this host, which holds it; it is put back");
  await lab.settled();
  assert.deepEqual((await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs), [0, 0]);
});

Deno.test("a host whose every address an operator flushes gives its VIPs up, and takes part again when it has one", async () => {
  await using lab = await startedLab({ vips: VIPS });
  const host = await holderOf(lab, FOUR);
  await ip(host, `address flush dev ${LAB_INTERFACE}`);
  await logged(host, "none of its own addresses is on it any more");
  await goneFrom(host);
  await heldByOthers(lab, host);
  await ip(host, `address add ${host.place.address}/16 broadcast 192.168.255.255 dev ${LAB_INTERFACE}`);
  await logged(host, "No longer fenced");
  await lab.settled();
});

Deno.test("a VIP that the kernel of one host refuses is held by another, and the log says why", async () => {
  await using lab = await newLab({
    vips: [{ name: "four", addresses: [FOUR] }, { name: "six", addresses: [SIX], prefer: ["test01"] }],
  });
  const host = lab.host("test01");
  await mustRun([
    ...inside(host.place.namespace),
    "sysctl",
    "-qw",
    `net.ipv6.conf.${LAB_INTERFACE}.disable_ipv6=1`,
  ]);
  for (const each of lab.hosts) each.start();
  await logged(host, 'Cannot add VIP "six"');
  assert.match(await host.log(), /Cannot add VIP "six": fd00:9::112 on eth0: .*IPv6 is (off|disabled)/);
  await lab.settled();
  assert.notEqual((await lab.holderOf(SIX))?.name, "test01");
});

Deno.test("an IPv6 VIP that somebody has put on a host with another prefix is held by another, and the log says why", async () => {
  await using lab = await newLab({ vips: [{ name: "six", addresses: [SIX], prefer: ["test01"] }] });
  const host = lab.host("test01");
  const asSubnet = SIX.replace("/128", "/64");
  await ip(host, `address add ${asSubnet} dev ${LAB_INTERFACE} nodad`);
  for (const each of lab.hosts) each.start();
  await logged(host, "it is there as /64, put there by somebody else (wanted /128); remove it there");
  await ip(host, `address del ${asSubnet} dev ${LAB_INTERFACE}`);
  await lab.settled();
  assert.doesNotMatch(await host.log(), /vanished/);
});

const ANNOUNCED_FOR_MS = 6_000;
const OTHER_MAC = "02:aa:00:00:00:01";
const LOST = "is down, has no carrier, or is gone: this host cannot hold";

const ip = (host: LabHost, ...lines: readonly string[]): Promise<void> =>
  ipBatch(host.place.namespace, lines);

const addressOfSix = (host: LabHost): string =>
  addressOn("lan", { family: 6, number: Number(host.place.address.split(".")[3]) });

async function holderOf(lab: Lab, address: string): Promise<LabHost> {
  const holder = await lab.holderOf(address);
  assert.ok(holder !== null);
  return holder;
}

async function indexOf(host: LabHost): Promise<string> {
  const shown = await mustRun(["ip", "-n", host.place.namespace, "-o", "link", "show", LAB_INTERFACE]);
  return shown.split(":")[0] ?? "";
}

const goneFrom = (host: LabHost): Promise<void> =>
  waitUntil(async () => (await host.addresses()).length === 0, {
    what: `${host.name} to hold nothing`,
    diagnosis: () => host.log(),
  });

/** Each VIP is on one of the other hosts, which answers for it alone. */
const heldByOthers = (lab: Lab, host: LabHost): Promise<void> =>
  waitUntil(async () => {
    const others = lab.hosts.filter((each) => each !== host);
    const held = (await Promise.all(others.map((each) => each.addresses()))).flat();
    const isAnswered = (macs: readonly string[]) => macs.length === 1 && !macs.includes(host.place.mac);
    return held.sort().join() === [...lab.addresses].sort().join() &&
      (await lab.watch.holders()).every(isAnswered);
  }, { what: `the VIPs to be held, each by one host other than ${host.name}`, diagnosis: () => host.log() });

const logged = (host: LabHost, text: string): Promise<void> =>
  waitUntil(async () => (await host.log()).includes(text), {
    what: `${host.name} to log "${text}"`,
    diagnosis: () => host.log(),
  });

/** The host holds everything when no other is left. */
async function takesOver(lab: Lab, host: LabHost): Promise<void> {
  for (const other of lab.hosts) if (other !== host) await other.stop();
  await waitUntil(async () => (await host.addresses()).length === lab.addresses.length, {
    what: `${host.name} to hold everything`,
    diagnosis: () => host.log(),
  });
  await lab.settled();
}
