// Bad files and everything that is said about them, with places. The text of a message is a promise to people.

import assert from "node:assert/strict";
import { parseConfiguration } from "../../src/config/load.ts";
import { problemsOf, SMALL_FILE, smallFile } from "./small_file.ts";

interface BadFile {
  readonly told: string;
  readonly text: string;
  /** Without the name of the file in front. */
  readonly problems: readonly string[];
}

const badFiles: readonly BadFile[] = [
  {
    told: "TOML that cannot be parsed",
    text: smallFile({ '"tudou"': '"tudou' }),
    problems: [
      "2:14: Cannot read the file as TOML: control characters are not allowed in strings",
    ],
  },
  {
    told: "a key that is there twice",
    text: smallFile({ 'interface = "eth0"': 'interface = "eth0"\ninterface = "eth1"' }),
    problems: [
      "17:1: Cannot read the file as TOML: trying to redefine an already defined table or value",
    ],
  },
  {
    told: "an unknown section",
    text: smallFile({}, "[timings]\n"),
    problems: [
      '17:1: Cannot read [timings]: unknown section (did you mean "timing"? wanted cluster, timing, segment, host, vip, vip_range, notify, balance, log, hooks, check)',
    ],
  },
  {
    told: "an unknown key close to a known one",
    text: smallFile({ 'address = "192.168.9.160"': 'addres = "192.168.9.160"' }),
    problems: [
      '7:1: Cannot read host "test00": it is in no segment (wanted address = "..." or addresses = { SEGMENT = "...", ... })',
      '9:1: Cannot read "addres" of host "test00": unknown key (did you mean "address"? wanted name, address, addresses, weight, interfaces)',
    ],
  },
  {
    told: "two unknown keys in one table",
    text: smallFile({}, '[balance]\nintervall = "4s"\nfoo = 1\n'),
    problems: [
      '18:1: Cannot read "intervall" of [balance]: unknown key (did you mean "interval"? wanted moves_per_round, interval)',
      '19:1: Cannot read "foo" of [balance]: unknown key (wanted moves_per_round, interval)',
    ],
  },
  {
    told: "a key that JavaScript objects have by themselves",
    text: smallFile({ "[[segment]]": "toString = 1\n[[segment]]" }),
    problems: [
      '4:1: Cannot read "toString" of [cluster]: unknown key (wanted name, key_file, partition)',
    ],
  },
  {
    told: "a key that could harm JavaScript objects",
    text: smallFile({ "[[segment]]": "__proto__ = 1\n[[segment]]" }),
    problems: [
      "4:1: Cannot read the file as TOML: document contains an unsafe property",
    ],
  },
  {
    told: "a missing key",
    text: smallFile({ 'name = "test01"\n': "" }),
    problems: [
      '10:1: Cannot read host "192.168.9.161": the key name is missing',
    ],
  },
  {
    told: "a missing section",
    text: smallFile({ '[cluster]\nname = "tudou"\nkey_file = "/etc/molehill/key"\n': "" }),
    problems: [
      "1:1: Cannot read the file: [cluster] is missing",
    ],
  },
  {
    told: "hooks that nobody can run",
    text: smallFile(
      {},
      '[hooks]\nuser = "no body"\ntimeout = "1ms"\nacquire = { command = "/bin/a b" }\n' +
        'release = [{ command = [] }, { command = ["a.sh"] }, { command = ["/a.sh", 1] }, { vips = ["web-a"] }]\n',
    ),
    problems: [
      '18:8: Cannot use "no body" as user of [hooks]: it is not a name (wanted the name of a user such as "nobody")',
      '19:11: Cannot use "1ms" as timeout of [hooks]: it is below 10 ms (wanted at least "10ms")',
      '20:23: Cannot use "/bin/a b" as acquire.command of [hooks]: it is text, and no shell is there to take it apart ' +
      '(wanted a list of texts, the path of a program first, such as ["/etc/molehill/hook.sh", "flush"])',
      "21:24: Cannot use [] as release[0].command of [hooks]: it is empty (wanted a list of texts, the path of a " +
      'program first, such as ["/etc/molehill/hook.sh", "flush"])',
      '21:42: Cannot use ["a.sh"] as release[1].command of [hooks]: "a.sh" does not start with / (wanted a list of ' +
      'texts, the path of a program first, such as ["/etc/molehill/hook.sh", "flush"])',
      '21:66: Cannot use ["/a.sh", 1] as release[2].command of [hooks]: it contains a number (wanted a list of texts, ' +
      'the path of a program first, such as ["/etc/molehill/hook.sh", "flush"])',
      "21:82: Cannot read release[3] of [hooks]: the key command is missing",
    ],
  },
  {
    told: "hooks for VIPs that are not there, and keys that mean nothing for an event",
    text: smallFile(
      {},
      '[hooks]\nacquire = { command = ["/a.sh"], vips = ["web-b", "web-a", "web-a"] }\n' +
        'release = [{ command = ["/a.sh"], vips = [] }]\n' +
        'before_acquire = { command = ["/a.sh"], timeout = "2m", vips = ["fd00::1"] }\n',
    ),
    problems: [
      '18:42: Cannot use "web-b" as vips of acquire of [hooks]: no such VIP (did you mean "web-a"? wanted one of web-a)',
      '18:60: Cannot use "web-a" as vips of acquire of [hooks]: it is there twice',
      "19:42: Cannot use [] as vips of release[0] of [hooks]: it is empty (wanted names of VIPs, or no key vips for " +
      "all of them)",
      '20:51: Cannot use "120s" as timeout of before_acquire of [hooks]: failover would wait for so long (wanted at ' +
      'most "60s")',
      '20:65: Cannot use "fd00::1" as vips of before_acquire of [hooks]: no such VIP (wanted one of web-a)',
    ],
  },
  {
    told: "keys that a hook of an event does not have",
    text: smallFile(
      {},
      '[hooks]\nview = { command = ["/a.sh"], vips = ["web-a"] }\n' +
        'acquire = { command = ["/a.sh"], on_failure = "refuse" }\nacquired = 1\n',
    ),
    problems: [
      '18:31: Cannot read "vips" of view of [hooks]: unknown key (wanted command, user, timeout)',
      '19:34: Cannot read "on_failure" of acquire of [hooks]: unknown key (wanted command, user, timeout, vips, batch)',
      '20:1: Cannot read "acquired" of [hooks]: unknown key (did you mean "acquire"? wanted user, timeout, ' +
      "before_acquire, acquire, release, view, partition, foreign_holder)",
    ],
  },
  {
    told: "a single table where a list of tables belongs",
    text: smallFile({ "[[segment]]": "[segment]" }),
    problems: [
      '4:1: Cannot use { name = "lan", mode = "unicast" } as [segment]: it is a table (wanted [[segment]])',
    ],
  },
  {
    told: "a list of tables where a single table belongs",
    text: smallFile({}, '[[balance]]\ninterval = "4s"\n'),
    problems: [
      '17:1: Cannot use [{ interval = "4s" }] as [balance]: it is a list (wanted [balance])',
    ],
  },
  {
    told: "text where a number belongs",
    text: smallFile({ 'name = "test01"': 'name = "test01"\nweight = "2"' }),
    problems: [
      '12:10: Cannot use "2" as weight of host "test01": it is text (wanted a number above 0, at most 1000)',
    ],
  },
  {
    told: "a number where text belongs",
    text: smallFile({ '"web-a"': "7" }),
    problems: [
      '14:8: Cannot use 7 as name of VIP "192.168.9.109": it is a number (wanted 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first)',
    ],
  },
  {
    told: "text where true or false belongs",
    text: smallFile({}, '[notify]\ntargets = [{ address = "10.0.0.1", interface = "eth0", ping = "yes" }]\n'),
    problems: [
      '18:63: Cannot use "yes" as targets[0].ping of [notify]: it is text (wanted true or false)',
    ],
  },
  {
    told: "neighbours that are collected too often, and asked by halves",
    text: smallFile({}, '[notify]\narp_cache = "500ms"\narp_cache_throttle = 0.5\n'),
    problems: [
      '18:13: Cannot use "500ms" as arp_cache of [notify]: it is below 1000 ms (wanted at least "1000ms")',
      "19:22: Cannot use 0.5 as arp_cache_throttle of [notify]: it is not a whole number (wanted a whole number from 1 to 100000)",
    ],
  },
  {
    told: "a word out of the few that are known",
    text: smallFile({ '"unicast"': '"unicats"' }),
    problems: [
      '6:8: Cannot use "unicats" as mode of segment "lan": unknown value (did you mean "unicast"? wanted "broadcast", "multicast" or "unicast")',
    ],
  },
  {
    told: "a profile that is not known",
    text: smallFile({ "[[segment]]": '[timing]\nprofile = "slow"\n[[segment]]' }),
    problems: [
      '5:11: Cannot use "slow" as profile of [timing]: unknown value (wanted "fast", "lan" or "wan")',
    ],
  },
  {
    told: "a duration without unit",
    text: smallFile({ "[[segment]]": '[timing]\nheartbeat = "100"\n[[segment]]' }),
    problems: [
      '5:13: Cannot use "100" as heartbeat of [timing]: it has no unit (wanted a duration such as "100ms" or "100s")',
    ],
  },
  {
    told: "a duration that is a number",
    text: smallFile({ "[[segment]]": "[timing]\nheartbeat = 100\n[[segment]]" }),
    problems: [
      '5:13: Cannot use 100 as heartbeat of [timing]: it is a number (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a negative duration",
    text: smallFile({ "[[segment]]": '[timing]\nmature = "-5s"\n[[segment]]' }),
    problems: [
      '5:10: Cannot use "-5s" as mature of [timing]: it is negative (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a duration of an unknown unit",
    text: smallFile({ "[[segment]]": '[timing]\nmature = "5sec"\n[[segment]]' }),
    problems: [
      '5:10: Cannot use "5sec" as mature of [timing]: unknown unit "sec" (wanted ms, s, m or h)',
    ],
  },
  {
    told: "a duration that is empty",
    text: smallFile({ "[[segment]]": '[timing]\nmature = ""\n[[segment]]' }),
    problems: [
      '5:10: Cannot use "" as mature of [timing]: it is empty (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a duration that is not one",
    text: smallFile({ "[[segment]]": '[timing]\nmature = "soon"\n[[segment]]' }),
    problems: [
      '5:10: Cannot use "soon" as mature of [timing]: it is not a duration (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a duration of parts of a millisecond",
    text: smallFile({ "[[segment]]": '[timing]\nheartbeat = "10.5ms"\n[[segment]]' }),
    problems: [
      '5:13: Cannot use "10.5ms" as heartbeat of [timing]: it is not a whole number of milliseconds (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a duration longer than a day",
    text: smallFile({ "[[segment]]": '[timing]\nmature = "25h"\n[[segment]]' }),
    problems: [
      '5:10: Cannot use "25h" as mature of [timing]: it is longer than a day (wanted a duration such as "100ms", "5s" or "2m")',
    ],
  },
  {
    told: "a heartbeat below 5 ms",
    text: smallFile({ "[[segment]]": '[timing]\nheartbeat = "4ms"\n[[segment]]' }),
    problems: [
      '5:13: Cannot use "4ms" as heartbeat of [timing]: it is below 5 ms (wanted at least "5ms")',
    ],
  },
  {
    told: "a timeout of less than two heartbeats",
    text: smallFile({ "[[segment]]": '[timing]\nheartbeat = "100ms"\ntimeout = "199ms"\n[[segment]]' }),
    problems: [
      '6:11: Cannot use "199ms" as timeout of [timing]: it is shorter than two heartbeats of 100ms (wanted at least "200ms")',
    ],
  },
  {
    told: "a heartbeat of more than half the profile's timeout",
    text: smallFile({ "[[segment]]": '[timing]\nheartbeat = "300ms"\n[[segment]]' }),
    problems: [
      '5:13: Cannot use "500ms" as timeout of [timing]: it is shorter than two heartbeats of 300ms (wanted at least "600ms")',
    ],
  },
  {
    told: "a lease below two seconds",
    text: smallFile({ "[[segment]]": '[timing]\nlease = "1s"\n[[segment]]' }),
    problems: [
      '5:9: Cannot use "1s" as lease of [timing]: the kernel counts the lifetime of addresses in whole seconds (wanted whole seconds, at least "2s", or "off")',
    ],
  },
  {
    told: "a lease of no whole seconds",
    text: smallFile({ "[[segment]]": '[timing]\nlease = "2.5s"\n[[segment]]' }),
    problems: [
      '5:9: Cannot use "2500ms" as lease of [timing]: the kernel counts the lifetime of addresses in whole seconds (wanted whole seconds, at least "2s", or "off")',
    ],
  },
  {
    told: "a lease shorter than the timeout",
    text: smallFile({ "[[segment]]": '[timing]\ntimeout = "4s"\nlease = "3s"\n[[segment]]' }),
    problems: [
      '6:9: Cannot use "3s" as lease of [timing]: it is shorter than the timeout of 4s (wanted at least "4s", or "off")',
    ],
  },
  {
    told: "a log file without a whole path",
    text: smallFile({}, '[log]\nfile = "molehill.log"\n'),
    problems: [
      '18:8: Cannot use "molehill.log" as file of [log]: it does not start with / (wanted an absolute path such as "/var/log/molehill/%h.log")',
    ],
  },
  {
    told: "a log file that is a directory",
    text: smallFile({}, '[log]\nfile = "/var/log/"\n'),
    problems: [
      '18:8: Cannot use "/var/log/" as file of [log]: it is a directory (wanted an absolute path such as "/var/log/molehill/%h.log")',
    ],
  },
  {
    told: "a log file with a percent sign that means nothing",
    text: smallFile({}, '[log]\nfile = "/var/log/%d.log"\n'),
    problems: [
      '18:8: Cannot use "/var/log/%d.log" as file of [log]: "%d" means nothing in it (wanted only "%h" for the host\'s name, "%%" for a percent sign)',
    ],
  },
  {
    told: "every other value of [log] that is wrong",
    text: smallFile({}, '[log]\nlevel = "warn"\nmax_size = "10"\nkeep = -1\nsyslog = "locl0"\nlevl = 1\n'),
    problems: [
      '18:9: Cannot use "warn" as level of [log]: unknown value (wanted "debug", "info", "warning" or "error")',
      '19:12: Cannot use "10" as max_size of [log]: it has no unit (wanted a size such as "10KB" or "10MB")',
      "20:8: Cannot use -1 as keep of [log]: it is below 0 (wanted a whole number from 0 to 1000)",
      '21:10: Cannot use "locl0" as syslog of [log]: unknown facility (did you mean "local0"? wanted false, true (which is "daemon"), "user", "syslog", or "local0" to "local7")',
      '22:1: Cannot read "levl" of [log]: unknown key (did you mean "level"? wanted file, level, max_size, keep, syslog)',
    ],
  },
  {
    told: "sizes that are none",
    text: smallFile({}, '[log]\nmax_size = "10MiB"\n'),
    problems: [
      '18:12: Cannot use "10MiB" as max_size of [log]: unknown unit "MiB" (wanted KB, MB or GB)',
    ],
  },
  {
    told: "a name with a foreign character",
    text: smallFile({ '"tudou"': '"tu/dou"' }),
    problems: [
      '2:8: Cannot use "tu/dou" as name of [cluster]: it contains "/" (wanted 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first)',
    ],
  },
  {
    told: "an empty name of a host",
    text: smallFile({ '"test00"': '""' }),
    problems: [
      '8:8: Cannot use "" as name of host "192.168.9.160": it is empty (wanted 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first)',
    ],
  },
  {
    told: "a name of 64 characters",
    text: smallFile({ '"web-a"': '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"' }),
    problems: [
      '14:8: Cannot use "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... as name of VIP "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...: it is longer than 63 characters (wanted 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first)',
    ],
  },
  {
    told: "a name that looks like an option",
    text: smallFile({ '"web-a"': '"-a"' }),
    problems: [
      '14:8: Cannot use "-a" as name of VIP "-a": it starts with "-" (wanted 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first)',
    ],
  },
  {
    told: "a key file by a relative path",
    text: smallFile({ '"/etc/molehill/key"': '"key"' }),
    problems: [
      '3:12: Cannot use "key" as key_file of [cluster]: it does not start with / (wanted an absolute path such as "/etc/molehill/key")',
    ],
  },
  {
    told: "a port out of range",
    text: smallFile({ '"unicast"': '"unicast"\nport = 65536' }),
    problems: [
      '7:8: Cannot use 65536 as port of segment "lan": it is above 65535 (wanted a whole number from 1 to 65535)',
    ],
  },
  {
    told: "no segment",
    text: smallFile({
      '[[segment]]\nname = "lan"\nmode = "unicast"\n': "",
      "[cluster]": "segment = []\n[cluster]",
    }),
    problems: [
      "1:1: Cannot read the file: there is no [[segment]]",
    ],
  },
  {
    told: "a broadcast segment without address",
    text: smallFile({ '"unicast"': '"broadcast"' }),
    problems: [
      '4:1: Cannot read segment "lan": the key address is missing (wanted the segment\'s IPv4 broadcast address, such as 192.168.255.255)',
    ],
  },
  {
    told: "a broadcast segment of a multicast address",
    text: smallFile({ '"unicast"': '"broadcast"\naddress = "239.1.2.3"' }),
    problems: [
      '7:11: Cannot use "239.1.2.3" as address of segment "lan": it is no broadcast address (wanted the segment\'s IPv4 broadcast address, such as 192.168.255.255)',
    ],
  },
  {
    told: "a broadcast segment of an IPv6 address",
    text: smallFile({ '"unicast"': '"broadcast"\naddress = "fd00::1"' }),
    problems: [
      '7:11: Cannot use "fd00::1" as address of segment "lan": it is no broadcast address (wanted the segment\'s IPv4 broadcast address, such as 192.168.255.255)',
    ],
  },
  {
    told: "a multicast segment of another address",
    text: smallFile({ '"unicast"': '"multicast"\naddress = "192.168.255.255"' }),
    problems: [
      '7:11: Cannot use "192.168.255.255" as address of segment "lan": it is no multicast address (wanted a multicast address, such as 239.1.2.3 or ff02::4803)',
    ],
  },
  {
    told: "a unicast segment with an address",
    text: smallFile({ '"unicast"': '"unicast"\naddress = "192.168.255.255"' }),
    problems: [
      '7:11: Cannot use "192.168.255.255" as address of segment "lan": a unicast segment has none (wanted no address, or another mode)',
    ],
  },
  {
    told: "two segments of one name",
    text: smallFile({ "[[host]]": '[[segment]]\nname = "lan"\nmode = "unicast"\n[[host]]' }),
    problems: [
      '8:8: Cannot use "lan" as name of segment number 2: segment number 1 has that name already',
    ],
  },
  {
    told: "two segments of one address and port",
    text: smallFile({
      'mode = "unicast"':
        'mode = "broadcast"\naddress = "192.168.255.255"\n[[segment]]\nname = "b"\nmode = "broadcast"\naddress = "192.168.255.255"',
    }),
    problems: [
      '11:11: Cannot use "192.168.255.255" as address of segment number 2: segment number 1 has that address and port already',
    ],
  },
  {
    told: "two hosts of one name",
    text: smallFile({ '"test01"': '"test00"' }),
    problems: [
      '11:8: Cannot use "test00" as name of host number 2: host number 1 has that name already',
    ],
  },
  {
    told: "two hosts of one address",
    text: smallFile({ '"192.168.9.161"': '"192.168.9.160"' }),
    problems: [
      '12:11: Cannot use "192.168.9.160" as address of host "test01": host "test00" has that address already',
    ],
  },
  {
    told: "a host without address",
    text: smallFile({ 'address = "192.168.9.161"\n': "" }),
    problems: [
      '10:1: Cannot read host "test01": it is in no segment (wanted address = "..." or addresses = { SEGMENT = "...", ... })',
    ],
  },
  {
    told: "a host with address and addresses",
    text: smallFile({
      'address = "192.168.9.161"': 'address = "192.168.9.161"\naddresses = { lan = "192.168.9.162" }',
    }),
    problems: [
      '13:1: Cannot read host "test01": it has address and addresses (wanted one of them)',
    ],
  },
  {
    told: "a host in an unknown segment",
    text: smallFile({ 'address = "192.168.9.161"': 'addresses = { lam = "192.168.9.161" }' }),
    problems: [
      '12:15: Cannot use "lam" as segment of host "test01": no such segment (did you mean "lan"? wanted one of lan)',
    ],
  },
  {
    told: "hosts without a common segment",
    text: smallFile({
      "[[host]]": '[[segment]]\nname = "back"\nmode = "unicast"\n[[host]]',
      'address = "192.168.9.161"': 'addresses = { back = "10.0.0.1" }',
    }),
    problems: [
      '13:1: Cannot read host "test01": it shares no segment with host "test00" (wanted a segment in common, or they never hear each other)',
    ],
  },
  {
    told: "a host address off its segment's family",
    text: smallFile({ '"unicast"': '"multicast"\naddress = "ff02::4803"' }),
    problems: [
      '10:11: Cannot use "192.168.9.160" as address of host "test00": segment "lan" is IPv6 (wanted an IPv6 address)',
      '13:11: Cannot use "192.168.9.161" as address of host "test01": segment "lan" is IPv6 (wanted an IPv6 address)',
    ],
  },
  {
    told: "host addresses of two families in a unicast segment",
    text: smallFile({ '"192.168.9.161"': '"fd00::161"' }),
    problems: [
      '12:11: Cannot use "fd00::161" as address of host "test01": segment "lan" is IPv4 (wanted an IPv4 address)',
    ],
  },
  {
    told: "a host address with prefix",
    text: smallFile({ '"192.168.9.161"': '"192.168.9.161/16"' }),
    problems: [
      '12:11: Cannot use "192.168.9.161/16" as address of host "test01": it has a prefix (wanted an address without prefix such as "192.168.9.160")',
    ],
  },
  {
    told: "a host address that is none",
    text: smallFile({ '"192.168.9.161"': '"test01.dongwm.com"' }),
    problems: [
      '12:11: Cannot use "test01.dongwm.com" as address of host "test01": it is not an IPv4 or IPv6 address (wanted an address without prefix such as "192.168.9.160")',
    ],
  },
  {
    told: "a host address that other hosts cannot use",
    text: smallFile({ '"192.168.9.160"': '"0.0.0.0"', '"192.168.9.161"': '"fe80::1"' }),
    problems: [
      '9:11: Cannot use "0.0.0.0" as address of host "test00": it is unspecified (wanted an address without prefix such as "192.168.9.160")',
      '12:11: Cannot use "fe80::1" as address of host "test01": it is link-local (wanted an address without prefix such as "192.168.9.160")',
    ],
  },
  {
    told: "a weight of 0",
    text: smallFile({ 'name = "test01"': 'name = "test01"\nweight = 0' }),
    problems: [
      '12:10: Cannot use 0 as weight of host "test01": it is not above 0 (wanted a number above 0, at most 1000)',
    ],
  },
  {
    told: "a weight that is not finite",
    text: smallFile({ 'name = "test01"': 'name = "test01"\nweight = inf' }),
    problems: [
      '12:10: Cannot use inf as weight of host "test01": it is not a finite number (wanted a number above 0, at most 1000)',
    ],
  },
  {
    told: "an interface name of 16 characters",
    text: smallFile({ '"eth0"': '"abcdefghijklmnop"' }),
    problems: [
      '16:13: Cannot use "abcdefghijklmnop" as interface of VIP "web-a": it is longer than 15 characters (wanted an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first)',
    ],
  },
  {
    told: "an interface name with a slash",
    text: smallFile({ '"eth0"': '"eth/0"' }),
    problems: [
      '16:13: Cannot use "eth/0" as interface of VIP "web-a": it contains "/" (wanted an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first)',
    ],
  },
  {
    told: "an interface of a host that cannot be one",
    text: smallFile({ 'name = "test01"': 'name = "test01"\ninterfaces = { "eth 0" = "ens3", eth1 = "" }' }),
    problems: [
      '12:16: Cannot use "eth 0" as key in interfaces of host "test01": it contains " " (wanted an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first)',
      '12:41: Cannot use "" as interfaces.eth1 of host "test01": it is empty (wanted an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first)',
    ],
  },
  {
    told: "a VIP without address",
    text: smallFile({ 'address = "192.168.9.109"\n': "" }),
    problems: [
      '13:1: Cannot read VIP "web-a": it has no address (wanted address = "..." or addresses = [ { address = "...", interface = "..." }, ... ])',
    ],
  },
  {
    told: "a VIP with address and addresses",
    text: smallFile({
      'address = "192.168.9.109"': 'address = "192.168.9.109"\naddresses = [{ address = "10.0.0.1" }]',
    }),
    problems: [
      '16:1: Cannot read VIP "web-a": it has address and addresses (wanted one of them)',
    ],
  },
  {
    told: "a VIP without interface",
    text: smallFile({ 'interface = "eth0"\n': "" }),
    problems: [
      '13:1: Cannot read VIP "web-a": the key interface is missing (wanted interface = "...")',
    ],
  },
  {
    told: "a VIP's address without interface",
    text: smallFile({
      'name = "web-a"\naddress = "192.168.9.109"\ninterface = "eth0"\n':
        'addresses = [{ address = "10.0.0.1", interface = "eth0" }, { address = "10.0.0.2" }]\n',
    }),
    problems: [
      '14:60: Cannot read "10.0.0.2" of VIP "10.0.0.1": the key interface is missing (wanted interface = "...")',
    ],
  },
  {
    told: "a VIP address that is none",
    text: smallFile({ '"192.168.9.109"': '"192.168.9.1090"' }),
    problems: [
      '15:11: Cannot use "192.168.9.1090" as address of VIP "web-a": it is not an IPv4 or IPv6 address (wanted an address such as "192.168.9.109/32" or "fd00::109/128")',
    ],
  },
  {
    told: "a VIP address with a bad prefix",
    text: smallFile({ '"192.168.9.109"': '"192.168.9.109/24a"' }),
    problems: [
      '15:11: Cannot use "192.168.9.109/24a" as address of VIP "web-a": its prefix "24a" is not a number (wanted an address such as "192.168.9.109/32" or "fd00::109/128")',
    ],
  },
  {
    told: "a VIP prefix beyond its family",
    text: smallFile({ '"192.168.9.109"': '"192.168.9.109/33"' }),
    problems: [
      '15:11: Cannot use "192.168.9.109/33" as address of VIP "web-a": its prefix is not one of IPv4 (wanted a prefix from 1 to 32)',
    ],
  },
  {
    told: "a VIP address that no host can share",
    text: smallFile({ '"192.168.9.109"': '"224.0.0.18"' }),
    problems: [
      '15:11: Cannot use "224.0.0.18" as address of VIP "web-a": it is a multicast address (wanted an address such as "192.168.9.109/32" or "fd00::109/128")',
    ],
  },
  {
    told: "two VIPs of one name",
    text: smallFile({}, '[[vip]]\nname = "web-a"\naddress = "10.0.0.1"\ninterface = "eth0"\n'),
    problems: [
      '18:8: Cannot use "web-a" as name of VIP number 2: VIP number 1 has that name already',
    ],
  },
  {
    told: "a VIP whose name is another's address",
    text: smallFile({ '"web-a"': '"10.0.0.1"' }, '[[vip]]\naddress = "10.0.0.1"\ninterface = "eth0"\n'),
    problems: [
      '18:11: Cannot use "10.0.0.1" as name of VIP number 2: VIP number 1 has that name already',
    ],
  },
  {
    told: "two VIPs of one address, spelled differently",
    text: smallFile(
      { '"192.168.9.109"': '"fd00:0::1"' },
      '[[vip]]\nname = "web-b"\naddress = "fd00::1/128"\ninterface = "eth0"\n',
    ),
    problems: [
      '19:11: Cannot use "fd00::1" as address of VIP "web-b": VIP "web-a" has that address already',
    ],
  },
  {
    told: "a VIP with one address twice",
    text: smallFile({
      'name = "web-a"\naddress = "192.168.9.109"\ninterface = "eth0"\n':
        'name = "web-a"\naddresses = [{ address = "10.0.0.1" }, { address = "10.0.0.1/32" }]\ninterface = "eth0"\n',
    }),
    problems: [
      '15:52: Cannot use "10.0.0.1" as address of VIP "web-a": it is there twice',
    ],
  },
  {
    told: "a VIP of a host's own address",
    text: smallFile({ '"192.168.9.109"': '"192.168.9.160"' }),
    problems: [
      '15:11: Cannot use "192.168.9.160" as address of VIP "web-a": it is the own address of host "test00"',
    ],
  },
  {
    told: "a VIP that names unknown hosts",
    text: smallFile({
      'address = "192.168.9.109"':
        'address = "192.168.9.109"\nprefer = ["test02"]\nhosts = ["test00", "elsewhere"]',
    }),
    problems: [
      '16:11: Cannot use "test02" as prefer of VIP "web-a": no such host (did you mean "test00"? wanted one of test00, test01)',
      '17:20: Cannot use "elsewhere" as hosts of VIP "web-a": no such host (wanted one of test00, test01)',
    ],
  },
  {
    told: "a VIP that prefers a host which may not hold it",
    text: smallFile({
      'address = "192.168.9.109"': 'address = "192.168.9.109"\nprefer = ["test01"]\nhosts = ["test00"]',
    }),
    problems: [
      '16:11: Cannot use "test01" as prefer of VIP "web-a": it may not hold the VIP (wanted a host that is also in hosts)',
    ],
  },
  {
    told: "a VIP that names a host twice",
    text: smallFile({
      'address = "192.168.9.109"': 'address = "192.168.9.109"\nprefer = ["test01", "test01"]',
    }),
    problems: [
      '16:21: Cannot use "test01" as prefer of VIP "web-a": it is there twice',
    ],
  },
  {
    told: "a VIP that nobody may hold",
    text: smallFile({ 'address = "192.168.9.109"': 'address = "192.168.9.109"\nhosts = []' }),
    problems: [
      '16:1: Cannot read VIP "web-a": nobody may hold it (wanted at least one host, or no key hosts for all of them)',
    ],
  },
  {
    told: "a range from IPv4 to IPv6",
    text: smallFile({}, '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "fd00::1"\ninterface = "eth0"\n'),
    problems: [
      '19:8: Cannot use "fd00::1" as last of vip_range "10.0.0.1": first is IPv4 (wanted an IPv4 address)',
    ],
  },
  {
    told: "a range that ends before it begins",
    text: smallFile({}, '[[vip_range]]\nfirst = "10.0.0.2"\nlast = "10.0.0.1"\ninterface = "eth0"\n'),
    problems: [
      '19:8: Cannot use "10.0.0.1" as last of vip_range "10.0.0.2": it comes before first, 10.0.0.2',
    ],
  },
  {
    told: "a range with a prefix beyond its family",
    text: smallFile(
      {},
      '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.2"\nprefix = 64\ninterface = "eth0"\n',
    ),
    problems: [
      '20:10: Cannot use 64 as prefix of vip_range "10.0.0.1": it is not one of IPv4 (wanted a prefix from 1 to 32)',
    ],
  },
  {
    told: "a range that ends in a prefix",
    text: smallFile({}, '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.2/32"\ninterface = "eth0"\n'),
    problems: [
      '19:8: Cannot use "10.0.0.2/32" as last of vip_range "10.0.0.1": it has a prefix (wanted the prefix in the key prefix)',
    ],
  },
  {
    told: "a range of too many addresses",
    text: smallFile({}, '[[vip_range]]\nfirst = "fd00::"\nlast = "fd01::"\ninterface = "eth0"\n'),
    problems: [
      '19:8: Cannot use "fd01::" as last of vip_range "fd00::": that makes 5192296858534827628530496329220097 addresses (wanted at most 16384 in the whole file)',
    ],
  },
  {
    told: "ranges of too many addresses together",
    text: smallFile(
      {},
      '[[vip_range]]\nfirst = "10.0.0.0"\nlast = "10.0.31.255"\ninterface = "eth0"\n[[vip_range]]\nfirst = "10.1.0.0"\nlast = "10.1.31.255"\ninterface = "eth0"\n',
    ),
    problems: [
      "21:1: Cannot read the file: it has more than 16384 addresses of VIPs (wanted at most 16384)",
    ],
  },
  {
    told: "two ranges that overlap, once",
    text: smallFile(
      {},
      '[[vip_range]]\nfirst = "10.0.0.0"\nlast = "10.0.0.255"\ninterface = "eth0"\n[[vip_range]]\nfirst = "10.0.0.100"\nlast = "10.0.1.255"\ninterface = "eth0"\n',
    ),
    problems: [
      '22:9: Cannot use "10.0.0.100" as address of vip_range "10.0.0.100": vip_range "10.0.0.0" has that address already',
    ],
  },
  {
    told: "a notify target that is none",
    text: smallFile({}, '[notify]\ntargets = [{ address = "router", interface = "eth0" }]\n'),
    problems: [
      '18:24: Cannot use "router" as targets[0].address of [notify]: it is not an IPv4 or IPv6 address (wanted an address or block such as "192.168.8.1" or "192.168.8.0/24")',
    ],
  },
  {
    told: "notify blocks of too many addresses",
    text: smallFile(
      {},
      '[notify]\ntargets = [\n{ address = "10.0.0.0/15", interface = "eth0" },\n{ address = "fd00::/111", interface = "eth0" },\n]\n',
    ),
    problems: [
      '19:13: Cannot use "10.0.0.0/15" as targets[0].address of [notify]: it is a block of more than 65,536 addresses (wanted at least /16)',
      '20:13: Cannot use "fd00::/111" as targets[1].address of [notify]: it is a block of more than 65,536 addresses (wanted at least /112)',
    ],
  },
  {
    told: "a notify throttle of 0",
    text: smallFile({}, '[notify]\ntargets = [{ address = "10.0.0.1", interface = "eth0", throttle = 0 }]\n'),
    problems: [
      "18:67: Cannot use 0 as targets[0].throttle of [notify]: it is below 1 (wanted a whole number from 1 to 100000)",
    ],
  },
  {
    told: "no moves in a balance round",
    text: smallFile({}, "[balance]\nmoves_per_round = 0\n"),
    problems: [
      '18:19: Cannot use 0 as moves_per_round of [balance]: it is below 1 (wanted a whole number from 1, or "all")',
    ],
  },
  {
    told: "a word for the moves in a balance round",
    text: smallFile({}, '[balance]\nmoves_per_round = "some"\n'),
    problems: [
      '18:19: Cannot use "some" as moves_per_round of [balance]: it is text (wanted a whole number from 1, or "all")',
    ],
  },
];

for (const { told, text, problems } of badFiles) {
  Deno.test(`parseConfiguration() tells of ${told}`, () => {
    assert.deepEqual(problemsOf(text), problems.map((problem) => `f.toml:${problem}`));
  });
}

Deno.test("parseConfiguration() tells all problems at once, in the order of the file", () => {
  const text = smallFile({
    '"tudou"': '"tu dou"',
    "[[segment]]": '[timing]\nheartbeat = "1s"\nprofil = "wan"\n[[segment]]',
    '"unicast"': '"broadcast"',
    'address = "192.168.9.160"': 'address = "192.168.9.160"\nweight = "heavy"',
    'address = "192.168.9.161"': 'address = "192.168.9.160"',
    '"eth0"': '"eth/0"\nprefer = ["test03"]',
  });
  assert.deepEqual(problemsOf(text).map((problem) => problem.replace(/ \(.*/, "")), [
    'f.toml:2:8: Cannot use "tu dou" as name of [cluster]: it contains " "',
    'f.toml:5:13: Cannot use "500ms" as timeout of [timing]: it is shorter than two heartbeats of 1s',
    'f.toml:6:1: Cannot read "profil" of [timing]: unknown key',
    'f.toml:7:1: Cannot read segment "lan": the key address is missing',
    'f.toml:13:10: Cannot use "heavy" as weight of host "test00": it is text',
    'f.toml:16:11: Cannot use "192.168.9.160" as address of host "test01": host "test00" has that address already',
    'f.toml:20:13: Cannot use "eth/0" as interface of VIP "web-a": it contains "/"',
    'f.toml:21:11: Cannot use "test03" as prefer of VIP "web-a": no such host',
  ]);
});

Deno.test("a problem is a value with place, path, what was found and what was wanted", () => {
  const loaded = parseConfiguration({ file: "f.toml", text: smallFile({ '"eth0"': '"eth/0"' }) });
  assert.deepEqual(loaded, {
    kind: "invalid",
    problems: [{
      line: 16,
      column: 13,
      path: "vip[0].interface",
      message:
        'Cannot use "eth/0" as interface of VIP "web-a": it contains "/" (wanted an interface name: 1 to 15 ' +
        'letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first)',
      found: '"eth/0"',
      wanted:
        'an interface name: 1 to 15 letters, digits, ".", "_", "-", "+" or "@", a letter, digit or "_" first',
    }],
  });
});

Deno.test("parseConfiguration() finds places in inline tables, dotted keys, sub-tables and quoted keys", () => {
  const bad = (text: string) => problemsOf(text).map((problem) => problem.split(": ")[0]);
  assert.deepEqual(bad(SMALL_FILE + "[[host]]\nname = 'c'\naddresses.lan = '1.1.1'\n"), ["f.toml:19:17"]);
  assert.deepEqual(bad(SMALL_FILE + "[[host]]\nname = 'c'\n[host.addresses]\n'lan' = '1.1.1'\n"), [
    "f.toml:20:9",
  ]);
  assert.deepEqual(bad(SMALL_FILE + "[[host]]\nname = 'c'\naddresses = {\n lan = '1.1.1',\n}\n"), [
    "f.toml:20:8",
  ]);
  assert.deepEqual(bad("balance.'interval' = 1\n" + SMALL_FILE), ["f.toml:1:22"]);
});

Deno.test("parseConfiguration() reads a file with byte order mark and Windows line ends, and places as without", () => {
  const windows = (text: string) => "\uFEFF" + text.replaceAll("\n", "\r\n");
  assert.equal(parseConfiguration({ file: "f.toml", text: windows(SMALL_FILE) }).kind, "ok");
  const bad = smallFile({ '"eth0"': '"eth/0"' });
  assert.deepEqual(problemsOf(windows(bad)), problemsOf(bad));
});
