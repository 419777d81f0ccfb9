import assert from "node:assert/strict";
import type { Conflict } from "../../src/core/events.ts";
import { hostName, vipName } from "../../src/core/vocabulary.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { createProber } from "../../src/host/prober.ts";
import { waitUntil } from "../support/wait.ts";

const placed = (name: string, ...addresses: string[]): PlacedVip => ({
  vip: vipName(name),
  addresses: addresses.map((address) => ({ address, family: 4, prefix: 32, interface: "eth0" })),
});
const webA = placed("web-a", "192.0.2.1");
const webB = placed("web-b", "192.0.2.2", "192.0.2.3");
const stranger = "02:00:5e:10:00:01", member = "02:00:00:00:00:02";

/** A prober on a network in which these answer, from the second probe on where it says so. */
function onNetwork(
  answers: Readonly<Record<string, string>>,
  options: { late?: boolean; down?: boolean; unread?: Readonly<Record<string, string>> } = {},
) {
  const sent: string[] = [];
  const conflicts: Conflict[] = [];
  const prober = createProber({
    send: async (addresses) => {
      for (const { address } of addresses) {
        const isSecond = sent.includes(address);
        sent.push(address);
        const mac = answers[address];
        if (mac !== undefined && (!options.late || isSecond)) {
          queueMicrotask(() => prober.hear({ address, mac, to: null }));
        }
      }
      return addresses.map(() => options.down !== true);
    },
    read: () => {
      for (const [address, mac] of Object.entries(options.unread ?? {})) {
        prober.hear({ address, mac, to: null });
      }
    },
    vipHere: (address) => (address === "192.0.2.9" ? vipName("here") : null),
    hostOf: async (mac) => (mac === member ? hostName("test01") : null),
    conflicting: (these) => void conflicts.push(...these),
  });
  return { prober, sent, conflicts };
}

Deno.test("probe() asks twice for what nobody answers, and then calls it silent", async () => {
  const { prober, sent } = onNetwork({});
  assert.deepEqual(await prober.probe([webA, webB]), [
    { vip: "web-a", answer: { kind: "silent" } },
    { vip: "web-b", answer: { kind: "silent" } },
  ]);
  assert.deepEqual(sent, ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
});

Deno.test("probe() says who answers for any address of a VIP, and whether it is a host of the group", async () => {
  const { prober } = onNetwork({ "192.0.2.1": member, "192.0.2.3": stranger });
  assert.deepEqual(await prober.probe([webA, webB]), [
    { vip: "web-a", answer: { kind: "answered", by: { mac: member, host: "test01" } } },
    { vip: "web-b", answer: { kind: "answered", by: { mac: stranger, host: null } } },
  ]);
});

Deno.test("probe() hears an answer to the second probe, too", async () => {
  const { prober } = onNetwork({ "192.0.2.1": stranger }, { late: true });
  assert.equal((await prober.probe([webA]))[0]?.answer.kind, "answered");
});

Deno.test("probe() hears what has come while this process did not run, before it calls anything silent", async () => {
  const { prober } = onNetwork({}, { unread: { "192.0.2.1": stranger } });
  assert.equal((await prober.probe([webA]))[0]?.answer.kind, "answered");
});

Deno.test("probe() does not take silence for an answer where it could not ask", async () => {
  const { prober } = onNetwork({}, { down: true });
  assert.deepEqual(await prober.probe([webA]), [{ vip: "web-a", answer: { kind: "unknown" } }]);
});

Deno.test("who makes hardware addresses up makes no more conflicts than four machines do", async () => {
  const { prober, conflicts } = onNetwork({});
  const macs = Array.from({ length: 200 }, (_, at) => `02:00:5e:00:00:${at.toString(16).padStart(2, "0")}`);
  for (const mac of macs) prober.hear({ address: "192.0.2.9", mac, to: null });
  await waitUntil(() => conflicts.length > 0, { what: "conflicts" });
  assert.deepEqual(conflicts.map(({ by }) => by.mac), macs.slice(0, 4));
});

Deno.test("a claim to what is here is a conflict, told once a second for each machine", async () => {
  const { prober, conflicts } = onNetwork({});
  for (const mac of [stranger, stranger, member]) prober.hear({ address: "192.0.2.9", mac, to: null });
  prober.hear({ address: "192.0.2.1", mac: stranger, to: null });
  await waitUntil(() => conflicts.length === 2, { what: "two conflicts" });
  assert.deepEqual(conflicts, [
    { vip: "here", by: { mac: stranger, host: null } },
    { vip: "here", by: { mac: member, host: "test01" } },
  ]);
});
