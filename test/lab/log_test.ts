// The log of real daemons: in a file, in the system log, and on disks that are full, read-only or gone.

import assert from "node:assert/strict";
import { startSystemLog } from "../host/system_log.ts";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { newLab } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

interface Place {
  readonly lab: Lab;
  readonly host: LabHost;
  /** Where its log is; a daemon with mounts of its own sees something else there. */
  readonly file: string;
  /** Writes the configuration anew, with these lines in [log]. */
  configure(...lines: readonly string[]): Promise<void>;
}

async function withHost(use: (place: Place) => Promise<void>): Promise<void> {
  await using lab = await newLab({ hosts: 1, timing: { mature: '"0s"' } });
  const logs = `${lab.directory}/logs`;
  await Deno.mkdir(logs);
  await use({
    lab,
    host: lab.host("test00"),
    file: `${logs}/molehill_test00.log`,
    configure: (...lines) =>
      Deno.writeTextFile(
        lab.configFile,
        `${lab.config}\n[log]\nfile = "${logs}/molehill_%h.log"\n${lines.join("\n")}\n`,
      ),
  });
}

const text = (path: string): Promise<string> => Deno.readTextFile(path).catch(() => "");

const untilIn = (path: string, wanted: string): Promise<void> =>
  waitUntil(async () => (await text(path)).includes(wanted), {
    what: `"${wanted}" in ${path}`,
    diagnosis: () => text(path),
  });

Deno.test("the log is in the file of the host's name, last words included, and not on standard error", async () => {
  await withHost(async ({ host, file, configure }) => {
    await configure();
    host.start();
    await host.answers();
    assert.equal(await host.stop(), 0);
    assert.match(await text(file), /Z info {4}Stopped with exit code 0\n$/);
    assert.equal(await host.log(), "");
  });
});

Deno.test("SIGHUP begins a file anew that logrotate moved away, even when the configuration is wrong", async () => {
  await withHost(async ({ lab, host, file, configure }) => {
    await configure();
    host.start();
    await host.answers();
    await Deno.rename(file, `${file}.1`);
    host.reload();
    await untilIn(file, "The configuration says what it said before");
    await Deno.rename(file, `${file}.2`);
    await Deno.writeTextFile(lab.configFile, "nonsense");
    host.reload();
    await untilIn(file, "Nothing has changed");
    assert.equal(await host.stop(), 0);
    assert.match(await text(file), /Stopped with exit code 0\n$/);
    assert.doesNotMatch(await text(`${file}.1`), /Stopped/);
    assert.doesNotMatch(await text(`${file}.2`), /Stopped/);
  });
});

Deno.test("a reload takes over where the log goes, and what is in it", async () => {
  await withHost(async ({ lab, host, file, configure }) => {
    await configure('level = "error"');
    host.start();
    await host.answers();
    assert.equal(await text(file), "");
    await configure('level = "info"');
    host.reload();
    await untilIn(file, "info ");
    await Deno.writeTextFile(lab.configFile, lab.config);
    host.reload();
    await untilIn(host.logFile, "info ");
    assert.equal(await host.stop(), 0);
    assert.match(await host.log(), /Stopped with exit code 0\n$/);
    assert.doesNotMatch(await text(file), /Stopped/);
  });
});

Deno.test("why a daemon cannot start is on standard error and in the file", async () => {
  await withHost(async ({ lab, host, file, configure }) => {
    await configure();
    const config = await Deno.readTextFile(lab.configFile);
    await Deno.writeTextFile(lab.configFile, config.replaceAll('interface = "eth0"', 'interface = "eth9"'));
    host.start();
    assert.equal(await host.exited(), 69);
    for (const told of [await host.log(), await text(file)]) assert.match(told, /"eth9".*no such interface/);
  });
});

