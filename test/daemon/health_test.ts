// What a daemon makes of its health checks: it waits for their first results, hands over what it should not hold, and
// says so.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Status } from "../../src/codec/control.ts";
import type { HostName, VipName } from "../../src/core/vocabulary.ts";
import { type FakeHost, type FakeWorld, startHosts } from "./fake_hosts.ts";
import { group, test00, test01, test02, webA, webB, webC } from "./values.ts";

const everyone = [test00, test01, test02];
const broken = (vips: readonly VipName[] | null = null) => [{ check: "web", vips, problem: "no answer" }];

function hostOf(world: FakeWorld, name: HostName): FakeHost {
  const host = world.hosts.get(name);
  if (host === undefined) throw new Error(`Expected a host "${name}" in the test's world`);
  return host;
}

async function statusOf(host: FakeHost): Promise<Status> {
  const response = await host.ask({ kind: "status" });
  if (response.kind !== "status") throw new Error(`Expected a status, found ${JSON.stringify(response)}`);
  return response.status;
}

async function settled(): Promise<FakeWorld> {
  const world = startHosts(group, { names: everyone, hasChecks: true });
  for (const name of everyone) hostOf(world, name).checksFail([]);
  await world.advance(1_000);
  return world;
}

const logOf = (host: FakeHost): string => host.logged.map(({ text }) => text).join("\n");

Deno.test("a daemon says nothing before its checks have results, and takes part as soon as they have", async () => {
  const world = startHosts(group, { names: everyone, hasChecks: true });
  const [late, ...others] = everyone.map((name) => hostOf(world, name));
  for (const host of others) host.checksFail([]);
  await world.advance(900);
  ok(late !== undefined && !late.done.includes("broadcast"));
  equal((await statusOf(late)).phase, "booting");
  late.checksFail([]);
  await world.advance(500);
  deepEqual((await statusOf(late)).view?.members, ["test00", "test01", "test02"]);
});

Deno.test("a daemon that is told to stop does not wait for its checks", async () => {
  const world = startHosts(group, { names: [test00], hasChecks: true });
  const host = hostOf(world, test00);
  await world.advance(300);
  host.signal("SIGTERM");
  await world.advance(300);
  equal(await host.exit, 0);
  match(logOf(host), /Stopped with exit code 0/);
});

Deno.test("a host whose checks fail at the start takes nothing that another can hold", async () => {
  const world = startHosts(group, { names: everyone, hasChecks: true });
  for (const name of everyone) hostOf(world, name).checksFail(name === test00 ? broken() : []);
  await world.advance(6_000);
  deepEqual([...hostOf(world, test00).addresses], []);
  ok(!hostOf(world, test00).done.some((what) => what.startsWith("add")));
});

Deno.test("a host that fails a check hands its VIPs over; status and log say why, everywhere", async () => {
  const world = await settled();
  const host = hostOf(world, test00);
  equal(host.addresses.size, 1);
  host.checksFail(broken());
  await world.advance(300);
  equal(host.addresses.size, 0);
  match(logOf(host), /Check "web" fails: no answer; this host holds no VIP as long as another host can/);
  for (const name of everyone) {
    const status = await statusOf(hostOf(world, name));
    const failing = status.hosts.find((each) => each.name === test00)?.failing;
    deepEqual(failing, [{ check: "web", vips: null, more_vips: 0, problem: "no answer" }]);
    ok(status.warnings.some((text) => text.startsWith('Host "test00" fails check "web": no answer')));
    ok(status.vips.every(({ state }) => state === "held"));
    ok(status.moves.some(({ from, reason }) => from === test00 && reason === "unhealthy"));
  }
  match(logOf(hostOf(world, test01)), /Host "test00" fails check "web": no answer/);
  host.checksFail([]);
  await world.advance(300);
  deepEqual((await statusOf(hostOf(world, test01))).warnings, []);
  match(logOf(hostOf(world, test01)), /Host "test00" passes check "web" again/);
});

Deno.test("when every host that can hold a VIP fails a check, it stays where it is, and status says so", async () => {
  const world = await settled();
  const where = () => [...world.hosts.values()].map((host) => [...host.addresses]);
  const before = where();
  for (const name of everyone) hostOf(world, name).checksFail(broken([webA, webB]));
  await world.advance(6_000);
  deepEqual(where(), before);
  const { warnings, vips } = await statusOf(hostOf(world, test01));
  equal(
    warnings[0],
    "2 VIPs (web-a, web-b) stay where they are: every host that can hold them fails a health check",
  );
  ok(vips.every(({ state }) => state === "held"));
  match(logOf(hostOf(world, test02)), /Every host that can hold web-a, web-b fails a health check/);
});

Deno.test("a move to a host that fails a check is refused with the reason, unless all fail it", async () => {
  const world = await settled();
  const holder = everyone.find((name) => hostOf(world, name).addresses.has(webA)) ?? test00;
  const [to = test00, third = test00] = everyone.filter((name) => name !== holder);
  hostOf(world, to).checksFail(broken([webA]));
  await world.advance(300);
  for (const name of everyone) {
    deepEqual(await hostOf(world, name).ask({ kind: "move", vip: "web-a", to }), {
      kind: "refused",
      http: 409,
      error: `Cannot move VIP "web-a" to host "${to}": that host fails check "web": no answer ` +
        `(wanted one that is well)`,
    });
  }
  for (const name of [holder, third]) hostOf(world, name).checksFail(broken([webA]));
  await world.advance(300);
  const moved = hostOf(world, holder).ask({ kind: "move", vip: "web-a", to });
  await world.advance(300);
  equal((await moved).kind, "status");
  ok(hostOf(world, to).addresses.has(webA));
});

Deno.test("a check for a VIP that only one host may hold keeps it there", async () => {
  const world = await settled();
  hostOf(world, test02).checksFail(broken());
  await world.advance(300);
  deepEqual([...hostOf(world, test02).addresses], [webC]);
});
