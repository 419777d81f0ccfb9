import assert from "node:assert/strict";
import { duration, hostName } from "../../src/core/vocabulary.ts";
import { createNeighbourMemory } from "../../src/host/neighbour_memory.ts";

const [first, second] = [hostName("test00"), hostName("test01")];
const at = (address: string, age = 0, on = "eth0") => ({ interface: on, address, age: duration(age) });

Deno.test("on() gives each neighbour of an interface once, those that any host used last first", () => {
  const memory = createNeighbourMemory();
  memory.remember(first, [at("10.0.0.1", 5_000), at("10.0.0.2", 9_000), at("10.0.0.3", 1, "eth1")], 100_000);
  memory.remember(second, [at("10.0.0.2", 500), at("fe80::1", 2_000)], 100_000);
  assert.deepEqual(memory.on("eth0"), ["10.0.0.2", "fe80::1", "10.0.0.1"]);
  assert.deepEqual(memory.on("eth1"), ["10.0.0.3"]);
  assert.deepEqual(memory.on("eth2"), []);
});

Deno.test("a neighbour is forgotten when nobody has told of it for so long, whatever else was told meanwhile", () => {
  const memory = createNeighbourMemory();
  memory.remember(first, [at("10.0.0.1"), at("10.0.0.2")], 0);
  memory.remember(second, [at("10.0.0.1")], 1_000);
  memory.remember(first, [at("10.0.0.3")], 2_000);
  memory.forget(3_000, 2_999);
  assert.deepEqual(memory.summary(2_999), { known: 3, hosts: 2, oldest: 2_999 });
  memory.forget(3_000, 3_000);
  assert.deepEqual(memory.summary(3_000), { known: 2, hosts: 2, oldest: 2_000 });
  memory.forget(3_000, 4_000);
  assert.deepEqual([memory.on("eth0"), memory.summary(4_000)], [["10.0.0.3"], {
    known: 1,
    hosts: 1,
    oldest: 2_000,
  }]);
  memory.forget(3_000, 5_000);
  assert.deepEqual(memory.summary(5_000), { known: 0, hosts: 0, oldest: null });
});

Deno.test("of a host that tells of ever more, 1,024 are kept: those that it told of last, and of these used last", () => {
  const memory = createNeighbourMemory();
  const told = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, i) => at(`10.${(from + i) >> 16}.${((from + i) >> 8) & 255}.${(from + i) & 255}`, i),
    );
  memory.remember(first, told(0, 1_000), 0);
  memory.remember(first, told(5_000, 100), 1_000);
  assert.deepEqual(memory.summary(1_000).known, 1_024);
  assert.equal(memory.on("eth0").includes("10.0.3.155"), true);
  assert.equal(memory.on("eth0").includes("10.0.3.156"), false);
  memory.remember(second, told(9_000, 500), 1_000);
  assert.deepEqual(memory.summary(1_000).known, 1_524);
  assert.equal(memory.on("eth0").length, 1_024);
});

Deno.test("a host that tells of nobody is none that has told", () => {
  const memory = createNeighbourMemory();
  memory.remember(first, [], 0);
  assert.deepEqual(memory.summary(0), { known: 0, hosts: 0, oldest: null });
});
