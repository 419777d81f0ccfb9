import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ControlResponse, Status } from "../../src/codec/control.ts";
import { duration, type Group, type HostName, segmentName, vipName } from "../../src/core/vocabulary.ts";
import { type FakeHost, type FakeWorld, startHosts } from "./fake_hosts.ts";
import { address, group, spec, test00, test01, test02, webA, webB, webC } from "./values.ts";

const webD = vipName("web-d");

/** Long enough for a group of the tests' timing to settle, at first. */
const coldStart = 6_000;

async function alone(): Promise<{ readonly world: FakeWorld; readonly host: FakeHost }> {
  const world = startHosts(group, { names: [test00] });
  await world.advance(coldStart);
  return { world, host: hostOf(world, test00) };
}

function hostOf(world: FakeWorld, name: HostName): FakeHost {
  const host = world.hosts.get(name);
  if (host === undefined) throw new Error(`Expected a host "${name}" in the test's world`);
  return host;
}

function statusOf(response: ControlResponse): Status {
  if (response.kind !== "status") throw new Error(`Expected a status, found ${JSON.stringify(response)}`);
  return response.status;
}

Deno.test("a daemon alone looks at the host first, and holds what it may once it is mature", async () => {
  const { host } = await alone();
  equal(host.done[0], "observe");
  deepEqual([...host.addresses].sort(), [webA, webB]);
  const acquired = host.done.findIndex((what) => what === "add web-a web-b");
  ok(host.done.slice(acquired).some((what) => what.startsWith("announce")), host.done.join("\n"));
});

Deno.test("three daemons share the VIPs as soon as they hear each other", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(1_000);
  const held = [...world.hosts.values()].flatMap((host) => [...host.addresses]);
  deepEqual(held.sort(), [webA, webB, webC]);
  deepEqual([...world.hosts.values()].map((host) => host.addresses.size), [1, 1, 1]);
});

Deno.test("a daemon that finds VIPs at its start removes them before it speaks", async () => {
  const world = startHosts(group, { names: [test00], leftovers: [webC] });
  const host = hostOf(world, test00);
  await world.advance(200);
  deepEqual([...host.addresses], []);
  ok(host.done.indexOf("remove web-c") < host.done.indexOf("broadcast"), host.done.join("\n"));
});

Deno.test("a daemon puts back what somebody removed, when it is told that addresses changed", async () => {
  const { world, host } = await alone();
  host.addresses.delete(webA);
  host.addressesChanged();
  await world.advance(0);
  ok(host.addresses.has(webA));
});

Deno.test("a plan tells what would be without a host, at once, and changes nothing", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(1_000);
  const ask = async (host: HostName, without: readonly string[]) => {
    const response = await hostOf(world, host).ask({ kind: "plan", without });
    if (response.kind !== "plan") throw new Error(`Expected a plan, found ${JSON.stringify(response)}`);
    return response.plan;
  };
  const plan = await ask(test00, ["test02"]);
  deepEqual(plan.remaining, ["test00", "test01"]);
  equal(plan.covered, false);
  deepEqual(plan.vips.find(({ name }) => name === "web-c"), {
    name: "web-c",
    now: "test02",
    then: null,
    reason: null,
    problem: "test02 would be gone",
  });
  deepEqual(plan.notes, []);
  deepEqual({ ...await ask(test01, ["test02"]), host: test00 }, plan);
  deepEqual([...world.hosts.values()].map((host) => host.addresses.size), [1, 1, 1]);
});

Deno.test("SIGTERM removes the VIPs, says farewell, closes every port, releases the guard and exits with 0", async () => {
  const { world, host } = await alone();
  const before = host.done.length;
  host.signal("SIGTERM");
  await world.advance(100);
  equal(await host.exit, 0);
  deepEqual([...host.addresses], []);
  const after = host.done.slice(before);
  ok(after.lastIndexOf("broadcast") > after.findIndex((what) => what.startsWith("remove")), after.join("\n"));
  deepEqual(after.slice(-9), [
    "close control",
    "close network",
    "close announcer",
    "close addresses",
    "close neighbours",
    "close checks",
    "close record",
    "close lifelines",
    "release guard",
  ]);
});

