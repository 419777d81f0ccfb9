import assert from "node:assert/strict";
import { inside } from "../support/namespace.ts";
import { mustRun } from "../support/command.ts";
import { layCable } from "./cable.ts";

const SCRIPT = new URL("packet_socket_script.ts", import.meta.url).pathname;
const runInside = async (line: readonly string[]): Promise<unknown> =>
  JSON.parse(await mustRun([...line, Deno.execPath(), "run", "--no-check", "-A", SCRIPT]));

Deno.test("a packet socket knows Ethernet interfaces, and sends while they are up", async () => {
  await using cable = await layCable();
  assert.deepEqual(await runInside(inside(cable.host)), {
    kind: "ok",
    eth0: { mac: [2, 0, 0, 0, 0, 1], sent: true },
    lo: null,
    eth9: null,
    "": null,
    "a-name-that-is-longer-than-any": null,
  });
  await mustRun(["ip", "-n", cable.host, "link", "set", "eth0", "down"]);
  assert.deepEqual(await runInside(inside(cable.host)), {
    kind: "ok",
    eth0: { mac: [2, 0, 0, 0, 0, 1], sent: false },
    lo: null,
    eth9: null,
    "": null,
    "a-name-that-is-longer-than-any": null,
  });
});

Deno.test("openPacketSocket() without the privilege is refused, with words that say which", async () => {
  assert.deepEqual(await runInside(["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"]), {
    kind: "refused",
    problem: "Cannot open a packet socket: the kernel refused, CAP_NET_RAW is wanted",
  });
});
