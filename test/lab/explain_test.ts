// "molehill explain" on real hosts, in the situations in which somebody asks it at 3 a.m.

import assert from "node:assert/strict";
import type { Explanation } from "../../src/codec/explanation.ts";
import { mustRun, type Outcome } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import { LAB_INTERFACE } from "../support/lab_config.ts";
import type { LabHost } from "../support/lab_host.ts";
import { inside } from "../support/namespace.ts";
import { startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const VIPS = [
  { name: "web-a", addresses: ["192.168.9.109/32"], prefer: ["test01"] },
  { name: "web-b", addresses: ["192.168.9.112/32"] },
  { name: "web-c", addresses: ["192.168.9.113/32"], hosts: ["test02"] },
];
const SETTING = { timing: UNHURRIED, vips: VIPS, balanceInterval: "10m" };

const ask = (host: LabHost, vip: string): Promise<Outcome> => host.molehill(["explain", vip]);

async function explanationOf(host: LabHost, vip: string): Promise<Explanation> {
  return JSON.parse((await host.molehill(["explain", vip, "--json"])).stdout);
}

const others = (lab: Lab, name: string): readonly LabHost[] => lab.hosts.filter((host) => host.name !== name);

Deno.test("explain tells of a VIP that is held: on its holder what the kernel has, elsewhere where to ask", async () => {
  await using lab = await startedLab(SETTING);
  await waitUntil(
    async () => /1 of 1 notify target confirmed it/.test((await ask(lab.host("test01"), "web-a")).stdout),
    {
      what: "the router to confirm web-a",
    },
  );
  const here = await ask(lab.host("test01"), "web-a");
  assert.equal(here.code, 0, here.stdout + here.stderr);
  assert.match(here.stdout, /^VIP "web-a" is held by test01 for .*: nobody held it\n/);
  assert.match(here.stdout, /^Is it there .* It is on this host: the kernel was asked just now$/m);
  assert.match(here.stdout, /^What moves it {2}It prefers test01, which has it$/m);
  for (const host of others(lab, "test01")) {
    const there = await ask(host, "192.168.9.109");
    assert.equal(there.code, 0, there.stdout + there.stderr);
    assert.match(there.stdout, /test01 says that it has it, heard .* ago\n.*ask there/);
  }
  const { next } = await explanationOf(lab.host("test00"), "web-a");
  await lab.host("test01").kill();
  await lab.settled();
  const then = await explanationOf(lab.host("test00"), "web-a");
  assert.equal(then.vip.holder, next?.host);
  assert.match(then.answer, /: test01, which had it, was gone or could not hold it any more$/);
  assert.match(
    then.stays.join("\n"),
    /It prefers test01, which is silent for .*: it goes there when that ends/,
  );
});

Deno.test("explain tells that an operator moved a VIP, from where, and that a preferred host waits for that", async () => {
  await using lab = await startedLab(SETTING);
  assert.equal((await lab.host("test02").molehill(["move", "web-a", "test00"])).code, 0);
  for (const host of lab.hosts) {
    const { code, stdout } = await ask(host, "web-a");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^VIP "web-a" is held by test00 for .*: an operator moved it there from test01\n/);
    assert.match(stdout, /It prefers test01, which could hold it, but for the operator's word/);
    assert.match(stdout, / ago +20\S+Z {2}test01 -> test00 {2}an operator moved it$/m);
  }
});

Deno.test("explain tells that the preferred host drains, and that nobody can hold what only a drained host may", async () => {
  await using lab = await startedLab(SETTING);
  assert.equal((await lab.host("test01").molehill(["drain", "--reason", "new kernel"])).code, 0);
  const preferring = await ask(lab.host("test00"), "web-a");
  assert.equal(preferring.code, 0, preferring.stdout);
  assert.match(preferring.stdout, /: test01, which had it, was drained or stopped\n/);
  assert.match(preferring.stdout, /It prefers test01, which drains: it goes there when that ends/);
  assert.match((await ask(lab.host("test01"), "web-a")).stdout, /^test01 +no +1 {2}drains \(new kernel\)$/m);

  assert.equal((await lab.host("test02").molehill(["drain"])).code, 0);
  for (const host of lab.hosts) {
    const { code, stdout } = await ask(host, "web-c");
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^VIP "web-c" is held by nobody for .*, after test02 had it: test02 drains\n/);
    assert.match(stdout, /^test00 +no +may not hold it, by its hosts$/m);
    assert.match(stdout, /^(Here|On test02): molehill resume$/m);
  }
});

