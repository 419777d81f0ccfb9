// The lab's instruments are right before anything is measured with them: addresses are moved by hand, and what
// the client and the watcher say must be what was done.

import assert from "node:assert/strict";
import { createLab, type Lab } from "../support/lab.ts";
import { mustRun } from "../support/command.ts";
import { keepalivedOn } from "../support/keepalived.ts";
import { loadsOf } from "../support/started_lab.ts";
import { sleep, waitUntil } from "../support/wait.ts";

const VIP = "192.168.9.109/32";
const VIP6 = "fd00:9::109/128";
const options = {
  hosts: 2,
  vips: [{ name: "web", addresses: [VIP] }, { name: "web6", addresses: [VIP6] }],
  program: ["false"],
};

Deno.test("the client sees no gap and the watcher one holder while nothing happens", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await Promise.all([lab.echo.begin(), lab.watch.begin()]);
  await sleep(500);
  const [{ addresses: echo }, watch] = await Promise.all([lab.echo.end(), lab.watch.end()]);
  assert.deepEqual(echo.map(({ lost }) => lost), [0, 0]);
  assert.ok(echo.every(({ sent }) => sent > 10));
  assert.ok(watch.every(({ echoReplies }) => echoReplies > 10), "the watcher sees the client's answers pass");
  assert.deepEqual(watch.map(({ twoHoldersMs }) => twoHoldersMs), [0, 0]);
  assert.deepEqual(watch.map(({ history }) => history.map(({ macs }) => macs)), [
    [[lab.host("test00").place.mac]],
    [[lab.host("test00").place.mac]],
  ]);
});

Deno.test("an address that nobody has for a while is a gap at least as long, with its probes lost", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await lab.echo.begin();
  const removedAt = performance.now();
  await lab.host("test00").removeAddress(VIP);
  await waitUntil(async () => (await lab.echo.silentMs())[0]! > 300, { what: "the VIP to go unanswered" });
  const atLeast = performance.now() - removedAt - 100;
  await lab.host("test00").addAddress(VIP);
  await answered(lab);
  const [gone, kept] = (await lab.echo.end()).addresses;
  assert.ok(
    gone !== undefined && gone.longestGapMs >= Math.min(300, atLeast) && gone.lost > 10,
    JSON.stringify(gone),
  );
  assert.equal(kept?.lost, 0);
});

Deno.test("an address on two hosts is seen as two holders for as long as it is there", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await lab.watch.begin();
  await lab.host("test01").addAddress(VIP);
  const both = [lab.host("test00").place.mac, lab.host("test01").place.mac];
  await waitUntil(async () => (await lab.watch.holders())[0]?.join() === both.join(), {
    what: "two holders",
  });
  await sleep(200);
  await lab.host("test00").removeAddress(VIP);
  await waitUntil(async () => (await lab.watch.holders())[0]?.join() === both[1], { what: "one holder" });
  const [two, one] = await lab.watch.end();
  assert.ok(two !== undefined && two.twoHoldersMs >= 150, JSON.stringify(two));
  assert.equal(one?.twoHoldersMs, 0);
});

Deno.test("two hosts that answer for a VIP one after the other are never two holders", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await lab.watch.begin();
  for (const [from, to] of [["test00", "test01"], ["test01", "test00"], ["test00", "test01"]] as const) {
    await lab.host(from).removeAddress(VIP);
    await waitUntil(async () => (await lab.watch.holders())[0]?.length === 0, { what: "nobody to hold it" });
    await lab.host(to).addAddress(VIP);
    await waitUntil(async () => (await lab.watch.holders())[0]?.length === 1, {
      what: "the next to hold it",
    });
  }
  assert.equal((await lab.watch.end())[0]?.twoHoldersMs, 0);
});

Deno.test("two hosts of which the client hears only one are two holders all the same", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await lab.watch.begin();
  await lab.host("test01").addAddress(VIP);
  await waitUntil(async () => (await lab.watch.holders())[0]?.length === 2, { what: "two holders" });
  await sleep(100);
  const [two] = await lab.watch.end();
  assert.ok(two !== undefined && two.twoHoldersMs >= 50 && two.holders.length === 2, JSON.stringify(two));
});

Deno.test("the watcher does not refresh the client's neighbour cache", async () => {
  await using lab = await createLab(options);
  await holdBoth(lab, "test00");
  await lab.host("test00").removeAddress(VIP);
  await lab.host("test01").addAddress(VIP);
  const newMac = lab.host("test01").place.mac;
  await waitUntil(async () => (await lab.watch.holders())[0]?.join() === newMac, {
    what: "the watcher to see it move",
  });
  const cached = await mustRun(["ip", "-n", lab.client, "neigh", "show", "192.168.9.109"]);
  assert.match(cached, new RegExp(lab.host("test00").place.mac));
});

Deno.test("a silent partition cuts the network off and leaves the carrier", async () => {
  await using lab = await createLab(options);
  const host = lab.host("test00");
  await holdBoth(lab, "test00");
  await host.silenceLink();
  await waitUntil(async () => (await lab.watch.holders())[0]?.length === 0, {
    what: "the VIP to go unanswered",
  });
  assert.match(await mustRun(["ip", "-n", host.place.namespace, "link", "show", "eth0"]), /LOWER_UP/);
  await host.healLink();
  await answered(lab);
  await host.cutLink();
  assert.doesNotMatch(await mustRun(["ip", "-n", host.place.namespace, "link", "show", "eth0"]), /LOWER_UP/);
  await host.healLink();
  await answered(lab);
});

Deno.test("keepalived, which the bench compares with, settles as its priorities want, and again after a stop, a move and a sudden death", async () => {
  const vips = ["192.168.9.109/32", "192.168.9.112/32"].map((each) => ({ name: each, addresses: [each] }));
  await using site = await createLab({ ...options, vips });
  const program = await keepalivedOn(site, { advertSeconds: 0.2 });
  const lab = site.running(program);
  const [one, two] = lab.hosts;
  assert.ok(one !== undefined && two !== undefined);
  one.start();
  two.start();
  await lab.settled();
  assert.deepEqual(await loadsOf(lab), [1, 1]);

  await one.stop();
  await lab.settled();
  assert.deepEqual(await loadsOf(lab), [0, 2]);
  one.start();
  await lab.settled();

  await program.prefer("192.168.9.109/32", two);
  await lab.settled();
  assert.deepEqual(await loadsOf(lab), [0, 2]);
  await program.preferNone();
  await lab.settled();

  await two.kill();
  await lab.settled();
  assert.deepEqual(await loadsOf(lab), [2, 1], "a killed keepalived leaves its VIP on the host");
  await lab.clear();
  assert.deepEqual(await loadsOf(lab), [0, 0]);
});

async function holdBoth(lab: Lab, name: string): Promise<void> {
  for (const address of [VIP, VIP6]) await lab.host(name).addAddress(address);
  await answered(lab);
}

async function answered(lab: Lab): Promise<void> {
  await waitUntil(async () => (await lab.echo.silentMs()).every((ms) => ms < 100), {
    what: "both addresses to answer the client",
  });
  await waitUntil(async () => (await lab.watch.holders()).every((macs) => macs.length === 1), {
    what: "both addresses to answer the watcher",
  });
}
