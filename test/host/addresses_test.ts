import assert from "node:assert/strict";
import { duration, vipName } from "../../src/core/vocabulary.ts";
import type { Observed } from "../../src/core/events.ts";
import { type AddressesOptions, type LocalAddresses, openAddresses } from "../../src/host/addresses.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { waitUntil } from "../support/wait.ts";
import { type Cable, layCable } from "./cable.ts";

const on = (name: string) => (address: string) => ({
  address,
  family: address.includes(":") ? 6 as const : 4 as const,
  prefix: address.includes(":") ? 128 : 32,
  interface: name,
});
const vip = (name: string, ...addresses: PlacedVip["addresses"]): PlacedVip => ({
  vip: vipName(name),
  addresses,
});

const webA = vip("web-a", on("eth0")("192.168.9.109"));
const webB = vip("web-b", on("eth0")("192.168.9.110"), on("eth0")("fd00:9::110"));
const lost = vip("lost", on("eth0")("192.168.9.111"), on("eth9")("192.168.9.112"));
const VIPS = [webA, webB, lost];
/** Those of the cable. */
const OWN = ["192.168.9.160", "fd00:9::160"];

const open = (cable: Cable, lease: number | null = null): LocalAddresses =>
  openOf(cable, { vips: VIPS, lease: lease === null ? null : duration(lease), own: OWN });

function openOf(cable: Cable, options: AddressesOptions): LocalAddresses {
  const outcome = cable.inside(() => openAddresses(options));
  if (outcome.kind === "problem") throw new Error(outcome.problem);
  return outcome.addresses;
}

/** What observe() tells of VIPS, whose eth9 is not there, unless something else is said. */
const seen = (of: Partial<Record<keyof Observed, readonly string[] | boolean>>) => ({
  whole: [],
  partial: [],
  withoutLink: ["lost"],
  withNewMac: [],
  isPlaced: true,
  ...of,
});

async function lineOf(cable: Cable, address: string): Promise<string> {
  const shown = await mustRun(["ip", "-n", cable.host, "-o", "address", "show", "to", address]);
  return shown.replaceAll(/\s+/g, " ").replaceAll("\\ ", " ").trim();
}

Deno.test("add() puts every address of a VIP on its interface, and remove() takes them off", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  assert.deepEqual(await addresses.add([webA.vip, webB.vip]), { done: ["web-a", "web-b"], problems: [] });
  assert.match(
    await lineOf(cable, "192.168.9.109"),
    /^\d+: eth0 inet 192.168.9.109\/32 scope global eth0 valid_lft forever/,
  );
  assert.match(await lineOf(cable, "fd00:9::110"), /inet6 fd00:9::110\/128 .*valid_lft forever/);
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a", "web-b"] }));
  assert.deepEqual(await addresses.remove([webB.vip]), { done: ["web-b"], problems: [] });
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a"] }));
  assert.equal(await lineOf(cable, "fd00:9::110"), "");
  await addresses.close();
});

Deno.test("add() makes a new IPv6 address usable at once, but not the host's choice for its own connections", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([webB.vip]);
  const line = await lineOf(cable, "fd00:9::110");
  assert.match(line, / nodad deprecated /);
  assert.doesNotMatch(line, /tentative/);
  const route = await mustRun(["ip", "-n", cable.host, "route", "get", "fd00:9::50"]);
  assert.match(route, / src fd00:9::160 /);
  await addresses.close();
});

Deno.test("an address that nobody renews is removed by the kernel, one that is renewed stays", async () => {
  await using cable = await layCable();
  const addresses = open(cable, 2_000);
  await addresses.add([webA.vip, webB.vip]);
  assert.match(await lineOf(cable, "192.168.9.109"), /valid_lft [12]sec/);
  await waitUntil(async () => {
    await addresses.add([webB.vip]);
    return (await lineOf(cable, "192.168.9.109")) === "";
  }, { what: "the lease of web-a to end", everyMs: 250 });
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-b"] }));
  await addresses.close();
});

