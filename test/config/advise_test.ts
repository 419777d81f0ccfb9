// Files that can be used, and the advice about them.

import assert from "node:assert/strict";
import { SMALL_FILE, smallFile, warningsOf } from "./small_file.ts";

Deno.test("the small file gives no cause for advice", () => {
  assert.deepEqual(warningsOf(SMALL_FILE), []);
});

function timed(keys: string): string {
  return smallFile({ "[[segment]]": `[timing]\n${keys}\n[[segment]]` });
}

Deno.test("neighbours that are collected, and targets that are pinged, are no cause for advice", () => {
  const notify =
    '[notify]\narp_cache = "90s"\ntargets = [{ address = "10.0.0.1", interface = "eth0", ping = true }]\n';
  assert.deepEqual(warningsOf(SMALL_FILE + notify), []);
});

Deno.test("no profile by itself gives cause for advice", () => {
  for (const profile of ["fast", "lan", "wan"]) {
    assert.deepEqual(warningsOf(timed(`profile = "${profile}"`)), []);
  }
});

Deno.test("a quorum of an odd number of hosts gives no cause for advice", () => {
  const third = '[[host]]\nname = "c"\naddress = "10.0.0.3"\n';
  assert.deepEqual(warningsOf(smallFile({ '"tudou"': '"tudou"\npartition = "quorum"' }, third)), []);
});

