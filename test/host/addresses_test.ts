import assert from "node:assert/strict";
import { duration, vipName } from "../../src/core/vocabulary.ts";
import { openAddresses } from "../../src/host/addresses.ts";
import type { PlacedVip } from "../../src/host/placed_vip.ts";
import { mustRun, run } from "../support/command.ts";
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

const open = (cable: Cable, lease: number | null = null) =>
  openAddresses({
    vips: VIPS,
    lease: lease === null ? null : duration(lease),
    own: OWN,
    programs: cable.programs,
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
  assert.deepEqual(await addresses.observe(), { whole: ["web-a", "web-b"], partial: [], isPlaced: true });
  assert.deepEqual(await addresses.remove([webB.vip]), { done: ["web-b"], problems: [] });
  assert.deepEqual(await addresses.observe(), { whole: ["web-a"], partial: [], isPlaced: true });
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
  assert.deepEqual(await addresses.observe(), { whole: ["web-b"], partial: [], isPlaced: true });
  await addresses.close();
});

Deno.test("add() tells what is wrong with which VIP, and does the others", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  assert.deepEqual(await addresses.add([webA.vip, lost.vip, webB.vip]), {
    done: ["web-a", "web-b"],
    problems: [{ vip: "lost", problem: '192.168.9.112 on eth9: Cannot find device "eth9"' }],
  });
  assert.deepEqual(await addresses.observe(), {
    whole: ["web-a", "web-b"],
    partial: ["lost"],
    isPlaced: true,
  });
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
  assert.deepEqual(await addresses.observe(), { whole: [], partial: [], isPlaced: true });
  await addresses.close();
});