Deno.test("add() tells what is wrong with which VIP, and does the others", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  assert.deepEqual(await addresses.add([webA.vip, lost.vip, webB.vip]), {
    done: ["web-a", "web-b"],
    problems: [{ vip: "lost", problem: "192.168.9.112 on eth9: no such interface" }],
  });
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a", "web-b"], partial: ["lost"] }));
  assert.equal(addresses.isHere(lost.vip), false);
  assert.equal(addresses.isHere(webB.vip), true);
  await addresses.close();
});

Deno.test("remove() counts an address that is not there, and one whose interface is gone, as removed", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([lost.vip]);
  const all = VIPS.map((each) => each.vip);
  assert.deepEqual(await addresses.remove(all), { done: all, problems: [] });
  assert.deepEqual(await addresses.observe(), seen({}));
  await addresses.close();
});

Deno.test("remove() leaves an address with another prefix alone: it is somebody else's", async () => {
  await using cable = await layCable();
  await mustRun(["ip", "-n", cable.host, "address", "add", "192.168.9.109/24", "dev", "eth0"]);
  const addresses = open(cable);
  assert.deepEqual(await addresses.observe(), seen({}));
  await addresses.remove([webA.vip]);
  assert.match(await lineOf(cable, "192.168.9.109"), /192.168.9.109\/24/);
  await addresses.close();
});

Deno.test("calls are carried out one at a time, in the order in which they were made", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  const order: string[] = [];
  const calls = Array.from({ length: 10 }, (_, at) => {
    const call = at % 2 === 0 ? addresses.add([webA.vip]) : addresses.remove([webA.vip]);
    return call.then(() => void order.push(`${at}`));
  });
  calls.push(addresses.observe().then(({ whole }) => void order.push(`nothing of ${whole.length}`)));
  await Promise.all(calls);
  assert.deepEqual(order, [..."0123456789", "nothing of 0"]);
  await addresses.close();
});

Deno.test("onChange() calls when somebody removes or adds an address of a VIP, not for what add() and remove() did", async () => {
  await using cable = await layCable();
  const addresses = open(cable, 60_000);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await addresses.add([webA.vip, webB.vip]);
  await addresses.add([webA.vip, webB.vip]);
  await addresses.remove([webB.vip]);
  // The kernel tells in order: when this one was heard, those before it were, too.
  await mustRun(["ip", "-n", cable.host, "address", "del", "192.168.9.109/32", "dev", "eth0"]);
  await waitUntil(() => calls > 0, { what: "the call for the removed address" });
  assert.equal(calls, 1);
  assert.deepEqual(await addresses.observe(), seen({}));
  await mustRun(["ip", "-n", cable.host, "address", "add", "192.168.9.110/32", "dev", "eth0"]);
  await waitUntil(() => calls > 1, { what: "the call for the added address" });
  assert.deepEqual(await addresses.observe(), seen({ partial: ["web-b"] }));
  await addresses.close();
});

Deno.test("onChange() calls when an address of the host's own goes or comes, and observe() tells whether any is left", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  const afterCall = async (command: string) => {
    calls = 0;
    await mustRun(["ip", "-n", cable.host, "address", ...command.split(" "), "dev", "eth0"]);
    await waitUntil(() => calls > 0, { what: `the call for "${command}"` });
    return (await addresses.observe()).isPlaced;
  };
  assert.equal(await afterCall("del 192.168.9.160/16"), true);
  assert.equal(await afterCall("del fd00:9::160/64"), false);
  assert.equal(await afterCall("add 192.168.9.160/16"), true);
  await addresses.close();
});

