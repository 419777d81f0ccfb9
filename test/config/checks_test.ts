// Health checks in the file: what they are read to, and everything that is said of those that cannot be used.

import assert from "node:assert/strict";
import type { Probe } from "../../src/core/check.ts";
import { meaningOf } from "../../src/config/meaning.ts";
import { configurationOf, problemsOf, SMALL_FILE, warningsOf } from "./small_file.ts";

/** The small file has 16 lines: a check's header is the 17th, and its first key on the 18th. */
const withCheck = (...lines: readonly string[]): string =>
  `${SMALL_FILE}[[check]]\n${lines.map((line) => `${line}\n`).join("")}`;

const probes: readonly (readonly [text: string, probe: Probe])[] = [
  ['exec = ["/bin/is-well", "a b"]', { kind: "exec", command: ["/bin/is-well", "a b"], user: null }],
  ['exec = ["/bin/true"]\nuser = "www-data"', { kind: "exec", command: ["/bin/true"], user: "www-data" }],
  ['tcp = "127.0.0.1:80"', { kind: "tcp", address: "127.0.0.1", port: 80 }],
  ['tcp = "[::1]:8080"', { kind: "tcp", address: "::1", port: 8080 }],
  ['http = "http://127.0.0.1:80/h?x=1"', { kind: "http", url: "http://127.0.0.1/h?x=1", expect: null }],
  ['http = "http://[::1]:81"\nexpect = 204', { kind: "http", url: "http://[::1]:81/", expect: 204 }],
  ['process = "nginx"', { kind: "process", name: "nginx" }],
  ['file = "/run/ok"', { kind: "file", path: "/run/ok", absent: false }],
  ['file = "/run/maintenance"\nabsent = true', { kind: "file", path: "/run/maintenance", absent: true }],
  ['gateway = "192.168.8.1"\ninterface = "eth0"', {
    kind: "gateway",
    address: "192.168.8.1",
    interface: "eth0",
  }],
];

for (const [text, probe] of probes) {
  Deno.test(`a check with ${text.replace("\n", ", ")} is read, for all VIPs and on all hosts`, () => {
    assert.deepEqual(configurationOf(withCheck('name = "web"', text)).checks, [{
      name: "web",
      probe,
      interval: 2000,
      timeout: 1000,
      rise: 2,
      fall: 3,
      vips: null,
      hosts: ["test00", "test01"],
    }]);
  });
}

Deno.test("a check says how often, how long, how many times, for which VIPs and on which hosts", () => {
  const text = withCheck(
    'name = "web"',
    'process = "nginx"',
    'interval = "10s"',
    'timeout = "5s"',
    "rise = 1",
    "fall = 5",
    'vips = ["web-a"]',
    'hosts = ["test01"]',
  );
  assert.deepEqual(configurationOf(text).checks, [{
    name: "web",
    probe: { kind: "process", name: "nginx" },
    interval: 10_000,
    timeout: 5_000,
    rise: 1,
    fall: 5,
    vips: ["web-a"],
    hosts: ["test01"],
  }]);
  assert.deepEqual(warningsOf(text), []);
  const [meaning] = meaningOf(configurationOf(text)).checks;
  assert.deepEqual(
    [meaning?.looksAt, meaning?.anyHost, meaning?.noticedWithin],
    ["process nginx", false, 55_000],
  );
});

Deno.test("a check that comes more often than it may take is given no longer than until the next one", () => {
  const [check] =
    configurationOf(withCheck('name = "web"', 'process = "nginx"', 'interval = "200ms"')).checks;
  assert.equal(check?.timeout, 200);
});

Deno.test("a check may name VIPs of a range by their addresses", () => {
  const range = '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.3"\ninterface = "eth0"\n';
  const text = withCheck('name = "web"', 'process = "nginx"', 'vips = ["10.0.0.2", "web-a"]') + range;
  assert.deepEqual(configurationOf(text).checks[0]?.vips, ["10.0.0.2", "web-a"]);
});

