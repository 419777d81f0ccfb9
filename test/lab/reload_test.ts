// A changed configuration, taken to a running group host by host: the built executable, real files, real SIGHUPs. What
// the kernel says of every address that goes is the witness that nothing was touched.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { ipBatch } from "../support/namespace.ts";
import { newLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil, waitUntilNone } from "../support/wait.ts";

const WEB_A = "192.168.9.109/32";
const WEB_B = "192.168.9.112/32";
const WEB_C = "192.168.9.113/32";
const WEB_D = "192.168.9.120/32";
const WEB_D_TABLE = `\n[[vip]]\nname = "web-d"\naddress = "${WEB_D}"\ninterface = "eth0"\n`;

/** A settled lab in which each host reads a file of its own. */
async function labOfFiles(options: Parameters<typeof newLab>[0] = {}): Promise<Lab> {
  const lab = await newLab({ timing: UNHURRIED, ...options });
  try {
    for (const host of lab.hosts) {
      await Deno.writeTextFile(fileOf(lab, host), lab.config);
      host.start({ configFile: fileOf(lab, host) });
    }
    await lab.settled();
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

const fileOf = (lab: Lab, { name }: LabHost): string => `${lab.directory}/${name}.toml`;

async function reload(lab: Lab, host: LabHost, text: string): Promise<void> {
  await Deno.writeTextFile(fileOf(lab, host), text);
  host.reload();
}

/** The text with a part of it replaced, which must be in it. */
function edited(text: string, [before, after]: readonly [string, string]): string {
  assert.ok(text.includes(before), `${JSON.stringify(before)} is in the file`);
  return text.replace(before, after);
}

/** Comes and goes until the recorder hears of it. */
const MARK = "127.9.9.9/32";

/** Every address that goes from a host, as its kernel tells it: "test00 192.168.9.109/32". */
async function recordRemovals(lab: Lab) {
  const removals: string[] = [];
  const listening = new Set<string>();
  const monitors = lab.hosts.map(({ name, place }) => {
    const args = ["-n", place.namespace, "-o", "monitor", "address"];
    const child = new Deno.Command("ip", { args, stdout: "piped", stderr: "null" }).spawn();
    const reading = (async () => {
      let rest = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const address = /^Deleted .* inet6? (\S+)/.exec(line)?.[1];
          if (address === MARK) listening.add(name);
          else if (address !== undefined) removals.push(`${name} ${address}`);
        }
      }
    })();
    return { child, reading };
  });
  for (const { name, place } of lab.hosts) {
    await waitUntil(async () => {
      for (const word of ["add", "del"]) {
        await mustRun(["ip", "-n", place.namespace, "address", word, MARK, "dev", "lo"]);
      }
      return listening.has(name);
    }, { what: `the kernel of ${name} to be heard` });
  }
  return {
    removals,
    async [Symbol.asyncDispose]() {
      for (const { child } of monitors) child.kill("SIGTERM");
      await Promise.all(monitors.flatMap(({ child, reading }) => [reading, child.status]));
    },
  };
}

/** Waits until each of these addresses is on one host, and no other address of a VIP is on any. */
const heldAre = (lab: Lab, ...addresses: readonly string[]): Promise<void> =>
  waitUntilNone(async () => {
    const found = (await Promise.all(lab.hosts.map((host) => host.addresses()))).flat().sort();
    return JSON.stringify(found) === JSON.stringify([...addresses].sort()) ? [] : [`held are ${found}`];
  }, { what: `${addresses} to be held, each once`, diagnosis: () => logsOf(lab) });

/** Waits until every daemon has nothing to warn of. */
const allWell = (lab: Lab): Promise<void> =>
  waitUntilNone(async () => {
    const all = await Promise.all(lab.hosts.map((host) => host.status()));
    return all.flatMap((status) => status === null ? ["no status"] : status.warnings);
  }, { what: "nothing to be warned of", diagnosis: () => logsOf(lab) });

