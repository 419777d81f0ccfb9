import { deepEqual, equal } from "node:assert/strict";
import { vipName } from "../../src/core/vocabulary.ts";
import { openAddressBook } from "../../src/host/address_book.ts";
import type { PlacedAddress, PlacedVip } from "../../src/host/placed_vip.ts";

const at = (last: number, on = "eth0"): PlacedAddress => ({
  address: `192.168.9.${last}`,
  family: 4,
  prefix: 32,
  interface: on,
});
const webA = vipName("web-a");
const webB = vipName("web-b");
const webX = vipName("web-x");
const vip = (name: PlacedVip["vip"], ...addresses: readonly PlacedAddress[]): PlacedVip => ({
  vip: name,
  addresses,
});

/** A book, and how often its last former address went. */
function bookOf(...vips: readonly PlacedVip[]) {
  const gone: string[] = [];
  return { book: openAddressBook(vips, { formerGone: () => void gone.push("gone") }), gone };
}

const texts = (addresses: readonly PlacedAddress[]) =>
  addresses.map(({ address, ...on }) => `${address} on ${on.interface}`);

Deno.test("what is on the host of a VIP that changes is former, and seen as a part of it until it is struck", () => {
  const { book, gone } = bookOf(vip(webA, at(109), at(110)), vip(webB, at(111)));
  book.look([at(109), at(110), at(111)]);
  book.adopt([vip(webA, at(110), at(112)), vip(webB, at(111))]);
  deepEqual(texts(book.formerOf(webA)), ["192.168.9.109 on eth0"]);
  deepEqual(book.observed(), { whole: ["web-b"], partial: ["web-a"] });
  book.claim(webA, at(112));
  equal(book.isWhole(webA), true);
  deepEqual(book.observed(), { whole: ["web-b"], partial: ["web-a"] });
  book.strike(at(109));
  deepEqual([book.observed(), gone], [{ whole: ["web-a", "web-b"], partial: [] }, ["gone"]]);
});

Deno.test("what is on the host of a VIP that is gone from the configuration is seen under its name", () => {
  const { book } = bookOf(vip(webA, at(109)));
  book.look([at(109)]);
  book.adopt([]);
  deepEqual([book.presentOf(webA), texts(book.formerOf(webA))], [[], ["192.168.9.109 on eth0"]]);
  deepEqual(book.observed(), { whole: [], partial: ["web-a"] });
  book.look([]);
  deepEqual(book.observed(), { whole: [], partial: [] });
});

Deno.test("what was never on the host nor asked for is not former", () => {
  const { book } = bookOf(vip(webA, at(109)), vip(webB, at(110)));
  book.ask([at(110)]);
  book.adopt([]);
  deepEqual(book.former().map((each) => each.vip), ["web-b"]);
});

Deno.test("an address under a new name counts for the old one until it is added under the new one", () => {
  const { book, gone } = bookOf(vip(webA, at(109)));
  book.look([at(109)]);
  book.adopt([vip(webX, at(109))]);
  deepEqual(book.observed(), { whole: [], partial: ["web-a"] });
  deepEqual([book.isOf(webX, at(109)), book.isWhole(webX)], [false, false]);
  book.claim(webX, at(109));
  deepEqual(book.observed(), { whole: ["web-x"], partial: [] });
  deepEqual([book.formerOf(webA), book.isOf(webA, at(109)), gone], [[], true, ["gone"]]);
});

Deno.test("two VIPs that exchange their addresses have nothing of each other's", () => {
  const { book } = bookOf(vip(webA, at(109)), vip(webB, at(110)));
  book.look([at(109)]);
  book.adopt([vip(webA, at(110)), vip(webB, at(109))]);
  deepEqual(book.observed(), { whole: [], partial: ["web-a"] });
  deepEqual([book.isOf(webB, at(109)), book.isOf(webA, at(109))], [false, true]);
});

Deno.test("an address that was asked for under an earlier configuration stays former when it comes late", () => {
  const { book } = bookOf(vip(webA, at(109)));
  book.ask([at(109)]);
  book.adopt([vip(webA, at(110))]);
  book.claim(webA, at(109));
  deepEqual(texts(book.formerOf(webA)), ["192.168.9.109 on eth0"]);
});

Deno.test("a change that is taken back leaves nothing former, and a second change forgets nothing", () => {
  const { book } = bookOf(vip(webA, at(109)));
  book.look([at(109)]);
  book.adopt([vip(webA, at(110))]);
  book.adopt([vip(webA, at(111))]);
  deepEqual(texts(book.formerOf(webA)), ["192.168.9.109 on eth0"]);
  book.adopt([vip(webA, at(109))]);
  deepEqual([book.former(), book.observed()], [[], { whole: ["web-a"], partial: [] }]);
});

Deno.test("an interface with another name is another address", () => {
  const { book } = bookOf(vip(webA, at(109)));
  book.look([at(109)]);
  book.adopt([vip(webA, at(109, "ens3"))]);
  deepEqual(texts(book.formerOf(webA)), ["192.168.9.109 on eth0"]);
  deepEqual(book.observed(), { whole: [], partial: ["web-a"] });
});

Deno.test("a change of a former address is news, and of one that is nobody's it is not", () => {
  const { book } = bookOf(vip(webA, at(109)));
  book.look([at(109)]);
  book.adopt([]);
  equal(book.isNews(at(109), { deleted: true }), true);
  book.strike(at(109));
  equal(book.isNews(at(109), { deleted: false }), false);
});
