import assert from "node:assert/strict";
import type { KernelNeighbour } from "../../src/codec/netlink_neighbours.ts";
import { parsed, problem } from "../../src/codec/parsed.ts";
import type { KnownNeighbour } from "../../src/core/message.ts";
import { duration, hostName } from "../../src/core/vocabulary.ts";
import type { NeighbourTable } from "../../src/host/neighbour_table.ts";
import { openNeighbourTable } from "../../src/host/neighbour_table.ts";
import { createNeighbours, type NeighbourPlan } from "../../src/host/neighbours.ts";
import { waitUntil } from "../support/wait.ts";
import { layCable } from "./cable.ts";

const other = hostName("test01");
const plan: NeighbourPlan = {
  interval: duration(90_000),
  throttle: 128,
  interfaces: new Map([["eth0", "ens3"], ["eth1", "ens4"]]),
  excluded: new Set(["10.0.0.100"]),
};
const seen = (address: string, age: number, isRouter = false): KernelNeighbour => ({
  index: 2,
  address,
  family: address.includes(":") ? 6 : 4,
  isRouter,
  age: duration(age),
});

function started(change: Partial<NeighbourPlan> = {}, read?: NeighbourTable["read"]) {
  const told: (readonly KnownNeighbour[])[] = [];
  const logged: string[] = [];
  const world = { now: 0, opened: 0, closed: 0 };
  const table = new Map([
    ["ens3", [seen("10.0.0.7", 900), seen("10.0.0.100", 0), seen("fe80::1", 5_000, true)]],
    ["ens4", [seen("10.1.0.7", 20)]],
  ]);
  const neighbours = createNeighbours({
    self: hostName("test00"),
    plan: { ...plan, ...change },
    openTable: () => {
      world.opened += 1;
      return { read: read ?? (() => parsed(table)), close: () => void (world.closed += 1) };
    },
    log: { write: (_, text) => void logged.push(text) },
    now: () => world.now,
  });
  neighbours.onCollected((these) => told.push(these));
  return { neighbours, told, logged, world };
}

Deno.test("the table is read at once: routers first, then who was used last, under the configuration's names, without VIPs", async () => {
  const { neighbours, told } = started();
  assert.deepEqual(told, [[
    { interface: "eth0", address: "fe80::1", age: 0 },
    { interface: "eth1", address: "10.1.0.7", age: 20 },
    { interface: "eth0", address: "10.0.0.7", age: 900 },
  ]]);
  await neighbours.close();
});

Deno.test("on() knows this host's own neighbours and those that others told of, by this host's names", async () => {
  const { neighbours, world } = started();
  world.now = 10;
  neighbours.remember(other, [
    { interface: "eth0", address: "10.0.0.8", age: duration(5) },
    { interface: "eth0", address: "10.0.0.100", age: duration(0) },
    { interface: "ens3", address: "10.0.0.9", age: duration(0) },
  ]);
  assert.deepEqual(neighbours.on({ interface: "ens3", family: 4 }), ["10.0.0.8", "10.0.0.7"]);
  assert.deepEqual(neighbours.on({ interface: "ens3", family: 6 }), ["fe80::1"]);
  assert.deepEqual(neighbours.on({ interface: "eth0", family: 4 }), []);
  assert.deepEqual(neighbours.summary(), { known: 6, hosts: 2, oldest: 10 });
  world.now = 3 * 90_000 + 9;
  assert.deepEqual(neighbours.on({ interface: "ens3", family: 4 }), ["10.0.0.8"]);
  world.now += 1;
  assert.deepEqual(neighbours.on({ interface: "ens3", family: 4 }), []);
  await neighbours.close();
});

Deno.test("the table is read again every interval, and closed in the end", async () => {
  const { neighbours, told, world } = started({ interval: duration(20) });
  await waitUntil(() => told.length >= 4, { what: "three intervals" });
  await neighbours.close();
  assert.deepEqual([world.opened, world.closed], [1, 1]);
  const { length } = told;
  await new Promise((over) => setTimeout(over, 60));
  assert.equal(told.length, length);
});

Deno.test("off, nothing is opened, collected or kept; and a changed file switches it on and off", async () => {
  const { neighbours, told, world } = started({ interval: null });
  neighbours.remember(other, [{ interface: "eth0", address: "10.0.0.8", age: duration(5) }]);
  assert.deepEqual([told, world.opened, neighbours.summary(), neighbours.throttle()], [[], 0, null, null]);
  neighbours.adopt(plan);
  assert.deepEqual(told, []);
  await waitUntil(() => told.length === 1, { what: "the table to be read" });
  assert.deepEqual([neighbours.summary()?.known, neighbours.throttle()], [3, 128]);
  neighbours.adopt({ ...plan, interval: null });
  assert.deepEqual(neighbours.on({ interface: "ens3", family: 4 }), []);
  await waitUntil(() => told.length === 2, { what: "the daemon to be told" });
  assert.deepEqual(told[1], []);
  neighbours.adopt(plan);
  assert.deepEqual(neighbours.summary(), { known: 0, hosts: 0, oldest: null });
  await neighbours.close();
});

Deno.test("a table that cannot be read is told of once, until it can be read again", async () => {
  const outcomes = ["no", "no", "yes", "no"];
  const { neighbours, told, logged } = started({ interval: duration(10) }, () => {
    const outcome = outcomes.shift();
    return outcome === "yes" ? parsed(new Map()) : problem("the kernel gave no answer");
  });
  await waitUntil(() => outcomes.length === 0, { what: "four looks" });
  await neighbours.close();
  assert.deepEqual(told, [[]]);
  assert.deepEqual(logged, [
    "Cannot read the kernel's table of neighbours for arp_cache: the kernel gave no answer",
    "Cannot read the kernel's table of neighbours for arp_cache: the kernel gave no answer",
  ]);
});

Deno.test("openNeighbourTable() reads what the kernel knows of an interface, and nothing of one that is not there", async () => {
  await using cable = await layCable();
  await cable.ip(
    "neighbour add 192.168.9.50 lladdr 02:00:00:00:00:02 dev eth0 nud reachable",
    "neighbour add 192.168.9.51 dev eth0 nud failed",
    "neighbour add fe80::1 lladdr 02:00:00:00:00:54 dev eth0 router nud stale",
  );
  const table = cable.inside(openNeighbourTable);
  assert.ok(!("problem" in table));
  const read = table.read(["eth0", "lo", "eth9"]);
  assert.ok(read.ok);
  const found = read.value.get("eth0") ?? [];
  assert.deepEqual(found.map(({ address, isRouter }) => [address, isRouter]).sort(), [
    ["192.168.9.50", false],
    ["fe80::1", true],
  ]);
  assert.ok(found.every(({ age }) => age < 10_000));
  assert.deepEqual([read.value.get("lo"), read.value.has("eth9")], [[], false]);
  table.close();
});