const logsOf = async (lab: Lab): Promise<string> =>
  (await Promise.all(lab.hosts.map(async (host) => `${host.name}\n${await host.log()}`))).join("\n");

const logged = (host: LabHost, text: string): Promise<void> =>
  waitUntil(async () => (await host.log()).includes(text), {
    what: `${host.name} to log "${text}"`,
    diagnosis: () => host.log(),
  });

Deno.test("a VIP that is added host by host is held as soon as one host knows it, and no other VIP is touched", async () => {
  await using lab = await labOfFiles();
  await using record = await recordRemovals(lab);
  const [first, ...others] = lab.hosts;
  assert.ok(first !== undefined);
  await reload(lab, first, lab.config + WEB_D_TABLE);
  await heldAre(lab, WEB_A, WEB_B, WEB_C, WEB_D);
  assert.ok((await first.addresses()).includes(WEB_D));

  // While the files differ, every host says whose does, and in what.
  for (const host of lab.hosts) {
    const difference = { name: "vip web-d", here: "192.168.9.120/32 on eth0", elsewhere: null };
    await waitUntil(async () => {
      const found = (await host.status())?.hosts.find(({ name }) => name === first.name)?.differences;
      return JSON.stringify(found) === JSON.stringify([difference]);
    }, { what: `${host.name} to say what differs`, diagnosis: () => host.log() });
    const { stdout, code } = await host.molehill(["status"]);
    assert.match(stdout, /"test00" reads another configuration than most hosts: vip web-d is only there/);
    assert.match(stdout, /test00 .* other configuration \(vip web-d\)/);
    assert.equal(code, 1);
    const known = (await host.status())?.vips.find(({ name }) => name === "web-d");
    assert.deepEqual([known?.known, known?.holder], [host === first, first.name]);
  }
  await logged(first, "This host goes by the changed configuration: vip web-d is new");

  for (const host of others) await reload(lab, host, lab.config + WEB_D_TABLE);
  await allWell(lab);
  await heldAre(lab, WEB_A, WEB_B, WEB_C, WEB_D);
  assert.deepEqual(record.removals, []);

  // The guard knows the VIP that came later.
  await first.kill();
  await waitUntil(async () => (await first.addresses()).length === 0, { what: "the guard to remove all" });
});

Deno.test("a VIP's new address takes the place of the old one, a VIP taken out goes, and nothing else is touched", async () => {
  await using lab = await labOfFiles();
  await using record = await recordRemovals(lab);
  const moved = edited(lab.config, [WEB_A, "192.168.9.130/32"]);
  const text = edited(moved, [`[[vip]]\nname = "web-c"\naddress = "${WEB_C}"\ninterface = "eth0"\n`, ""]);
  const before = await Promise.all(lab.hosts.map((host) => host.addresses()));
  for (const host of lab.hosts) {
    await reload(lab, host, text);
    await logged(host, "This host goes by the changed configuration: ");
  }
  await heldAre(lab, "192.168.9.130/32", WEB_B);
  await allWell(lab);
  const holderOf = (address: string) => lab.hosts[before.findIndex((each) => each.includes(address))]?.name;
  assert.deepEqual(
    record.removals.filter((each) => !each.endsWith("192.168.9.130/32")).sort(),
    [
      `${holderOf(WEB_A)} ${WEB_A}`,
      `${holderOf(WEB_C)} ${WEB_C}`,
    ].sort(),
  );
  // What the unit file removes at the end is what may be here, and nothing that somebody else uses by now.
  for (const host of lab.hosts) {
    await waitUntil(async () => {
      const batch = await Deno.readTextFile(`${host.runtimeDirectory}/held.batch`);
      return !batch.includes(WEB_A) && batch.includes("192.168.9.130/32") && !batch.includes(WEB_C);
    }, { what: `the guard of ${host.name} to know only what the file says` });
  }
});

