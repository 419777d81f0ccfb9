// Both programs named arping are tried for real; whether they announced is seen in the neighbour's own table.

import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import type { Announcer } from "../../src/daemon/ports.ts";
import { type ArpingFlavour, createArpingAnnouncer, detectArping } from "../../src/host/arping.ts";
import type { PlacedTarget } from "../../src/host/notifier.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { mustRun } from "../support/command.ts";
import { ipBatch } from "../support/namespace.ts";
import { waitUntil } from "../support/wait.ts";
import { unpackArpingPrograms } from "./arping_programs.ts";
import { type Cable, layCable } from "./cable.ts";

const OLD_MAC = "02:00:00:00:00:99";
const HOST_MAC = "02:00:00:00:00:01";
const webA: PlacedVip = {
  vip: vipName("web-a"),
  addresses: [{ address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" }],
};
const neighbour: PlacedTarget = {
  address: "192.168.9.50",
  family: 4,
  prefix: 32,
  interface: "eth0",
  throttle: 128,
  ping: false,
};

const directory = await Deno.makeTempDir({ prefix: "molehill-test-arping-" });
globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
const programs = await unpackArpingPrograms(directory);

/** Puts web-a on the host and gives an announcer that uses the program there. */
async function announcerOn(
  cable: Cable,
  { flavour, targets = [], isHere = () => true }: {
    readonly flavour: ArpingFlavour;
    readonly targets?: readonly PlacedTarget[];
    readonly isHere?: () => boolean;
  },
): Promise<Announcer> {
  await ipBatch(cable.host, ["address add 192.168.9.109/32 dev eth0"]);
  const program = await cable.wrap(programs[flavour], flavour === "habets" ? programs.habetsVariables : {});
  return createArpingAnnouncer({ program, flavour }, { vips: [webA], targets, isHere });
}

async function macOf(cable: Cable, address: string): Promise<string | null> {
  const shown = await mustRun(["ip", "-n", cable.neighbour, "neighbour", "show", "to", address]);
  return / lladdr (\S+)/.exec(shown)?.[1] ?? null;
}

for (const flavour of ["iputils", "habets"] as const) {
  Deno.test(`detectArping() recognises the program of ${flavour}`, async () => {
    await using cable = await layCable();
    const program = await cable.wrap(programs[flavour], programs.habetsVariables);
    assert.deepEqual(await detectArping(program), { kind: "found", arping: { program, flavour } });
  });

  Deno.test(`announce() by ${flavour} makes a neighbour replace an entry that it confirmed a moment ago`, async () => {
    await using cable = await layCable();
    const announcer = await announcerOn(cable, { flavour });
    await ipBatch(cable.neighbour, [
      `neighbour replace 192.168.9.109 lladdr ${OLD_MAC} dev eth0 nud reachable`,
    ]);
    announcer.announce([webA.vip], { isFirst: true });
    await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the entry" });
    await announcer.close();
  });

  Deno.test(`announce() by ${flavour} makes a notify target learn the VIP that it never heard of`, async () => {
    await using cable = await layCable();
    const announcer = await announcerOn(cable, { flavour, targets: [neighbour] });
    announcer.announce([webA.vip], { isFirst: true });
    await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the entry" });
    await announcer.close();
  });
}

Deno.test("announce() by arping says nothing of a VIP that is not here any more", async () => {
  await using cable = await layCable();
  const called = `${cable.directory}/called`;
  const spy = `${cable.directory}/spy`;
  await Deno.writeTextFile(spy, `#!/bin/sh\necho "$@" >> ${called}\n`, { mode: 0o755 });
  const gone = vipName("gone");
  const announcer = createArpingAnnouncer({ program: spy, flavour: "iputils" }, {
    vips: [{ ...webA, vip: gone }, webA],
    targets: [neighbour],
    isHere: (vip) => vip !== gone,
  });
  announcer.announce([gone], { isFirst: true });
  announcer.announce([webA.vip], { isFirst: true });
  const calls = async () => (await Deno.readTextFile(called).catch(() => "")).trim().split("\n").sort();
  await waitUntil(async () => (await calls()).length >= 3, { what: "three calls" });
  assert.deepEqual(await calls(), [
    "-q -A -c 1 -I eth0 192.168.9.109",
    "-q -U -c 1 -I eth0 192.168.9.109",
    "-q -c 1 -I eth0 -s 192.168.9.109 192.168.9.50",
  ]);
  await announcer.close();
});

Deno.test("announce() by arping returns at once, and runs no more than 32 programs at a time", async () => {
  await using cable = await layCable();
  const running = `${cable.directory}/running`;
  const spy = `${cable.directory}/spy`;
  await Deno.mkdir(running);
  await Deno.writeTextFile(
    spy,
    `#!/bin/sh\n: > ${running}/$$; set -- ${running}/*; echo $# >> ${cable.directory}/seen; sleep 0.05; rm ${running}/$$\n`,
    { mode: 0o755 },
  );
  const vips = Array.from({ length: 50 }, (_, at): PlacedVip => {
    const address = `192.168.9.${101 + at}`;
    return { vip: vipName(`v${at}`), addresses: [{ address, family: 4, prefix: 32, interface: "eth0" }] };
  });
  const announcer = createArpingAnnouncer({ program: spy, flavour: "habets" }, {
    vips,
    targets: [],
    isHere: () => true,
  });
  announcer.announce(vips.map(({ vip }) => vip), { isFirst: true });
  const seen = async () =>
    (await Deno.readTextFile(`${cable.directory}/seen`).catch(() => "")).trim().split("\n").map(Number);
  await waitUntil(async () => (await seen()).length === 100, { what: "a hundred calls" });
  assert.ok(Math.max(...await seen()) <= 32);
  await waitUntil(async () => (await Array.fromAsync(Deno.readDir(running))).length === 0, {
    what: "all to end",
  });
  await announcer.close();
});

Deno.test("detectArping() does not take another program for arping", async () => {
  assert.deepEqual(await detectArping("/bin/true"), { kind: "unknown" });
  assert.deepEqual(await detectArping("/nowhere/arping"), { kind: "unknown" });
});
