import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fc } from "../support/property.ts";
import { parseIpAddresses } from "../../src/codec/ip_json.ts";

// As iproute2 6.1 prints it, shortened: an interface with everything, one that was filtered out, one without
// addresses.
const printed =
  `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN",
  "addr_info":[{},
    {"family":"inet","local":"10.9.9.9","address":"10.9.9.8","prefixlen":30,"scope":"global","label":"lo",
     "valid_life_time":4294967295,"preferred_life_time":4294967295},
    {"family":"inet6","local":"fd00:0:0::9","prefixlen":128,"scope":"global","deprecated":true,"dynamic":true,
     "valid_life_time":30,"preferred_life_time":0},
    {"family":"inet6","local":"fd00::a","prefixlen":64,"dadfailed":true,"tentative":true}]},
  {},
  {"ifindex":4,"link_index":5,"ifname":"eth0","operstate":"DOWN","addr_info":[]}]`;

function problemOf(text: string): string {
  const read = parseIpAddresses(text);
  assert(!read.ok, `read ${JSON.stringify(read)}`);
  return read.problem;
}

Deno.test("interfaces and addresses are read from what ip prints", () => {
  const common = { interface: "lo", duplicate: false };
  assert.deepEqual(parseIpAddresses(printed), {
    ok: true,
    value: {
      interfaces: [
        { name: "lo", state: "UNKNOWN", hasIpv4: true, hasIpv6: true },
        { name: "eth0", state: "DOWN", hasIpv4: false, hasIpv6: false },
      ],
      addresses: [
        { ...common, address: "10.9.9.9", family: 4, prefix: 30, validFor: null },
        { ...common, address: "fd00::9", family: 6, prefix: 128, validFor: 30 },
        { ...common, address: "fd00::a", family: 6, prefix: 64, validFor: null, duplicate: true },
      ],
    },
  });
});

Deno.test("what ip prints on this machine is read", () => {
  const read = parseIpAddresses(execFileSync("ip", ["-json", "address", "show"], { encoding: "utf8" }));
  assert(read.ok);
  assert(read.value.interfaces.some((each) => each.name === "lo"));
});

Deno.test("what is not such output is a problem, never a host without addresses", () => {
  const cannot = 'Cannot read the output of "ip -json address show": ';

  const address = (fields: string) => `[{"ifname":"lo","addr_info":[{${fields}}]}]`;
  assert.equal(problemOf(""), `${cannot}it is empty, wanted JSON`);
  assert.equal(problemOf("{}"), `${cannot}it is {}, wanted a list`);
  assert.equal(problemOf("[1]"), `${cannot}"[0]" is 1, wanted an object`);
  assert.equal(problemOf('[{"ifname":"lo","addr_info":1}]'), `${cannot}"[0].addr_info" is 1, wanted a list`);
  assert.equal(
    problemOf(address('"family":"inet"')),
    `${cannot}"[0].addr_info[0].local" is missing, wanted a text`,
  );
  assert.equal(
    problemOf(address('"family":"inet","local":"::1","prefixlen":128')),
    `${cannot}"[0].addr_info[0].local" is "::1", wanted an IPv4 address`,
  );
  assert.equal(
    problemOf(address('"family":"inet","local":"10.0.0.1","prefixlen":33')),
    `${cannot}"[0].addr_info[0].prefixlen" is 33, wanted a whole number from 0 to 32`,
  );
});

Deno.test("addresses of other families are left out", () => {
  const read = parseIpAddresses('[{"ifname":"tun0","addr_info":[{"family":"mctp","local":7}]}]');
  assert.deepEqual(read.ok && read.value.addresses, []);
});

Deno.test("any text is read or a problem, and never throws", () => {
  const text = fc.oneof(
    fc.json(),
    fc.tuple(fc.nat({ max: printed.length }), fc.string()).map(([at, more]) => printed.slice(0, at) + more),
  );
  fc.assert(fc.property(text, (given) => assert.equal(typeof parseIpAddresses(given).ok, "boolean")));
});
