// Sixteen daemons at once, and several things that befall them together: in the end one view, in which every VIP has
// one holder and nothing changes any more.

import assert from "node:assert/strict";
import { standingViews } from "../support/group_views.ts";
import { loadsOf, newLab } from "../support/started_lab.ts";

Deno.test("sixteen hosts settle, also when two die at once, one drains and one restarts meanwhile", async () => {
  await using lab = await newLab({
    hosts: 16,
    vips: [],
    range: { first: "192.168.20.1", last: "192.168.20.32" },
    // Sixteen daemons that start together on a busy machine wait for each other.
    timing: { heartbeat: '"250ms"', timeout: '"1500ms"', mature: '"3s"' },
    balanceInterval: "1s",
    probeEveryMs: 20,
    watchEveryMs: 50,
  });
  for (const host of lab.hosts) host.start();
  await lab.settled(PATIENCE_MS);

  const [drained, restarted] = [lab.host("test05"), lab.host("test08")];
  const restart = async () => {
    assert.equal(await restarted.stop(), 0);
    restarted.start();
  };
  const drain = async () => assert.equal((await drained.molehill(["drain", "--reason", "test"])).code, 0);
  await Promise.all([lab.host("test00").kill(), lab.host("test11").kill(), drain(), restart()]);
  await lab.settled(PATIENCE_MS);

  const views = await standingViews(lab, 2_000);
  assert.equal(Object.keys(views).length, 14);
  assert.equal(new Set(Object.values(views)).size, 1, JSON.stringify(views, null, 2));
  await lab.settled(PATIENCE_MS);
  const loads = await loadsOf(lab);
  assert.deepEqual(loads.filter((load) => load > Math.ceil(32 / 13)), []);
  assert.deepEqual(await drained.addresses(), []);
});

/** Long enough for a machine on which much else goes on. */
const PATIENCE_MS = 60_000;
