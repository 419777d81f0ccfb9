// What the operator of Spread and Wackamole did, and saw, point by point of his own list: with the configuration that is
// made from his files, the init script, and the built executable. Only where files are is the lab's own.

import assert from "node:assert/strict";
import type { EventEntry, Status } from "../../src/codec/control.ts";
import { startSystemLog } from "../host/system_log.ts";
import { mustRun, type Outcome, run } from "../support/command.ts";
import { type InitScript, placeInitScript } from "../support/init_script.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { inside } from "../support/namespace.ts";
import { newLab } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const seed = (name: string): string =>
  new URL(`../config/import/files/seed/${name}`, import.meta.url).pathname;

const VIPS = ["192.168.9.109/32", "192.168.9.112/32", "192.168.9.113/32"];

/** Runs the built executable on a host, as the operator would. */
const molehill = (host: LabHost, ...args: readonly string[]): Promise<Outcome> =>
  run([...inside(host.place.namespace), ...host.place.runs.program, ...args], { atMostMs: 60_000 });

const asked = (host: LabHost, ...args: readonly string[]): Promise<Outcome> =>
  molehill(host, ...args, "--runtime-dir", host.runtimeDirectory);

/** The file that is made from his, with the lab's places in it. */
async function importInto(lab: Lab): Promise<string> {
  const files = [
    "--spread",
    seed("spread.conf"),
    "--wackamole",
    seed("wackamole.conf"),
    "--hosts",
    seed("hosts"),
  ];
  const { code, stdout, stderr } = await molehill(lab.host("test00"), "import", ...files);
  assert.equal(code, 0, stderr);
  // The init script makes the directory.
  const logs = `${lab.directory}/log`;
  const text = stdout.replace("/etc/molehill/key", `${lab.directory}/key`).replace("/var/log/molehill", logs);
  assert(text.includes(`file = "${logs}/%h.log"`), text);
  const file = `${lab.directory}/imported.toml`;
  await Deno.writeTextFile(file, text);
  return file;
}

async function statusOf(host: LabHost): Promise<Status> {
  const { stdout } = await asked(host, "status", "--json");
  return JSON.parse(stdout);
}

async function settled(lab: Lab): Promise<void> {
  await waitUntil(async () => {
    const vips = await Promise.all(lab.hosts.map((host) => host.addresses()));
    return vips.flat().sort().join() === VIPS.join();
  }, { what: "each VIP to be on one host", atMostMs: 30_000 });
}