Deno.test("checks are settings: a file that says another thing has another digest", () => {
  const group = (...lines: string[]) => configurationOf(withCheck('name = "web"', ...lines)).group;
  const one = group('exec = ["/bin/a", "b c"]', 'vips = ["web-a"]', 'user = "nobody"');
  assert.equal(
    one.settings.find(({ name }) => name === "check web")?.value,
    'exec ["/bin/a","b c"] as nobody; every 2s, timeout 1s, rise 2, fall 3; for web-a',
  );
  const others = [
    group('exec = ["/bin/a", "b", "c"]', 'vips = ["web-a"]', 'user = "nobody"'),
    group('exec = ["/bin/a", "b c"]', 'user = "nobody"'),
    group('exec = ["/bin/a", "b c"]', 'vips = ["web-a"]', 'user = "nobody"', "rise = 3"),
    group('exec = ["/bin/a", "b c"]', 'vips = ["web-a"]', 'user = "nobody"', 'hosts = ["test00"]'),
    configurationOf(SMALL_FILE).group,
  ];
  const digests = new Set([one, ...others].map(({ digest }) => digest));
  assert.equal(digests.size, 6);
});

Deno.test("an interface that only a check names may have another name on a host", () => {
  const text = withCheck('name = "gw"', 'gateway = "192.168.8.1"', 'interface = "wan"')
    .replace('name = "test00"', 'name = "test00"\ninterfaces = { wan = "ens3" }');
  assert.deepEqual(warningsOf(text), []);
});

const program = 'a list of texts, the path of a program first, such as ["/etc/molehill/hook.sh", "flush"]';
const oneKind = 'exec = ["/path/to/program", ...] or tcp = "127.0.0.1:80" or http = "http://127.0.0.1/" or ' +
  'process = "nginx" or file = "/path" or gateway = "192.168.8.1"';
const endpoint = 'an address and a port such as "127.0.0.1:80" or "[::1]:80"';
const url = 'a URL such as "http://127.0.0.1:8080/health"';
const named = 'name = "web"';
const nginx = 'process = "nginx"';

