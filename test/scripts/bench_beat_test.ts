// The moment at which a fault strikes, in a lab.

import { ok, rejects } from "node:assert/strict";
import { passBeat } from "../../scripts/bench_beat.ts";
import { makeWhole, molehillGroup } from "../../scripts/bench_group.ts";
import { paceNamed } from "../../scripts/bench_pace.ts";
import { newLab } from "../support/started_lab.ts";

Deno.test("passBeat() waits for a host's next beat and a share of the interval, and not for one that says nothing", async () => {
  const pace = paceNamed("300ms");
  ok(pace !== null);
  await using site = await newLab();
  const group = await molehillGroup(site, { pace, vips: 3, handover: "exclusive" });
  await makeWhole(group);
  const [host] = group.lab.hosts;
  ok(host !== undefined);
  await passBeat(group, { host: host.name, share: 0 });
  const began = performance.now();
  await passBeat(group, { host: host.name, share: 0.5 });
  ok(performance.now() - began >= 0.5 * 300);
  await host.silenceLink();
  await rejects(passBeat(group, { host: host.name, share: 0 }), /in vain for test00/);
});