Deno.test("a VIP that has another name from now on is never on two hosts, nor its address lost for long", async () => {
  await using lab = await labOfFiles();
  await using record = await recordRemovals(lab);
  const text = edited(lab.config, ['name = "web-a"', 'name = "web-x"']);
  await lab.watch.begin();
  for (const host of lab.hosts) {
    await reload(lab, host, text);
    await logged(host, "vip web-x is new");
  }
  await heldAre(lab, WEB_A, WEB_B, WEB_C);
  await allWell(lab);
  const holders = await Promise.all(lab.hosts.map(async (host) => (await host.status())?.vips));
  for (const vips of holders) assert.deepEqual(vips?.map(({ name }) => name), ["web-b", "web-c", "web-x"]);
  assert.deepEqual((await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs), [0, 0, 0]);
  assert.deepEqual([...new Set(record.removals.map((each) => each.split(" ")[1]))], [WEB_A]);
  await waitUntil(async () => (await lab.echo.silentMs()).every((ms) => ms < 250), { what: "all to answer" });
});

Deno.test("a VIP follows when its holder's interface has another name from now on", async () => {
  await using lab = await labOfFiles();
  const holder = await lab.holderOf(WEB_A);
  assert.ok(holder !== null);
  const { name, place: { namespace, address } } = holder;
  // With a link: a VIP does not stay on an interface that carries nothing.
  await ipBatch(namespace, ["link add eth7 up type veth peer name eth7peer", "link set eth7peer up"]);
  const renamed = `${name}"\naddress = "${address}"\n`;
  const text = edited(lab.config, [renamed, `${renamed}interfaces = { eth0 = "eth7" }\n`]);
  await reload(lab, holder, text);
  const on = async (link: string) => {
    const shown = await mustRun(["ip", "-n", namespace, "-o", "address", "show", "dev", link, "to", WEB_A]);
    return shown !== "";
  };
  await waitUntil(async () => await on("eth7") && !await on("eth0"), {
    what: "web-a to be on eth7 alone",
    diagnosis: () => holder.log(),
  });
  assert.equal(await holder.stop(), 0);
  assert.equal(await on("eth7"), false);
});

Deno.test("timing and leases change host by host, and no address goes", async () => {
  await using lab = await labOfFiles({ timing: { ...UNHURRIED, lease: '"60s"' } });
  await using record = await recordRemovals(lab);
  const longer = edited(lab.config, [
    'heartbeat = "200ms"\ntimeout = "1s"',
    'heartbeat = "300ms"\ntimeout = "1500ms"',
  ]);
  const next = edited(longer, ['lease = "60s"', 'lease = "3s"']);
  for (const host of lab.hosts) {
    await reload(lab, host, next);
    await logged(host, "timing.lease from 60s to 3s");
  }
  // Longer than the new lease, with which the kernel removes what nobody renews.
  await setTimeout(4_000);
  for (const { place } of lab.hosts) {
    const lines = await mustRun(["ip", "-n", place.namespace, "-o", "address", "show", "dev", "eth0"]);
    const leases = [...lines.matchAll(/\/32 .* valid_lft ([0-9]+)sec/g)].map(([, seconds]) =>
      Number(seconds)
    );
    assert.ok(leases.length === 1 && leases.every((seconds) => seconds <= 3), lines);
  }
  assert.deepEqual(record.removals, []);
  await allWell(lab);
});

