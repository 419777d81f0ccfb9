// What befalls hosts, in network namespaces, by the built executable: after each fault every VIP is answered by
// exactly one host, and none is left on a host whose daemon is gone. That is what `lab.settled()` waits for; how
// long it takes is the bench's business.

import assert from "node:assert/strict";
import type { Lab } from "../support/lab.ts";
import type { LabHost } from "../support/lab_host.ts";
import { loadsOf, newLab, startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

Deno.test("three hosts that start together come to hold all VIPs, one each", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  assert.deepEqual(await loadsOf(lab), [1, 1, 1]);
});

Deno.test("a daemon that is stopped hands its VIPs over, with never two holders, and leaves none behind", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  await lab.watch.begin();
  assert.equal(await lab.host("test01").stop(), 0);
  assert.deepEqual(await lab.host("test01").addresses(), []);
  await lab.settled();
  assert.deepEqual((await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs), [0, 0, 0]);
});

Deno.test("the others hear the farewell of a daemon that is stopped, and do not wait for its silence", async () => {
  await using lab = await startedLab();
  await lab.host("test01").stop();
  await lab.settled();
  assert.match(await lab.host("test00").log(), /kind=hostLeft/);
  assert.match(await lab.host("test02").log(), /kind=hostLeft/);
});

Deno.test("a daemon that is killed leaves no VIP behind, and the others take its VIPs over", async () => {
  await using lab = await startedLab();
  await lab.host("test00").kill();
  await lab.settled();
});

Deno.test("a daemon that hangs loses its VIPs to the others, and takes part again when it goes on", async () => {
  await using lab = await startedLab();
  lab.host("test01").pause();
  await lab.settled();
  lab.host("test01").unpause();
  await lab.settled();
});

Deno.test("a host whose link is cut is replaced, and takes part again when the link is mended", async () => {
  await using lab = await startedLab();
  await lab.host("test02").cutLink();
  await lab.settled();
  await lab.host("test02").healLink();
  await lab.settled();
});

Deno.test("two parts that cannot hear each other each cover the VIPs, and one holder is left when they merge", async () => {
  await using lab = await startedLab();
  const alone = lab.host("test00");
  await alone.silenceLink();
  await lab.settled();
  await waitUntil(async () => (await alone.addresses()).length === 3, {
    what: "the host that is alone to hold all VIPs",
    diagnosis: () => alone.log(),
  });
  await alone.healLink();
  await lab.settled();
});

Deno.test("with partition = quorum a host that is alone gives its VIPs up", async () => {
  await using lab = await startedLab({ partition: "quorum" });
  const alone = lab.host("test00");
  await alone.silenceLink();
  await waitUntil(async () => (await alone.addresses()).length === 0, {
    what: "the host that is alone to hold nothing",
    diagnosis: () => alone.log(),
  });
  await lab.settled();
  const why = /the view has 1 of 3 hosts, and partition = "quorum" wants 2 to hold web-a, web-b, web-c/;
  await waitUntil(
    async () => (await alone.status())?.warnings.some((warning) => why.test(warning)) ?? false,
    {
      what: "status to say why",
      diagnosis: async () => JSON.stringify((await alone.status())?.warnings),
    },
  );
  await alone.healLink();
  await lab.settled();
});

Deno.test("a VIP that somebody removes by hand is put back", async () => {
  await using lab = await startedLab();
  const { host, vip } = await someHolding(lab);
  await host.removeAddress(vip);
  await lab.settled();
});

Deno.test("a VIP that somebody adds by hand on another host is removed there", async () => {
  await using lab = await startedLab();
  const { host, vip } = await someHolding(lab);
  const other = lab.hosts.find((each) => each !== host);
  await other?.addAddress(vip);
  await waitUntil(async () => !(await other?.addresses())?.includes(vip), { what: "the intruder to go" });
  await lab.settled();
});

Deno.test("one host is left with all VIPs when the two others are stopped, and shares them when they return", async () => {
  await using lab = await startedLab({ balanceInterval: "500ms" });
  const [one, two, last] = lab.hosts;
  await Promise.all([one?.stop(), two?.stop()]);
  await lab.settled();
  assert.equal((await last?.addresses())?.length, 3);
  one?.start();
  two?.start();
  await evenlyLoaded(lab);
});

Deno.test("a group that is stopped as a whole holds nothing, and all of it again when it is started", async () => {
  await using lab = await startedLab();
  assert.deepEqual(await Promise.all(lab.hosts.map((host) => host.stop())), [0, 0, 0]);
  assert.deepEqual((await Promise.all(lab.hosts.map((host) => host.addresses()))).flat(), []);
  for (const host of lab.hosts) host.start();
  await lab.settled();
});

Deno.test("a group whose daemons are all killed at once holds nothing, and all of it again when it is started", async () => {
  await using lab = await startedLab();
  await lab.clear();
  for (const host of lab.hosts) host.start();
  await lab.settled();
});

Deno.test("what an earlier daemon left on a host is settled with the group", async () => {
  await using lab = await newLab();
  for (const host of lab.hosts) for (const address of lab.addresses) await host.addAddress(address);
  for (const host of lab.hosts) host.start();
  await lab.settled();
});

Deno.test("a host whose clocks are an hour off takes part like any other", async () => {
  await using lab = await newLab();
  const [off, ...others] = lab.hosts;
  const hourAhead = new URL("../support/hour_ahead.ts", import.meta.url).pathname;
  off?.start({
    wrapper: ["unshare", "--time", "--monotonic", "3600", "--boottime", "3600"],
    env: { BUN_OPTIONS: `--preload ${hourAhead}` },
  });
  for (const host of others) host.start();
  await lab.settled();
  const since = Date.parse((await off?.status())?.vips[0]?.since ?? "");
  assert.ok(since - Date.now() > 3_000_000, "the clock of the host is not an hour off");
  await others[0]?.kill();
  await lab.settled();
  others[0]?.start();
  await lab.settled();
});

Deno.test("one that starts later joins the group and gets its share", async () => {
  await using lab = await newLab({ balanceInterval: "500ms" });
  const [late, ...early] = lab.hosts;
  for (const host of early) host.start();
  await lab.settled();
  late?.start();
  await evenlyLoaded(lab);
});

async function someHolding(lab: Lab): Promise<{ host: LabHost; vip: string }> {
  const [vip = ""] = lab.addresses;
  const host = await lab.holderOf(vip);
  assert.ok(host !== null);
  return { host, vip };
}

async function evenlyLoaded(lab: Lab): Promise<void> {
  await waitUntil(async () => (await loadsOf(lab)).join() === "1,1,1", {
    what: "the VIPs to be shared evenly",
  });
  await lab.settled();
}
