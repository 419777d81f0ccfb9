import { deepEqual, equal, match } from "node:assert/strict";
import type { Check } from "../../../src/core/check.ts";
import type { Imported } from "../../../src/config/import/import.ts";
import { fixture, keepalived, meaningOf, problemsOf, remarksOf, textOf } from "./read.ts";
import { pair, twoInstances, unicast } from "./vrrp.ts";

/** One host's file with a section, and what its instance tracks. */
const tracking = (section: string, tracked: string, global = "script_user root"): Imported =>
  keepalived({
    "": `global_defs { ${global} }\n${section}\n${unicast("10.0.0.1", "10.0.0.2", ` ${tracked}`)}`,
  });

const script = (inside: string, global?: string): Imported =>
  tracking(`vrrp_script s {\n${inside}\n}`, "track_script {\n s\n }", global);

function onlyCheck(imported: Imported): Check {
  const { checks } = meaningOf(imported);
  const [check] = checks;
  equal(checks.length, 1, textOf(imported));
  if (check === undefined) throw new Error("there is one");
  return check;
}

const probeOf = (imported: Imported) => onlyCheck(imported).probe;

// What "keepalived -n -l -d" of version 2.2.7 says that it runs.
const commands: readonly (readonly [script: string, ...command: string[]])[] = [
  [`'/usr/bin/test -e /etc/passwd'`, "/usr/bin/test", "-e", "/etc/passwd"],
  [`"/usr/bin/test -e \\"/etc/my file\\""`, "/usr/bin/test", "-e", "/etc/my file"],
  [`"/usr/bin/test -e '/etc/my file'"`, "/usr/bin/test", "-e", "/etc/my file"],
  [`'/usr/bin/test "a # b" c'`, "/usr/bin/test", "a # b", "c"],
  [String.raw`"/usr/bin/test a\tb c\\ d \x41"`, "/usr/bin/test", "a", "b", "c d", "A"],
  [String.raw`'/usr/bin/test "a \"b\""'`, "/usr/bin/test", "a b"],
  [`"/usr/bin/test a=$(b) *.c http://d/?e=1&f=2"`, "/usr/bin/test", "a=$(b)", "*.c", "http://d/?e=1&f=2"],
  [`/usr/bin/te"st" a`, "/usr/bin/test"],
  [String.raw`"\"/opt/my dir/x\" 'a b' \"c d\""`, "/opt/my dir/x", "a b", "c d"],
];

for (const [text, ...command] of commands) {
  Deno.test(`import of keepalived: script ${text} is run as ${JSON.stringify(command)}`, () => {
    deepEqual(probeOf(script(`script ${text}`)), { kind: "exec", command, user: null });
  });
}

Deno.test("import of keepalived: only the first word behind script is run, and that is told", () => {
  const imported = script(`script /usr/bin/test -e "/run/x y"`);
  deepEqual(probeOf(imported), { kind: "exec", command: ["/usr/bin/test"], user: null });
  match(
    remarksOf(imported).join("\n"),
    /script \/usr\/bin\/test -e \/run\/x y .*: keepalived takes the first word/,
  );
});

Deno.test("import of keepalived: a program without a path is looked for in PATH", () => {
  const command = ["/usr/bin/env", "check_it", "a b"];
  deepEqual(probeOf(script(`script "check_it 'a b'"`)), { kind: "exec", command, user: null });
});

