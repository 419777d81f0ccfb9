import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { fc } from "../support/property.ts";
import { ipAddressOf, parseIpAddress } from "../../src/core/ip_address.ts";

const canonical: Readonly<Record<string, string>> = {
  "192.168.9.109": "192.168.9.109",
  "0.0.0.0": "0.0.0.0",
  "255.255.255.255": "255.255.255.255",
  "::": "::",
  "::1": "::1",
  "1::": "1::",
  "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
  "2001:0db8::0001": "2001:db8::1",
  "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
  "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
  "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
  "1:2:3:4:5:6:7::": "1:2:3:4:5:6:7:0",
  "::2:3:4:5:6:7:8": "0:2:3:4:5:6:7:8",
  "::ffff:192.0.2.1": "::ffff:192.0.2.1",
  "::FFFF:c000:201": "::ffff:192.0.2.1",
  "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
  "1:2:3:4:5:6:1.2.3.4": "1:2:3:4:5:6:102:304",
};

const refused = [
  "",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.-4",
  "1.2.3.4 ",
  "1.2.3.",
  "0x1.2.3.4",
  "1e1.2.3.4",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4::5:6:7:8",
  ":1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:",
  "12345::",
  "g::",
  "fe80::1%eth0",
  "1.2.3.4::",
  "::1.2.3.4:5",
  "::1.2.3",
  "1:2:3:4:5:6:7:1.2.3.4",
  "::1/64",
];

Deno.test("parseIpAddress() gives every spelling of an address the same canonical text", () => {
  for (const [text, wanted] of Object.entries(canonical)) {
    assert.equal(parseIpAddress(text)?.text, wanted, text);
  }
});

Deno.test("parseIpAddress() refuses what is not exactly one address", () => {
  for (const text of refused) assert.equal(parseIpAddress(text), null, text);
});

Deno.test("parseIpAddress() reads back the canonical text of any bytes", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    // Mostly zeros, so that runs of zero groups are common.
    fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((all) =>
      Uint8Array.from(all)
    ),
  );
  fc.assert(fc.property(bytes, (given) => {
    const address = ipAddressOf(given);
    assert(address !== null);
    assert.deepEqual(parseIpAddress(address.text), address);
  }));
});

Deno.test("parseIpAddress() agrees with the runtime on what an address is", () => {
  const characters = fc.constantFrom(..."0123456789abcdefF::::....g");
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 24 }).map((all) => all.join("")), (text) => {
      const family = isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined;
      assert.equal(parseIpAddress(text)?.family, family, text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("ipAddressOf() refuses anything but 4 or 16 bytes", () => {
  for (const length of [0, 1, 3, 5, 15, 17]) assert.equal(ipAddressOf(new Uint8Array(length)), null);
});
