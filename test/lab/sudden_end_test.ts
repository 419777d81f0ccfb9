// A daemon that ends without a word: how the others notice, and that its VIPs are never on two hosts.

import assert from "node:assert/strict";
import { mustRun } from "../support/command.ts";
import type { Lab } from "../support/lab.ts";
import { SEED_VIPS } from "../support/lab_config.ts";
import type { LabHost } from "../support/lab_host.ts";
import { startedLab, UNHURRIED } from "../support/started_lab.ts";

const WAITING = SEED_VIPS.map((vip) => ({ ...vip, takeover: "after-lease" as const }));

/** For how long two hosts answered for any one VIP while this was done, in milliseconds. */
async function twoHolders(lab: Lab, work: () => Promise<void>): Promise<number> {
  await lab.watch.begin();
  await work();
  await lab.settled();
  return Math.max(...(await lab.watch.end()).map(({ twoHoldersMs }) => twoHoldersMs));
}

const othersThan = (lab: Lab, host: LabHost) => lab.hosts.filter((each) => each !== host);

Deno.test("a daemon that is killed is missed because its connection ends, not for its silence", async () => {
  await using lab = await startedLab({ timing: UNHURRIED });
  const victim = lab.host("test00");
  assert.equal(await twoHolders(lab, () => victim.kill()), 0);
  for (const host of othersThan(lab, victim)) {
    const log = await host.log();
    assert.match(log, /Host "test00" lives, but its daemon has ended .*kind=hostEnded/);
    assert.doesNotMatch(log, /kind=hostSilent/);
  }
});

Deno.test("what a daemon that is killed with its guard leaves is on two hosts only if the VIP says so", async () => {
  await using lab = await startedLab({ vips: WAITING });
  const two = await twoHolders(lab, () => killWithGuard(lab.host("test01")));
  assert.equal(two, 0);
});

Deno.test("takeover after-lease: a daemon that hangs keeps its VIPs to itself until its lease ends", async () => {
  await using lab = await startedLab({ vips: WAITING });
  const two = await twoHolders(lab, async () => lab.host("test01").pause());
  assert.equal(two, 0);
  lab.host("test01").unpause();
  await lab.settled();
});

/** The guard first: it must not see its daemon die. */
async function killWithGuard(host: LabHost): Promise<void> {
  const guards = (await mustRun(["pgrep", "-P", String(host.pid), "-f", "molehill-guard"])).trim().split(
    "\n",
  );
  host.pause();
  for (const guard of guards) Deno.kill(Number(guard), "SIGKILL");
  host.unpause();
  await host.kill();
}
