import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { fixture, keepalived, meaningOf, problemsOf, remarksOf, textOf } from "./read.ts";
import { instance, pair, unicast } from "./vrrp.ts";

const rich = () => keepalived({ lb1: fixture("keepalived/lb1.conf"), lb2: fixture("keepalived/lb2.conf") });

Deno.test("a rich pair of keepalived's files comes to two hosts, two networks and two VIPs", () => {
  const { group, hosts, segments, vips } = meaningOf(rich());
  deepEqual(segments.map(({ name, mode }) => [name, mode]), [["eth0", "unicast"], ["eth1", "unicast"]]);
  deepEqual(
    hosts.map(({ name, addresses, interfaces }) => [name, [...addresses.values()], [...interfaces]]),
    [
      ["lb1", ["10.20.0.11", "203.0.113.11"], []],
      ["lb2", ["10.20.0.12", "203.0.113.12"], [["eth1", "ens5"]]],
    ],
  );
  deepEqual(
    vips.map((
      { name, addresses },
    ) => [name, ...addresses.map((each) => `${each.address} ${each.interface}`)]),
    [
      [
        "GATE",
        "10.20.0.1 eth0",
        "10.20.0.100 eth0",
        "10.20.0.101 eth0",
        "10.20.0.102 eth0",
        "fd20::1 eth0",
        "203.0.113.1 eth1",
      ],
      ["WEB", "10.20.0.80 eth0"],
    ],
  );
  deepEqual(group.vips.map(({ name, prefer }) => [name, ...prefer]), [["GATE", "lb1", "lb2"], [
    "WEB",
    "lb2",
    "lb1",
  ]]);
  deepEqual([group.timing.heartbeat, group.timing.timeout, group.refresh], [1_000, 3_000, 60_000]);
});

Deno.test("a password of keepalived's is nowhere in what is said", () => {
  const text = textOf(rich()) + remarksOf(rich()).join("\n");
  doesNotMatch(text, /secret42/);
  match(text, /authentication \(vrrp_instance INSIDE\): the password is not taken over/);
});

Deno.test("one file alone comes to its host and its peers, who are known by their addresses", () => {
  const { group, hosts } = meaningOf(
    keepalived({ "": `global_defs {\n router_id LB\n}\n${pair(" state MASTER").a}` }),
  );
  deepEqual(hosts.map(({ name, addresses }) => [name, ...addresses.values()]), [
    ["LB", "10.0.0.1"],
    ["host-10-0-0-2", "10.0.0.2"],
  ]);
  deepEqual(group.vips.map(({ prefer }) => prefer), [["LB"]]);
});

Deno.test("one file alone of a backup with one peer prefers the peer, whose name the hosts file knows", () => {
  const { group } = meaningOf(keepalived({ "": pair(" state BACKUP").a }, "10.0.0.2 other.example.org"));
  deepEqual(group.vips.map(({ prefer }) => prefer), [["other"]]);
});

Deno.test("VRRP by multicast tells no addresses: the hosts file does", () => {
  const files = { lb1: instance(" priority 150"), lb2: instance(" priority 100") };
  const { hosts, segments } = meaningOf(keepalived(files, "10.0.0.1 lb1\n10.0.0.2 lb2"));
  deepEqual(hosts.map(({ name, addresses }) => [name, ...addresses.values()]), [
    ["lb1", "10.0.0.1"],
    ["lb2", "10.0.0.2"],
  ]);
  deepEqual(segments.map(({ mode }) => mode), ["unicast"]);
});

Deno.test("VRRP by multicast tells no addresses: without a hosts file a person has to", () => {
  const imported = keepalived({ "": fixture("keepalived/alone.conf") });
  match(textOf(imported), /address = "FILL IN"/);
  deepEqual(imported.kind === "converted" ? imported.open : [], [
    'line 31: the files do not tell the address of host "host1": put it where it says FILL IN',
  ]);
  match(remarksOf(imported).join("\n"), /the other hosts: VRRP by multicast names no peers/);
});

Deno.test("a host that does not tell its address gets the one that is left", () => {
  const files = { a: pair().a, b: instance(" unicast_peer {\n  10.0.0.1\n }") };
  deepEqual(
    meaningOf(keepalived(files)).hosts.map(({ name, addresses }) => [name, ...addresses.values()]),
    [["a", "10.0.0.1"], ["b", "10.0.0.2"]],
  );
});

interface Meaning {
  readonly told: string;
  readonly of: Readonly<Record<string, string>>;
  readonly says: readonly string[];
  readonly remarks?: readonly RegExp[];
}

