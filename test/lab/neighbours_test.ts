// What neighbours know of VIPs, and what they say: targets confirm, and strangers contend.

import assert from "node:assert/strict";
import type { Status } from "../../src/codec/control.ts";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import { ROUTER_ADDRESS, SEED_VIPS } from "../support/lab_config.ts";
import { inside } from "../support/namespace.ts";
import { startedLab, UNHURRIED } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

const VIP = "192.168.9.109/32";
const [WEB_A = { name: "web-a", addresses: [VIP] }] = SEED_VIPS;

type Vip = Status["vips"][number];

/** Each VIP as its own holder tells of it. */
async function vipsAtHome(lab: Lab): Promise<readonly Vip[]> {
  const statuses = await Promise.all(lab.hosts.map((host) => host.status()));
  return statuses.flatMap((status) => status?.vips.filter(({ here }) => here === "held") ?? []);
}

Deno.test("the router confirms every VIP, also after a move, and status says so", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const confirmed = () =>
    waitUntil(async () => (await vipsAtHome(lab)).every(({ notified }) => notified?.confirmed === 1), {
      what: "the router to confirm all VIPs",
    });
  await confirmed();
  await lab.host("test00").stop();
  await lab.settled();
  await confirmed();
});

Deno.test("IPv6: a notify target confirms, by a neighbour advertisement to the VIP", async () => {
  await using lab = await startedLab({
    timing: UNHURRIED,
    vips: [{ name: "six", addresses: ["fd00:9::109/128"] }],
    notified: ["fd00:9::50"],
  });
  await waitUntil(async () => (await vipsAtHome(lab))[0]?.notified?.confirmed === 1, {
    what: "the client to confirm",
  });
});

Deno.test("a notify target that is not there is named as missing", async () => {
  await using lab = await startedLab({ timing: UNHURRIED, notified: [ROUTER_ADDRESS, "192.168.8.77"] });
  await waitUntil(async () => (await vipsAtHome(lab)).every(({ notified }) => notified?.confirmed === 1), {
    what: "the router to confirm all VIPs",
  });
  for (const { notified } of await vipsAtHome(lab)) assert.deepEqual(notified?.missing, ["192.168.8.77"]);
});

Deno.test("a foreign holder is named by its hardware address, and the VIP is defended against it", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  await mustRun(["ip", "-n", lab.router, "address", "add", VIP, "dev", "eth0"]);
  await announceFrom(lab.router);
  const holder = await lab.holderOf(VIP);
  const contender = async () =>
    (await holder?.status())?.vips.find(({ name }) => name === WEB_A.name)?.contender;
  await waitUntil(async () => (await contender())?.mac !== undefined, {
    what: "the foreign holder to be named",
  });
  assert.equal((await contender())?.host, null);
  assert.match(
    await holder?.log() ?? "",
    /VIP "web-a" is answered by [0-9a-f:]{17}, which is no host of the group/,
  );
  assert.equal((await holder?.molehill(["status"]))?.code, 1);
  assert.equal((await lab.holderOf(VIP))?.name, holder?.name);
  await mustRun(["ip", "-n", lab.router, "address", "delete", VIP, "dev", "eth0"]);
});

Deno.test("foreign_holder yield: nobody has the VIP while a stranger answers for it, and somebody afterwards", async () => {
  await using lab = await startedLab({
    timing: UNHURRIED,
    vips: [{ ...WEB_A, foreignHolder: "yield" }, ...SEED_VIPS.slice(1)],
  });
  await mustRun(["ip", "-n", lab.router, "address", "add", VIP, "dev", "eth0"]);
  await announceFrom(lab.router);
  const held = async () =>
    (await Promise.all(lab.hosts.map((host) => host.addresses()))).flat().filter((each) => each === VIP)
      .length;
  await waitUntil(async () => await held() === 0, { what: "the VIP to be given up" });
  await mustRun(["ip", "-n", lab.router, "address", "delete", VIP, "dev", "eth0"]);
  await lab.settled(60_000);
});

/** Says that the address is there, as a machine does that was given it. */
async function announceFrom(namespace: string): Promise<void> {
  const [address = ""] = VIP.split("/");
  await mustRun([...inside(namespace), "arping", "-q", "-A", "-c", "1", "-w", "1", "-I", "eth0", address]);
}
