// Which changes a running daemon must refuse, and which it must not.

import assert from "node:assert/strict";
import { fixedChanges } from "../../src/config/fixed.ts";
import { hostName } from "../../src/core/vocabulary.ts";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";

const changed = (replaced: Readonly<Record<string, string>>, appended = "") =>
  fixedChanges(
    { before: configurationOf(SMALL_FILE), after: configurationOf(smallFile(replaced, appended)) },
    hostName("test00"),
  );

const restart = "it cannot change while the daemon runs: restart it";

Deno.test("fixedChanges() names whatever the sockets and the name of a running daemon stand for", () => {
  const back = '[[segment]]\nname = "back"\nmode = "unicast"\nport = 4804\n';
  assert.deepEqual(changed({ '"tudou"': '"toudou"' }), [
    `Cannot change the name of the group from "tudou" to "toudou": ${restart}`,
  ]);
  assert.deepEqual(changed({ '"unicast"': '"unicast"\nport = 4805' }), [
    `Cannot change segment "lan" from "unicast port 4803" to "unicast port 4805": ${restart}`,
  ]);
  assert.deepEqual(changed({}, back + '[notify]\nannouncer = "arping"\n'), [
    `Cannot add segment "back" (unicast port 4804): ${restart}`,
    `Cannot change the announcer from "raw" to "arping": ${restart}`,
  ]);
  assert.deepEqual(changed({ '"lan"': '"net"' }).slice(0, 2), [
    `Cannot take away segment "lan" (unicast port 4803): ${restart}`,
    `Cannot add segment "net" (unicast port 4803): ${restart}`,
  ]);
  assert.deepEqual(changed({ "192.168.9.160": "192.168.9.162" }), [
    `Cannot change the addresses of host "test00" from "lan 192.168.9.160" to "lan 192.168.9.162": ${restart}`,
  ]);
  assert.deepEqual(changed({ '"test00"': '"test02"' }), [
    'Cannot take host "test00" out of the file while its daemon runs: stop it first',
  ]);
});

Deno.test("fixedChanges() lets everything else change", () => {
  const replaced = {
    '"tudou"': '"tudou"\npartition = "quorum"',
    "/etc/molehill/key": "/etc/molehill/key2",
    "[[segment]]":
      '[log]\nfile = "/l/%h"\n[timing]\nprofile = "wan"\n[balance]\nmoves_per_round = 1\n[[segment]]',
    'name = "test00"': 'name = "test00"\nweight = 2\ninterfaces = { eth0 = "ens3" }',
    '"test01"': '"test03"',
    "192.168.9.161": "192.168.9.163",
    "web-a": "web-b",
    "192.168.9.109": "192.168.9.110",
  };
  assert.deepEqual(changed(replaced), []);
});