const meanings: readonly Meaning[] = [
  {
    told: "comments with ! and #, but not in quotes or behind a backslash",
    of: pair(' ! gone }\n notify_master "/bin/x # ! y" # gone {\n'),
    says: ['command = ["/bin/x", "#", "!", "y"]'],
  },
  {
    told: "braces on a line of their own, and close to words",
    of: {
      a: "vrrp_instance A\n{\n interface eth0\n virtual_ipaddress{ 10.0.1.1}\n unicast_src_ip 10.0.0.1\n unicast_peer\n {\n 10.0.0.2 }\n}",
    },
    says: ['name = "A"', 'address = "10.0.1.1/32"'],
  },
  {
    told: "lines of a config-id are those of the host",
    of: {
      a: pair(" @a priority 120\n @b priority 80\n @^a garp_master_refresh 30").a,
      b: pair("", " @a priority 120\n @b priority 80").b,
    },
    says: ['prefer = ["a", "b"]'],
  },
  {
    told: "lines of nobody's config-id are told",
    of: pair(" @main priority 120"),
    says: [],
    remarks: [/@ lines for main: none is for a/],
  },
  {
    told: "parameters, and parameters within parameters",
    of: { a: `$NET=10.0.\${SUB}\n$SUB=7\n$OWN=\${NET}.1\n${unicast("$OWN", "${NET}.2")}` },
    says: ['address = "10.0.7.1"', 'address = "10.0.7.2"'],
  },
  {
    told: "sequences, with steps, downwards, in hexadecimal, one in another",
    of: {
      a: unicast(
        "10.0.0.1",
        "10.0.0.2",
        " virtual_ipaddress {\n~SEQ(N, 2, 2, 6) 10.0.2.${N}\n~SEQ(N, 3) ~SEQ(M, 8, 7) 10.${N}.3.${M}\n}\n virtual_ipaddress_excluded {\n~SEQx(N, 0x9, 0xa) fd00::${N}\n}",
      ),
    },
    says: ["10.0.2.2/", "10.0.2.4/", "10.0.2.6/", "10.1.3.8/", "10.3.3.7/", "fd00::9/", "fd00::a/"],
  },
  {
    told: "what is not followed is told: includes, lists, definitions over several lines",
    of: {
      a: `include /etc/x\n$V= \\\n vrrp_instance B { \\\n }\n$V\n~LST(A, 1, 2) x\n${pair().a}`,
    },
    says: [],
    remarks: [
      /a\.conf:1:1: include \/etc\/x: included files are not followed/,
      /a\.conf:2:1: \$V= \\: a definition over 3 lines/,
      /a\.conf:5:1: \$V: no such definition/,
      /a\.conf:6:1: ~LST\(A, 1, 2\) x: it is not written out/,
    ],
  },
  {
    told: "several things on one line, where keepalived wants a line for each",
    of: {
      a: "vrrp_instance A { interface eth0\n virtual_ipaddress { 10.0.1.1 dev eth0 10.0.1.2/32 brd 10.0.1.9 }\n" +
        " unicast_src_ip 10.0.0.1\n unicast_peer { 10.0.0.2 10.0.0.3 }\n track_interface { eth8 weight 5 eth9 }\n}",
    },
    says: ["10.0.1.1/", "10.0.1.2/", '"10.0.0.3"', "net/eth8/", "net/eth9/"],
    remarks: [/10\.0\.1\.2\/32 brd 10\.0\.1\.9: the address is added plainly/, /weight 5 \(eth8\)/],
  },
  {
    told: "nopreempt leaves the preference out",
    of: pair(" priority 150\n nopreempt", " priority 100"),
    says: [],
    remarks: [/nopreempt \(VI_1\): a host that prefers a VIP gets it back here/],
  },
  {
    told: "equal priorities are no order",
    of: {
      a: unicast("10.0.0.1", "10.0.0.2\n10.0.0.3", " priority 90"),
      b: unicast("10.0.0.2", "10.0.0.1\n10.0.0.3", " priority 150"),
      c: unicast("10.0.0.3", "10.0.0.1\n10.0.0.2", " priority 90"),
    },
    says: ['prefer = ["b"]'],
  },
  {
    told: "a VIP that only some have is held by these",
    of: {
      a: unicast("10.0.0.1", "10.0.0.2\n10.0.0.3") + instance("", "B").replaceAll("10.0.1.1", "10.0.2.2"),
      b: unicast("10.0.0.2", "10.0.0.1\n10.0.0.3") + instance("", "B").replaceAll("10.0.1.1", "10.0.2.2"),
      c: unicast("10.0.0.3", "10.0.0.1\n10.0.0.2"),
    },
    says: ['hosts = ["a", "b"]'],
  },
  {
    told: "an address owner's VIP is left out, and told",
    of: pair(" virtual_ipaddress {\n 10.0.0.1\n}"),
    says: ['address = "10.0.1.1/32"'],
    remarks: [/10\.0\.0\.1: left out: it is the own address of host a/],
  },
  {
    told: "the shortest advert_int counts, and down_timer_adverts",
    of: {
      a: pair(" advert_int 0.2\n down_timer_adverts 4").a +
        instance(" advert_int 3", "B").replaceAll("10.0.1.1", "10.0.2.2"),
    },
    says: ['heartbeat = "200ms"', 'timeout = "800ms"'],
    remarks: [/advert_int 3 \(B\): there is one heartbeat/],
  },
];

