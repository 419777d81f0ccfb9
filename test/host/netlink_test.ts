import assert from "node:assert/strict";
import { everyAddress, kernelAddressOf } from "../../src/codec/netlink_addresses.ts";
import type { NetworkNews } from "../../src/codec/netlink_news.ts";
import { openNetlinkRequests } from "../../src/host/netlink_requests.ts";
import { openNetlinkWatch } from "../../src/host/netlink_watch.ts";
import { lookAtNetwork } from "../../src/host/network_look.ts";
import { mustRun } from "../support/command.ts";
import { inside } from "../support/namespace.ts";
import { runtimes } from "../support/runtimes.ts";
import { waitUntil } from "../support/wait.ts";
import { type Cable, layCable } from "./cable.ts";
import { linesOf } from "./lines.ts";

const SCRIPT = new URL("netlink_script.ts", import.meta.url).pathname;

for (const [runtime, words] of Object.entries(runtimes)) {
  Deno.test(`addresses are changed and changes told, on ${runtime}`, async () => {
    await using cable = await layCable();
    const [program = "", ...args] = [...inside(cable.host), ...words, SCRIPT];
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    const lines = linesOf(child.stdout);
    const next = async () => (await lines.next()).value;
    assert.equal(await next(), 'links: ["lo true","eth0 true"]');
    assert.equal(await next(), "add: [null,null]");
    assert.equal(await next(), 'told: ["addressSeen 192.168.9.109","addressSeen fd00:9::110"]');
    assert.equal(await next(), "renew: [null,null]");
    assert.equal(await next(), "remove: [null,null]");
    // Nothing of the renewal: the kernel tells in order.
    assert.equal(await next(), 'told: ["addressGone 192.168.9.109","addressGone fd00:9::110"]');
    assert.equal(await next(), "ready: true");
    await cable.ip("address add 192.168.9.115/32 dev eth0");
    assert.equal(await next(), 'told: ["addressSeen 192.168.9.115"]');
    assert.equal(await next(), "refused: 300");
    assert.equal(await next(), "listed: 150");
    assert.equal(await next(), 'closed: [{"errno":0,"problem":"the kernel gave no answer"}]');
    assert.equal((await lines.next()).done, true);
    assert.equal((await child.status).code, 0);
  });
}

Deno.test("without the privilege every change is refused, and looking is not", async () => {
  await using cable = await layCable();
  const words = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", ...runtimes.deno, SCRIPT];
  const refused = JSON.stringify({ errno: 1, problem: "not permitted, CAP_NET_ADMIN is wanted" });
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", cable.host, ...words],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = linesOf(child.stdout);
  assert.equal((await lines.next()).value, 'links: ["lo true","eth0 true"]');
  assert.equal((await lines.next()).value, `add: [${refused},${refused}]`);
  child.kill("SIGKILL");
  await child.status;
});

/** A watch on the host, and what it has told. */
function watchOn(cable: Cable) {
  const watch = cable.inside(openNetlinkWatch);
  if ("problem" in watch) throw new Error(watch.problem);
  const heard: NetworkNews[] = [];
  const seen = { heard, missed: 0 };
  watch.onNews((news, { missed }) => {
    heard.push(...news);
    if (missed) seen.missed += 1;
  });
  return { watch, seen };
}

const addressesIn = (heard: readonly NetworkNews[]): readonly string[] =>
  heard.flatMap((each) => "address" in each ? [`${each.kind} ${each.address.address}`] : []);

Deno.test("the watch tells of an IPv6 address that had to wait until it was unique, though it was renewed meanwhile", async () => {
  await using cable = await layCable();
  await mustRun([...inside(cable.host), "sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=1"]);
  await mustRun([...inside(cable.host), "sysctl", "-qw", "net.ipv6.conf.eth0.dad_transmits=1"]);
  const { watch, seen } = watchOn(cable);
  await cable.ip("address add fd00:9::77/64 dev eth0 valid_lft 60 preferred_lft 60");
  const renew = "address replace fd00:9::77/64 dev eth0 valid_lft 50 preferred_lft 50";
  await waitUntil(async () => {
    await cable.ip(renew);
    return !(await mustRun(["ip", "-n", cable.host, "-6", "address", "show", "dev", "eth0"])).includes(
      "tentative",
    );
  }, { what: "the address to be unique" });
  await cable.ip(renew);
  await waitUntil(() => addressesIn(seen.heard).includes("addressSeen fd00:9::77"), {
    what: "it to be told",
  });
  watch.close();
});

Deno.test("the watch tells when more happened than the kernel could keep for it, and goes on", async () => {
  await using cable = await layCable();
  const { watch, seen } = watchOn(cable);
  const file = `${cable.directory}/many`;
  const lines = Array.from(
    { length: 2_000 },
    (_, at) => `address add 10.2.${at >> 8}.${at & 255}/32 dev eth0`,
  );
  await Deno.writeTextFile(file, lines.join("\n"));
  // Nobody listens meanwhile: this waits as nothing in the daemon does.
  assert.ok(new Deno.Command("ip", { args: ["-n", cable.host, "-batch", file] }).outputSync().success);
  await waitUntil(() => seen.missed > 0, { what: "the watch to tell" });
  const before = seen.heard.length;
  assert.ok(before < 2_000);
  await cable.ip("address add 10.4.0.1/32 dev eth0");
  await waitUntil(() => addressesIn(seen.heard).includes("addressSeen 10.4.0.1"), {
    what: "the next to be told",
  });
  watch.close();
});

Deno.test("the watch has told of everything that happened when read() returns", async () => {
  await using cable = await layCable();
  const { watch, seen } = watchOn(cable);
  const args = ["-n", cable.host, "address", "add", "10.4.0.2/32", "dev", "eth0"];
  assert.ok(new Deno.Command("ip", { args }).outputSync().success);
  assert.deepEqual(addressesIn(seen.heard), []);
  watch.read();
  assert.deepEqual(addressesIn(seen.heard), ["addressSeen 10.4.0.2"]);
  watch.close();
});

Deno.test("a list of thousands of addresses is whole", async () => {
  await using cable = await layCable();
  await cable.ip(
    ...Array.from({ length: 3_000 }, (_, at) => `address add 10.5.${at >> 8}.${at & 255}/32 dev eth0`),
  );
  const requests = cable.inside(openNetlinkRequests);
  assert.ok(!("problem" in requests));
  const listed = requests.list(everyAddress(), kernelAddressOf);
  assert.ok(listed.ok);
  assert.equal(
    new Set(listed.value.map(({ address }) => address).filter((each) => each.startsWith("10.5."))).size,
    3_000,
  );
  requests.close();
});

Deno.test("lookAtNetwork() sees interfaces in the kernel's order, and the addresses on them", async () => {
  await using cable = await layCable();
  const look = cable.inside(lookAtNetwork);
  assert.ok(look.ok);
  assert.deepEqual(look.value.links.map(({ name }) => name), ["lo", "eth0"]);
  const own = look.value.addresses.find(({ address }) => address === "192.168.9.160");
  assert.deepEqual(own, {
    index: look.value.links[1]?.index,
    address: "192.168.9.160",
    family: 4,
    prefix: 16,
  });
});
