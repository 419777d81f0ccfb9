import assert from "node:assert/strict";
import type { MonitorEvent } from "../../src/codec/ip_monitor.ts";
import { startAddressWatch } from "../../src/host/address_watch.ts";
import { mustRun, run } from "../support/command.ts";
import { ipBatch } from "../support/namespace.ts";
import { waitUntil } from "../support/wait.ts";
import { type Cable, layCable } from "./cable.ts";

/** A watch that counts its calls and keeps what it heard. */
function watchOn(cable: Cable) {
  const heard: MonitorEvent[] = [];
  const seen = { calls: 0, heard };
  const watch = startAddressWatch({
    programs: cable.programs,
    isNews: (event) => {
      heard.push(event);
      return event.kind === "address";
    },
    changed: () => seen.calls += 1,
  });
  return { watch, seen };
}

/** The watch cannot say when it is ready: makes harmless changes until it hears one. */
async function untilItHears(cable: Cable, seen: { readonly heard: readonly MonitorEvent[] }): Promise<void> {
  const before = seen.heard.length;
  let mtu = 60_000;
  await waitUntil(async () => {
    await run(["ip", "-n", cable.host, "link", "set", "lo", "mtu", `${++mtu}`]);
    return seen.heard.length > before;
  }, { what: "the watch to hear something" });
}

/** The process ids of `ip monitor` in the host's namespace. */
async function monitorsOf(cable: Cable): Promise<readonly number[]> {
  const pids = (await mustRun(["ip", "netns", "pids", cable.host])).trim().split("\n").filter((pid) =>
    pid !== ""
  );
  const words = await Promise.all(
    pids.map((pid) => Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "")),
  );
  return pids.map(Number).filter((_, at) => words[at]?.includes("\0monitor\0"));
}

Deno.test("the watch calls for what is news, and not for the rest", async () => {
  await using cable = await layCable();
  const { watch, seen } = watchOn(cable);
  await untilItHears(cable, seen);
  assert.equal(seen.calls, 0);
  await ipBatch(cable.host, ["address add 192.168.9.109/32 dev eth0"]);
  await waitUntil(() => seen.calls > 0, { what: "a call" });
  assert.deepEqual(seen.heard.filter(({ kind }) => kind === "address"), [
    { kind: "address", deleted: false, interface: "eth0", address: "192.168.9.109", prefix: 32 },
  ]);
  await watch.close();
  assert.deepEqual(await monitorsOf(cable), []);
});

Deno.test("a watch whose child was killed is set up again, and calls because something may have been missed", async () => {
  await using cable = await layCable();
  const { watch, seen } = watchOn(cable);
  await untilItHears(cable, seen);
  const [first = 0] = await monitorsOf(cable);
  assert.ok(first > 0);
  Deno.kill(first, "SIGKILL");
  await waitUntil(() => seen.calls === 1, { what: "the call" });
  await untilItHears(cable, seen);
  assert.equal((await monitorsOf(cable)).length, 1);
  assert.notDeepEqual(await monitorsOf(cable), [first]);
  await watch.close();
});

Deno.test("a watch whose program is missing neither throws nor spins", async () => {
  let calls = 0;
  const watch = startAddressWatch({
    programs: { ip: "/nowhere/ip", setpriv: "/nowhere/setpriv" },
    isNews: () => true,
    changed: () => calls += 1,
  });
  await waitUntil(() => calls >= 2, { what: "two tries" });
  const start = performance.now();
  await waitUntil(() => calls >= 4, { what: "two more tries" });
  // The waits double from 50 ms on, so two more tries cannot take less than 100 ms.
  assert.ok(performance.now() - start >= 100);
  await watch.close();
});