for (const { told, of, says, remarks = [] } of meanings) {
  Deno.test(`import of keepalived: ${told}`, () => {
    const imported = keepalived(of);
    const text = textOf(imported);
    meaningOf(imported);
    for (const piece of says) equal(text.includes(piece), true, `${piece}\n${text}`);
    for (const remark of remarks) match(remarksOf(imported).join("\n"), new RegExp(remark, "m"));
  });
}

const bad: readonly {
  readonly told: string;
  readonly of: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}[] = [
  {
    told: "everything is wrong at once",
    of: {
      a: 'vrrp_instance A {\n virtual_ipaddress {\n  10.0.1.x dev eth0\n  10.0.1.1/40\n  10.0.1.2\n }\n priority high\n unicast_peer { me }\n notify "open\n}\n}\n',
    },
    problems: [
      'a.conf:3:3: Cannot use "10.0.1.x" as virtual_ipaddress of A: it is no address (wanted an address such as 192.168.1.100/32 dev eth0)',
      'a.conf:4:3: Cannot use "10.0.1.1/40" as virtual_ipaddress of A: its prefix is none (wanted an address such as 192.168.1.100/32 dev eth0)',
      'a.conf:5:3: Cannot use "" as interface of "10.0.1.2": neither the address nor its instance names one (wanted interface eth0, or dev eth0)',
      'a.conf:7:2: Cannot use "high" as priority: it is no number',
      'a.conf:8:17: Cannot use "me" as unicast_peer: it is no IPv4 or IPv6 address',
      'a.conf:9:9: Cannot read ""open": the quote is not closed on its line (wanted another ")',
      'a.conf:11:1: Cannot read "}": there is no block that it could close',
    ],
  },
  {
    told: "truncated braces",
    of: { a: "vrrp_instance A {\n interface eth0\n virtual_ipaddress {\n 10.0.1.1 dev eth0" },
    problems: [
      'a.conf:1:1: Cannot read "vrrp_instance A": the file ends before its brace is closed (wanted "}")',
      'a.conf:3:2: Cannot read "virtual_ipaddress": the file ends before its brace is closed (wanted "}")',
    ],
  },
  {
    told: "no instance",
    of: { a: "global_defs { router_id X }" },
    problems: [
      "a.conf:1:1: Cannot use the file: it has no vrrp_instance (wanted vrrp_instance NAME { ... })",
    ],
  },
  {
    told: "what may come of lines for other hosts, which is said first",
    of: { "": `${unicast("10.0.0.1", "10.0.0.2", " priority ${PRIO}")}@lb1 $PRIO=9\n@^lb2 $PRIO=8\n` },
    problems: [
      "keepalived.conf:1:1: Cannot choose among the lines for @lb1, @lb2: whose file this is was not said, and what else is told of it may come of that (wanted --keepalived HOST=FILE, where HOST is lb1 or lb2)",
      'keepalived.conf:10:2: Cannot use "${PRIO}" as priority: it is no number',
    ],
  },
  {
    told: "what may come of a host that no line is for",
    of: { a: `@lb1 $PRIO=9\n${unicast("10.0.0.1", "10.0.0.2", " priority ${PRIO}")}` },
    problems: [
      "a.conf:1:1: Cannot choose among the lines for @lb1: they are not for a, and what else is told of it may come of that (wanted --keepalived HOST=FILE, where HOST is lb1)",
      'a.conf:11:2: Cannot use "${PRIO}" as priority: it is no number',
    ],
  },
  {
    told: "one file for two hosts",
    of: { a: pair().a, b: pair().a },
    problems: [
      'b.conf:1:1: Cannot use "10.0.0.1" as address of host "b": host "a" has it already (wanted each host\'s own file)',
    ],
  },
  {
    told: "one host's interface by two names",
    of: {
      a: unicast("10.0.0.1", "10.0.0.2", " virtual_ipaddress {\n 10.0.1.2\n}"),
      b: unicast("10.0.0.2", "10.0.0.1", " virtual_ipaddress {\n 10.0.1.2 dev eth7\n}"),
    },
    problems: ['b.conf:11:2: Cannot use "eth7" as this host\'s name of "eth0": it calls it "eth0" elsewhere'],
  },
];

for (const { told, of, problems } of bad) {
  Deno.test(`import of keepalived refuses ${told}`, () => deepEqual(problemsOf(keepalived(of)), problems));
}
