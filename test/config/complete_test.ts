// What a valid file comes to: defaults, ranges, and the order in which hosts and VIPs are listed.

import assert from "node:assert/strict";
import { configurationOf, problemsOf, SMALL_FILE, smallFile } from "./small_file.ts";

const DESIGN_FILE = `
[cluster]
name = "tudou"
key_file = "/etc/molehill/key"
partition = "serve"                 # or "quorum"

[timing]
profile = "lan"
heartbeat = "100ms"
timeout = "500ms"
mature = "5s"
lease = "3s"                        # kernel address lifetime; "off" to disable

[[segment]]
name = "lan"
mode = "broadcast"                  # or "multicast", "unicast"
address = "192.168.255.255"
port = 4803

[[host]]
name = "test00"
address = "192.168.9.160"
weight = 1
interfaces = { eth0 = "ens3" }

[[host]]
name = "test01"
addresses = { lan = "192.168.9.161" }

[[vip]]
name = "web-a"
address = "192.168.9.109/32"
interface = "eth0"
prefer = ["test00"]
hosts = ["test00", "test01"]
handover = "exclusive"

[[vip]]
name = "gateway"
addresses = [ { address = "10.1.0.1", interface = "eth0" }, { address = "fd00::1", interface = "eth1" } ]

[[vip_range]]
first = "10.0.4.1"
last = "10.0.7.232"
prefix = 32
interface = "eth0"

[notify]
arp_cache = "90s"
arp_cache_throttle = 64
targets = [ { address = "192.168.8.1", interface = "eth0", throttle = 128, ping = false } ]

[balance]
moves_per_round = "all"
interval = "4s"

[log]
file = "/var/log/molehill/%h.log"
level = "warning"
max_size = "1.5GB"
keep = 9
syslog = "local0"
`;