Deno.test("a second signal removes all VIPs at once and exits with 0", async () => {
  const { world, host } = await alone();
  host.interfere.remove = () => new Promise(() => {});
  host.signal("SIGTERM");
  await world.advance(10);
  delete host.interfere.remove;
  host.signal("SIGINT");
  equal(await host.exit, 0);
  deepEqual([...host.addresses], []);
  equal(host.done.filter((what) => what === "remove web-a web-b web-c").length, 1);
});

Deno.test("a clean stop that takes too long ends like a second signal", async () => {
  const { world, host } = await alone();
  host.interfere.remove = () => new Promise(() => {});
  host.signal("SIGTERM");
  await world.advance(3_900);
  delete host.interfere.remove;
  await world.advance(200);
  equal(await host.exit, 0);
  deepEqual([...host.addresses], []);
  ok(host.logged.some(({ level, text }) => level === "warning" && text.includes("not done in time")));
});

Deno.test("an error that nobody caught removes all VIPs of the configuration and exits with 70", async () => {
  const { host } = await alone();
  host.crash(new Error("a bug"));
  equal(await host.exit, 70);
  deepEqual([...host.addresses], []);
  ok(host.done.includes("remove web-a web-b web-c"));
  ok(host.done.includes("release guard"));
  ok(host.logged.some(({ level, text }) => level === "error" && text.includes("a bug")));
});

Deno.test("an error within a step removes all VIPs of the configuration and exits with 70", async () => {
  const world = startHosts(group, { names: [test00] });
  const host = hostOf(world, test00);
  host.interfere.announce = () => {
    throw new Error("a bug in a port");
  };
  await world.advance(coldStart);
  equal(await host.exit, 70);
  deepEqual([...host.addresses], []);
});

Deno.test("VIPs that cannot be removed at the end are left to the guard, which is not released", async () => {
  const { host } = await alone();
  host.interfere.remove = () =>
    Promise.resolve({ done: [], problems: [{ vip: webA, problem: "Operation not permitted" }] });
  host.crash(new Error("a bug"));
  equal(await host.exit, 70);
  equal(host.done.includes("release guard"), false);
  ok(host.logged.some(({ text }) => text === 'Cannot remove VIP "web-a": Operation not permitted'));
  equal(host.logged.some(({ text }) => text.startsWith("Of these VIPs nothing")), false);
});

Deno.test("status tells what the node tells", async () => {
  const { host } = await alone();
  const status = statusOf(await host.ask({ kind: "status" }));
  equal(status.version, "1.2.3");
  equal(status.phase, "running");
  deepEqual(status.vips.map(({ name, holder, state }) => [name, holder, state]), [
    ["web-a", "test00", "held"],
    ["web-b", "test00", "held"],
    ["web-c", null, "uncovered"],
  ]);
  equal(status.vips[0]?.addresses[0], "192.0.2.1/32");
});

Deno.test("drain is answered once nothing is on the host, a second time at once, and resume brings the VIPs back", async () => {
  const { world, host } = await alone();
  const drained = host.ask({ kind: "drain", reason: "new kernel" });
  await world.advance(50);
  equal(statusOf(await drained).draining, "new kernel");
  deepEqual([...host.addresses], []);
  equal(statusOf(await host.ask({ kind: "drain", reason: "new kernel" })).draining, "new kernel");
  const resumed = host.ask({ kind: "resume", reason: "" });
  await world.advance(50);
  equal(statusOf(await resumed).draining, null);
  await world.advance(50);
  deepEqual([...host.addresses].sort(), [webA, webB]);
});

Deno.test("drain hands over to the other hosts", async () => {
  const world = startHosts(group, { names: [test00, test01] });
  await world.advance(coldStart);
  const drained = hostOf(world, test01).ask({ kind: "drain", reason: "" });
  await world.advance(50);
  statusOf(await drained);
  deepEqual([...hostOf(world, test01).addresses], []);
  deepEqual([...hostOf(world, test00).addresses].sort(), [webA, webB]);
});