Deno.test("add() tells why the kernel refuses an address, in words for people", async () => {
  await using cable = await layCable();
  const tooLong = { ...on("eth0")("192.168.9.113"), prefix: 33 };
  const addresses = openOf(cable, { vips: [webA, webB, vip("odd", tooLong)], lease: null, own: OWN });
  await mustRun([...inside(cable.host), "sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1"]);
  const { done, problems } = await addresses.add([webA.vip, webB.vip, vipName("odd")]);
  assert.deepEqual(done, ["web-a"]);
  assert.deepEqual(problems.map((each) => each.vip), ["web-b", "odd"]);
  assert.match(
    problems[0]?.problem ?? "",
    /^fd00:9::110 on eth0: .*IPv6 is (off|disabled) on this (interface|device)$/,
  );
  assert.match(problems[1]?.problem ?? "", /^192\.168\.9\.113 on eth0: .*(prefix length|valid address)$/);
  assert.deepEqual(await addresses.remove([webB.vip]), { done: ["web-b"], problems: [] });
  await addresses.close();
});

Deno.test("an interface that was deleted and made anew is the one of its name", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([webA.vip]);
  await cable.ip("link del eth0");
  await addresses.add([webA.vip]).then(({ problems }) =>
    assert.deepEqual(problems, [{ vip: "web-a", problem: "192.168.9.109 on eth0: no such interface" }])
  );
  assert.deepEqual(await addresses.remove([webA.vip]), { done: ["web-a"], problems: [] });
  await cable.ip("link add eth0 type veth peer name eth1");
  assert.deepEqual(await addresses.add([webA.vip]), { done: ["web-a"], problems: [] });
  assert.match(await lineOf(cable, "192.168.9.109"), / eth0 /);
  await addresses.close();
});

Deno.test("remove() takes an address off the interface that it was added to, whatever that is called now", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([webA.vip, webB.vip]);
  addresses.adopt({ vips: [webA, webB], lease: null });
  await cable.ip("link set eth0 name x0");
  assert.deepEqual(await addresses.observe(), seen({ withoutLink: ["web-a", "web-b"] }));
  assert.deepEqual(await addresses.remove([webA.vip, webB.vip]), { done: ["web-a", "web-b"], problems: [] });
  assert.equal(await lineOf(cable, "192.168.9.109"), "");
  assert.equal(await lineOf(cable, "fd00:9::110"), "");
  await addresses.close();
});

Deno.test("add() leaves nothing on the interface that had the name before", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await cable.ip("link add eth1 type veth peer name eth2");
  await addresses.add([webA.vip]);
  await cable.ip("link set eth0 name eth9", "link set eth1 name eth0");
  assert.deepEqual(await addresses.add([webA.vip]), { done: ["web-a"], problems: [] });
  assert.deepEqual((await lineOf(cable, "192.168.9.109")).match(/ eth\d inet /g), [" eth0 inet "]);
  assert.deepEqual(await addresses.remove([webA.vip]), { done: ["web-a"], problems: [] });
  assert.equal(await lineOf(cable, "192.168.9.109"), "");
  await addresses.close();
});

Deno.test("add() refuses an IPv6 address that somebody has put there with another prefix, until it is gone", async () => {
  await using cable = await layCable();
  const byHand = (command: string) => cable.ip(`address ${command} dev eth0`);
  const refused = {
    done: [],
    problems: [{
      vip: "web-b",
      problem:
        "fd00:9::110 on eth0: it is there as /64, put there by somebody else (wanted /128); remove it there",
    }],
  };
  await byHand("add fd00:9::110/64 nodad");
  const addresses = open(cable, 60_000);
  assert.deepEqual(await addresses.add([webB.vip]), refused);
  assert.match(await lineOf(cable, "fd00:9::110"), /\/64 .*valid_lft forever/);
  await byHand("del fd00:9::110/64");
  for (const _ of ["added", "renewed"]) {
    assert.deepEqual(await addresses.add([webB.vip]), { done: ["web-b"], problems: [] });
  }
  await byHand("del fd00:9::110/128");
  await byHand("add fd00:9::110/64 nodad");
  assert.deepEqual(await addresses.add([webB.vip]), refused);
  await addresses.close();
});

Deno.test("add() renews an IPv6 address that an earlier program has left", async () => {
  await using cable = await layCable();
  await cable.ip("address add fd00:9::110/128 dev eth0 nodad");
  const addresses = open(cable, 60_000);
  assert.deepEqual(await addresses.add([webB.vip]), { done: ["web-b"], problems: [] });
  assert.match(await lineOf(cable, "fd00:9::110"), /\/128 .*valid_lft [0-9]+sec/);
  await addresses.close();
});

