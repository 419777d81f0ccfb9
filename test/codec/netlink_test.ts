import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { attributesOf, encodeBody, encodeRequests, messagesOf } from "../../src/codec/netlink.ts";
import { answerOf, problemOf, saysNotThere } from "../../src/codec/netlink_answers.ts";
import {
  additionRequest,
  everyAddress,
  kernelAddressOf,
  removalRequest,
} from "../../src/codec/netlink_addresses.ts";
import { everyLink, kernelLinkOf } from "../../src/codec/netlink_links.ts";
import { kernelNeighbourOf, neighboursOn } from "../../src/codec/netlink_neighbours.ts";
import { newsOf } from "../../src/codec/netlink_news.ts";
import { ipAddressOf, parseIpAddress } from "../../src/core/ip_address.ts";
import { duration } from "../../src/core/vocabulary.ts";
import * as recorded from "./recorded_netlink.ts";

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const onlyMessage = (datagram: Uint8Array) => {
  const [message, ...more] = messagesOf(datagram);
  ok(message !== undefined && more.length === 0);
  return message;
};
const bytesOf = (address: string) => parseIpAddress(address)?.bytes ?? new Uint8Array();
const four = { index: 1, bytes: bytesOf("192.168.9.109"), prefix: 32 };
const six = { index: 2, bytes: bytesOf("fd00:9::110"), prefix: 128 };

Deno.test('a request to add an address is, byte for byte, that of "ip address replace"', () => {
  // ip address replace 192.168.9.109/32 dev lo valid_lft 3 preferred_lft 3
  equal(
    hex(encodeRequests([additionRequest(four, duration(2_001))], { sequence: 0x6b043f92, confirmed: true })),
    "3c00000014000505923f046b000000000220000001000000" + "08000200c0a8096d" + "08000100c0a8096d" +
      "1400060003000000030000000000000000000000",
  );
});

Deno.test("an IPv6 address is added without a check whether it is unique, and not preferred", () => {
  equal(
    hex(encodeRequests([additionRequest(six, null)], { sequence: 10, confirmed: true })),
    "54000000140005050a00000000000000" + "0a80020002000000" +
      "14000200fd000009000000000000000000000110" + "14000100fd000009000000000000000000000110" +
      "1400060000000000ffffffff0000000000000000",
  );
});

Deno.test("a request to remove an address names it with its prefix, for exactly that one is meant", () => {
  equal(
    hex(encodeRequests([removalRequest({ ...four, index: 2 })], { sequence: 17, confirmed: true })),
    "280000001500050011000000000000000220000002000000" + "08000200c0a8096d" + "08000100c0a8096d",
  );
});

Deno.test("messagesOf() and the parsers read what the kernel lists", () => {
  deepEqual(messagesOf(recorded.listedLinks).map(kernelLinkOf), [
    { index: 1, name: "lo", isUp: true, carries: true, mac: "" },
    { index: 2, name: "eth0", isUp: true, carries: true, mac: "" },
  ]);
  deepEqual(
    messagesOf(recorded.listedAddresses).map(kernelAddressOf).map((each) =>
      `${each?.address}/${each?.prefix} on ${each?.index}`
    ),
    [
      "127.0.0.1/8 on 1",
      "192.168.9.160/16 on 2",
      "::1/128 on 1",
      "fd00:9::160/64 on 2",
      "fe80::ff:fe00:1/64 on 2",
    ],
  );
  const kinds = (datagram: Uint8Array) => messagesOf(datagram).map((message) => answerOf(message).kind);
  deepEqual(kinds(recorded.listedLinks), ["part", "part"]);
  deepEqual(kinds(recorded.endOfList), ["done"]);
});