Deno.test("drain is refused with 504 when the machine does not remove the addresses, and goes on", async () => {
  const { world, host } = await alone();
  host.interfere.remove = () => new Promise(() => {});
  const drained = host.ask({ kind: "drain", reason: "" });
  await world.advance(7_100);
  const response = await drained;
  ok(response.kind === "refused" && response.http === 504, JSON.stringify(response));
  match(response.error, /this host still has web-a, web-b; it goes on draining/);
});

Deno.test("move is answered once the wanted host holds the VIP, and refused when it is no member", async () => {
  const world = startHosts(group, { names: [test00, test01] });
  await world.advance(coldStart);
  const from = [...world.hosts.values()].find((host) => host.addresses.has(webA));
  const to = from?.name === test00 ? test01 : test00;
  const moved = hostOf(world, test00).ask({ kind: "move", vip: webA, to });
  await world.advance(200);
  equal(statusOf(await moved).vips[0]?.holder, to);
  ok(hostOf(world, to).addresses.has(webA));
  const refused = await hostOf(world, test00).ask({ kind: "move", vip: webC, to: test02 });
  ok(refused.kind === "refused" && refused.http === 409, JSON.stringify(refused));
  match(refused.error, /not a member of the view \(found test00, test01\)/);
});

Deno.test("moves one after the other come true, whichever hosts they are asked on and wherever the VIP is", async () => {
  const names = [test00, test01, test02];
  const world = startHosts(group, { names });
  await world.advance(coldStart);
  const there = names.find((name) => hostOf(world, name).addresses.has(webA)) ?? test00;
  const [one = there, other = there] = names.filter((name) => name !== there);
  const moves = [[one, there], [other, one], [there, one], [one, other], [there, there], [
    other,
    one,
  ]] as const;
  for (const [on, to] of moves) {
    const asked = hostOf(world, on).ask({ kind: "move", vip: webA, to });
    const answer = await answerWithin(world, { ms: 1_000, asked });
    const [vip] = answer === undefined ? [] : statusOf(answer).vips;
    deepEqual([vip?.holder, vip?.reason], [to, "operator"]);
    ok(hostOf(world, to).addresses.has(webA));
  }
});

/** Lets time pass until the answer is there; undefined when it is not there in so many milliseconds. */
async function answerWithin(
  world: FakeWorld,
  { ms, asked }: { readonly ms: number; readonly asked: Promise<ControlResponse> },
): Promise<ControlResponse | undefined> {
  let answer: ControlResponse | undefined;
  asked.then((response) => answer = response);
  for (let waited = 0; waited < ms && answer === undefined; waited += 10) await world.advance(10);
  return answer;
}

Deno.test("a move to a host that fails meanwhile is refused as soon as the group has gone on without it", async () => {
  const world = startHosts(group, { names: [test00, test01] });
  await world.advance(coldStart);
  const from = [...world.hosts.values()].find((host) => host.addresses.has(webA)) ?? hostOf(world, test00);
  const to = hostOf(world, from.name === test00 ? test01 : test00);
  from.interfere.remove = () => new Promise(() => {});
  const asked = from.ask({ kind: "move", vip: webA, to: to.name });
  await world.advance(100);
  to.crash(new Error("a test wants it so"));
  const refused = await answerWithin(world, { ms: 1_500, asked });
  ok(refused?.kind === "refused" && refused.http === 409, JSON.stringify(refused));
  match(refused.error, /not a member of the view/);
});

Deno.test("balance is answered once a round has been decided", async () => {
  const world = startHosts(group, { names: [test00, test01] });
  await world.advance(coldStart);
  const asked = hostOf(world, test01).ask({ kind: "balance" });
  await world.advance(50);
  statusOf(await asked);
});

