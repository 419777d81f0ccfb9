import assert from "node:assert/strict";
import {
  announcementFrames,
  arpRequest,
  etherType,
  gratuitousArpReply,
  gratuitousArpRequest,
  neighbourAdvertisement,
  neighbourSolicitation,
  questionFrame,
} from "../../src/codec/announcement.ts";
import { parseIpAddress } from "../../src/core/ip_address.ts";

const MAC = Uint8Array.from([0x02, 0, 0, 0, 0, 0x01]);
const bytesOf = (address: string): Uint8Array => parseIpAddress(address)?.bytes ?? new Uint8Array();
const ipv4 = { mac: MAC, address: bytesOf("192.168.9.109") };
const ipv6 = { mac: MAC, address: bytesOf("fd00:9::6d") };

/** Bytes as hexadecimal digits; white space in the expected text is for the reader. */
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/** The checksums in the expected text were computed by another program. */
const isFrame = (frame: Uint8Array, expected: string): void =>
  assert.equal(hex(frame), expected.replaceAll(/\s+/g, ""));

Deno.test("gratuitousArpRequest() asks everybody for the sender's own address", () => {
  isFrame(
    gratuitousArpRequest(ipv4),
    `ffffffffffff 020000000001 0806
     0001 0800 06 04 0001
     020000000001 c0a8096d
     000000000000 c0a8096d`,
  );
});

Deno.test("gratuitousArpReply() names the sender as target, never ff:ff:ff:ff:ff:ff", () => {
  isFrame(
    gratuitousArpReply(ipv4),
    `ffffffffffff 020000000001 0806
     0001 0800 06 04 0002
     020000000001 c0a8096d
     020000000001 c0a8096d`,
  );
});

Deno.test("arpRequest() asks for the target in the name of the sender", () => {
  isFrame(
    arpRequest(ipv4, bytesOf("192.168.8.1")),
    `ffffffffffff 020000000001 0806
     0001 0800 06 04 0001
     020000000001 c0a8096d
     000000000000 c0a80801`,
  );
});

Deno.test("neighbourAdvertisement() tells all nodes to override what they had", () => {
  isFrame(
    neighbourAdvertisement(ipv6, { router: false }),
    `333300000001 020000000001 86dd
     60000000 0020 3a ff
     fd00000900000000000000000000006d
     ff020000000000000000000000000001
     88 00 59b1 20000000
     fd00000900000000000000000000006d
     02 01 020000000001`,
  );
});

Deno.test("neighbourAdvertisement() of a router says that it is one", () => {
  assert.equal(neighbourAdvertisement(ipv6, { router: true })[14 + 40 + 4], 0xa0);
  assert.equal(neighbourAdvertisement(ipv6, { router: false })[14 + 40 + 4], 0x20);
});

Deno.test("neighbourSolicitation() asks the target's solicited-node group", () => {
  const frame = neighbourSolicitation(ipv6, bytesOf("fd00:9::8:abcd"));
  isFrame(
    frame,
    `3333ff08abcd 020000000001 86dd
     60000000 0020 3a ff
     fd00000900000000000000000000006d
     ff0200000000000000000001ff08abcd
     87 00 2572 00000000
     fd00000900000000000000000008abcd
     01 01 020000000001`,
  );
});

Deno.test("announcementFrames() gives both forms of ARP for IPv4, one advertisement for IPv6", () => {
  assert.deepEqual(announcementFrames(ipv4, { router: true }), [
    gratuitousArpRequest(ipv4),
    gratuitousArpReply(ipv4),
  ]);
  assert.deepEqual(announcementFrames(ipv6, { router: true }), [
    neighbourAdvertisement(ipv6, { router: true }),
  ]);
});

Deno.test("questionFrame() asks by ARP for IPv4, by neighbour discovery for IPv6", () => {
  assert.deepEqual(questionFrame(ipv4, bytesOf("192.168.8.1")), arpRequest(ipv4, bytesOf("192.168.8.1")));
  assert.deepEqual(questionFrame(ipv6, bytesOf("fd00::1")), neighbourSolicitation(ipv6, bytesOf("fd00::1")));
});

Deno.test("etherType() tells ARP from IPv6", () => {
  assert.equal(etherType(gratuitousArpRequest(ipv4)), 0x0806);
  assert.equal(etherType(neighbourAdvertisement(ipv6, { router: false })), 0x86dd);
});
