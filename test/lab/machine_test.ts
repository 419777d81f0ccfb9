// The machine fights back: interfaces go and come, addresses are flushed, programs and privileges are missing. Each time
// the log says what happened, and the VIPs end where they are of use.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import type { LabSegment } from "../support/lab_network.ts";
import { newLab, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const bothPaths: readonly LabSegment[] = [
  { network: "lan", mode: "broadcast" },
  { network: "back", mode: "multicast" },
];

/** All VIPs, and no host's own address. */
const VIPS = "192.168.9.96/27";

const ip = (host: LabHost, ...words: string[]) => mustRun(["ip", "-n", host.place.namespace, ...words]);
const held = async (host: LabHost, lab: Lab) =>
  (await host.addresses()).filter((each) => lab.addresses.includes(each)).length;

Deno.test("a host whose VIPs' cable is out gives them to hosts that are plugged in, though it is heard", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, segments: bothPaths, balanceInterval: "500ms" });
  const unplugged = lab.host("test01");
  await unplugged.cutLink("lan");
  const loads = async () => (await Promise.all(lab.hosts.map((host) => held(host, lab)))).join();
  await waitUntil(async () => /^(2,0,1|1,0,2)$/.test(await loads()), { what: "its VIP to be elsewhere" });
  assert.match(await unplugged.log(), /is down, has no carrier, or is gone: .*kind=linkLost/);
  // Nobody waited for its silence.
  assert.doesNotMatch(await lab.host("test00").log(), /kind=hostSilent/);
  assert.equal((await unplugged.molehill(["status"])).code, 1);
  await unplugged.healLink("lan");
  await waitUntil(async () => await held(unplugged, lab) === 1, { what: "its share to come back" });
  await lab.settled();
  assert.match(await unplugged.log(), /has a link again .*kind=linkBack/);
});

Deno.test("an interface that goes down and comes up again is followed", async () => {
  await using lab = await startedLab({ segments: bothPaths, balanceInterval: "500ms" });
  const host = lab.host("test01");
  await ip(host, "link", "set", "eth0", "down");
  await waitUntil(async () => await lab.holderOf(lab.addresses[1] ?? "") !== host, { what: "its VIP to go" });
  assert.equal(await held(host, lab), 0);
  await ip(host, "link", "set", "eth0", "up");
  await waitUntil(async () => await held(host, lab) === 1, { what: "its share to come back" });
  await lab.settled();
});

Deno.test("an interface that is deleted takes its VIPs to other hosts, and is used again when it is made anew", async () => {
  await using lab = await newLab({ balanceInterval: "500ms" });
  const config = lab.config.replaceAll('interface = "eth0"', 'interface = "vip0"')
    .replace(/targets = .*/, "targets = []");
  await Deno.writeTextFile(lab.configFile, config);
  const make = (host: LabHost) =>
    ip(host, "link", "add", "link", "eth0", "name", "vip0", "up", "type", "macvlan", "mode", "bridge");
  for (const host of lab.hosts) await make(host);
  for (const host of lab.hosts) host.start();
  const on = async (host: LabHost) => {
    const shown = await ip(host, "-o", "address", "show", "to", VIPS);
    return shown.trim() === "" ? 0 : shown.trim().split("\n").length;
  };
  const loads = async () => (await Promise.all(lab.hosts.map(on))).join();
  await waitUntil(async () => await loads() === "1,1,1", { what: "each host to have a VIP" });
  const host = lab.host("test01");
  await ip(host, "link", "delete", "vip0");
  await waitUntil(async () => /^(2,0,1|1,0,2)$/.test(await loads()), { what: "its VIP to be elsewhere" });
  assert.match(await host.log(), /kind=linkLost/);
  await make(host);
  await waitUntil(async () => await loads() === "1,1,1", {
    what: "its share to come back",
    diagnosis: () => host.log(),
  });
});

Deno.test("addresses that somebody flushes are put back, and the log says that they vanished", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, balanceInterval: "500ms" });
  const host = lab.host("test01");
  await ip(host, "address", "flush", "dev", "eth0", "to", VIPS);
  await waitUntil(async () => /kind=vipVanished/.test(await host.log()), { what: "the log to tell of it" });
  await lab.settled();
  assert.equal(await held(host, lab), 1);
});

Deno.test("a host whose own address is flushed too gives its VIPs up, and takes part again when it has one", async () => {
  await using lab = await startedLab({ balanceInterval: "500ms" });
  const host = lab.host("test01");
  await ip(host, "address", "flush", "dev", "eth0");
  await waitUntil(async () => /kind=fenced/.test(await host.log()), { what: "the host to fence itself" });
  await ip(host, "address", "add", `${host.place.address}/16`, "broadcast", "192.168.255.255", "dev", "eth0");
  await waitUntil(async () => await held(host, lab) === 1, {
    what: "its share to come back",
    diagnosis: () => host.log(),
  });
  await lab.settled();
});

Deno.test("an IPv6 VIP is held by hosts whose interface knows IPv6, and by no other", async () => {
  await using lab = await newLab({
    vips: [
      { name: "four", addresses: ["192.168.9.109/32"] },
      { name: "six-a", addresses: ["fd00:9::109/128"] },
      { name: "six-b", addresses: ["fd00:9::112/128"] },
    ],
  });
  const host = lab.host("test00");
  const off = ["sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1"];
  await mustRun(["ip", "netns", "exec", host.place.namespace, ...off]);
  for (const each of lab.hosts) each.start();
  await lab.settled();
  assert.deepEqual((await host.addresses()).filter((address) => address.includes(":")), []);
  const log = await host.log();
  if (/vipAddFailed/.test(log)) assert.match(log, /Cannot add VIP "six-[ab]": .*IPv6.*another host is asked/);
});

Deno.test("run refuses a machine that lets it open no packet socket, nor lets arping", async () => {
  await using lab = await newLab({ hosts: 1 });
  const host = lab.host("test00");
  host.start({ wrapper: ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"] });
  assert.equal(await host.exited(), 69);
  assert.match(await host.log(), /arping.*CAP_NET_RAW/);
});

Deno.test("run refuses a runtime directory on a full disk, says so, and has touched nothing", async () => {
  await using lab = await newLab({ hosts: 1 });
  const host = lab.host("test00");
  const full =
    `mkdir -p "$0" && mount -t tmpfs -o size=4k tmpfs "$0" && head -c 4096 /dev/zero > "$0/full" && exec "$@"`;
  host.start({ wrapper: ["unshare", "--mount", "sh", "-c", full, host.runtimeDirectory] });
  const code = await host.exited();
  assert.equal(code, 69);
  assert.match(await host.log(), /Cannot .*(no space|full|ENOSPC)/i);
  assert.deepEqual(await host.addresses(), []);
});