Deno.test("every key that the documentation shows is read", () => {
  const { group, ...rest } = configurationOf(DESIGN_FILE);
  assert.equal(rest.keyFile, "/etc/molehill/key");
  assert.deepEqual(group.timing, { heartbeat: 100, timeout: 500, mature: 5000, lease: 3000 });
  assert.deepEqual(rest.segments, [
    { name: "lan", mode: "broadcast", address: "192.168.255.255", port: 4803 },
  ]);
  assert.deepEqual(rest.hosts, [
    {
      name: "test00",
      addresses: new Map([["lan", "192.168.9.160"]]),
      interfaces: new Map([["eth0", "ens3"]]),
    },
    { name: "test01", addresses: new Map([["lan", "192.168.9.161"]]), interfaces: new Map() },
  ]);
  assert.deepEqual(rest.vips.slice(0, 2), [
    { name: "web-a", addresses: [{ address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" }] },
    {
      name: "gateway",
      addresses: [
        { address: "10.1.0.1", family: 4, prefix: 32, interface: "eth0" },
        { address: "fd00::1", family: 6, prefix: 128, interface: "eth1" },
      ],
    },
  ]);
  assert.equal(rest.vips.length, 1_002);
  assert.deepEqual(rest.notify, {
    arpCache: 90_000,
    arpCacheThrottle: 64,
    targets: [{
      address: "192.168.8.1",
      family: 4,
      prefix: 32,
      interface: "eth0",
      throttle: 128,
      ping: false,
    }],
  });
  assert.deepEqual(rest.log, {
    file: "/var/log/molehill/%h.log",
    level: "warning",
    maxSize: 1_500_000_000,
    keep: 9,
    syslog: "local0",
  });
  assert.equal(rest.announcer, "raw");
  assert.deepEqual(group.balance, { movesPerRound: "all", interval: 4000 });
});

Deno.test("what is left out has a default", () => {
  const { group, segments, notify, announcer, vips, log } = configurationOf(SMALL_FILE);
  assert.deepEqual(log, { file: null, level: "info", maxSize: 10_000_000, keep: 5, syslog: null });
  assert.equal(group.partition, "serve");
  assert.deepEqual(group.timing, { heartbeat: 100, timeout: 500, mature: 5000, lease: 3000 });
  assert.deepEqual(group.balance, { movesPerRound: "all", interval: 4000 });
  assert.deepEqual(group.hosts, [{ name: "test00", weight: 1 }, { name: "test01", weight: 1 }]);
  assert.deepEqual(group.vips, [
    {
      name: "web-a",
      addresses: [{ address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" }],
      prefer: [],
      hosts: ["test00", "test01"],
      handover: "exclusive",
      takeover: "at-once",
      foreignHolder: "defend",
    },
  ]);
  assert.deepEqual(segments, [{ name: "lan", mode: "unicast", address: null, port: 4803 }]);
  assert.deepEqual([notify, announcer], [{ arpCache: null, arpCacheThrottle: 128, targets: [] }, "raw"]);
  assert.deepEqual(vips[0]?.addresses.map(({ prefix }) => prefix), [32]);
});

Deno.test("a hook has what [hooks] says for all, but for the time that failover waits for", () => {
  const { hooks } = configurationOf(smallFile(
    {},
    '[hooks]\nuser = "nobody"\ntimeout = "7s"\nbefore_acquire = { command = ["/a.sh"], on_failure = "acquire" }\n' +
      '[[hooks.release]]\ncommand = ["/b.sh", "x"]\nuser = "root"\nvips = ["web-a"]\nbatch = true\n',
  ));
  const nothing = { acquire: [], view: [], partition: [], foreign_holder: [] };
  assert.deepEqual(hooks, {
    ...nothing,
    before_acquire: [
      { command: ["/a.sh"], user: "nobody", timeout: 2_000, vips: null, batch: false, onFailure: "acquire" },
    ],
    release: [
      {
        command: ["/b.sh", "x"],
        user: "root",
        timeout: 7_000,
        vips: ["web-a"],
        batch: true,
        onFailure: "refuse",
      },
    ],
  });
  assert.deepEqual(configurationOf(SMALL_FILE).hooks, { ...nothing, before_acquire: [], release: [] });
});

Deno.test("a VIP without name is named after its first address, in canonical spelling", () => {
  const text = smallFile({ 'name = "web-a"\naddress = "192.168.9.109"': 'address = "FD00:0:0::0109"' });
  assert.deepEqual(configurationOf(text).vips, [
    {
      name: "fd00::109",
      addresses: [{ address: "fd00::109", family: 6, prefix: 128, interface: "eth0" }],
    },
  ]);
});

Deno.test("an address of a set has the VIP's interface unless it names its own", () => {
  const text = smallFile({
    'address = "192.168.9.109"':
      'addresses = [{ address = "10.0.0.1" }, { address = "10.0.0.2", interface = "b" }]',
  });
  assert.deepEqual(configurationOf(text).vips[0]?.addresses.map((each) => each.interface), ["eth0", "b"]);
});

Deno.test("a host's single address is in the first segment of the file", () => {
  const text = smallFile({ "[[host]]": '[[segment]]\nname = "back"\nmode = "unicast"\n[[host]]' });
  assert.deepEqual(configurationOf(text).hosts[0]?.addresses, new Map([["lan", "192.168.9.160"]]));
});

Deno.test("hosts and VIPs of the group are sorted by name, those of the file are not", () => {
  const text = smallFile(
    { '"test00"': '"test02"' },
    '[[vip]]\nname = "B"\naddress = "10.0.0.1"\ninterface = "eth0"\nhosts = ["test02", "test01"]\n',
  );
  const { group, hosts, vips } = configurationOf(text);
  assert.deepEqual(group.hosts.map(({ name }) => name), ["test01", "test02"]);
  assert.deepEqual(hosts.map(({ name }) => name), ["test02", "test01"]);
  assert.deepEqual(group.vips.map(({ name }) => name), ["B", "web-a"]);
  assert.deepEqual(vips.map(({ name }) => name), ["web-a", "B"]);
  assert.deepEqual(group.vips[0]?.hosts, ["test01", "test02"]);
});

Deno.test("a range makes a VIP of each address, over byte borders and in both families", () => {
  const range = (first: string, last: string) =>
    configurationOf(`${SMALL_FILE}[[vip_range]]\nfirst = "${first}"\nlast = "${last}"\ninterface = "eth1"\n`)
      .vips.slice(1);
  assert.deepEqual(range("10.0.0.254", "10.0.1.1").map(({ name }) => name), [
    "10.0.0.254",
    "10.0.0.255",
    "10.0.1.0",
    "10.0.1.1",
  ]);
  assert.deepEqual(range("fd00::fffe", "fd00::1:1").map(({ name }) => name), [
    "fd00::fffe",
    "fd00::ffff",
    "fd00::1:0",
    "fd00::1:1",
  ]);
  assert.deepEqual(range("10.0.0.1", "10.0.0.1"), [
    { name: "10.0.0.1", addresses: [{ address: "10.0.0.1", family: 4, prefix: 32, interface: "eth1" }] },
  ]);
});

Deno.test("prefer, hosts and handover of a range are those of each of its VIPs", () => {
  const keys = 'prefer = ["test01"]\nhosts = ["test01", "test00"]\nhandover = "overlap"\n';
  const text =
    `${SMALL_FILE}[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.2"\ninterface = "eth1"\n${keys}`;
  assert.deepEqual(
    configurationOf(text).group.vips.slice(0, 2),
    ["10.0.0.1", "10.0.0.2"].map((name) => ({
      name,
      addresses: [{ address: name, family: 4, prefix: 32, interface: "eth1" }],
      prefer: ["test01"],
      hosts: ["test00", "test01"],
      handover: "overlap",
      takeover: "at-once",
      foreignHolder: "defend",
    })),
  );
});

Deno.test("a notify block is read to its first address", () => {
  const block = (address: string) => {
    const text = `${SMALL_FILE}[notify]\ntargets = [{ address = "${address}", interface = "eth0" }]\n`;
    const [target] = configurationOf(text).notify.targets;
    return `${target?.address}/${target?.prefix}`;
  };
  assert.equal(block("192.168.8.77/20"), "192.168.0.0/20");
  assert.equal(block("fd00::8:ffff/112"), "fd00::8:0/112");
  assert.equal(block("192.168.8.1"), "192.168.8.1/32");
});

Deno.test("a profile sets the pace and keys override it", () => {
  const timing = (keys: string) =>
    configurationOf(smallFile({ "[[segment]]": `[timing]\n${keys}\n[[segment]]` })).group.timing;
  assert.deepEqual(timing('profile = "fast"'), { heartbeat: 20, timeout: 80, mature: 5000, lease: 3000 });
  assert.deepEqual(timing('profile = "wan"'), { heartbeat: 1000, timeout: 5000, mature: 6000, lease: 8000 });
  assert.deepEqual(
    timing('profile = "wan"\nheartbeat = "5ms"\ntimeout = "10ms"\nmature = "0s"\nlease = "off"'),
    {
      heartbeat: 5,
      timeout: 10,
      mature: 0,
      lease: null,
    },
  );
  assert.equal(timing('timeout = "5.5s"').lease, 9000);
});

Deno.test("a group has at most 1,024 hosts", () => {
  const hosts = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => `[[host]]\nname = "h${index}"\naddress = "10.9.${index >> 8}.${index & 255}"\n`,
    ).join("");
  assert.equal(configurationOf(SMALL_FILE + hosts(1_022)).group.hosts.length, 1_024);
  assert.deepEqual(problemsOf(SMALL_FILE + hosts(1_023)), [
    "f.toml:3083:1: Cannot read the file: it has 1025 hosts (wanted at most 1024)",
  ]);
});

Deno.test("a group has at most 16,384 addresses of VIPs", () => {
  const range = (last: string) => `[[vip_range]]\nfirst = "10.0.0.1"\nlast = "${last}"\ninterface = "eth0"\n`;
  assert.equal(configurationOf(SMALL_FILE + range("10.0.63.255")).vips.length, 16_384);
  assert.deepEqual(problemsOf(SMALL_FILE + range("10.0.64.0")), [
    "f.toml:17:1: Cannot read the file: it has more than 16384 addresses of VIPs (wanted at most 16384)",
  ]);
});
