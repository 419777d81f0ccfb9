import assert from "node:assert/strict";
import { hostName } from "../../src/core/vocabulary.ts";
import { SimulatedClient } from "../../src/simulator/client.ts";

const [a, b] = [hostName("a"), hostName("b")];
const everywhere = () => true;

/** Hosts with the addresses that are on them. */
const hosts = (has: { readonly a?: string; readonly b?: string }) => [
  { name: a, has: (address: string) => has.a === address },
  { name: b, has: (address: string) => has.b === address },
];

Deno.test("SimulatedClient believes what it heard last", () => {
  const client = new SimulatedClient("client 1", a);
  client.hearAnnouncement("v", { host: a, said: 0, now: 1 });
  client.hearAnnouncement("v", { host: b, said: 1, now: 2 });
  assert.deepEqual(client.entry("v"), { host: b, by: "announcement", said: 1, learnt: 2 });
});

Deno.test("SimulatedClient asks for what it does not know, of those that it can reach", () => {
  const client = new SimulatedClient("client 1", a);
  const both = hosts({ a: "v", b: "v" });
  client.talk(["v"], { now: 5, hosts: both, reached: (host) => host === a });
  assert.deepEqual(client.entry("v"), { host: a, by: "answer", said: 5, learnt: 5 });
});

Deno.test("SimulatedClient gives an entry up when its host has not answered for ten seconds", () => {
  const client = new SimulatedClient("client 1", a);
  client.hearAnnouncement("v", { host: a, said: 0, now: 0 });
  client.talk(["v"], { now: 4_000, hosts: hosts({ a: "v" }), reached: everywhere });
  const moved = hosts({ b: "v" });
  client.talk(["v"], { now: 14_000, hosts: moved, reached: everywhere });
  assert.equal(client.entry("v")?.host, a);
  client.talk(["v"], { now: 14_001, hosts: moved, reached: everywhere });
  assert.deepEqual(client.entry("v"), { host: b, by: "answer", said: 14_001, learnt: 14_001 });
});

Deno.test("SimulatedClient goes on asking until somebody answers, and keeps its old entry meanwhile", () => {
  const client = new SimulatedClient("client 1", a);
  client.hearAnnouncement("v", { host: a, said: 0, now: 0 });
  client.talk(["v"], { now: 11_000, hosts: hosts({}), reached: everywhere });
  assert.equal(client.entry("v")?.host, a);
  client.talk(["v"], { now: 11_500, hosts: hosts({ b: "v" }), reached: () => false });
  assert.equal(client.entry("v")?.host, a);
  client.talk(["v"], { now: 12_000, hosts: hosts({ b: "v" }), reached: everywhere });
  assert.equal(client.entry("v")?.host, b);
});
