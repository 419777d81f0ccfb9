import { deepEqual } from "node:assert/strict";
import { parseConfiguration } from "../../src/config/load.ts";
import { placeOn } from "../../src/cli/placement.ts";

const text = `
[cluster]
name = "g"
[[segment]]
name = "lan"
mode = "broadcast"
address = "10.0.0.255"
port = 4803
[[segment]]
name = "back"
mode = "unicast"
port = 4804
[[host]]
name = "a"
addresses = { lan = "10.0.0.1", back = "10.1.0.1" }
interfaces = { eth0 = "ens3" }
[[host]]
name = "b"
addresses = { lan = "10.0.0.2", back = "10.1.0.2" }
[[host]]
name = "c"
addresses = { lan = "10.0.0.3" }
[[vip]]
name = "v"
addresses = [ { address = "10.0.0.100/32", interface = "eth0" }, { address = "10.2.0.100/32", interface = "eth1" } ]
[[vip]]
name = "w"
address = "10.0.0.101/32"
interface = "eth2"
hosts = ["b"]
[notify]
arp_cache = "90s"
arp_cache_throttle = 7
targets = [ { address = "10.0.0.254", interface = "eth0" }, { address = "10.0.0.128/25", interface = "eth0" } ]
`;

function placedOn(name: string) {
  const loaded = parseConfiguration({ file: "m.toml", text });
  if (loaded.kind !== "ok") throw new Error(JSON.stringify(loaded.problems));
  const host = loaded.configuration.hosts.find((each) => each.name === name);
  if (host === undefined) throw new Error(`Expected a host "${name}" in the test's configuration`);
  return placeOn(host, loaded.configuration);
}

Deno.test("placeOn() gives a host its own address on each of its segments, and its peers' there", () => {
  deepEqual(
    placedOn("a").segments.map(({ segment, local, peers }) => [segment, local, Object.fromEntries(peers)]),
    [
      ["lan", "10.0.0.1", { b: "10.0.0.2", c: "10.0.0.3" }],
      ["back", "10.1.0.1", { b: "10.1.0.2" }],
    ],
  );
  deepEqual(placedOn("c").segments.map(({ segment }) => segment), ["lan"]);
});

Deno.test("placeOn() puts VIPs and notify targets on the host's own interface names", () => {
  const interfaces = (name: string) =>
    placedOn(name).vips.map(({ addresses }) => addresses.map((each) => each.interface));
  deepEqual(interfaces("a"), [["ens3", "eth1"], ["eth2"]]);
  deepEqual(interfaces("b"), [["eth0", "eth1"], ["eth2"]]);
  deepEqual(placedOn("a").targets.map((target) => target.interface), ["ens3", "ens3"]);
});

Deno.test("placeOn() tells the VIPs that the host may hold from those that it only watches", () => {
  deepEqual(placedOn("a").ownVips.map(({ vip }) => vip), ["v"]);
  deepEqual(placedOn("b").ownVips.map(({ vip }) => vip), ["v", "w"]);
});

Deno.test("placeOn() has neighbours collected on interfaces of VIPs, under their names in the file, but no VIP, host or target", () => {
  const { interval, throttle, interfaces, excluded } = placedOn("a").neighbours;
  deepEqual([interval, throttle], [90_000, 7]);
  deepEqual([...interfaces], [["eth0", "ens3"], ["eth1", "eth1"], ["eth2", "eth2"]]);
  deepEqual([...excluded].sort(), [
    "10.0.0.1",
    "10.0.0.100",
    "10.0.0.101",
    "10.0.0.2",
    "10.0.0.254",
    "10.0.0.3",
    "10.1.0.1",
    "10.1.0.2",
    "10.2.0.100",
  ]);
});
