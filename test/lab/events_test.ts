// What a group remembers of itself, asked on the built executable.

import assert from "node:assert/strict";
import type { EventEntry } from "../../src/codec/control.ts";
import { mustRun } from "../support/command.ts";
import { SEED_VIPS } from "../support/lab_config.ts";
import type { LabHost } from "../support/lab_host.ts";
import { inside } from "../support/namespace.ts";
import { startedLab } from "../support/started_lab.ts";
import { waitUntil } from "../support/wait.ts";

async function eventsOf(host: LabHost): Promise<readonly EventEntry[]> {
  const { code, stdout, stderr } = await host.molehill(["events", "--json", "--last", "2000"]);
  assert.equal(code, 0, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** What the host's record says of the group, from what was said first on. */
async function groupOf(host: LabHost, first: string): Promise<readonly string[]> {
  const texts = (await eventsOf(host)).filter(({ scope }) => scope === "group").map(({ text }) => text);
  return texts.slice(texts.findIndex((text) => text.includes(first)));
}

Deno.test("the record: what is sent, moves and failovers are in it, in one order on all hosts, over restarts", async () => {
  await using lab = await startedLab({});
  const [test00, test01, test02] = ["test00", "test01", "test02"].map((name) => lab.host(name));
  assert(test00 && test01 && test02);
  const sent = await test01.molehill(["send", "first word"]);
  assert.deepEqual([sent.code, sent.stderr], [0, ""]);
  assert.match(sent.stdout, /^Said in view \d+ to test00, test01, test02\n$/);
  await Promise.all([test00.molehill(["send", "a"]), test02.molehill(["send", "b"])]);
  assert.equal((await test02.molehill(["drain", "--reason", "new disk"])).code, 0);
  assert.equal((await test02.molehill(["resume"])).code, 0);

  assert.equal((await test00.molehill(["move", "web-a", "test02"])).code, 0);
  await lab.settled();

  await test02.cutLink();
  await lab.settled();
  const failovers = async (host: LabHost) =>
    (await eventsOf(host)).filter(({ text }) =>
      / took VIP .* over from host "test02": noticed after /.test(text)
    );
  for (const host of [test00, test01]) {
    await waitUntil(async () => (await failovers(host)).length > 0, {
      what: `${host.name} to tell of the failover`,
    });
  }
  const [told] = await failovers(test00);
  assert.match(told?.text ?? "", /agreed in [\d.]+ ms, acquired in [\d.]+ ms, announced in [\d.]+ ms/);
  const matter = (told?.details as { word: { matter: { detect: number } } }).word.matter;
  assert(matter.detect >= 400 && matter.detect < 5_000, `detected after ${matter.detect} ms`);
  const here = await groupOf(test00, "first word");
  assert(here.length > 8, here.join("\n"));
  assert.deepEqual(await groupOf(test01, "first word"), here);

  const before = await eventsOf(test00);
  await test00.stop();
  test00.start();
  await test00.answers();
  const after = await eventsOf(test00);
  assert.deepEqual(after.slice(0, before.length), before);
  assert.deepEqual(after.map(({ number }) => number), after.map((_, at) => at + 1));
});

Deno.test("a failover is told also when its view comes before the new holder misses the lost host", async () => {
  const [webA, webB, webC] = SEED_VIPS;
  assert(webA && webB && webC);
  const busy = [webA, webB].map((vip) => ({ ...vip, prefer: ["test00"] }));
  await using lab = await startedLab({ vips: [...busy, { ...webC, prefer: ["test02", "test01"] }] });
  const [test00, test01, test02] = ["test00", "test01", "test02"].map((name) => lab.host(name));
  assert(test00 && test01 && test02);
  // The coordinator sees its connection end; test01 hears no more of it than that it is silent.
  const deaf = `ip saddr ${test02.place.address} meta l4proto tcp drop`;
  const rules = `table inet deaf { chain input { type filter hook input priority 0; ${deaf}; }; }`;
  await mustRun([...inside(test01.place.namespace), "nft", "-f", "-"], { input: rules });
  await test02.kill();
  const told = async () =>
    (await eventsOf(test00)).find(({ text }) => text.includes('Host "test01" took VIP "web-c" over'))?.text;
  await waitUntil(async () => (await told()) !== undefined, { what: "the failover to be told" });
  assert.match(await told() ?? "", /from host "test02": noticed and agreed after [\d.]+ ms, acquired in /);
});