/** Starts the daemon with a small disk of its own where its log is; gives the path by which others see it. */
async function startOnSmallDisk({ host, file }: Place, before = "true"): Promise<string> {
  const directory = file.slice(0, file.lastIndexOf("/"));
  const script = `mount -t tmpfs -o size=64k tmpfs "$0" && ${before} && exec "$@"`;
  host.start({ wrapper: ["unshare", "--mount", "sh", "-c", script, directory] });
  await host.answers();
  return `/proc/${host.pid}/root${directory}`;
}

Deno.test("a full disk is told once on standard error, stops nothing, and is written again when there is room", async () => {
  await withHost(async (place) => {
    const { host, file, configure } = place;
    await configure();
    const disk = await startOnSmallDisk(
      place,
      '{ head -c 1000000 /dev/zero >"$0/ballast"; true; } 2>/dev/null',
    );
    await untilIn(
      host.logFile,
      "no space left on the device; until it can be, the log goes to standard error",
    );
    host.reload();
    await untilIn(host.logFile, "SIGHUP");
    const warned = async () =>
      (await host.status())?.warnings.filter((each) => each.includes("log file")) ?? [];
    assert.deepEqual(await warned(), [`Cannot write the log file "${file}": no space left on the device`]);
    await waitUntil(async () => (await host.addresses()).length === 3, { what: "the host to hold its VIPs" });
    await Deno.remove(`${disk}/ballast`);
    const seen = `${disk}/${file.slice(file.lastIndexOf("/") + 1)}`;
    await untilIn(seen, "is written again");
    const lines = (await text(seen)).trimEnd().split("\n");
    assert.deepEqual(lines.filter((line) => !/^\d{4}-\S+Z (info|warning|error) +\S/.test(line)), []);
    assert.ok(lines.some((line) => line.includes("SIGHUP")), "what could not be written came later");
    assert.equal((await host.log()).split("Cannot write the log file").length, 2);
    assert.deepEqual(await warned(), []);
    assert.equal(await host.stop(), 0);
  });
});

Deno.test("a read-only disk is told, and written when it is not any more", async () => {
  await withHost(async (place) => {
    const { host, file, configure } = place;
    await configure();
    const directory = file.slice(0, file.lastIndexOf("/"));
    const disk = await startOnSmallDisk(place, 'mount -o remount,ro "$0"');
    await untilIn(
      host.logFile,
      "the file system is read-only; until it can be, the log goes to standard error",
    );
    await mustRun(["nsenter", "-t", String(host.pid), "-m", "mount", "-o", "remount,rw", directory]);
    await untilIn(`${disk}${file.slice(directory.length)}`, "is written again");
    assert.equal(await host.stop(), 0);
  });
});

Deno.test("the system log gets the log, also one that is started later", async () => {
  await withHost(async ({ lab, host, file, configure }) => {
    const dev = `${lab.directory}/dev`;
    await Deno.mkdir(dev);
    await configure('syslog = "local0"');
    const own = `for node in null zero random urandom tty; do
      : >"$0/$node" && mount --bind "/dev/$node" "$0/$node" || exit 1
    done; mount --rbind "$0" /dev && exec "$@"`;
    host.start({ wrapper: ["unshare", "--mount", "sh", "-c", own, dev] });
    await host.answers();
    await untilIn(file, "Cannot write the system log /dev/log: nobody takes it there");
    using system = startSystemLog(`${dev}/log`);
    await untilIn(file, "Now the system log /dev/log is written again");
    const received: string[] = [];
    const stopped = host.stop();
    // It takes no more than some entries that are not read.
    await waitUntil(() => {
      received.push(...system.received());
      return received.at(-1)?.includes("Stopped") ?? false;
    }, { what: "the last words" });
    assert.equal(await stopped, 0);
    assert.match(received[0] ?? "", /^<13\d>\w{3} [ \d]\d [\d:]{8} molehill\[\d+\]: /);
    assert.match(received.at(-1) ?? "", /^<134>.*: Stopped with exit code 0$/);
    assert.equal(await host.log(), "");
  });
});
