// Every example can be used as it is, and means what it says.

import assert from "node:assert/strict";
import { meaningOf } from "../../src/config/meaning.ts";
import { configurationOf, warningsOf } from "./small_file.ts";

const folder = new URL("../../examples/", import.meta.url);
const example = (file: string): string => Deno.readTextFileSync(new URL(file, folder));
const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** For each example, how many VIPs each host holds while all are well. */
const shares: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "hooks.toml": { "proxy-1": 1, "proxy-2": 1 },
  "router_pair.toml": { "router-a": 1, "router-b": 1 },
  "three_hosts.toml": { test00: 1, test01: 1, test02: 1 },
  "two_hosts_active_active.toml": { left: 1, right: 1 },
  "web_servers_checked.toml": { web0: 1, web1: 1, web2: 1 },
};

Deno.test("every example is known here", () => {
  assert.deepEqual(files, ["hooks", "molehill.init", "molehill.service", ...Object.keys(shares)].sort());
});

for (const [file, share] of Object.entries(shares)) {
  Deno.test(`${file} is valid, gives no cause for advice, and gives each host its share`, () => {
    const text = example(file);
    assert.deepEqual(warningsOf(text), []);
    const { hosts } = meaningOf(configurationOf(text));
    assert.deepEqual(Object.fromEntries(hosts.map(({ name, vips }) => [name, vips])), share);
  });
}

Deno.test("three_hosts.toml has the addresses of the Wackamole set-up that it replaces", () => {
  const { group, segments, hosts, vips, notify } = configurationOf(example("three_hosts.toml"));
  assert.equal(segments[0]?.address, "192.168.255.255");
  assert.equal(segments[0]?.port, 4803);
  assert.deepEqual(hosts.map(({ name, addresses }) => `${name} ${addresses.values().next().value}`), [
    "test00 192.168.9.160",
    "test01 192.168.9.161",
    "test02 192.168.9.162",
  ]);
  assert.deepEqual(
    vips.flatMap(({ addresses }) => addresses.map((each) => `${each.interface}:${each.address}`)),
    [
      "eth0:192.168.9.109",
      "eth0:192.168.9.112",
      "eth0:192.168.9.113",
    ],
  );
  assert.equal(notify.targets[0]?.address, "192.168.8.1");
  assert.deepEqual(group.balance, { movesPerRound: "all", interval: 4000 });
  assert.equal(group.timing.mature, 5000);
});

Deno.test("hooks.toml names scripts that are in examples/hooks", () => {
  const { hooks } = configurationOf(example("hooks.toml"));
  const scripts = new Set(Object.values(hooks).flat().map(({ command: [program = ""] }) => program));
  assert.equal(scripts.size, 5);
  for (const script of scripts) {
    assert.ok(script.startsWith("/etc/molehill/hooks/"), script);
    assert.ok(
      (Deno.statSync(new URL(`hooks/${script.split("/").at(-1)}`, folder)).mode ?? 0) & 0o100,
      script,
    );
  }
});

Deno.test("router_pair.toml moves inner and outer addresses, of both families, as one", () => {
  for (const { addresses } of configurationOf(example("router_pair.toml")).vips) {
    assert.deepEqual(addresses.map((each) => `IPv${each.family} on ${each.interface}`), [
      "IPv4 on lan0",
      "IPv6 on lan0",
      "IPv4 on wan0",
    ]);
  }
});

Deno.test("molehill.service keeps what the daemon needs and undoes what it may leave behind", () => {
  const lines = example("molehill.service").split("\n").filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  for (
    const wanted of [
      "ExecStart=/usr/local/bin/molehill run",
      "ExecStopPost=-ip -force -batch /run/molehill/held.batch",
      "UnsetEnvironment=BUN_OPTIONS BUN_BE_BUN",
      "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW",
      "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET",
      "RuntimeDirectory=molehill",
      "StateDirectory=molehill",
      "RuntimeDirectoryPreserve=yes",
      "StateDirectory=molehill",
      "LogsDirectory=molehill",
      "KillMode=mixed",
      "Restart=always",
    ]
  ) assert.ok(lines.includes(wanted), wanted);
  assert.ok(lines.every((line) => /^(\[\w+\]|[A-Z]\w+=.*)$/.test(line)), "only sections and keys");
  assert.ok(!lines.some((line) => line.startsWith("MemoryDenyWriteExecute")), "the engine writes code");
});
