// Health checks with the built executable: a web server that dies, a script that hangs, a check that fails everywhere;
// and drains that outlive the daemon.

import assert from "node:assert/strict";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { inside } from "../support/namespace.ts";
import { newLab, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";
import { linesOf } from "../host/lines.ts";

const VIP = "192.168.9.109/32";

/** Slow enough for a busy machine to be in time, also with the first of them. */
const often = { interval: '"500ms"', timeout: '"500ms"', rise: "1", fall: "3" };

async function startService(host: LabHost) {
  const script = new URL("health_service.ts", import.meta.url).pathname;
  const [program = "", ...args] = [
    ...inside(host.place.namespace),
    ...[Deno.execPath(), "run", "-A", "--quiet", script, "8080"],
  ];
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const lines = linesOf(child.stdout);
  assert.equal((await lines.next()).value, "listens");
  return {
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await lines.return(undefined);
      await child.stdin.abort().catch(() => {});
    },
  };
}

async function becomes(lab: Lab, holder: string): Promise<void> {
  await waitUntil(async () => (await lab.holderOf(VIP))?.name === holder, {
    what: `${VIP} to be on ${holder}`,
    diagnosis: () => lab.host(holder).log(),
  });
}

const failingOn = async (asked: LabHost, name: string) =>
  (await asked.status())?.hosts.find((host) => host.name === name)?.failing ?? [];

/** Those of the processes that run. */
async function runningOf(pids: readonly string[]): Promise<readonly string[]> {
  const stats = await Promise.all(pids.map((pid) => Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "")));
  return pids.filter((_, at) => stats[at] !== "" && !/\) [ZX] /.test(stats[at] ?? ""));
}

Deno.test("a web server that is killed loses its host the VIP without a lost probe, and brings it back when it is up", async () => {
  await using lab = await newLab({
    timing: UNHURRIED,
    vips: [{ name: "web-a", addresses: [VIP], prefer: ["test01"], handover: "overlap" }],
    checks: [{ name: '"web"', http: '"http://127.0.0.1:8080/health"', ...often }],
  });
  const services = new Map<LabHost, Awaited<ReturnType<typeof startService>>>();
  for (const host of lab.hosts) services.set(host, await startService(host));
  try {
    for (const host of lab.hosts) host.start();
    await lab.settled();
    const host = lab.host("test01");
    await becomes(lab, "test01");
    await lab.settled();
    await lab.echo.begin();
    await services.get(host)?.kill();
    services.delete(host);
    await waitUntil(async () => (await lab.holderOf(VIP)) !== null && (await lab.holderOf(VIP)) !== host, {
      what: "the VIP to leave test01",
    });
    await lab.settled();
    const [failing] = await failingOn(lab.host("test00"), "test01");
    assert.deepEqual([failing?.check, failing?.problem], ["web", "nobody listens on 127.0.0.1 port 8080"]);
    const status = await lab.host("test00").molehill(["status"]);
    assert.equal(status.code, 1);
    assert.match(status.stdout, /test01 +member +0 +fails web/);
    assert.match(status.stdout, /its last holder fails a health check/);
    assert.equal((await lab.host("test00").molehill(["move", "web-a", "test01"])).code, 1);
    services.set(host, await startService(host));
    await becomes(lab, "test01");
    await lab.settled();
    assert.deepEqual((await lab.echo.end()).addresses.map(({ lost }) => lost), [0]);
    assert.deepEqual((await host.status())?.warnings, []);
  } finally {
    for (const service of services.values()) await service.kill();
  }
});

Deno.test("a script that hangs is killed with what it has started, counts as failed, and its host is emptied", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const [flag, pids] = [`${lab.directory}/hang`, `${lab.directory}/pids`];
  const script = `${lab.directory}/check.sh`;
  await Deno.writeTextFile(
    script,
    `#!/bin/sh
[ -e ${flag} ] && [ "$MOLEHILL_HOST" = test01 ] || exit 0
sleep 1000 & echo $! >> ${pids}
echo $$ >> ${pids}
sleep 1001
`,
    { mode: 0o755 },
  );
  const checks = [{ name: '"script"', exec: `["${script}"]`, ...often }];
  await Deno.writeTextFile(lab.configFile, lab.configWith({ checks }));
  for (const host of lab.hosts) host.reload();
  await waitUntil(async () => (await lab.host("test01").log()).includes("check script is new"), {
    what: "test01 to go by the file with the check",
    diagnosis: () => lab.host("test01").log(),
  });
  const host = lab.host("test01");
  await Deno.writeTextFile(flag, "");
  await waitUntil(async () => (await host.addresses()).length === 0, {
    what: "test01 to be emptied",
    diagnosis: () => host.log(),
  });
  await lab.settled();
  const [failing] = await failingOn(lab.host("test02"), "test01");
  assert.equal(failing?.problem, "no answer within 500ms");
  await Deno.remove(flag);
  await waitUntil(async () => (await failingOn(lab.host("test02"), "test01")).length === 0, {
    what: "the script to pass again",
  });
  const all = (await Deno.readTextFile(pids)).trim().split("\n");
  // Three failures in a row, two processes each.
  assert.ok(all.length >= 6, `${all.length} processes`);
  assert.deepEqual(await runningOf(all), []);
});