Deno.test("observe() tells which VIPs are on an interface that is off, cut off or gone, and onChange() calls when that changes", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await addresses.add([webA.vip]);
  const after = async (what: string, change: () => Promise<void>) => {
    calls = 0;
    await change();
    await waitUntil(() => calls > 0, { what: `the call when ${what}` });
    return (await addresses.observe()).withoutLink;
  };
  const all = ["lost", "web-a", "web-b"];
  assert.deepEqual(
    await after("the cable is pulled out", () => cable.ipOfNeighbour("link set eth0 down")),
    all,
  );
  assert.deepEqual(await after("it is plugged in", () => cable.ipOfNeighbour("link set eth0 up")), ["lost"]);
  assert.deepEqual(await after("eth0 is switched off", () => cable.ip("link set eth0 down")), all);
  assert.deepEqual(await after("eth0 is switched on", () => cable.ip("link set eth0 up")), ["lost"]);
  const veth = "link add eth9 type veth peer name eth8";
  assert.deepEqual(await after("eth9 comes", () => cable.ip(veth)), ["lost"]);
  assert.deepEqual(await after("eth9 is on", () => cable.ip("link set eth8 up", "link set eth9 up")), []);
  assert.deepEqual(await after("eth0 is deleted", () => cable.ip("link del eth0")), all);
  await addresses.close();
});

Deno.test("observe() tells once which VIPs are on an interface with a new hardware address, and onChange() calls", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await addresses.add([webA.vip]);
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a"] }));
  await cable.ip("link set eth0 address 02:aa:00:00:00:01");
  await waitUntil(() => calls > 0, { what: "the call for the new hardware address" });
  const withNewMac = ["lost", "web-a", "web-b"];
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a"], withNewMac }));
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a"] }));
  await addresses.close();
});

Deno.test("onChange() does not call for an interface that no VIP is on, nor for what leaves it as it was", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await cable.ip("link add eth5 up type bridge", "link set eth0 txqueuelen 999", "link set eth0 master eth5");
  await cable.ip("link set eth0 nomaster", "link del eth5");
  // The kernel tells in order: when this one was heard, those before it were, too.
  await cable.ip("address del 192.168.9.160/16 dev eth0");
  await waitUntil(() => calls > 0, { what: "the call for the removed address" });
  assert.equal(calls, 1);
  await addresses.close();
});

Deno.test("onChange() calls when so much changed at once that the kernel could not tell all of it", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  const others = Array.from(
    { length: 2_000 },
    (_, at) => `address add 10.2.${at >> 8}.${at & 255}/32 dev eth0`,
  );
  const file = `${cable.directory}/others`;
  await Deno.writeTextFile(file, others.join("\n"));
  // Nobody listens meanwhile: this waits as nothing in the daemon does.
  assert.ok(new Deno.Command("ip", { args: ["-n", cable.host, "-batch", file] }).outputSync().success);
  await waitUntil(() => calls > 0, { what: "the call for what was missed" });
  assert.deepEqual(await addresses.observe(), seen({}));
  await addresses.close();
});

Deno.test("a thousand addresses are added, renewed and removed by one call each", async () => {
  await using cable = await layCable();
  const many = Array.from(
    { length: 1_000 },
    (_, at) => vip(`v${String(at).padStart(4, "0")}`, on("eth0")(`10.1.${at >> 8}.${at & 255}`)),
  );
  const names = many.map((each) => each.vip);
  const addresses = openOf(cable, { vips: many, lease: duration(60_000), own: [] });
  const took: Record<string, number> = {};
  const timed = async <Result>(what: string, call: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await call();
    took[what] = Math.round(performance.now() - start);
    return result;
  };
  assert.equal((await timed("add", () => addresses.add(names))).done.length, 1_000);
  assert.equal((await timed("renew", () => addresses.add(names))).done.length, 1_000);
  assert.equal((await timed("observe", () => addresses.observe())).whole.length, 1_000);
  assert.equal((await timed("remove", () => addresses.remove(names))).done.length, 1_000);
  assert.equal((await timed("removeAgain", () => addresses.remove(names))).done.length, 1_000);
  if (Deno.env.get("MOLEHILL_TIMES") !== undefined) console.log(took);
  await addresses.close();
});