Deno.test("a request that waits is answered when the daemon stops", async () => {
  const { world, host } = await alone();
  host.interfere.remove = () => new Promise(() => {});
  const drained = host.ask({ kind: "drain", reason: "" });
  await world.advance(10);
  delete host.interfere.remove;
  const record = await host.ask({ kind: "events", after: 0, wait: 0 });
  const last = record.kind === "events" ? record.events.last : 0;
  const following = host.ask({ kind: "events", after: last, wait: 20 });
  host.crash(new Error("a bug"));
  equal(await host.exit, 70);
  const refused = { kind: "refused", http: 503 } as const;
  deepEqual(await drained, { ...refused, error: "Cannot finish this: the daemon stops" });
  deepEqual(await following, { ...refused, error: "The daemon stops" });
  deepEqual(await host.ask({ kind: "balance" }), { ...refused, error: "The daemon stops" });
});

Deno.test("a datagram that is none of ours is counted each time and logged once a minute", async () => {
  const { world, host } = await alone();
  for (let sent = 0; sent < 5; sent++) {
    host.receive(new TextEncoder().encode("not a datagram of this program"));
  }
  await world.advance(100);
  const status = statusOf(await host.ask({ kind: "status" }));
  equal(status.dropped.malformed, 5);
  match(status.warnings.join("\n"), /Dropped 5 datagrams not in Molehill's format/);
  equal(host.logged.filter(({ text }) => text.startsWith("Dropped a datagram")).length, 1);
});

const lan = segmentName("lan");
const back = segmentName("back");

/** What the log of the host says of paths. */
const pathLines = (host: FakeHost) =>
  host.logged.flatMap(({ level, text }) => text.includes("the path to") ? [`${level}: ${text}`] : []);

Deno.test("a segment that fails and is mended again is told of, shown in status, and moves no VIP", async () => {
  const world = startHosts(group, { names: [test00, test01, test02], segments: [lan, back] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  const holders = () => [...world.hosts.values()].map(({ addresses }) => [...addresses]);
  const status = async () => statusOf(await host.ask({ kind: "status" }));
  const heard = async () =>
    (await status()).hosts.map(({ paths }) => paths.map((path) => `${path.segment} ${path.heard}`).join(" "));
  const [before, view] = [holders(), (await status()).view];
  deepEqual(await heard(), ["", "lan true back true", "lan true back true"]);
  deepEqual(pathLines(host), []);

  world.cut.add(back);
  await world.advance(2_000);
  deepEqual(await heard(), ["", "lan true back false", "lan true back false"]);
  deepEqual(
    pathLines(host).sort(),
    [test01, test02].map((name) =>
      `warning: Lost the path to host "${name}" over segment "back": nothing heard there for 600ms; ` +
      'it is still heard over "lan"'
    ),
  );

  world.cut.delete(back);
  await world.advance(200);
  deepEqual(await heard(), ["", "lan true back true", "lan true back true"]);
  deepEqual(
    pathLines(host).slice(2).sort(),
    [test01, test02].map((name) => `info: Found the path to host "${name}" over segment "back" again`),
  );
  const after = await status();
  deepEqual([holders(), after.view, after.warnings], [before, view, []]);
});

Deno.test("the second copies that a second segment brings are no drops, and whichever is cut the host is heard", async () => {
  const world = startHosts(group, { names: [test00, test01], segments: [lan, back] });
  await world.advance(coldStart);
  for (const segment of [lan, back]) {
    world.cut.add(segment);
    await world.advance(2_000);
    world.cut.delete(segment);
    await world.advance(1_000);
  }
  const host = hostOf(world, test00);
  const { dropped, view } = statusOf(await host.ask({ kind: "status" }));
  deepEqual([...new Set(Object.values(dropped))], [0]);
  deepEqual(view?.members, [test00, test01]);
  equal(host.logged.some(({ text }) => text.includes("is silent")), false);
});

Deno.test("a host that dies is silent, and no line is written of its paths", async () => {
  const world = startHosts(group, { names: [test00, test01], segments: [lan, back] });
  await world.advance(coldStart);
  hostOf(world, test01).crash(new Error("a test wants it so"));
  await world.advance(3_000);
  const host = hostOf(world, test00);
  ok(host.logged.some(({ text }) => text.startsWith('Host "test01" is silent')));
  deepEqual(pathLines(host), []);
});

/** The group with web-a elsewhere, web-b gone, and web-d new. */
const changedGroup: Group = {
  ...group,
  digest: "another",
  vips: [
    spec(webA, { addresses: [address("192.0.2.101")] }),
    ...group.vips.filter(({ name }) => name === webC),
    spec(webD, { addresses: [address("192.0.2.4")] }),
  ],
};

const logOf = (host: FakeHost) => host.logged.map(({ level, text }) => `${level}: ${text}`);

Deno.test("SIGHUP makes the daemon go by the changed file, and what did not change is not touched", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(coldStart);
  const hosts = [...world.hosts.values()];
  for (const host of hosts) {
    host.file = { group: changedGroup };
    host.done.splice(0);
    host.hangUp();
  }
  await world.advance(1_000);
  const on = hosts.flatMap(({ addresses }) => [...addresses]);
  deepEqual(on.sort(), [webA, webC, webD]);
  const did = (word: string) => hosts.flatMap(({ done }) => done.filter((what) => what.startsWith(word)));
  deepEqual(did("reload").length, 3);
  ok(did("remove").some((what) => what.includes(webA)), "web-a has another address now");
  ok(did("remove").some((what) => what.includes(webB)), "web-b is gone from the file");
  ok(!did("remove").some((what) => what.includes(webC)), "web-c is what it was");
  const shown = statusOf(await hostOf(world, test01).ask({ kind: "status" }));
  deepEqual(shown.vips.map((vip) => `${vip.name} ${vip.addresses} ${vip.state}`), [
    "web-a 192.0.2.101/32 held",
    "web-c 192.0.2.3/32 held",
    "web-d 192.0.2.4/32 held",
  ]);
  deepEqual(shown.warnings, []);
  match(
    logOf(hostOf(world, test01)).join("\n"),
    /info: This host goes by the changed configuration: vip web-a from/,
  );
});

Deno.test("SIGHUP with a file that cannot be used changes nothing, and the log says what is wrong with it", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  const before = [[...host.addresses], statusOf(await host.ask({ kind: "status" })).view];
  host.file = { problems: ["m.toml:3:1: unknown key", "m.toml:4:1: unknown key"] };
  host.done.splice(0);
  host.logged.splice(0);
  host.hangUp();
  await world.advance(1_000);
  deepEqual(logOf(host), [
    "info: SIGHUP: reading the configuration again",
    "error: m.toml:3:1: unknown key",
    "error: m.toml:4:1: unknown key",
    "error: Nothing has changed: this host goes on with the configuration that it had",
  ]);
  const status = statusOf(await host.ask({ kind: "status" }));
  deepEqual([[...host.addresses], status.view], before);
  match(
    status.warnings.join(),
    /read 1s ago and refused, .* m\.toml:3:1: unknown key \(and 1 more in the log\)/,
  );
  host.file = { group };
  host.hangUp();
  await world.advance(100);
  deepEqual(statusOf(await host.ask({ kind: "status" })).warnings, []);
  ok(!host.done.some((what) => what.startsWith("remove")));
});

Deno.test("SIGHUP with a file that says the same says so and does nothing", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  host.done.splice(0);
  host.logged.splice(0);
  host.hangUp();
  await world.advance(500);
  deepEqual(logOf(host), [
    "info: SIGHUP: reading the configuration again",
    "info: The configuration says what it said before; the secrets were read again",
  ]);
  ok(!host.done.some((what) => what.startsWith("remove")));
});

