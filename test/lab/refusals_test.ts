// A daemon that cannot do its work says so at start, in words for a person, and has changed nothing on its host.

import assert from "node:assert/strict";
import type { Lab } from "../support/lab.ts";
import type { LabHost, StartOptions } from "../support/lab_host.ts";
import { newLab, startedLab } from "../support/started_lab.ts";

Deno.test("run refuses a configuration with errors, names each with its place, and exits 2", async () => {
  await using lab = await oneHost();
  const file = await changed(
    lab,
    (text) => text.replace('profile = "lan"', 'profile = "lam"') + "\n[balence]\nx = 1\n",
  );
  const { code, said } = await startAndEnd(lab, { configFile: file });
  assert.equal(code, 2);
  assert.match(said, /"lam"/);
  assert.match(said, /balence/);
  assert.match(said, /changed\.toml:\d+:\d+/);
});

Deno.test("run refuses a VIP on an interface that the host does not have", async () => {
  await using lab = await oneHost();
  const file = await changed(lab, (text) => text.replaceAll('interface = "eth0"', 'interface = "eth9"'));
  const { code, said } = await startAndEnd(lab, { configFile: file });
  assert.notEqual(code, 0);
  assert.match(said, /"eth9"[^]*no such interface[^]*eth0/);
});

Deno.test("run refuses a machine without the program ip", async () => {
  await using lab = await oneHost();
  // Every host of the lab sees the file system through mounts of its own, so this one alone loses the program.
  const hidden = 'mount --bind /dev/null "$(readlink -f "$(command -v ip)")" && exec "$@"';
  const { code, said } = await startAndEnd(lab, { wrapper: ["sh", "-c", hidden, "sh"] });
  assert.notEqual(code, 0);
  assert.match(said, /"ip".*iproute2/);
});

Deno.test("run refuses to start without the privilege to change addresses", async () => {
  await using lab = await oneHost();
  const wrapper = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];
  const { code, said } = await startAndEnd(lab, { wrapper });
  assert.notEqual(code, 0);
  assert.match(said, /root|CAP_NET_ADMIN/);
});

Deno.test("run refuses a machine that lets it open no packet socket, nor lets arping", async () => {
  await using lab = await oneHost();
  const host = lab.host("test00");
  host.start({ wrapper: ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"] });
  assert.equal(await host.exited(), 69);
  assert.match(await host.log(), /arping.*CAP_NET_RAW/);
});

Deno.test("run refuses a runtime directory on a full disk, says so, and has touched nothing", async () => {
  await using lab = await oneHost();
  const host = lab.host("test00");
  const full =
    `mkdir -p "$0" && mount -t tmpfs -o size=4k tmpfs "$0" && head -c 4096 /dev/zero > "$0/full" && exec "$@"`;
  host.start({ wrapper: ["unshare", "--mount", "sh", "-c", full, host.runtimeDirectory] });
  const code = await host.exited();
  assert.equal(code, 69);
  assert.match(await host.log(), /Cannot .*(no space|full|ENOSPC)/i);
  assert.deepEqual(await host.addresses(), []);
});

Deno.test("a second run on the same runtime directory refuses, and the first goes on", async () => {
  await using lab = await startedLab();
  const second = await lab.host("test00").molehill(["run", "--config", lab.configFile]);
  assert.equal(second.code, 75);
  assert.match(second.stderr, /already|another/);
  await lab.settled();
});

Deno.test("a runtime directory of a daemon that was killed is no obstacle", async () => {
  await using lab = await startedLab();
  await lab.host("test00").kill();
  lab.host("test00").start();
  await lab.settled();
});

Deno.test("a second run on the same state directory refuses, and what a daemon that was killed had is free", async () => {
  await using lab = await newLab({ hosts: 2 });
  const [first, second] = [lab.host("test00"), lab.host("test01")];
  first.start();
  await first.answers();
  const run = ["run", "--config", lab.configFile, "--state-dir", first.stateDirectory];
  const refused = await second.molehill(run);
  assert.equal(refused.code, 75);
  assert.match(refused.stderr, /^Cannot keep anything in ".*": another daemon keeps its record/m);
  await first.kill();
  first.start();
  await first.answers();
});

const oneHost = (): Promise<Lab> => newLab({ hosts: 1 });

async function changed(lab: Lab, change: (text: string) => string): Promise<string> {
  const file = `${lab.directory}/changed.toml`;
  await Deno.writeTextFile(file, change(lab.config));
  return file;
}

/** Starts the daemon of the only host, which must end on its own and leave no address. */
async function startAndEnd(lab: Lab, options: StartOptions): Promise<{ code: number; said: string }> {
  const host = lab.host("test00");
  host.start(options);
  const code = await endOf(host);
  assert.deepEqual(await host.addresses(), []);
  return { code, said: await host.log() };
}

async function endOf(host: LabHost): Promise<number> {
  const limit = setTimeout(() => void host.kill(), 20_000);
  const code = await host.exited();
  clearTimeout(limit);
  return code;
}

Deno.test("run --dry-run looks whether a start would succeed, also beside a daemon that runs, and changes nothing", async () => {
  await using lab = await startedLab();
  const host = lab.host("test00");
  const dryRun = () => host.molehill(["run", "--dry-run", "--config", lab.configFile]);
  const could = await dryRun();
  assert.deepEqual([could.code, could.stdout], [0, 'Host "test00" of group "tudou" could start here\n']);
  await Deno.writeTextFile(lab.configFile, lab.config.replaceAll('interface = "eth0"', 'interface = "eth9"'));
  const { code, stderr } = await dryRun();
  assert.equal(code, 69);
  assert.match(stderr, /^Cannot use "eth9" .*\n$/m);
  await lab.settled();
});