const bad: readonly (readonly [lines: readonly string[], ...problems: readonly string[]])[] = [
  [[nginx], "17:1: Cannot read check number 1: the key name is missing"],
  [[named], `17:1: Cannot read check "web": it does not say what to look at (wanted ${oneKind})`],
  [
    [named, nginx, 'tcp = "127.0.0.1:80"'],
    '19:1: Cannot read check "web": it has tcp and process (wanted one of them)',
  ],
  [
    [named, nginx, 'file = "/x"', 'exec = ["/bin/true"]'],
    '19:1: Cannot read check "web": it has exec and process and file (wanted one of them)',
  ],
  [
    [named, 'exec = "/bin/true"'],
    `19:8: Cannot use "/bin/true" as exec of check "web": it is text, and no shell is there to take it apart (wanted ${program})`,
  ],
  [[named, "exec = []"], `19:8: Cannot use [] as exec of check "web": it is empty (wanted ${program})`],
  [
    [named, 'exec = ["curl", "-f"]'],
    `19:8: Cannot use ["curl", "-f"] as exec of check "web": "curl" does not start with / (wanted ${program})`,
  ],
  [
    [named, 'exec = ["/bin/sleep", 1]'],
    `19:8: Cannot use ["/bin/sleep", 1] as exec of check "web": it contains a number (wanted ${program})`,
  ],
  [
    [named, 'exec = ["/bin/true"]', 'user = "www data"'],
    '20:8: Cannot use "www data" as user of check "web": it is not a name (wanted the name of a user such as "nobody")',
  ],
  [
    [named, 'tcp = "80"'],
    `19:7: Cannot use "80" as tcp of check "web": it is not an address and a port (wanted ${endpoint})`,
  ],
  [
    [named, 'tcp = "localhost:80"'],
    `19:7: Cannot use "localhost:80" as tcp of check "web": it is not an address and a port (wanted ${endpoint})`,
  ],
  [
    [named, 'tcp = "::1:80"'],
    `19:7: Cannot use "::1:80" as tcp of check "web": it is not an address and a port (wanted ${endpoint})`,
  ],
  [
    [named, 'tcp = "127.0.0.1:65536"'],
    `19:7: Cannot use "127.0.0.1:65536" as tcp of check "web": there is no port 65536 (wanted ${endpoint})`,
  ],
  [
    [named, 'http = "127.0.0.1/x"'],
    `19:8: Cannot use "127.0.0.1/x" as http of check "web": it is not a URL (wanted ${url})`,
  ],
  [
    [named, 'http = "https://127.0.0.1/"'],
    '19:8: Cannot use "https://127.0.0.1/" as http of check "web": its scheme is "https" (wanted http://...)',
  ],
  [
    [named, 'http = "http://me@127.0.0.1/"'],
    `19:8: Cannot use "http://me@127.0.0.1/" as http of check "web": it names a user (wanted ${url})`,
  ],
  [
    [named, 'http = "http://127.0.0.1/"', "expect = 99"],
    '20:10: Cannot use 99 as expect of check "web": it is below 100 (wanted a whole number from 100 to 599)',
  ],
  [
    [named, 'process = "/usr/sbin/nginx"'],
    '19:11: Cannot use "/usr/sbin/nginx" as process of check "web": it has a path (wanted the name of a program without its path, such as "nginx")',
  ],
  [
    [named, 'file = "run/x"'],
    '19:8: Cannot use "run/x" as file of check "web": it does not start with / (wanted a whole path such as "/run/maintenance")',
  ],
  [
    [named, 'gateway = "192.168.8.1"'],
    '17:1: Cannot read check "web": the key interface is missing (wanted interface = "...", the one on which the gateway is a neighbour)',
  ],
  [
    [named, 'gateway = "127.0.0.1"', 'interface = "lo"'],
    '19:11: Cannot use "127.0.0.1" as gateway of check "web": it is loopback (wanted the address of a router such as "192.168.8.1" or "fe80::1")',
  ],
  [
    [named, nginx, "expect = 200"],
    '20:1: Cannot read check "web": the key expect is for checks with http, and it has process',
  ],
  [
    [named, nginx, 'user = "nobody"', "absent = true"],
    '20:1: Cannot read check "web": the key user is for checks with exec, and it has process',
    '21:1: Cannot read check "web": the key absent is for checks with file, and it has process',
  ],
  [
    [named, nginx, 'interval = "50ms"'],
    '20:12: Cannot use "50ms" as interval of check "web": it is below 100 ms (wanted at least "100ms")',
  ],
  [
    [named, nginx, 'timeout = "3s"'],
    '20:11: Cannot use "3s" as timeout of check "web": it is longer than the interval, 2s (wanted at most "2s", or a longer interval)',
  ],
  [
    [named, nginx, "rise = 0"],
    '20:8: Cannot use 0 as rise of check "web": it is below 1 (wanted a whole number from 1 to 100)',
  ],
  [
    [named, nginx, "fall = 1.5"],
    '20:8: Cannot use 1.5 as fall of check "web": it is not a whole number (wanted a whole number from 1 to 100)',
  ],
  [
    [named, nginx, 'vips = ["web-b"]'],
    '20:9: Cannot use "web-b" as vips of check "web": no such VIP (did you mean "web-a"? wanted one of web-a)',
  ],
  [
    [named, nginx, 'vips = ["web-a", "web-a"]'],
    '20:18: Cannot use "web-a" as vips of check "web": it is there twice',
  ],
  [
    [named, nginx, "vips = []"],
    '20:1: Cannot read check "web": its list of vips is empty (wanted at least one VIP, or no key vips for all of them)',
  ],
  [
    [named, nginx, 'hosts = ["test02"]'],
    '20:10: Cannot use "test02" as hosts of check "web": no such host (did you mean "test00"? wanted one of test00, test01)',
  ],
  [
    [named, nginx, "hosts = []"],
    '20:1: Cannot read check "web": its list of hosts is empty (wanted at least one host, or no key hosts for all of them)',
  ],
  [
    [named, nginx, "[[check]]", named, nginx],
    '21:8: Cannot use "web" as name of check number 2: check number 1 has that name already',
  ],
  [
    [named, nginx, 'intervall = "1s"'],
    '20:1: Cannot read "intervall" of check "web": unknown key (did you mean "interval"? wanted name, exec, tcp, http, process, file, gateway, user, expect, absent, interface, interval, timeout, rise, fall, vips, hosts)',
  ],
];

for (const [lines, ...problems] of bad) {
  Deno.test(`a check that cannot be used says what is wrong: ${lines.join(", ")}`, () => {
    assert.deepEqual(problemsOf(withCheck(...lines)), problems.map((problem) => `f.toml:${problem}`));
  });
}

Deno.test("a file may have 64 checks, and no more", () => {
  const checks = (count: number) =>
    Array.from({ length: count }, (_, at) => `[[check]]\nname = "c${at}"\n${nginx}\n`).join("");
  assert.equal(configurationOf(SMALL_FILE + checks(64)).checks.length, 64);
  assert.deepEqual(problemsOf(SMALL_FILE + checks(65)), [
    "f.toml:209:1: Cannot read the file: it has 65 checks (wanted at most 64)",
  ]);
});

Deno.test("nothing is said of a check's VIPs and hosts while not all of their names can be read", () => {
  const text = withCheck(named, nginx, 'vips = ["web-b"]').replace('name = "web-a"', "name = 7");
  assert.equal(problemsOf(text).length, 1);
});
