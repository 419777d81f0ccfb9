// What a configuration means, in numbers that hold for the defaults and for other timings.

import assert from "node:assert/strict";
import { meaningOf } from "../../src/config/meaning.ts";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";

Deno.test("meaningOf() tells the size of a quorum, how many hosts may be lost, and what an even split does", () => {
  const quorum = (hosts: number) =>
    configurationOf(
      smallFile({ '"tudou"': '"tudou"\npartition = "quorum"' }) +
        Array.from({ length: hosts - 2 }, (_, index) =>
          `[[host]]\nname = "h${index}"\naddress = "10.0.0.${index + 1}"\n`)
          .join(""),
    );
  assert.deepEqual([2, 3, 4, 5].map((hosts) => meaningOf(quorum(hosts)).quorum), [
    { size: 2, mayLose: 0, evenSplit: 1 },
    { size: 2, mayLose: 1, evenSplit: null },
    { size: 3, mayLose: 1, evenSplit: 2 },
    { size: 3, mayLose: 2, evenSplit: null },
  ]);
  assert.equal(meaningOf(configurationOf(SMALL_FILE)).quorum, null);
});

Deno.test("meaningOf() tells how many VIPs each host will hold, by weight and preference", () => {
  const shares = (text: string) =>
    meaningOf(configurationOf(text)).hosts.map(({ name, weight, vips }) => `${name} (${weight}): ${vips}`);
  const eleven = '[[vip_range]]\nfirst = "10.0.0.1"\nlast = "10.0.0.11"\ninterface = "eth0"\n';
  assert.deepEqual(shares(SMALL_FILE + eleven), ["test00 (1): 6", "test01 (1): 6"]);
  const weighted = smallFile({ 'name = "test01"': 'name = "test01"\nweight = 3' }, eleven);
  assert.deepEqual(shares(weighted), ["test00 (1): 3", "test01 (3): 9"]);
  const bound = SMALL_FILE + eleven + 'hosts = ["test01"]\n';
  assert.deepEqual(shares(bound), ["test00 (1): 1", "test01 (1): 11"]);
});

Deno.test("meaningOf() promises no quick end of a killed daemon with arping, which asks nobody", () => {
  const applies = (text: string) =>
    meaningOf(configurationOf(text)).bounds.find(({ name }) => name.includes("daemon is killed"))?.applies;
  assert.equal(applies(SMALL_FILE), true);
  assert.equal(applies(`${SMALL_FILE}[notify]\nannouncer = "arping"\n`), false);
});

Deno.test("meaningOf() tells where hosts are and who may hold a VIP", () => {
  const text = smallFile({
    'interface = "eth0"': 'interface = "eth0"\nprefer = ["test01"]\nhosts = ["test01"]',
  });
  const { hosts, vips } = meaningOf(configurationOf(text));
  assert.deepEqual(hosts[1], {
    name: "test01",
    addresses: [{ segment: "lan", address: "192.168.9.161" }],
    weight: 1,
    vips: 1,
  });
  assert.deepEqual(vips, [{
    name: "web-a",
    addresses: [{ address: "192.168.9.109", family: 4, prefix: 32, interface: "eth0" }],
    hosts: ["test01"],
    anyHost: false,
    prefer: ["test01"],
    handover: "exclusive",
  }]);
  assert.equal(meaningOf(configurationOf(SMALL_FILE)).vips[0]?.anyHost, true);
});
