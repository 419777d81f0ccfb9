import { deepEqual, equal, match } from "node:assert/strict";
import { fixture, meaningOf, problemsOf, remarksOf, SPREAD, textOf, WACKAMOLE, wackamole } from "./read.ts";

const seed = {
  spread: fixture("seed/spread.conf"),
  conf: fixture("seed/wackamole.conf"),
  hosts: fixture("seed/hosts"),
};

Deno.test("the operator's own files come to three hosts, three VIPs and what they asked for", () => {
  const { group, hosts, segments, vips, notify } = meaningOf(wackamole(seed));
  equal(group.name, "test");
  equal(group.partition, "serve");
  deepEqual(hosts.map(({ name, addresses }) => [name, ...addresses.values()]), [
    ["test00", "192.168.9.160"],
    ["test01", "192.168.9.161"],
    ["test02", "192.168.9.162"],
  ]);
  deepEqual(segments.map(({ mode, address, port }) => [mode, address, port]), [
    ["broadcast", "192.168.255.255", 4803],
  ]);
  deepEqual(
    vips.map(({ addresses }) => addresses),
    [109, 112, 113].map((last) => [
      { address: `192.168.9.${last}`, family: 4, prefix: 32, interface: "eth0" },
    ]),
  );
  deepEqual(group.vips.flatMap(({ prefer }) => prefer), []);
  equal(notify.arpCache, 90_000);
  deepEqual(notify.targets, [
    { address: "192.168.8.1", family: 4, prefix: 32, interface: "eth0", throttle: 128, ping: false },
  ]);
  deepEqual(group.balance, { movesPerRound: "all", interval: 4_000 });
  deepEqual([group.timing.mature, group.timing.heartbeat, group.timing.timeout], [5_000, 100, 500]);
});