const advised: readonly {
  readonly told: string;
  readonly text: string;
  readonly warnings: readonly string[];
}[] = [
  {
    told: "no key file",
    text: smallFile({ 'key_file = "/etc/molehill/key"\n': "" }),
    warnings: [
      "1:1: No key_file in [cluster]: anybody on the segments can speak for a host (wanted key_file)",
    ],
  },
  {
    told: "keys of a log file that there is none of",
    text: smallFile({}, '[log]\nmax_size = "off"\nkeep = 3\nsyslog = true\n'),
    warnings: [
      "18:1: max_size has no effect: the log goes to no file (wanted file in [log])",
      "19:1: keep has no effect: the log goes to no file (wanted file in [log])",
    ],
  },
  {
    told: "a before_acquire that lasts far longer than a failover",
    text: smallFile(
      {},
      '[hooks]\nbefore_acquire = [{ command = ["/a.sh"], timeout = "4s" }, { command = ["/b.sh"], vips = ["web-a"] }]\n',
    ),
    warnings: [
      "18:1: before_acquire may take 6s, and each failover so much longer than its timeout of 500ms (wanted at most " +
      '"5s" in all)',
    ],
  },
  {
    told: "a before_acquire with a process for each of very many VIPs",
    text: smallFile(
      {},
      '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.100"\ninterface = "eth0"\n' +
        '[hooks]\nbefore_acquire = { command = ["/a.sh"] }\n',
    ),
    warnings: [
      "22:1: before_acquire of [hooks] starts a process for each of 101 VIPs, and those that come late have little time " +
      "left (wanted batch = true: one process for all VIPs of the moment)",
    ],
  },
  {
    told: "a single host",
    text: smallFile({ '[[host]]\nname = "test01"\naddress = "192.168.9.161"\n': "" }),
    warnings: ["7:1: Only one host: nobody takes its VIPs over when it fails (wanted two or more)"],
  },
  {
    told: "two hosts with a quorum",
    text: smallFile({ 'name = "tudou"': 'name = "tudou"\npartition = "quorum"' }),
    warnings: [
      '3:1: partition = "quorum" with two hosts: the loss of either takes all VIPs down (wanted a third host, which ' +
      'need not hold any VIP if each of them says hosts = ["test00", "test01"], or partition = "serve")',
    ],
  },
  {
    told: "an even number of hosts with a quorum",
    text: smallFile(
      { 'name = "tudou"': 'name = "tudou"\npartition = "quorum"' },
      '[[host]]\nname = "c"\naddress = "10.0.0.3"\n[[host]]\nname = "d"\naddress = "10.0.0.4"\n',
    ),
    warnings: [
      '3:1: partition = "quorum" with 4 hosts: a split into 2 and 2 takes all VIPs down, and 1 may be lost, as with ' +
      "3 hosts (wanted an odd number of hosts)",
    ],
  },
  {
    told: "a wait for a lease that is off",
    text: smallFile({
      "[[segment]]": '[timing]\nlease = "off"\n[[segment]]',
      'interface = "eth0"': 'interface = "eth0"\ntakeover = "after-lease"',
    }),
    warnings: [
      "5:1: lease is off: the VIPs of a daemon that hangs stay on its host although others take them over (wanted a time " +
      'such as "3s")',
      '19:1: takeover = "after-lease" has no effect: lease = "off" in [timing] (wanted a lease)',
    ],
  },
  {
    told: "a foreign holder whom nobody can hear",
    text: smallFile(
      { 'interface = "eth0"': 'interface = "eth0"\nforeign_holder = "yield"' },
      '[notify]\nannouncer = "arping"\n',
    ),
    warnings: [
      '17:1: foreign_holder = "yield" has no effect: announcer = "arping" in [notify] hears nobody (wanted "raw")',
    ],
  },
  {
    told: "all that arping does not do",
    text: smallFile(
      { 'interface = "eth0"': 'interface = "eth0"\ntakeover = "after-lease"' },
      '[[vip]]\naddress = "fd00::9"\ninterface = "eth0"\n' +
        '[[vip_range]]\nfirst = "fd00::11"\nlast = "fd00::19"\ninterface = "eth0"\n' +
        '[notify]\nannouncer = "arping"\narp_cache = "90s"\n' +
        'targets = [{ address = "10.0.0.1", interface = "eth0", ping = true }]\n',
    ),
    warnings: [
      '26:1: announcer = "arping" announces no IPv6: neighbours of "fd00::9" and 9 more are not told when it moves ' +
      '(wanted "raw")',
      '26:1: announcer = "arping" asks nobody: with takeover = "after-lease" the VIPs of a killed daemon are waited ' +
      'for as long as the lease (wanted "raw")',
      '26:1: announcer = "arping" hears no answers: notify targets are told where a VIP is, but cannot confirm it ' +
      '(wanted "raw")',
      '26:1: announcer = "arping" asks no collected neighbours: arp_cache shares those of this host, and is of no use to ' +
      'it (wanted "raw")',
      '26:1: announcer = "arping" pings nobody: ping has no effect (wanted "raw")',
    ],
  },
  {
    told: "arping where it does all that the file asks for: nothing",
    text: `${SMALL_FILE}[notify]\nannouncer = "arping"\n`,
    warnings: [],
  },
  {
    told: "a timeout of few heartbeats",
    text: timed('timeout = "250ms"'),
    warnings: [
      "5:1: timeout 250ms is less than three heartbeats of 100ms: after one lost datagram a live host has only 50ms " +
      'left before it is taken for dead (wanted a timeout of at least "300ms")',
    ],
  },
  {
    told: "a heartbeat that the profile's timeout leaves no time for",
    text: timed('heartbeat = "250ms"'),
    warnings: [
      "5:1: timeout 500ms is less than three heartbeats of 250ms: after one lost datagram a live host has no time " +
      'left before it is taken for dead (wanted a timeout of at least "750ms")',
    ],
  },
  {
    told: "a lease that may end before the others take over",
    text: timed('timeout = "2s"\nlease = "2s"'),
    warnings: [
      "6:1: lease 2s is short for a timeout of 2s: a daemon that hangs may lose its VIPs after 1333ms, before others " +
      'take them over (wanted a lease of at least "3s")',
    ],
  },
  {
    told: "leases that are off",
    text: timed('lease = "off"'),
    warnings: [
      "5:1: lease is off: the VIPs of a daemon that hangs stay on its host although others take them over " +
      '(wanted a time such as "3s")',
    ],
  },
  {
    told: "a maturity before others can be heard",
    text: timed('mature = "0s"'),
    warnings: [
      "5:1: mature 0s is shorter than a timeout and a heartbeat: a host that starts may take every VIP before it " +
      'has heard those who hold them (wanted at least "600ms")',
    ],
  },
  {
    told: "no VIP",
    text: SMALL_FILE.slice(0, SMALL_FILE.indexOf("[[vip]]")),
    warnings: ["1:1: No VIP: there is nothing to keep alive (wanted [[vip]] or [[vip_range]])"],
  },
  {
    told: "a VIP that one host may hold",
    text: smallFile({ 'interface = "eth0"': 'interface = "eth0"\nhosts = ["test01"]' }),
    warnings: [
      '17:1: Only host "test01" may hold VIP "web-a": nobody takes it over (wanted two or more hosts)',
    ],
  },
  {
    told: "prefixes of more than one address",
    text: smallFile(
      { '"192.168.9.109"': '"192.168.9.109/16"' },
      '[[vip_range]]\nfirst = "fd00::1"\nlast = "fd00::2"\nprefix = 64\ninterface = "eth0"\n',
    ),
    warnings: [
      '15:1: "192.168.9.109/16" is not a single address: with the sysctl promote_secondaries = 0 the end of one ' +
      "address takes others of its subnet along (wanted /32)",
      '20:1: "fd00::1/64" is not a single address: with the sysctl promote_secondaries = 0 the end of one ' +
      "address takes others of its subnet along (wanted /128)",
    ],
  },
  {
    told: "VIPs with the address of a segment's broadcast or of a notify target",
    text: smallFile(
      { 'mode = "unicast"': 'mode = "broadcast"\naddress = "192.168.9.255"' },
      '[[vip]]\naddress = "192.168.9.255"\ninterface = "eth0"\n' +
        '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.3"\ninterface = "eth0"\n' +
        '[notify]\ntargets = [{ address = "10.0.0.2", interface = "eth0" }, ' +
        '{ address = "10.0.0.0/24", interface = "eth0" }, { address = "10.0.0.4", interface = "eth0" }]\n',
    ),
    warnings: [
      '19:1: "192.168.9.255" is the broadcast address of segment "lan" and a VIP as well ' +
      "(wanted an address of its own)",
      '22:1: "10.0.0.2" is the address of a notify target and a VIP as well (wanted an address of its own)',
    ],
  },
  {
    told: "segments that nobody, or one host, is in",
    text: smallFile({
      "[[host]]": '[[segment]]\nname = "back"\nmode = "unicast"\n' +
        '[[segment]]\nname = "spare"\nmode = "unicast"\n[[host]]',
      'address = "192.168.9.160"': 'addresses = { lan = "192.168.9.160", back = "10.0.0.1" }',
    }),
    warnings: [
      '8:1: Segment "back" is of no use: only one host is in it, and nobody hears it there',
      '11:1: Segment "spare" is of no use: no host is in it',
    ],
  },
  {
    told: "a renamed interface that nothing uses",
    text: smallFile({ 'name = "test01"': 'name = "test01"\ninterfaces = { eth0 = "ens3", eht0 = "ens4" }' }),
    warnings: [
      '12:31: Interface "eht0" of host "test01" is of no use: no VIP, notify target or check names it ' +
      '(did you mean "eth0"?)',
    ],
  },
];

for (const { told, text, warnings } of advised) {
  Deno.test(`parseConfiguration() advises about ${told}`, () => {
    assert.deepEqual(warningsOf(text), warnings.map((warning) => `f.toml:${warning}`));
  });
}