Deno.test("a file that is wrong, or changes what cannot change, changes nothing, and the log says why", async () => {
  await using lab = await labOfFiles();
  await using record = await recordRemovals(lab);
  const [host] = lab.hosts;
  assert.ok(host !== undefined);
  const before = await host.status();

  await reload(lab, host, lab.config + WEB_D_TABLE + '\n[[vip]]\nname = "web-d"\ncolour = "red"\n');
  await logged(host, "Nothing has changed: this host goes on with the configuration that it had");
  const checked = await host.molehill(["check", "--config", fileOf(lab, host)]);
  const [sum, ...problems] = checked.stderr.trim().split("\n").reverse();
  assert.match(sum ?? "", /^Cannot use .*: 2 problems$/);
  for (const problem of problems) assert.ok((await host.log()).includes(`error   ${problem}`), problem);

  await reload(lab, host, edited(lab.config, ["port = 4803", "port = 4804"]) + WEB_D_TABLE);
  await logged(
    host,
    'error   Cannot change segment "lan" from "broadcast 192.168.255.255 port 4803" to ' +
      '"broadcast 192.168.255.255 port 4804": it cannot change while the daemon runs: restart it',
  );
  await reload(lab, host, edited(lab.config, ['interface = "eth0"', 'interface = "eth7"']));
  await logged(host, 'error   Cannot use "eth7" for VIP "web-a": no such interface');

  const after = await host.status();
  const holders = (status: typeof after) =>
    status?.vips.map(({ name, holder, state }) => [name, holder, state]);
  assert.deepEqual([after?.view, holders(after)], [before?.view, holders(before)]);
  assert.match(
    after?.warnings.join() ?? "",
    /^The configuration was read .* ago and refused, .* Cannot use "eth7"/,
  );
  await reload(lab, host, lab.config);
  await allWell(lab);
  assert.deepEqual(record.removals, []);
  const batch = await Deno.readTextFile(`${host.runtimeDirectory}/held.batch`);
  assert.ok(!batch.includes(WEB_D));
});

Deno.test("a secret is replaced in three rounds of SIGHUPs, and no host is ever unheard", async () => {
  await using lab = await labOfFiles();
  await using record = await recordRemovals(lab);
  const keyFile = `${lab.directory}/key`;
  const old = (await Deno.readTextFile(keyFile)).trim();
  const next = "the secret that takes its place";
  for (const [round, secrets] of [[old, next], [next, old], [next]].entries()) {
    await Deno.writeTextFile(keyFile, `${secrets.join("\n")}\n`, { mode: 0o600 });
    for (const host of lab.hosts) {
      host.reload();
      await waitUntil(
        async () => (await host.log()).split("the secrets were read again").length === round + 2,
        {
          what: `${host.name} to read the key file`,
          diagnosis: () => host.log(),
        },
      );
    }
  }
  await lab.settled();
  for (const host of lab.hosts) assert.equal((await host.status())?.dropped["unauthenticated"], 0);
  assert.doesNotMatch(await logsOf(lab), /is silent/);
  assert.deepEqual(record.removals, []);
});

Deno.test("a host is added to a running group that speaks by unicast, and taken out again", async () => {
  await using lab = await newLab({ timing: UNHURRIED, segment: "unicast" });
  const [test00, test01, test02] = lab.hosts;
  assert.ok(test00 !== undefined && test01 !== undefined && test02 !== undefined);
  const table = `[[host]]\nname = "test02"\naddress = "${test02.place.address}"\n`;
  const two = edited(lab.config, [table, ""]);
  for (const host of [test00, test01]) {
    await Deno.writeTextFile(fileOf(lab, host), two);
    host.start({ configFile: fileOf(lab, host) });
  }
  await heldAre(lab, WEB_A, WEB_B, WEB_C);
  await using record = await recordRemovals(lab);
  for (const host of [test00, test01]) {
    await reload(lab, host, lab.config);
    await logged(host, "host test02 is new");
  }
  assert.deepEqual(record.removals, []);
  await Deno.writeTextFile(fileOf(lab, test02), lab.config);
  test02.start({ configFile: fileOf(lab, test02) });
  await lab.settled();
  await allWell(lab);

  assert.equal(await test02.stop(), 0);
  await heldAre(lab, WEB_A, WEB_B, WEB_C);
  for (const host of [test00, test01]) {
    await reload(lab, host, two);
    await logged(host, "host test02 is gone");
  }
  await waitUntil(async () => {
    const all = await Promise.all([test00, test01].map((host) => host.status()));
    return all.every((status) => status?.hosts.length === 2 && status.warnings.length === 0);
  }, { what: "the two to be a group of their own" });
});