Deno.test("of the operator's own files nothing is left out silently", () => {
  const directives = ["DaemonGroup", "DaemonUser", "Spread = 4803", "SpreadRetryInterval", "Control"];
  const told = remarksOf(wackamole(seed));
  for (const directive of directives) {
    equal(told.filter((line) => line.includes(directive)).length, 1, directive);
  }
  equal(told.length, directives.length);
  match(
    textOf(wackamole(seed)),
    /Spread logged to \/usr\/local\/etc\/spreadlog_%h\.log\.[^[]*\[log\]\nfile = "\/var\/log\/molehill\/%h\.log"\nlevel = "info"\nsyslog = true\n/,
  );
});

Deno.test("a rich pair of files comes to what it means", () => {
  const { group, hosts, segments, vips } = meaningOf(wackamole({
    spread: fixture("wan/spread.conf"),
    of: { web1: fixture("wan/web1.conf"), web2: fixture("wan/web2.conf") },
    hosts: fixture("wan/hosts"),
  }));
  deepEqual(segments.map(({ name, mode, port }) => [name, mode, port]), [["ring", "unicast", 4803], [
    "net2",
    "unicast",
    4803,
  ]]);
  deepEqual(hosts.map(({ name, addresses }) => [name, ...addresses.values()]), [
    ["web1", "10.1.0.11", "10.9.0.11"],
    ["web2", "10.1.0.12", "10.9.0.12"],
    ["web3", "10.2.0.13", "10.9.0.13"],
    ["db", "10.3.0.14", "10.9.0.14"],
  ]);
  deepEqual(hosts.map(({ interfaces }) => [...interfaces]), [[], [["eth1", "ens7"]], [], []]);
  deepEqual(vips.map(({ addresses }) => addresses.map(({ address }) => address)), [
    ["10.1.1.1"],
    ["10.1.1.2", "192.0.2.2"],
    ["10.1.1.9"],
  ]);
  const prefers = Object.fromEntries(group.vips.map(({ name, prefer }) => [name, prefer]));
  deepEqual(prefers, { "10.1.1.1": ["web1"], "10.1.1.2": ["web2"], "10.1.1.9": ["web1"] });
  equal(group.timing.timeout, 5_000);
});

interface Meaning {
  readonly told: string;
  readonly files: Parameters<typeof wackamole>[0];
  /** Pieces of the text. */
  readonly says: readonly (string | RegExp)[];
  readonly remarks?: readonly RegExp[];
}

const interfaces = (inside: string, more = "") => `Group = g\nVirtualInterfaces { ${inside} }\n${more}`;

const meanings: readonly Meaning[] = [
  {
    told: "words know no case, and may stand close to the equals sign",
    files: { conf: "GROUP=g\nvifs {\n{ETH0:10.0.1.1/32}\n}\nMATURE=7S" },
    says: ['name = "g"', 'mature = "7s"', 'interface = "ETH0"'],
  },
  {
    told: "a multicast group is one",
    files: { spread: SPREAD.replace("10.0.0.255", "225.0.1.1:3333") },
    says: ['mode = "multicast"\naddress = "225.0.1.1"\nport = 3333'],
  },
  {
    told: "an IPv6 multicast group is one",
    files: { spread: "Spread_Segment [ff05::42]:4900 {\n a fd00::1\n b fd00::2\n}" },
    says: ['mode = "multicast"\naddress = "ff05::42"\nport = 4900', 'address = "fd00::2"'],
  },
  {
    told: "segments of one host each are one unicast segment",
    files: { spread: "Spread_Segment 10.0.0.255 { a 10.0.0.1 }\nSpread_Segment 10.9.0.255 { b 10.9.0.1 }" },
    says: ['mode = "unicast"\nport = 4803', "one host each", 'profile = "wan"', 'mature = "6s"'],
    remarks: [/mature \(5s when it is not said\): shorter/],
  },
  {
    told: "a segment of the loopback is unicast",
    files: { spread: "Spread_Segment 127.0.0.255:4803 { localhost 127.0.0.1 }" },
    says: ['mode = "unicast"', 'address = "127.0.0.1"'],
  },
  {
    told: "names that differ only behind the first dot stay long",
    files: { spread: "Spread_Segment 10.0.0.255 { a.x.org 10.0.0.1 a.y.org 10.0.0.2 }" },
    says: ['name = "a.x.org"', 'name = "a.y.org"'],
  },
  {
    told: "a host without address gets it from the hosts file, and not its loopback",
    files: {
      spread: "Spread_Segment 10.0.0.255 { a b }",
      hosts: "127.0.1.1 a\n10.0.0.5 a.x a\n10.0.0.6 b # here",
    },
    says: ['name = "a"\naddress = "10.0.0.5"', 'name = "b"\naddress = "10.0.0.6"'],
  },
  {
    told: "a short token timeout asks for the fast profile",
    files: { spread: `TokenTimeout = 25\n${SPREAD}` },
    says: ['profile = "fast"', "after 25ms (TokenTimeout)", '# timeout = "25ms"'],
  },
  {
    told: "what Wackamole does when its file does not say so",
    files: {},
    says: ["moves_per_round = 1", 'interval = "4s"', 'mature = "5s"'],
  },
  {
    told: "an Arp-Cache that nobody is notified by is off, and told",
    files: { conf: interfaces("eth0:10.0.1.1/32", "Arp-Cache = 90s\nNotify { eth0:10.0.0.254/32 }") },
    says: [/^\[notify\]\ntargets/m],
    remarks: [/Arp-Cache = 90s: Notify does not list arp-cache/],
  },
  {
    told: "arp-cache without an interval is collected every minute",
    files: { conf: interfaces("eth0:10.0.1.1/32", "notify arp-cache") },
    says: ['arp_cache = "60s"'],
  },
  {
    told: "minutes, and hours, which Wackamole took for seconds",
    files: {
      conf: interfaces("eth0:10.0.1.1/32", "Mature = 2m\nBalance { interval = 3h AcquisitionsPerRound = 0 }"),
    },
    says: ['mature = "120s"', 'interval = "3s"', "moves_per_round = 1"],
    remarks: [/knows no hours/, /AcquisitionsPerRound = 0: balancing cannot be turned off/],
  },
  {
    told: "a preference without a host is told",
    files: { conf: interfaces("eth0:10.0.1.1/32", "Prefer eth0:10.0.1.1/32") },
    says: [/^(?!prefer)/],
    remarks: [/Prefer 10\.0\.1\.1\/32: a preference is one host's: say whose file this is/],
  },
  {
    told: "preferences are in the order of the files, and may be blocks",
    files: {
      of: {
        b: interfaces("eth0:10.0.1.1/32 eth0:10.0.2.1/32", "prefer { eth0:10.0.1.0/24 }"),
        a: interfaces("eth0:10.0.1.1/32 eth0:10.0.2.1/32", "Prefer eth0:10.9.9.9/8"),
      },
    },
    says: ['prefer = ["b", "a"]', 'prefer = ["a"]'],
  },
  {
    told: "a preference may be a plain address",
    files: { of: { a: interfaces("eth0:10.0.1.1/32", "Prefer 10.0.1.1"), b: WACKAMOLE } },
    says: ['prefer = ["a"]'],
  },
  {
    told: "a preference that is a name is told, for no names are looked up",
    files: {
      of: { a: interfaces("eth0:10.0.1.1/32", "Prefer web.example.org\nPrefer { 3com }"), b: WACKAMOLE },
    },
    says: [],
    remarks: [
      /a\.conf:3:8: Prefer web\.example\.org: no names are looked up/,
      /a\.conf:4:10: Prefer 3com: no names are looked up/,
    ],
  },
  {
    told: "texts in quotes may go on over several lines",
    files: { conf: `Group = "one\ntwo"\nFrob\n${WACKAMOLE.replace("Group = g", "")}` },
    says: ['name = "one-two"'],
    remarks: [/wackamole\.conf:3:1: Frob: unknown/],
  },
  {
    told: "LogFacility is that of [log], beside what Spread logged or alone",
    files: {
      spread: `EventLogFile = /var/log/spread.log\n${SPREAD}`,
      conf: `LogFacility = LOG_LOCAL3\n${WACKAMOLE}`,
    },
    says: ['file = "/var/log/molehill/molehill.log"\nlevel = "info"\nsyslog = "local3"'],
  },
  {
    told: "LogFacility alone",
    files: { conf: `LogFacility = LOG_DAEMON\n${WACKAMOLE}` },
    says: ['[log]\nlevel = "info"\nsyslog = true'],
  },
  {
    told: "a facility that the log cannot have is told",
    files: { conf: `LogFacility = LOG_MAIL\n${WACKAMOLE}` },
    says: ["syslog = true"],
    remarks: [/LogFacility = LOG_MAIL: no such facility here/],
  },
  {
    told: "unknown directives are told with what may have been meant",
    files: { spread: `Frob { a b }\n${SPREAD}`, conf: `Controll = x\nFrob { c { d } }\n${WACKAMOLE}` },
    says: [],
    remarks: [
      /Frob = { a b }: unknown/,
      /Controll = x.*did you mean "Control"/,
      /wackamole.conf:2:1: Frob/,
    ],
  },
  {
    told: "what is the same in several places is told once",
    files: {
      of: { a: `PerlUse X\n${WACKAMOLE}`, b: `PerlUse X\n${WACKAMOLE}` },
    },
    says: [],
    remarks: [/^a\.conf:1:1: PerlUse X/],
  },
];

for (const { told, files, says, remarks = [] } of meanings) {
  Deno.test(`import of Spread and Wackamole: ${told}`, () => {
    const imported = wackamole(files);
    const text = textOf(imported);
    meaningOf(imported);
    for (const piece of says) {
      if (typeof piece === "string") equal(text.includes(piece), true, `${piece}\n${text}`);
      else match(text, piece);
    }
    for (const remark of remarks) match(remarksOf(imported).join("\n"), new RegExp(remark, "m"));
  });
}

interface Bad {
  readonly told: string;
  readonly files: Parameters<typeof wackamole>[0];
  readonly problems: readonly string[];
}

const bad: readonly Bad[] = [
  {
    told: "everything is wrong at once",
    files: {
      spread: "Spread_Segment nowhere {\n a 10.0.0\n 10.0.0.2\n}\n}",
      conf: 'VirtualInterfaces { 10.0.1.1/32 eth0:10.0.1.300/32 }\nMature = soon\nGroup = "x',
    },
    problems: [
      'spread.conf:1:16: Cannot use "nowhere" as address of a Spread_Segment: it is none (wanted an address with its port, such as 192.168.1.255:4803)',
      'spread.conf:2:4: Cannot use "10.0.0" as address of host "a": it is no IPv4 or IPv6 address (wanted one such as 192.168.1.10)',
      'spread.conf:3:2: Cannot read "10.0.0.2": it stands where a daemon\'s host name is (wanted NAME ADDRESS)',
      'spread.conf:5:1: Cannot read "}": it is out of place (wanted Spread_Segment or a setting)',
      "spread.conf:1:1: Cannot use the file: it has no Spread_Segment (wanted Spread_Segment ADDRESS:PORT { NAME ADDRESS ... })",
      'wackamole.conf:1:21: Cannot use "" as interface of "10.0.1.1": it is empty (wanted one such as in eth0:10.0.0.1/32)',
      'wackamole.conf:1:33: Cannot use "eth0:10.0.1.300/32" as a virtual interface: it is no address of an interface (wanted eth0:10.0.0.1/32)',
      'wackamole.conf:2:1: Cannot use "soon" as Mature: it is no time interval (wanted a number with a unit, such as 5s or 2m)',
      'wackamole.conf:3:9: Cannot read ""x": the quote is not closed (wanted another ")',
    ].toSorted(byPlace),
  },
  {
    told: "truncated braces",
    files: {
      spread: "Spread_Segment 10.0.0.255 {\na 10.0.0.1 { D 10.0.0.1",
      conf: "VirtualInterfaces {\n{ eth0:10.0.1.1/32",
    },
    problems: [
      'spread.conf:1:1: Cannot read the Spread_Segment: the file ends before its brace is closed (wanted "}")',
      'spread.conf:2:12: Cannot read the interfaces of host "a": the file ends before its brace is closed (wanted "}")',
      'wackamole.conf:1:1: Cannot read "VirtualInterfaces": the file ends before its brace is closed (wanted "}")',
      'wackamole.conf:2:1: Cannot read the set: the file ends before its brace is closed (wanted "}")',
    ],
  },
  {
    told: "a host that is there twice, by name and by address",
    files: { spread: "Spread_Segment 10.0.0.255 {\na 10.0.0.1\na 10.0.0.1\n}" },
    problems: [
      'spread.conf:3:1: Cannot use "a" as name of a host: line 2 has that name',
      'spread.conf:3:1: Cannot use "10.0.0.1" as address of host "a": host "a" has it already',
    ],
  },
  {
    told: "a host that no file gives an address",
    files: { spread: "Spread_Segment 10.0.0.255 {\na\n}", hosts: "127.0.1.1 a" },
    problems: [
      'spread.conf:2:1: Cannot use host "a": it has no address, and no hosts file gives it one other than the loopback (wanted an address behind its name, or --hosts FILE)',
    ],
  },
  {
    told: "a VIP that is a host's own address",
    files: { conf: "VirtualInterfaces { eth0:10.0.0.2/32 }" },
    problems: [
      'wackamole.conf:1:21: Cannot use "10.0.0.2" as a virtual address: it is a host\'s own address in spread.conf (wanted an address that belongs to no host)',
    ],
  },
  {
    told: "files of hosts that do not agree on the addresses",
    files: { of: { a: WACKAMOLE, b: WACKAMOLE.replace("10.0.1.1", "10.0.1.2") } },
    problems: [
      "b.conf:1:1: Cannot use its VirtualInterfaces beside those of a.conf: their addresses are not the same in the same order, as Wackamole needs them",
    ],
  },
  {
    told: "a file of a host that spread.conf does not know",
    files: { of: { c: WACKAMOLE } },
    problems: [
      'c.conf:1:1: Cannot use the file for host "c": spread.conf has no such host (wanted one of a, b)',
    ],
  },
  {
    told: "a hosts file that is none",
    files: { hosts: "# right\n  nonsense here" },
    problems: [
      'hosts:2:3: Cannot use "nonsense" as address: it is none (wanted a line such as: 192.168.1.10 host1)',
    ],
  },
  {
    told: "events, throttles and rounds that are none",
    files: {
      conf:
        `${WACKAMOLE}RunDynamic a:b on fire\nNotify { eth0:10.0.0.9/32 throttle lots }\nBalance { AcquisitionsPerRound = many x = 1 }`,
    },
    problems: [
      'wackamole.conf:3:19: Cannot read "RunDynamic": "fire" is out of place (wanted "on up", "on down", "post up" or "post down")',
      'wackamole.conf:4:36: Cannot use "lots" as throttle: it is none (wanted a number, as in: throttle 128)',
      'wackamole.conf:5:11: Cannot use "many" as AcquisitionsPerRound: it is no number (wanted a number or "all")',
      'wackamole.conf:5:39: Cannot read "x" of balance: unknown word (wanted AcquisitionsPerRound or interval)',
    ],
  },
];

function byPlace(a: string, b: string): number {
  const place = (text: string) => /^(.*?):(\d+):(\d+)/.exec(text) ?? [];
  const [, file = "", line, column] = place(a);
  const [, otherFile = "", otherLine, otherColumn] = place(b);
  return file.localeCompare(otherFile) || Number(line) - Number(otherLine) ||
    Number(column) - Number(otherColumn);
}

for (const { told, files, problems } of bad) {
  Deno.test(`import of Spread and Wackamole refuses ${told}`, () => {
    deepEqual(problemsOf(wackamole(files)), problems);
  });
}