Deno.test("what takes the kernel long leaves time for everything else in between", async () => {
  await using cable = await layCable();
  // Linux goes through all IPv6 addresses of an interface for each one that is added.
  const many = Array.from(
    { length: 600 },
    (_, at) => vip(`v${at}`, on("eth0")(`fd00:9:1::${(at + 1).toString(16)}`)),
  );
  const addresses = openOf(cable, { vips: many, lease: null, own: [] });
  let turns = 0;
  const count = setInterval(() => turns += 1);
  assert.equal((await addresses.add(many.map((each) => each.vip))).done.length, 600);
  clearInterval(count);
  assert.ok(turns > 0);
  await addresses.close();
});

Deno.test("adopt() makes remove() take what a VIP had before, and leaves what is another VIP's now", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([webA.vip, webB.vip]);
  const webX = vip("web-x", on("eth0")("192.168.9.109"));
  const moved = vip("web-b", on("eth0")("192.168.9.120"));
  addresses.adopt({ vips: [webX, moved], lease: null });
  assert.deepEqual(await addresses.observe(), seen({ partial: ["web-a", "web-b"], withoutLink: [] }));
  assert.deepEqual(addresses.former().map((each) => each.vip), ["web-a", "web-b"]);
  const refused = await addresses.add([webA.vip]);
  assert.deepEqual(refused, {
    done: [],
    problems: [{ vip: "web-a", problem: "it is not in the configuration any more" }],
  });
  assert.deepEqual(await addresses.remove([webB.vip]), { done: ["web-b"], problems: [] });
  assert.equal(await lineOf(cable, "fd00:9::110"), "");
  assert.deepEqual(await addresses.remove([webX.vip]), { done: ["web-x"], problems: [] });
  assert.notEqual(await lineOf(cable, "192.168.9.109"), "", "it is web-a's still");
  await addresses.add([webX.vip, moved.vip]);
  await addresses.remove([webA.vip]);
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-b", "web-x"], withoutLink: [] }));
  assert.notEqual(await lineOf(cable, "192.168.9.109"), "", "it is web-x's now");
  await addresses.close();
});

Deno.test("adopt() lets calls that were made before be carried out as they were meant", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let gone = 0;
  addresses.onFormerGone(() => gone += 1);
  const added = addresses.add([webA.vip, webB.vip]);
  addresses.adopt({ vips: [vip("web-a", on("eth0")("192.168.9.121")), webB], lease: null });
  assert.deepEqual(await added, { done: ["web-a", "web-b"], problems: [] });
  assert.notEqual(await lineOf(cable, "192.168.9.109"), "");
  assert.deepEqual(
    await addresses.observe(),
    seen({ whole: ["web-b"], partial: ["web-a"], withoutLink: [] }),
  );
  assert.deepEqual(await addresses.add([webA.vip]), { done: ["web-a"], problems: [] });
  assert.equal(await lineOf(cable, "192.168.9.109"), "", "add() leaves a VIP with what it is to have");
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a", "web-b"], withoutLink: [] }));
  assert.equal(gone, 1);
  await addresses.close();
});

Deno.test("add() after adopt() gives what is here the new lease, and touches no other", async () => {
  await using cable = await layCable();
  const addresses = open(cable, 60_000);
  await addresses.add([webA.vip]);
  assert.match(await lineOf(cable, "192.168.9.109"), /valid_lft [0-9]+sec/);
  addresses.adopt({ vips: VIPS, lease: null });
  await addresses.add([webA.vip]);
  assert.match(await lineOf(cable, "192.168.9.109"), /valid_lft forever/);
  assert.deepEqual(await addresses.observe(), seen({ whole: ["web-a"] }));
  await addresses.close();
});