Deno.test("import of keepalived: what was written for a shell is for a person to look at", () => {
  const imported = script(`script "test -e /x || exit 1"`);
  deepEqual(meaningOf(imported).checks, []);
  match(textOf(imported), /^# exec = \["\/bin\/sh", "-c", "test -e \/x \|\| exit 1"\]$/m);
  match(remarksOf(imported).join("\n"), /script of s: keepalived 2 starts no shell/);
  deepEqual(remarksOf(script(`script "/bin/bash -c '</dev/tcp/127.0.0.1/80'"`)), []);
});

Deno.test("import of keepalived: searches for a program look for the process", () => {
  for (
    const search of ["killall -0 mysqld", "/usr/bin/killall -s 0 mysqld", "pidof mysqld", "pgrep -x mysqld"]
  ) {
    deepEqual(probeOf(script(`script "${search}"`)), { kind: "process", name: "mysqld" });
  }
});

const paces: readonly (readonly [inside: string, pace: readonly number[], remark?: RegExp])[] = [
  ["", [1_000, 1_000, 1, 1]],
  ["interval 2", [2_000, 2_000, 1, 1]],
  ["interval 5\n timeout 3\n rise 2\n fall 4", [5_000, 3_000, 2, 4]],
  ["interval 2\n timeout 5", [2_000, 2_000, 1, 1], /timeout 5 \(s\): .* so it is 2$/m],
  ["fall 300", [1_000, 1_000, 1, 100], /fall 300 \(s\): .* so it is 100$/m],
  ["rise 0", [1_000, 1_000, 1, 1], /rise 0 \(s\): .* so it is 1$/m],
  [
    "interval 0.5",
    [1_000, 1_000, 1, 1],
    /interval 0\.5 \(s\): keepalived counts whole seconds.* so it is 1$/m,
  ],
  ["interval 100000", [86_400_000, 86_400_000, 1, 1], /interval 100000 \(s\): .* so it is 86400$/m],
];

for (const [inside, pace, remark] of paces) {
  Deno.test(`import of keepalived: ${inside === "" ? "no pace" : JSON.stringify(inside)} is a pace of ${pace}`, () => {
    const imported = script(`script /bin/x\n ${inside}`);
    const { interval, timeout, rise, fall } = onlyCheck(imported);
    deepEqual([interval, timeout, rise, fall], pace);
    if (remark === undefined) deepEqual(remarksOf(imported), []);
    else match(remarksOf(imported).join("\n"), remark);
  });
}

Deno.test("import of keepalived: processes, files and links are looked at as soon as keepalived saw them", () => {
  const sections = "vrrp_track_process p { process nginx\nweight 0 }\ntrack_file f { file /x\nweight 0 }";
  const { checks } = meaningOf(
    tracking(sections, "track_process { p }\n track_file { f }\n track_interface { eth9 }"),
  );
  deepEqual(checks.map(({ interval, rise, fall }) => [interval, rise, fall]), [
    [1_000, 1, 1],
    [1_000, 1, 1],
    [1_000, 1, 1],
  ]);
});

Deno.test("import of keepalived: scripts run as the user that the file says, and other groups are told", () => {
  const scripts =
    "vrrp_script a {\n script /bin/a\n user haproxy adm\n}\nvrrp_script b {\n script /bin/b\n}\n" +
    "vrrp_script c {\n script /bin/c\n user root\n}";
  const imported = tracking(scripts, "track_script {\n a\n b\n c\n }", "script_user nobody nogroup");
  deepEqual(meaningOf(imported).checks.map(({ probe }) => probe.kind === "exec" && probe.user), [
    "haproxy",
    "nobody",
    null,
  ]);
  const told = remarksOf(imported).join("\n");
  match(told, /user nobody nogroup: .* see that nogroup is one of them/);
  match(told, /user haproxy adm: .* see that adm is one of them/);
  match(told, /user haproxy: with the unit file of systemd this takes CAP_SETUID/);
});

Deno.test("import of keepalived: that a file names no user for its scripts is told once", () => {
  const scripts = "vrrp_script a { script /bin/a }\nvrrp_script b { script /bin/b }";
  const told = remarksOf(tracking(scripts, "track_script {\n a\n b\n }", "router_id X"));
  deepEqual(told.length, 1);
  match(told.join("\n"), /no script_user: keepalived ran scripts without a user as keepalived_script/);
});

Deno.test("import of keepalived refuses a user that is no name", () => {
  deepEqual(problemsOf(script('script /bin/x\n user "hello world"')), [
    'keepalived.conf:4:2: Cannot use "hello world" as user: it is not a name (wanted the name of a user such as "nobody")',
  ]);
});

/** Whether the check of a file passes when the file has this in it; null: it is not there. */
async function passes(imported: (file: string) => Imported, inside: string | null): Promise<boolean> {
  const file = await Deno.makeTempFile();
  try {
    if (inside === null) await Deno.remove(file);
    else await Deno.writeTextFile(file, inside);
    const probe = probeOf(imported(file));
    if (probe.kind !== "exec") throw new Error("it is a program");
    const [program = "", ...args] = probe.command;
    return (await new Deno.Command(program, { args }).output()).code === 0;
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

const trackFile = (weight: string) => (file: string): Imported =>
  tracking(`track_file f { file "${file}"\n weight 0 }`, `track_file {\n f${weight}\n }`);

// As keepalived 2.2.7 does.
const contents: readonly (readonly [inside: string | null, isWell: boolean])[] = [
  [null, true],
  ["", true],
  ["0\n", true],
  ["00", true],
  ["nothing", true],
  ["0 1\n", true],
  ["1\n", false],
  ["-5", false],
  ["  7\n", false],
  ["+0003\n", false],
];

for (const [inside, isWell] of contents) {
  Deno.test(`import of keepalived: a tracked file with ${JSON.stringify(inside)} ${isWell ? "is well" : "fails"}`, async () => {
    equal(await passes(trackFile(""), inside), isWell);
    equal(await passes(trackFile(" weight 0 reverse"), inside), !isWell);
  });
}

Deno.test("import of keepalived: a tracked file whose number has a weight is for a person to look at", () => {
  const imported = tracking("track_file f {\n file /x\n}", "track_file {\n f weight -2\n }");
  deepEqual(meaningOf(imported).checks, []);
  match(textOf(imported), /^# Suggestion\. track_file f\. The number in the file, times -2,/m);
  match(textOf(imported), /^# exec = .*"\^\[\[:space:\]\]\*\[\+\]\?0\*\[1-9\]", "\/x"\]$/m);
});

for (
  const [block, tracked] of [["", "s reverse"], ["weight 0 reverse", "s"], [
    "weight 0 reverse",
    "s weight 0",
  ]] as const
) {
  Deno.test(`import of keepalived: ${block} ${tracked} passes when the script fails`, async () => {
    const isWell = async (program: string) => {
      const probe = probeOf(
        tracking(`vrrp_script s {\nscript ${program}\n${block}\n}`, `track_script {\n${tracked}\n}`),
      );
      if (probe.kind !== "exec") throw new Error("it is a program");
      const [command = "", ...args] = probe.command;
      return (await new Deno.Command(command, { args }).output()).code === 0;
    };
    equal(await isWell("/bin/true"), false);
    equal(await isWell("/bin/false"), true);
  });
}

Deno.test("import of keepalived: noreverse is as nothing said", () => {
  const imported = tracking(
    "vrrp_script s {\nscript /bin/x\nweight 0 reverse\n}",
    "track_script {\ns noreverse\n}",
  );
  deepEqual(probeOf(imported), { kind: "exec", command: ["/bin/x"], user: null });
});

Deno.test("import of keepalived: a process that must not run is for a person to look at", () => {
  for (const [block, tracked] of [["quorum_max 0", "p"], ["", "p reverse"]] as const) {
    const imported = tracking(
      `vrrp_track_process p {\nprocess nginx\nweight 0\n${block}\n}`,
      `track_process {\n${tracked}\n}`,
    );
    deepEqual(meaningOf(imported).checks, []);
    match(textOf(imported), /^# exec = \["\/bin\/sh", "-c", .*"\/usr\/bin\/pgrep", "-x", "nginx"\]$/m);
  }
});

Deno.test("import of keepalived: a check is for the VIPs and the hosts that track it", () => {
  const section = "vrrp_script s { script /bin/x }\n";
  const ofOne = keepalived({ "": section + twoInstances("", "track_script {\n s\n }") });
  deepEqual(onlyCheck(ofOne).vips, ["B"]);
  const { a, b } = pair("track_script {\n s\n }", "");
  deepEqual(onlyCheck(keepalived({ a: section + a, b })).hosts, ["a"]);
});

Deno.test("import of keepalived: what hosts' files see otherwise is a check of each host", () => {
  const of = (inside: string) => `global_defs { script_user root }\nvrrp_script s {\n ${inside}\n}\n`;
  const { a, b } = pair("track_script {\n s\n }");
  const imported = keepalived({ a: of("script /bin/a") + a, b: of("script /bin/b\n fall 3") + b });
  deepEqual(
    meaningOf(imported).checks.map(({ name, probe, fall, hosts }) => [
      name,
      probe.kind === "exec" && probe.command,
      fall,
      hosts,
    ]),
    [["s", ["/bin/a"], 1, ["a"]], ["s-2", ["/bin/b"], 3, ["b"]]],
  );
  deepEqual(remarksOf(imported), []);
});

Deno.test("import of keepalived: what a rich pair of files watches", () => {
  const text = textOf(
    keepalived({ lb1: fixture("keepalived/lb1.conf"), lb2: fixture("keepalived/lb2.conf") }),
  );
  for (
    const piece of [
      '[[check]]\nname = "chk_haproxy"\nprocess = "haproxy"\ninterval = "2s"\ntimeout = "2s"\nrise = 2\nfall = 3\nvips = ["GATE"]',
      '\nexec = ["/usr/local/bin/check_http", "--url", "http://127.0.0.1/alive now"]\nuser = "nobody"\n',
      '\nname = "nginx"\nprocess = "nginx"\ninterval = "1s"\nrise = 1\nfall = 1\nvips = ["WEB"]',
      '\nexec = ["/bin/grep", "-q", "^1", "/sys/class/net/eth9/carrier"]',
    ]
  ) equal(text.includes(piece), true, `${piece}\n${text}`);
});