Deno.test("the seed's operator finds everything that he had, point by point", async (test) => {
  await using lab = await newLab();
  const scripts = new Map<LabHost, InitScript>();
  const scriptOf = (host: LabHost): InitScript => {
    const script = scripts.get(host);
    assert(script);
    return script;
  };
  const [test00, test01, test02] = lab.hosts;
  assert(test00 && test01 && test02);
  const devices = `${lab.directory}/dev`;
  await Deno.mkdir(devices);
  using systemLog = startSystemLog(`${devices}/log`);
  const heardBySystemLog: string[] = [];
  // It takes only so many entries that nobody has read.
  const listening = setInterval(() => heardBySystemLog.push(...systemLog.received()), 10);
  let config = "";
  const startAll = () =>
    Promise.all(lab.hosts.map(async (host) => {
      const { code, stdout, stderr } = await scriptOf(host)("start");
      assert.equal(code, 0, stdout + stderr);
    }));

  try {
    await test.step("1. one file for all hosts, in which each finds itself", async () => {
      config = await importInto(lab);
      const check = await molehill(test01, "check", "--config", config);
      assert.equal(check.code, 0, check.stderr);
      for (const name of ["test00", "test01", "test02"]) {
        assert.match(check.stdout, new RegExp(`\\b${name}\\b`));
      }
    });

    await test.step("2. one daemon for each host, by an init script with start, stop, restart, status", async () => {
      for (const host of lab.hosts) {
        const options = { defaults: { CONFIG: config }, mounts: mountsFor(devices) };
        scripts.set(host, await placeInitScript({ lab, host, shell: ["sh"], ...options }));
      }
      await startAll();
      for (const host of lab.hosts) assert.equal((await scriptOf(host)("status")).code, 0);
      await settled(lab);
    });

    await test.step("3. the listening port, the system log, and its own address with one VIP on each host", async () => {
      const ports = await mustRun([...inside(test00.place.namespace), "cat", "/proc/net/udp"]);
      assert(ports.includes(`:${(4803).toString(16).toUpperCase()} `), ports);
      for (const host of lab.hosts) {
        const addresses = await mustRun([
          ...inside(host.place.namespace),
          "ip",
          "-4",
          "-o",
          "address",
          "show",
          "eth0",
        ]);
        assert.match(addresses, new RegExp(`inet ${host.place.address.replaceAll(".", "\\.")}/16 `));
        assert.equal([...addresses.matchAll(/inet 192\.168\.9\.1\d\d\/32 /g)].length, 1, addresses);
        const log = await Deno.readTextFile(`${lab.directory}/log/${host.name}.log`);
        assert.match(log, /VIP "[^"]+" is on this host now and announced/);
      }
      assert(heardBySystemLog.some((line) => /is on this host now and announced/.test(line)));
    });

    await test.step("4. a script of cron's takes a host out and in again, however often it says so", async () => {
      for (let time = 0; time < 3; time++) {
        assert.equal((await asked(test01, "drain", "--reason", "the web server is down")).code, 0);
      }
      assert.deepEqual(await test01.addresses(), []);
      await settled(lab);
      for (let time = 0; time < 3; time++) assert.equal((await asked(test01, "resume")).code, 0);
      await waitUntil(async () => (await test01.addresses()).length === 1, {
        what: "test01 to have its share again",
      });
      await settled(lab);
    });

    await test.step("5. a stop moves the VIP to another host, which has two, and no ping is lost", async () => {
      const [vip = ""] = await test02.addresses();
      await lab.echo.begin();
      assert.equal((await scriptOf(test02)("stop")).code, 0);
      await settled(lab);
      const ping = (await lab.echo.end()).addresses.find(({ address }) => `${address}/32` === vip);
      // Probes are sent every 5 ms here; of pings once a second none is lost if no gap is near that.
      assert(ping !== undefined && ping.longestGapMs < 900, JSON.stringify(ping));
      const loads = await Promise.all([test00, test01].map(async (host) => (await host.addresses()).length));
      assert.deepEqual(loads.sort(), [1, 2]);
      assert.equal((await scriptOf(test02)("status")).code, 3);
      assert.equal((await scriptOf(test02)("start")).code, 0);
      await waitUntil(async () => (await test02.addresses()).length === 1, {
        what: "test02 to have its share again",
      });
      await settled(lab);
    });

    await test.step("6. every daemon's state from one of them, and what the group says", async () => {
      const status = await statusOf(test00);
      assert.deepEqual(status.hosts.map(({ name, state }) => [name, state]), [
        ["test00", "member"],
        ["test01", "member"],
        ["test02", "member"],
      ]);
      const monitor = await asked(test00, "monitor", "--once");
      for (const name of ["test00", "test01", "test02"]) {
        assert.match(monitor.stdout, new RegExp(`\\b${name}\\b`));
      }
      assert.equal((await asked(test02, "send", "good morning")).code, 0);
      for (const host of lab.hosts) {
        const said = (await eventsOf(host)).filter(({ kind, text }) =>
          kind === "said" && text.endsWith("good morning")
        );
        assert.equal(said.length, 1, host.name);
      }
    });

    await test.step("7. the router learns where a VIP is, and so does whom any member had in its ARP cache", async () => {
      const status = await statusOf(test00);
      await waitUntil(async () => {
        const reports = await Promise.all(lab.hosts.map(statusOf));
        return reports.every(({ vips }) =>
          vips.every(({ here, notified }) => here !== "held" || notified?.confirmed === 1)
        );
      }, { what: "the router to have confirmed each VIP" });
      assert.equal(status.warnings.length, 0, status.warnings.join("\n"));
    });

    await test.step("and a stop of all leaves nothing behind", async () => {
      await Promise.all(lab.hosts.map(async (host) => assert.equal((await scriptOf(host)("stop")).code, 0)));
      for (const host of lab.hosts) assert.deepEqual(await host.addresses(), []);
    });
  } finally {
    await Promise.all([...scripts.values()].map((script) => script("stop")));
    clearInterval(listening);
  }
});

/** Of /dev only what a shell needs is there, with the lab's system log in it. */
const mountsFor = (devices: string): string =>
  `for node in null zero random urandom tty; do : >"${devices}/$node" && ` +
  `mount --bind "/dev/$node" "${devices}/$node" || exit 1; done; mount --rbind "${devices}" /dev`;

async function eventsOf(host: LabHost): Promise<readonly EventEntry[]> {
  const { stdout } = await asked(host, "events", "--json");
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}