Deno.test("remove() leaves an address with another prefix alone: it is somebody else's", async () => {
  await using cable = await layCable();
  await mustRun(["ip", "-n", cable.host, "address", "add", "192.168.9.109/24", "dev", "eth0"]);
  const addresses = open(cable);
  assert.deepEqual(await addresses.observe(), { whole: [], partial: [], isPlaced: true });
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

Deno.test("every VIP of a call has a problem when ip hangs, and the next call is carried out", async () => {
  await using cable = await layCable();
  const ip = `${cable.directory}/hanging-ip`;
  await Deno.writeTextFile(
    ip,
    `#!/bin/sh\n[ -e ${cable.directory}/once ] && exec ${cable.programs.ip} "$@"\n` +
      `case "$*" in *batch*) touch ${cable.directory}/once; exec sleep 600;; esac\nexec ${cable.programs.ip} "$@"\n`,
    { mode: 0o755 },
  );
  const addresses = openAddresses({ vips: VIPS, lease: null, own: OWN, programs: { ...cable.programs, ip } });
  const [first, second] = await Promise.all([addresses.add([webA.vip, webB.vip]), addresses.add([webA.vip])]);
  const problem = "192.168.9.109 on eth0: no answer within 2000 ms";
  assert.deepEqual(first.done, []);
  assert.deepEqual(first.problems.map((each) => each.vip), ["web-a", "web-b"]);
  assert.equal(first.problems[0]?.problem, problem);
  assert.deepEqual(second, { done: ["web-a"], problems: [] });
  await addresses.close();
});

Deno.test("onChange() calls when somebody removes or adds an address of a VIP, not for what add() and remove() did", async () => {
  await using cable = await layCable();
  const addresses = open(cable, 60_000);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await untilWatched(cable, () => calls);
  calls = 0;
  await addresses.add([webA.vip, webB.vip]);
  await addresses.add([webA.vip, webB.vip]);
  await addresses.remove([webB.vip]);
  // The kernel tells in order: when this one was heard, those before it were, too.
  await mustRun(["ip", "-n", cable.host, "address", "del", "192.168.9.109/32", "dev", "eth0"]);
  await waitUntil(() => calls > 0, { what: "the call for the removed address" });
  assert.equal(calls, 1);
  assert.deepEqual(await addresses.observe(), { whole: [], partial: [], isPlaced: true });
  await mustRun(["ip", "-n", cable.host, "address", "add", "192.168.9.110/32", "dev", "eth0"]);
  await waitUntil(() => calls > 1, { what: "the call for the added address" });
  assert.deepEqual(await addresses.observe(), { whole: [], partial: ["web-b"], isPlaced: true });
  await addresses.close();
});

Deno.test("onChange() calls when an address of the host's own goes or comes, and observe() tells whether any is left", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  let calls = 0;
  addresses.onChange(() => calls += 1);
  await untilWatched(cable, () => calls);
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

Deno.test("observe() goes on with what it believed of the host's own addresses while ip gives no answer", async () => {
  await using cable = await layCable();
  const ip = `${cable.directory}/failing-ip`;
  await Deno.writeTextFile(
    ip,
    `#!/bin/sh\n[ -e ${cable.directory}/broken ] && exit 1\nexec ${cable.programs.ip} "$@"\n`,
    { mode: 0o755 },
  );
  const addresses = openAddresses({
    vips: VIPS,
    lease: null,
    own: OWN,
    programs: { ...cable.programs, ip },
  });
  await mustRun(["ip", "-n", cable.host, "address", "flush", "dev", "eth0"]);
  assert.equal((await addresses.observe()).isPlaced, false);
  await mustRun(["ip", "-n", cable.host, "address", "add", "192.168.9.160/16", "dev", "eth0"]);
  await Deno.writeTextFile(`${cable.directory}/broken`, "");
  assert.equal((await addresses.observe()).isPlaced, false);
  await Deno.remove(`${cable.directory}/broken`);
  assert.equal((await addresses.observe()).isPlaced, true);
  await addresses.close();
});

/** A change of a link is always told: make some until the first is heard, then wait until no more come. */
async function untilWatched(cable: Cable, calls: () => number): Promise<void> {
  await waitUntil(async () => {
    await run(["ip", "-n", cable.host, "link", "set", "lo", "mtu", `${60_000 + calls()}`]);
    await run(["ip", "-n", cable.host, "link", "set", "lo", "mtu", "65536"]);
    return calls() > 0;
  }, { what: "the watch to hear something" });
  const settled = { calls: -1 };
  await waitUntil(() => {
    const before = settled.calls;
    settled.calls = calls();
    return before === settled.calls;
  }, { what: "the watch to be quiet", everyMs: 200 });
}

Deno.test("a thousand addresses are added, renewed and removed by one call each", async () => {
  await using cable = await layCable();
  const many = Array.from(
    { length: 1_000 },
    (_, at) => vip(`v${String(at).padStart(4, "0")}`, on("eth0")(`10.1.${at >> 8}.${at & 255}`)),
  );
  const names = many.map((each) => each.vip);
  const addresses = openAddresses({ vips: many, lease: duration(60_000), own: [], programs: cable.programs });
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

Deno.test("adopt() makes remove() take what a VIP had before, and leaves what is another VIP's now", async () => {
  await using cable = await layCable();
  const addresses = open(cable);
  await addresses.add([webA.vip, webB.vip]);
  const webX = vip("web-x", on("eth0")("192.168.9.109"));
  const moved = vip("web-b", on("eth0")("192.168.9.120"));
  addresses.adopt({ vips: [webX, moved], lease: null });
  assert.deepEqual(await addresses.observe(), { whole: [], partial: ["web-a", "web-b"], isPlaced: true });
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
  assert.deepEqual(await addresses.observe(), { whole: ["web-b", "web-x"], partial: [], isPlaced: true });
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
  assert.deepEqual(await addresses.observe(), { whole: ["web-b"], partial: ["web-a"], isPlaced: true });
  assert.deepEqual(await addresses.add([webA.vip]), { done: ["web-a"], problems: [] });
  assert.equal(await lineOf(cable, "192.168.9.109"), "", "add() leaves a VIP with what it is to have");
  assert.deepEqual(await addresses.observe(), { whole: ["web-a", "web-b"], partial: [], isPlaced: true });
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
  assert.deepEqual(await addresses.observe(), { whole: ["web-a"], partial: [], isPlaced: true });
  await addresses.close();
});