Deno.test("SIGHUPs that come while the file is read are answered by reading it once more", async () => {
  const world = startHosts(group, { names: [test00] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  const reading = Promise.withResolvers<void>();
  host.interfere.reload = () => reading.promise;
  host.hangUp();
  host.hangUp();
  host.hangUp();
  await world.advance(100);
  const reloads = () => host.done.filter((what) => what === "reload").length;
  equal(reloads(), 1);
  reading.resolve();
  await world.advance(100);
  equal(reloads(), 2);
  host.hangUp();
  await world.advance(100);
  equal(reloads(), 3);
});

Deno.test("a daemon that fails after its file has changed removes what any of its files ever had", async () => {
  const world = startHosts(group, { names: [test00] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  // The old VIPs cannot be removed just now.
  host.interfere.remove = () => Promise.resolve({ done: [], problems: [{ vip: webB, problem: "busy" }] });
  host.file = { group: changedGroup };
  host.hangUp();
  await world.advance(200);
  delete host.interfere.remove;
  host.crash(new Error("a test wants it so"));
  equal(await host.exit, 70);
  deepEqual([...host.addresses], []);
});

Deno.test("a reload that ends after the daemon was stopped changes nothing any more", async () => {
  const world = startHosts(group, { names: [test00] });
  await world.advance(coldStart);
  const host = hostOf(world, test00);
  const reading = Promise.withResolvers<void>();
  host.interfere.reload = () => reading.promise;
  host.file = { group: changedGroup };
  host.hangUp();
  host.signal("SIGTERM");
  await world.advance(4_000);
  equal(await host.exit, 0);
  reading.resolve();
  await world.advance(100);
  deepEqual([...host.addresses], []);
});

Deno.test("what is sent on one host is in everybody's record, and the answer comes when it is", async () => {
  const world = startHosts(group, { names: [test00, test01] });
  await world.advance(1_000);
  const sent = hostOf(world, test01).ask({ kind: "send", text: "reboot at noon" });
  await world.advance(100);
  equal(statusOf(await sent).phase, "running");
  for (const name of [test00, test01]) {
    const response = await hostOf(world, name).ask({ kind: "events", after: 0, wait: 0 });
    if (response.kind !== "events") throw new Error(`Expected events, found ${JSON.stringify(response)}`);
    const said = response.events.entries.filter(({ kind }) => kind === "said");
    deepEqual(said.map(({ scope, text }) => [scope, text]), [[
      "group",
      'Host "test01" says: reboot at noon',
    ]]);
  }
});

Deno.test("who waits for entries is answered with the next one, or with none in time", async () => {
  const { world, host } = await alone();
  const last = async (after: number, wait: number) => {
    const response = await host.ask({ kind: "events", after, wait });
    return response.kind === "events" ? response.events : null;
  };
  const now = (await last(0, 0))?.last ?? 0;
  ok(now > 0);
  const patient = last(now, 20);
  await world.advance(1_000);
  const sent = host.ask({ kind: "send", text: "hello" });
  await world.advance(100);
  await sent;
  ok((await patient)?.entries.some(({ text }) => text.endsWith("hello")));
  const newest = (await last(0, 0))?.last ?? 0;
  const inVain = last(newest, 5);
  await world.advance(5_100);
  deepEqual((await inVain)?.entries, []);
});

Deno.test("what a failover to this host took is told to the group, part by part", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(8_000);
  world.cut.add(segmentName("lan"));
  await world.advance(3_000);
  const response = await hostOf(world, test00).ask({ kind: "events", after: 0, wait: 0 });
  const texts = response.kind === "events" ? response.events.entries.map(({ text }) => text) : [];
  const took = texts.filter((text) => text.startsWith('Host "test00" took VIP '));
  deepEqual(took.map((text) => text.replace(/"web-."/, "VIP").replace(/[\d.]+ ms/g, "N ms")).sort(), [
    'Host "test00" took VIP VIP over from host "test01": noticed and agreed after N ms, acquired in N ms, ' +
    "announced in N ms",
  ]);
  match(took[0] ?? "", /noticed and agreed after 50\d ms/);
});

Deno.test("what one host has collected of its neighbours is for the others to remember", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(1_000);
  world.hosts.get(test00)?.collect([
    { interface: "eth0", address: "192.0.2.50", age: duration(10) },
    { interface: "eth0", address: "fe80::1", age: duration(0) },
  ]);
  await world.advance(200);
  const remembered = [...world.hosts.values()].map(({ done }) =>
    done.filter((what) => what.startsWith("remember"))
  );
  deepEqual(remembered, [[], ["remember 192.0.2.50 fe80::1 of test00"], [
    "remember 192.0.2.50 fe80::1 of test00",
  ]]);
});

const monitorOf = async (host: FakeHost) => {
  const response = await host.ask({ kind: "monitor" });
  if (response.kind !== "monitor") throw new Error(`Expected a monitor, found ${JSON.stringify(response)}`);
  return response.monitor;
};

Deno.test("a monitor tells of every host what it says and how good the way to it is, and costs no datagram", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(coldStart);
  const host = hostOf(world, test01);
  const said = host.done.length;
  const { hosts, warnings } = await monitorOf(host);
  equal(host.done.length, said);
  deepEqual(warnings, []);
  deepEqual(hosts.map(({ name, follows, hears, version }) => [name, follows, hears, version]), [
    ["test00", "test00", ["test01", "test02"], "1.2.3"],
    ["test01", "test00", ["test00", "test02"], "1.2.3"],
    ["test02", "test00", ["test00", "test01"], "1.2.3"],
  ]);
  deepEqual(hosts.map((each) => [each.round_trip_ms, each.clock_difference_ms]), [[0, 0], [null, null], [
    0,
    0,
  ]]);
  const [first] = hosts;
  ok(first?.heartbeats !== null && (first?.heartbeats.said ?? 0) > 50);
  equal(first?.heartbeats?.said, first?.heartbeats?.heard);
});

Deno.test("whose wall clock is off is told by every host that compares, and decides nothing", async () => {
  const hour = 3_600_000;
  const told = async (wallClocks: ReadonlyMap<HostName, number>) => {
    const world = startHosts(group, { names: [test00, test01, test02], wallClocks });
    await world.advance(coldStart);
    hostOf(world, test01).crash(new Error("a test wants it so"));
    await world.advance(2_000);
    const hosts = [...world.hosts.values()];
    const monitor = await monitorOf(hostOf(world, test00));
    const did = hosts.map(({ done, logged }) => ({
      done,
      logged: logged.map(({ text }) => text.split("\n")[0]),
    }));
    return { did, monitor, seen: (await monitorOf(hostOf(world, test02))).hosts };
  };
  const off = await told(new Map([[test01, hour], [test02, -2_500]]));
  const right = await told(new Map());
  deepEqual(off.did, right.did);
  deepEqual(off.monitor.hosts.map((each) => each.clock_difference_ms), [null, hour, -2_500]);
  deepEqual(off.seen.map((each) => each.clock_difference_ms), [2_500, hour + 2_500, null]);
  match(off.monitor.warnings.join("\n"), /The clock of host "test01" is 1h00m ahead of this host's/);
  deepEqual(right.monitor.hosts.map((each) => each.clock_difference_ms), [null, 0, 0]);
});

Deno.test("an explanation is asked for by name or by any address, after a look at the kernel; anything else is no VIP", async () => {
  const world = startHosts(group, { names: [test00, test01, test02] });
  await world.advance(coldStart);
  const holder = [...world.hosts.values()].find(({ addresses }) => addresses.has(webB));
  ok(holder !== undefined);
  for (const vip of ["web-b", "192.0.2.2", "192.0.2.2/32", "2001:DB8:0::2"]) {
    holder.done.splice(0);
    const response = await holder.ask({ kind: "explain", vip });
    if (response.kind !== "explanation") {
      throw new Error(`Expected an explanation, found ${JSON.stringify(response)}`);
    }
    match(response.explanation.answer, new RegExp(`^VIP "web-b" is held by ${holder.name} for `));
    deepEqual(holder.done, ["observe"]);
    deepEqual(response.explanation.presence[0], "It is on this host: the kernel was asked just now");
  }
  deepEqual(await holder.ask({ kind: "explain", vip: "web-x" }), {
    kind: "refused",
    http: 404,
    error: 'Cannot explain "web-x": no VIP has this name or address (found web-a, web-b, web-c)',
  });
});