Deno.test("when a check fails on every host the VIPs stay where they are, and status says so", async () => {
  await using lab = await newLab({ timing: UNHURRIED });
  const flag = `${lab.directory}/maintenance`;
  const checks = [{ name: '"flag"', file: JSON.stringify(flag), absent: "true", ...often, fall: "1" }];
  await Deno.writeTextFile(lab.configFile, lab.configWith({ checks }));
  for (const host of lab.hosts) host.start();
  await lab.settled();
  await Deno.writeTextFile(flag, "");
  await waitUntil(async () => {
    const status = await lab.host("test02").status();
    return status?.hosts.every(({ failing }) => failing.length === 1) ?? false;
  }, { what: "all hosts to fail the check" });
  await lab.settled();
  const before = await Promise.all(lab.hosts.map((host) => host.addresses()));
  const { code, stdout } = await lab.host("test00").molehill(["status"]);
  assert.equal(code, 1);
  assert.match(stdout, /stay where they are: every host that can hold them fails a health check/);
  assert.match(stdout, new RegExp(`Host "test01" fails check "flag": ${flag} is there`));
  // Longer than a balance round takes to come.
  await new Promise((passed) => setTimeout(passed, 6_000));
  assert.deepEqual(await Promise.all(lab.hosts.map((host) => host.addresses())), before);
  await Deno.remove(flag);
  await waitUntil(async () => (await lab.host("test00").molehill(["status"])).code === 0, {
    what: "all to be well again",
    everyMs: 500,
  });
  await lab.settled();
});

Deno.test("drain --persist outlives SIGKILL and a restart, and resume ends it for the next daemon too", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const host = lab.host("test01");
  const log = async () =>
    (await host.log()).split("\n").filter((line) => line.includes("is on this host now"));
  assert.equal((await host.molehill(["drain", "--persist", "--reason", "new disk"])).code, 0);
  await lab.settled();
  const before = await host.status();
  const taken = (await log()).length;
  await host.kill();
  assert.equal((await host.molehill(["drain"])).code, 2);
  host.start();
  await lab.settled();
  await host.stop();
  host.start();
  await lab.settled();
  const after = await host.status();
  assert.deepEqual([after?.draining, after?.drain], ["new disk", before?.drain]);
  assert.equal(after?.drain?.persistent, true);
  assert.match(
    (await host.molehill(["status"])).stdout,
    /This host drains for .*, also after a restart: new disk/,
  );
  assert.equal((await host.molehill(["drain", "--reason", "no answer"])).code, 0);
  assert.equal((await host.status())?.draining, "new disk");
  assert.equal((await log()).length, taken, await host.log());
  assert.equal((await host.molehill(["resume"])).code, 0);
  await waitUntil(async () => (await host.addresses()).length > 0, { what: "test01 to be given its share" });
  await host.stop();
  host.start();
  await lab.settled();
  assert.equal((await host.status())?.draining, null);
});

Deno.test("drain and resume are safe to call while the daemon is restarted: done, or exit code 2 with a reason", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const host = lab.host("test01");
  let isOver = false;
  const outcomes: { readonly code: number; readonly stderr: string }[] = [];
  const calls = (async () => {
    for (let at = 0; !isOver; at += 1) {
      outcomes.push(await host.molehill([at % 2 === 0 ? "drain" : "resume"]));
    }
  })();
  for (let time = 0; time < 3; time += 1) {
    const before = outcomes.length;
    await waitUntil(() => outcomes.slice(before).some(({ code }) => code === 0), {
      what: "a call to be answered",
      diagnosis: () => JSON.stringify(outcomes.slice(before)),
    });
    await (time === 1 ? host.kill() : host.stop());
    assert.equal((await host.molehill(["drain"])).code, 2);
    host.start();
  }
  isOver = true;
  await calls;
  await host.answers();
  assert.equal((await host.molehill(["resume"])).code, 0);
  await lab.settled();
  const odd = outcomes.filter(({ code, stderr }) => !(code === 0 || (code === 2 && stderr !== "")));
  assert.deepEqual(odd, []);
});
