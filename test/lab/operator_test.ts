// What an operator or a health script asks for, through the command line of the built executable.

import assert from "node:assert/strict";
import type { Plan } from "../../src/codec/control.ts";
import type { Lab } from "../support/lab.ts";
import { loadsOf, startedLab, UNHURRIED } from "../support/started_lab.ts";

const VIP = "192.168.9.109/32";

Deno.test("drain returns when the host holds nothing, and resume when it takes part again", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const host = lab.host("test01");
  await lab.watch.begin();
  assert.equal((await host.molehill(["drain", "--reason", "the disk is full"])).code, 0);
  assert.deepEqual(await host.addresses(), []);
  await lab.settled();
  assert.deepEqual((await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs), [0, 0, 0]);
  assert.equal((await host.status())?.draining, "the disk is full");
  assert.equal((await host.molehill(["drain", "--reason", "the disk is full"])).code, 0);
  assert.equal((await host.molehill(["resume"])).code, 0);
  await lab.settled();
  assert.equal((await host.status())?.draining, null);
});

Deno.test("move returns when the VIP is where the operator wants it, with never two holders", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const to = await someOtherHost(lab);
  await lab.watch.begin();
  const moved = await lab.host("test00").molehill(["move", "web-a", to]);
  assert.equal(moved.code, 0, moved.stderr);
  assert.equal((await lab.holderOf(VIP))?.name, to);
  await lab.settled();
  assert.deepEqual((await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs), [0, 0, 0]);
});

Deno.test("a VIP with handover = overlap answers every probe while it moves", async () => {
  await using lab = await startedLab({
    timing: UNHURRIED,
    vips: [{ name: "web-a", addresses: [VIP], handover: "overlap" }],
  });
  const to = await someOtherHost(lab);
  await lab.echo.begin();
  assert.equal((await lab.host(to).molehill(["move", "web-a", to])).code, 0);
  await lab.settled();
  assert.equal((await lab.holderOf(VIP))?.name, to);
  assert.deepEqual((await lab.echo.end()).addresses.map(({ lost }) => lost), [0]);
});

Deno.test("balance evens out what an operator made uneven", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, balanceInterval: "10m" });
  const to = await someOtherHost(lab);
  await lab.host(to).stop();
  await lab.settled();
  lab.host(to).start();
  await lab.settled();
  assert.equal((await lab.host("test00").molehill(["balance"])).code, 0);
  await lab.settled();
  assert.deepEqual(await loadsOf(lab), [1, 1, 1]);
});

Deno.test("plan foretells on every host where the VIPs of one that stops go", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const plans = await Promise.all(
    lab.hosts.map((host) => host.molehill(["plan", "--without", "test02", "--json"])),
  );
  assert.deepEqual(plans.map(({ code }) => code), [0, 0, 0]);
  const [told, ...others] = plans.map(({ stdout }): Plan => JSON.parse(stdout));
  assert(told !== undefined);
  for (const other of others) assert.deepEqual(other.vips, told.vips);
  assert.deepEqual(told.vips.map(({ now }) => now).sort(), ["test00", "test01", "test02"]);
  await lab.host("test02").stop();
  await lab.settled();
  const status = await lab.host("test00").status();
  assert.deepEqual(
    status?.vips.map(({ name, holder }) => [name, holder]).sort(),
    told.vips.map(({ name, then }) => [name, then]).sort(),
  );
});

Deno.test("status exits 0 when all is covered, and 2 when no daemon answers", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const well = await lab.host("test00").molehill(["status"]);
  assert.equal(well.code, 0, well.stdout + well.stderr);
  await lab.host("test00").stop();
  assert.equal((await lab.host("test00").molehill(["status"])).code, 2);
});

async function someOtherHost(lab: Lab): Promise<string> {
  const holder = await lab.holderOf(VIP);
  return lab.hosts.find((host) => host !== holder)?.name ?? "";
}