Deno.test("answerOf() tells what is done from what is refused, in the kernel's words where it has some", () => {
  const refusal = (datagram: Uint8Array) => {
    const answer = answerOf(onlyMessage(datagram));
    return answer.kind === "refused" ? answer.refusal : answer;
  };
  equal(onlyMessage(recorded.confirmation).sequence, 9);
  deepEqual(refusal(recorded.confirmation), { kind: "done" });
  deepEqual(refusal(recorded.badPrefix), { errno: 22, problem: "ipv4: Invalid prefix length" });
  deepEqual(refusal(recorded.noSuchAddress), { errno: 99, problem: "ipv4: Address not found" });
  deepEqual(refusal(recorded.noSuchInterface), { errno: 19, problem: "ipv4: Device not found" });
  deepEqual(refusal(recorded.ipv6Off), { errno: 13, problem: "ipv6: IPv6 is disabled on this device" });
});

Deno.test("answerOf() finds words of its own where an older kernel has none", () => {
  const said = answerOf(onlyMessage(answer({ type: ERROR, flags: 0, number: -13 })));
  deepEqual(said, { kind: "refused", refusal: { errno: 13, problem: "IPv6 is off on this interface" } });
  equal(problemOf(1), "not permitted, CAP_NET_ADMIN is wanted");
  equal(problemOf(71), "error 71 of the kernel");
});

Deno.test("answerOf() tells of a list that changed while it was told, and of one that broke off", () => {
  deepEqual(answerOf(onlyMessage(answer({ type: DONE, flags: INTERRUPTED, number: 0 }))).kind, "interrupted");
  deepEqual(answerOf(onlyMessage(answer({ type: DONE, flags: 0, number: -12 }))), {
    kind: "refused",
    refusal: { errno: 12, problem: "the kernel has no memory left" },
  });
});

Deno.test("what is to be removed is not there without the address, the interface, or IPv6 on it", () => {
  const isThere = (errno: number) => !saysNotThere({ errno, problem: "" });
  deepEqual([99, 19, 6].map(isThere), [false, false, false]);
  deepEqual([0, 1, 12, 13, 22].map(isThere), [true, true, true, true, true]);
});

Deno.test("newsOf() tells of addresses and interfaces that came, changed and went", () => {
  const news = (datagram: Uint8Array) => newsOf(onlyMessage(datagram));
  const address = { index: 2, address: "192.168.9.109", family: 4, prefix: 32 };
  deepEqual(news(recorded.addressCame), { kind: "addressSeen", address });
  deepEqual(news(recorded.addressWent), { kind: "addressGone", address });
  deepEqual(news(recorded.address6Came), {
    kind: "addressSeen",
    address: { index: 2, address: "fd00:9::110", family: 6, prefix: 128 },
  });
  deepEqual(news(recorded.linkWentDown), {
    kind: "linkSeen",
    link: { index: 2, name: "eth0", isUp: false, carries: false, mac: "" },
  });
  deepEqual(news(recorded.linkGotMac), {
    kind: "linkSeen",
    link: { index: 3, name: "d0", isUp: false, carries: false, mac: "02:aa:00:00:00:01" },
  });
  deepEqual(news(recorded.linkWent), {
    kind: "linkGone",
    link: { index: 3, name: "br0", isUp: false, carries: false, mac: "" },
  });
  equal(news(recorded.confirmation), null);
});

Deno.test("kernelNeighbourOf() reads who answers, and leaves out multicast groups and whoever needs no address", () => {
  const told = messagesOf(recorded.listedNeighbours).map(kernelNeighbourOf).filter((each) => each !== null);
  deepEqual(told, [
    { index: 2, address: "192.168.9.52", family: 4, isRouter: false, age: 10 },
    { index: 2, address: "192.168.9.51", family: 4, isRouter: false, age: 10 },
    { index: 2, address: "192.168.9.50", family: 4, isRouter: false, age: 10 },
    { index: 2, address: "fd00:9::51", family: 6, isRouter: false, age: 0 },
    { index: 2, address: "fe80::1", family: 6, isRouter: true, age: 10 },
  ]);
});

