// Which host this machine is.

import assert from "node:assert/strict";
import { identifyHost } from "../../src/config/whoami.ts";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";

function identity(text: string, localAddresses: readonly string[], asked: string | null = null): string {
  const found = identifyHost(configurationOf(text), { localAddresses, asked });
  return found.kind === "ok" ? found.host.name : found.message;
}

Deno.test("identifyHost() finds the host whose address is on this machine", () => {
  assert.equal(identity(SMALL_FILE, ["127.0.0.1", "192.168.9.161", "::1"]), "test01");
});

Deno.test("identifyHost() knows addresses in any spelling and ignores zones", () => {
  const text = smallFile({ "192.168.9.160": "fd00::160", "192.168.9.161": "fd00::161" });
  assert.equal(identity(text, ["fe80::1%eth0", "FD00:0::0160%eth0"]), "test00");
});

Deno.test("identifyHost() takes several addresses of one host for that host", () => {
  const text = smallFile({
    "[[host]]": '[[segment]]\nname = "back"\nmode = "unicast"\n[[host]]',
    'address = "192.168.9.160"': 'addresses = { lan = "192.168.9.160", back = "10.0.0.1" }',
  });
  assert.equal(identity(text, ["192.168.9.160", "10.0.0.1"]), "test00");
});

Deno.test("identifyHost() says what it found and wanted when no host is here", () => {
  assert.equal(
    identity(SMALL_FILE, ["127.0.0.1", "10.0.0.5"]),
    "Cannot tell which host this is: no host's address is on this machine (found 127.0.0.1, 10.0.0.5; " +
      "wanted one of 192.168.9.160 of test00, 192.168.9.161 of test01; or --host NAME)",
  );
  assert.match(identity(SMALL_FILE, []), /\(found no address; wanted/);
});

Deno.test("identifyHost() does not choose between two hosts that are here", () => {
  assert.equal(
    identity(SMALL_FILE, ["192.168.9.161", "192.168.9.160"]),
    "Cannot tell which host this is: addresses of several hosts are on this machine (found 192.168.9.160 of " +
      "test00, 192.168.9.161 of test01; wanted those of one host, or --host NAME)",
  );
});

Deno.test("identifyHost() takes the host that was asked for, whatever addresses are here", () => {
  assert.equal(identity(SMALL_FILE, ["192.168.9.161"], "test00"), "test00");
  assert.equal(
    identity(SMALL_FILE, ["192.168.9.161"], "tset00"),
    'Cannot be host "tset00": no such host in f.toml (did you mean "test00"? wanted one of test00, test01)',
  );
});