Deno.test("explain tells on every host that one has lost its link, and on that one why", async () => {
  await using lab = await startedLab({
    ...SETTING,
    segments: [{ network: "lan", mode: "broadcast" }, { network: "back", mode: "multicast" }],
  });
  const lost = lab.host("test02");
  await mustRun([...inside(lost.place.namespace), "ip", "link", "set", LAB_INTERFACE, "down"]);
  await waitUntil(async () => (await explanationOf(lab.host("test00"), "web-c")).vip.state === "uncovered", {
    what: "web-c to be held by nobody",
  });
  const there = await ask(lost, "web-c");
  assert.equal(there.code, 1);
  assert.match(
    there.stdout,
    /^test02 +no +cannot hold it: its interface is down, has no carrier, or is gone$/m,
  );
  assert.match(there.stdout, /^Here: ip link show dev eth0; ip address show dev eth0$/m);
  for (const host of others(lab, "test02")) {
    const { code, stdout } = await ask(host, "web-c");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^test02 +no +cannot hold it: it could not add it, or has no link \(that host knows\)$/m,
    );
    assert.match(stdout, /^On test02: molehill explain web-c$/m);
    assert.match((await ask(host, "web-b")).stdout, /^VIP "web-b" is held by test0[01] /);
  }
});

Deno.test("explain tells that a VIP stays where it is when every host fails a check, and what a check would move", async () => {
  const flags = `${await Deno.makeTempDir()}`;
  const often = { interval: '"200ms"', timeout: '"100ms"', fall: "1", rise: "1" };
  const exec = `["/bin/sh", "-c", "test ! -e ${flags}/$MOLEHILL_HOST"]`;
  await using lab = await startedLab({ ...SETTING, checks: [{ name: '"web"', exec, ...often }] });
  const fails = (...hosts: readonly string[]) =>
    hosts.map((host) => Deno.writeTextFile(`${flags}/${host}`, ""));
  const checked =
    /^What moves it +.*\n(.*\n)* +A drain of test0\d, a health check that fails there, or its end, moves it$/m;
  assert.match((await ask(lab.host("test00"), "web-a")).stdout, checked);
  await Promise.all(fails("test01"));
  await waitUntil(async () => (await explanationOf(lab.host("test00"), "web-a")).vip.holder !== "test01", {
    what: "web-a to leave test01",
  });
  await Promise.all(fails("test00", "test02"));
  await waitUntil(async () => (await explanationOf(lab.host("test00"), "web-a")).trouble.length > 0, {
    what: "all hosts to fail the check",
  });
  for (const host of lab.hosts) {
    const { code, stdout } = await ask(host, "web-a");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /Every host that can hold it fails a health check: it stays where it is, until one of them is well$/m,
    );
    assert.match(stdout, /It prefers test01, which fails check "web" \(.*\): it goes there when that ends$/m);
    assert.match(stdout, /^test01 +yes +1 {2}.*fails check "web"/m);
  }
  await Deno.remove(flags, { recursive: true });
});

Deno.test("explain tells that a drain moves what nobody could hold if its holder were gone, and it does", async () => {
  const vips = VIPS.slice(1, 2);
  await using lab = await startedLab({ ...SETTING, vips, partition: "quorum" });
  await lab.host("test02").stop();
  await lab.settled();
  const { stays, next, vip } = await explanationOf(lab.host("test00"), "web-b");
  const [, to] = /^A drain of \S+ moves it to (test0\d); if \S+ were gone, nobody could hold it$/.exec(
    stays.at(-1) ?? "",
  ) ??
    [];
  assert.deepEqual(next, { host: null, problem: "1 host would be left, and it takes 2 to hold VIPs" });
  assert.equal((await lab.host(vip.holder ?? "").molehill(["drain"])).code, 0);
  assert.equal((await explanationOf(lab.host("test00"), "web-b")).vip.holder, to);
});

Deno.test("explain of no VIP is a usage error that names the VIPs and the one that may be meant", async () => {
  await using lab = await startedLab(SETTING);
  const { code, stdout, stderr } = await ask(lab.host("test00"), "web-aa");
  assert.deepEqual([code, stdout], [64, ""]);
  assert.match(
    stderr,
    /^Cannot explain "web-aa": no VIP has this name or address \(found web-a, web-b, web-c\)\n/,
  );
  assert.match(stderr, /Did you mean web-a\b/);
  await lab.host("test00").stop();
  assert.equal((await ask(lab.host("test00"), "web-a")).code, 2);
});
