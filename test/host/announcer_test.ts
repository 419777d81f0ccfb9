// What an announcement is for is seen from the other end of the cable: whether the neighbour's own table changes.

import assert from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import type { AnnouncerOptions } from "../../src/host/announcer.ts";
import { openAnnouncer } from "../../src/host/announcer.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { mustRun } from "../support/command.ts";
import { inside, ipBatch } from "../support/namespace.ts";
import { waitUntil } from "../support/wait.ts";
import { type Cable, layCable } from "./cable.ts";

const SCRIPT = new URL("announce_script.ts", import.meta.url).pathname;
const OLD_MAC = "02:00:00:00:00:99";
const HOST_MAC = "02:00:00:00:00:01";

const webA: PlacedVip = {
  vip: vipName("web-a"),
  addresses: [
    { address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" },
    { address: "fd00:9::109", family: 6, prefix: 128, interface: "eth0" },
  ],
};

/** Announces on the host, by a program of its own, and gives the milliseconds that each call took. */
async function announce(
  cable: Cable,
  options: Partial<Omit<AnnouncerOptions, "isHere" | "neighbours" | "hosts" | "ip" | "packetSocket">> & {
    /** Collected, and on every interface. */
    readonly neighbours?: readonly string[];
    readonly times?: number;
    readonly lastsMs?: number;
    readonly adoptTargets?: AnnouncerOptions["targets"];
  },
): Promise<readonly number[]> {
  const all = { vips: [webA], targets: [], arping: null, times: 1, lastsMs: 50, ...options };
  const command = [
    ...inside(cable.host),
    Deno.execPath(),
    "run",
    "--no-check",
    "-A",
    SCRIPT,
    JSON.stringify(all),
  ];
  const lines = (await mustRun(command)).trim().split("\n");
  return lines.map((line) => Number(line.replace("raw ", "")));
}

const macOf = async (cable: Cable, address: string): Promise<string | null> => {
  const shown = await mustRun(["ip", "-n", cable.neighbour, "neighbour", "show", "to", address]);
  return / lladdr (\S+)/.exec(shown)?.[1] ?? null;
};

Deno.test("announce() makes a neighbour replace an entry that it confirmed a moment ago, IPv4 and IPv6", async () => {
  await using cable = await layCable();
  const confirm = () =>
    ipBatch(cable.neighbour, [
      `neighbour replace 192.168.9.109 lladdr ${OLD_MAC} dev eth0 nud reachable`,
      `neighbour replace fd00:9::109 lladdr ${OLD_MAC} dev eth0 nud reachable`,
    ]);
  await confirm();
  assert.equal(await macOf(cable, "192.168.9.109"), OLD_MAC);
  await announce(cable, {});
  await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the IPv4 entry" });
  await waitUntil(async () => await macOf(cable, "fd00:9::109") === HOST_MAC, { what: "the IPv6 entry" });
});

Deno.test("announce() makes a notify target learn the VIP that it never heard of, IPv4 and IPv6", async () => {
  await using cable = await layCable();
  const target = { interface: "eth0", throttle: 128, ping: false };
  await announce(cable, {
    targets: [
      { address: "192.168.9.50", family: 4, prefix: 32, ...target },
      { address: "fd00:9::50", family: 6, prefix: 128, ...target },
    ],
  });
  await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the IPv4 entry" });
  await waitUntil(async () => await macOf(cable, "fd00:9::109") === HOST_MAC, { what: "the IPv6 entry" });
});

Deno.test("adopt() has a notify target that is new learn what was announced before", async () => {
  await using cable = await layCable();
  const target = {
    address: "192.168.9.50",
    family: 4,
    prefix: 32,
    interface: "eth0",
    throttle: 128,
    ping: false,
  } as const;
  await announce(cable, { adoptTargets: [target] });
  await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the entry" });
});

Deno.test("announce() makes collected neighbours learn the VIP, and leaves nothing of them in this host's own table", async () => {
  await using cable = await layCable();
  await announce(cable, { neighbours: ["192.168.9.50", "192.168.9.51", "fd00:9::50"] });
  await waitUntil(async () => await macOf(cable, "192.168.9.109") === HOST_MAC, { what: "the IPv4 entry" });
  await waitUntil(async () => await macOf(cable, "fd00:9::109") === HOST_MAC, { what: "the IPv6 entry" });
  assert.equal(await mustRun(["ip", "-n", cable.host, "-4", "neighbour", "show", "dev", "eth0"]), "");
});

Deno.test("announce() leaves a neighbour that is no notify target as it was", async () => {
  await using cable = await layCable();
  await announce(cable, {});
  assert.equal(await macOf(cable, "192.168.9.109"), null);
  assert.equal(await macOf(cable, "fd00:9::109"), null);
});

Deno.test("announce() does nothing, and goes on, when the interface is gone", async () => {
  await using cable = await layCable();
  const elsewhere = { ...webA, addresses: webA.addresses.map((each) => ({ ...each, interface: "eth9" })) };
  assert.equal((await announce(cable, { vips: [elsewhere], times: 2 })).length, 2);
});

Deno.test("announce() tells of a thousand VIPs soon, but not in one burst", async () => {
  await using cable = await layCable();
  const vips = Array.from({ length: 1_000 }, (_, at): PlacedVip => {
    const address = `192.168.${100 + (at >> 8)}.${at & 255}`;
    return { vip: vipName(`v${at}`), addresses: [{ address, family: 4, prefix: 32, interface: "eth0" }] };
  });
  // Both forms of each, five times, and a probe from the second time on; neighbours have some things of their own to say.
  const wanted = await framesHeard(cable) + 14_000;
  const announcing = announce(cable, { vips, times: 5, lastsMs: 5_000 });
  await waitUntil(async () => await framesHeard(cable) >= wanted, { what: "the last frame" });
  await announcing;
  assert.ok(await framesHeard(cable) < wanted + 200);
});

async function framesHeard(cable: Cable): Promise<number> {
  const shown = await mustRun(["ip", "-n", cable.neighbour, "-json", "-statistics", "link", "show", "eth0"]);
  return JSON.parse(shown)[0].stats64.rx.packets;
}

Deno.test("openAnnouncer() with neither a packet socket nor arping says what is missing", () => {
  const outcome = openAnnouncer({
    vips: [webA],
    targets: [],
    neighbours: { on: () => [], throttle: () => null },
    hosts: new Map(),
    ip: "ip",
    packetSocket: null,
    arping: null,
    isHere: () => true,
  });
  assert.deepEqual(outcome, {
    kind: "problem",
    problem: 'Cannot announce VIPs: the program "arping" is missing',
  });
});
