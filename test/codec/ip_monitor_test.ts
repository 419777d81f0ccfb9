import assert from "node:assert/strict";
import { parseMonitorLine } from "../../src/codec/ip_monitor.ts";

Deno.test("parseMonitorLine() reads an address that was added or renewed", () => {
  const line =
    "3: eth0    inet 192.168.9.109/32 scope global dynamic eth0\\       valid_lft 3sec preferred_lft 3sec";
  assert.deepEqual(parseMonitorLine(line), {
    kind: "address",
    deleted: false,
    interface: "eth0",
    address: "192.168.9.109",
    prefix: 32,
  });
});

Deno.test("parseMonitorLine() reads an IPv6 address that was deleted", () => {
  const line =
    "Deleted 3: eth0.7    inet6 fd00::2/128 scope global nodad deprecated \\       valid_lft forever";
  assert.deepEqual(parseMonitorLine(line), {
    kind: "address",
    deleted: true,
    interface: "eth0.7",
    address: "fd00::2",
    prefix: 128,
  });
});

for (
  const line of [
    "3: e0@e1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN group default",
    "Deleted 2: e1@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default",
    "3: eth0    inet 300.1.1.1/32 scope global eth0",
    "",
  ]
) {
  Deno.test(`parseMonitorLine() calls "${line.slice(0, 40)}" other`, () => {
    assert.deepEqual(parseMonitorLine(line), { kind: "other" });
  });
}