Deno.test("kernelNeighbourOf() wants a known state, a hardware address of Ethernet, and an address of its family", () => {
  const [message] = messagesOf(recorded.listedNeighbours);
  ok(message !== undefined);
  const isRead = (...changes: readonly (readonly [at: number, value: number])[]) => {
    const body = message.body.slice();
    for (const [at, value] of changes) body[at] = value;
    return kernelNeighbourOf({ ...message, body }) !== null;
  };
  // After the fixed part of 12 bytes: 8 of the address, then length and type of the hardware address.
  equal(isRead(), true);
  deepEqual([0x00, 0x01, 0x20, 0x40].map((state) => isRead([8, state])), [false, false, false, false]);
  deepEqual([0x02, 0x04, 0x08, 0x10, 0x80].map((state) => isRead([8, state])), [
    true,
    true,
    true,
    true,
    true,
  ]);
  equal(isRead([0, 10]), false);
  equal(isRead([20, 8]), false);
  equal(isRead([16, 224]), false);
  equal(kernelNeighbourOf({ ...message, type: 29 }), null);
});

Deno.test("an interface that leaves a bridge is not gone, though its bridge says so", () => {
  equal(newsOf(onlyMessage(recorded.portLeftBridge)), null);
});

Deno.test("what is encoded is read again, whatever it is", () => {
  const attribute = fc.tuple(fc.integer({ min: 0, max: 0x3fff }), fc.uint8Array({ maxLength: 40 }));
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 16 }).filter(({ length }) => length % 4 === 0),
      fc.uniqueArray(attribute, { maxLength: 5, selector: ([type]) => type }),
      fc.nat(0xffff_ffff),
      (fixed, attributes, sequence) => {
        const request = { type: 20, flags: 0x500, body: encodeBody(fixed, attributes) };
        const message = onlyMessage(encodeRequests([request], { sequence, confirmed: true }));
        deepEqual([message.type, message.flags, message.sequence], [20, 0x505, sequence]);
        deepEqual(
          [...attributesOf(message.body, fixed.length)].map(([type, value]) => [type, [...value]]),
          attributes.map(([type, value]) => [type, [...value]]),
        );
      },
    ),
  );
});

Deno.test("an address that is added is the address that is told of", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, fc.nat(128), fc.nat(0xffff_ffff), (bytes, prefix, index) => {
    const request = additionRequest({ index, bytes, prefix }, null);
    const message = onlyMessage(encodeRequests([request], { sequence: 1, confirmed: false }));
    const address = ipAddressOf(bytes);
    deepEqual(kernelAddressOf(message), { index, prefix, address: address?.text, family: address?.family });
  }));
});

Deno.test("no bytes at all, and no change of what the kernel says, make a parser throw or read past the end", () => {
  const all = Object.values(recorded);
  const readEverything = (datagram: Uint8Array) => {
    for (const message of messagesOf(datagram)) {
      answerOf(message);
      newsOf(message);
      kernelNeighbourOf(message);
      ok(message.body.length <= datagram.length);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readEverything));
  const change = fc.tuple(fc.nat(500), fc.nat(255));
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.array(change, { maxLength: 4 }),
      fc.nat(500),
      (datagram, changes, cut) => {
        const changed = datagram.slice(0, Math.max(1, datagram.length - cut));
        for (const [at, value] of changes) changed[at % changed.length] = value;
        readEverything(changed);
      },
    ),
  );
});

Deno.test("a message that claims to be longer than its datagram is not read, and those before it are", () => {
  const two = Uint8Array.of(...recorded.confirmation, ...recorded.confirmation);
  equal(messagesOf(two).length, 2);
  equal(messagesOf(two.subarray(0, two.length - 1)).length, 1);
  two[recorded.confirmation.length] = 15;
  equal(messagesOf(two).length, 1);
});

Deno.test("lists are asked for with the whole fixed part, which strict kernels want", () => {
  deepEqual([everyLink(), everyAddress()].map(({ type, body }) => [type, body.length]), [[18, 16], [22, 8]]);
  // "ip neighbour show dev" asks for an interface by the same attribute.
  equal(hex(neighboursOn(2).body), "000000000000000000000000" + "0800080002000000");
});

const ERROR = 2, DONE = 3, INTERRUPTED = 0x10;

/** An answer without words. */
function answer({ type, flags, number }: { type: number; flags: number; number: number }): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint32(0, 20, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setInt32(16, number, true);
  return new Uint8Array(view.buffer);
}
