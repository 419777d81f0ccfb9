// The digest says whether two files mean the same.

import assert from "node:assert/strict";
import { fnv1a64 } from "../../src/config/digest.ts";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";

const digest = (text: string): string => configurationOf(text).group.digest;

Deno.test("fnv1a64() gives the hashes that its authors published", () => {
  assert.equal(fnv1a64(""), "cbf29ce484222325");
  assert.equal(fnv1a64("a"), "af63dc4c8601ec8c");
  assert.equal(fnv1a64("foobar"), "85944171f73967e8");
});

Deno.test("fnv1a64() agrees with the same hash in big integers", () => {
  for (const text of ["web-a", "ä€𝄞", "x".repeat(1_000), "\u0000\u00ff"]) {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(text)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    assert.equal(fnv1a64(text), hash.toString(16).padStart(16, "0"));
  }
});

const same: Readonly<Record<string, string>> = {
  "comments and space": SMALL_FILE.replaceAll("\n", "   # a comment\n\n"),
  "the order of keys": smallFile({
    'name = "web-a"\naddress = "192.168.9.109"': 'address = "192.168.9.109"\nname = "web-a"',
  }),
  "the order of hosts": smallFile({
    'name = "test00"\naddress = "192.168.9.160"': 'name = "test01"\naddress = "192.168.9.161"',
    '"test01"\naddress = "192.168.9.161"\n[[vip]]': '"test00"\naddress = "192.168.9.160"\n[[vip]]',
  }),
  "defaults that are written out": smallFile({ "[[segment]]": '[timing]\nheartbeat = "0.1s"\n[[segment]]' }),
  "a single address that is written with its segment": smallFile({
    'address = "192.168.9.160"': 'addresses.lan = "192.168.9.160"',
  }),
  "another word for the same system log": smallFile({}, "[log]\nsyslog = false\n"),
  "a prefix that goes without saying": smallFile({ "192.168.9.109": "192.168.9.109/32" }),
};

for (const [told, text] of Object.entries(same)) {
  Deno.test(`the digest does not depend on ${told}`, () => {
    assert.notEqual(text, SMALL_FILE);
    assert.equal(digest(text), digest(SMALL_FILE));
  });
}

const changes: readonly Readonly<Record<string, string>>[] = [
  { '"tudou"': '"toudou"' },
  { "/etc/molehill/key": "/etc/molehill/key2" },
  { '"tudou"': '"tudou"\npartition = "quorum"' },
  { "[[segment]]": '[timing]\nheartbeat = "101ms"\n[[segment]]' },
  { "[[segment]]": '[timing]\ntimeout = "501ms"\n[[segment]]' },
  { "[[segment]]": '[timing]\nmature = "4s"\n[[segment]]' },
  { "[[segment]]": '[timing]\nlease = "4s"\n[[segment]]' },
  { "[[segment]]": '[timing]\nlease = "off"\n[[segment]]' },
  { "[[segment]]": '[balance]\ninterval = "5s"\n[[segment]]' },
  { "[[segment]]": "[balance]\nmoves_per_round = 1\n[[segment]]" },
  { "[[segment]]": '[log]\nfile = "/l/%h"\n[[segment]]' },
  { "[[segment]]": '[log]\nlevel = "debug"\n[[segment]]' },
  { "[[segment]]": '[log]\nmax_size = "11MB"\n[[segment]]' },
  { "[[segment]]": "[log]\nkeep = 6\n[[segment]]" },
  { "[[segment]]": "[log]\nsyslog = true\n[[segment]]" },
  { "[[segment]]": '[notify]\nannouncer = "arping"\n[[segment]]' },
  { "[[segment]]": '[notify]\ntargets = [{ address = "10.0.0.1", interface = "eth0" }]\n[[segment]]' },
  { '"unicast"': '"multicast"\naddress = "239.1.1.1"' },
  { '"unicast"': '"unicast"\nport = 4804' },
  { '"lan"': '"net"' },
  { '"test00"': '"test02"' },
  { "192.168.9.160": "192.168.9.162" },
  { 'name = "test00"': 'name = "test00"\nweight = 2' },
  { 'name = "test00"': 'name = "test00"\ninterfaces = { eth0 = "ens3" }' },
  { "web-a": "web-b" },
  { "192.168.9.109": "192.168.9.110" },
  { "192.168.9.109": "192.168.9.109/31" },
  { '"eth0"': '"eth1"' },
  { '"eth0"': '"eth0"\nprefer = ["test01"]' },
  { '"eth0"': '"eth0"\nhosts = ["test01"]' },
  { '"eth0"': '"eth0"\nhandover = "overlap"' },
  { "[[segment]]": '[hooks]\nview = { command = ["/a.sh"] }\n[[segment]]' },
  { "[[segment]]": '[hooks]\nview = { command = ["/a.sh"], user = "nobody" }\n[[segment]]' },
  { "[[segment]]": '[hooks]\nacquire = { command = ["/a.sh"], batch = true }\n[[segment]]' },
];

Deno.test("the digest changes with every value", () => {
  const digests = [SMALL_FILE, ...changes.map((change) => smallFile(change))].map(digest);
  assert.equal(new Set(digests).size, digests.length);
});
