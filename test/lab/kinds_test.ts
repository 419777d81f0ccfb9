// The kinds of segments, of VIPs and of runtimes: each group of them settles, and again after its busiest host died.

import assert from "node:assert/strict";
import { denoProgram } from "../support/binary.ts";
import type { LabOptions } from "../support/lab.ts";
import { loadsOf, startedLab } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

Deno.test("a group on a multicast segment settles", async () => {
  await settlesTwice({ segment: "multicast" });
});

Deno.test("a group on a unicast segment settles", async () => {
  await settlesTwice({ segment: "unicast" });
});

Deno.test("IPv6 VIPs are held, answered and handed over", async () => {
  await settlesTwice({
    vips: [
      { name: "six-a", addresses: ["fd00:9::109/128"] },
      { name: "six-b", addresses: ["fd00:9::112/128"] },
      { name: "four", addresses: ["192.168.9.113/32"] },
    ],
  });
});

Deno.test("a VIP of two addresses moves as one", async () => {
  await settlesTwice({
    vips: [
      { name: "pair", addresses: ["192.168.9.109/32", "192.168.9.110/32"] },
      { name: "mixed", addresses: ["192.168.9.112/32", "fd00:9::112/128"] },
    ],
  });
});

Deno.test("a range of a hundred VIPs is held and shared out", async () => {
  const range = { first: "192.168.20.1", last: "192.168.20.100" };
  await settlesTwice({ vips: [], range });
});

Deno.test("the daemons run under Deno as well", async () => {
  await settlesTwice({ program: denoProgram() });
});

Deno.test("a VIP goes to the host that it prefers, and only to hosts that may hold it", async () => {
  await using lab = await startedLab({
    vips: [
      { name: "web-a", addresses: ["192.168.9.109/32"], prefer: ["test02"] },
      { name: "web-b", addresses: ["192.168.9.112/32"], hosts: ["test02"] },
      { name: "web-c", addresses: ["192.168.9.113/32"], prefer: ["test02", "test01"] },
    ],
  });
  await waitUntil(async () => (await lab.host("test02").addresses()).length === 3, {
    what: "test02 to hold all",
  });
  await lab.host("test02").stop();
  await waitUntil(async () => {
    const c = await lab.holderOf("192.168.9.113/32");
    const a = await lab.holderOf("192.168.9.109/32");
    return c?.name === "test01" && a !== null;
  }, { what: "the VIPs to go where they may" });
  assert.equal(await lab.holderOf("192.168.9.112/32"), null);
  assert.equal((await lab.host("test00").molehill(["status"])).code, 1);
  lab.host("test02").start();
  await lab.settled();
});

/** Started, settled, the host with most VIPs killed, settled, started again, settled. */
async function settlesTwice(options: Partial<LabOptions>): Promise<void> {
  await using lab = await startedLab(options);
  const loads = await loadsOf(lab);
  const busiest = lab.hosts[loads.indexOf(Math.max(...loads))];
  await busiest?.kill();
  await lab.settled();
  busiest?.start();
  await lab.settled();
}
