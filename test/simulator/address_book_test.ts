import assert from "node:assert/strict";
import type { Observed } from "../../src/core/events.ts";
import { type Group, vipName } from "../../src/core/vocabulary.ts";
import { AddressBook, vipAt } from "../../src/simulator/address_book.ts";
import { Kernel } from "../../src/simulator/kernel.ts";
import { Random } from "../../src/simulator/random.ts";
import { Timeline } from "../../src/simulator/timeline.ts";
import { fakeGroup } from "./fakes.ts";

const [web, mail] = [vipName("web"), vipName("mail")];

/** Names with their addresses, as "web: .1 .2". */
function group(...vips: readonly string[]): Group {
  const plain = fakeGroup(["a"], vips.map((text) => text.split(":")[0] ?? ""));
  return {
    ...plain,
    vips: plain.vips.map((vip, index) => ({
      ...vip,
      addresses: (vips[index] ?? "").split(": ")[1]?.split(" ").map((address) => (
        { address, family: 4, prefix: 32, interface: "eth0" } as const
      )) ?? [],
    })),
  };
}

function book(first: Group) {
  const kernel = new Kernel({ timeline: new Timeline(), random: new Random("book"), changed: () => {} });
  const add = (...addresses: string[]) => kernel.add(addresses, { by: "daemon", lease: null });
  return { kernel, add, made: new AddressBook(first, kernel) };
}

/** What is observed while all else is well. */
const observed = (vips: Pick<Observed, "whole" | "partial">): Observed => ({
  ...vips,
  withoutLink: [],
  withNewMac: [],
  isPlaced: true,
});

Deno.test("AddressBook.observed() tells VIPs of which all addresses are there from those of which some are", () => {
  const { made, add } = book(group("web: .1 .2", "mail: .3"));
  assert.deepEqual(made.observed(), observed({ whole: [], partial: [] }));
  add(".1", ".3");
  assert.deepEqual(made.observed(), observed({ whole: [mail], partial: [web] }));
  add(".2");
  assert.deepEqual(made.observed(), observed({ whole: [mail, web], partial: [] }));
});

Deno.test("AddressBook.adopt() remembers what is here of a VIP that is gone, until it is removed", () => {
  const { made, add } = book(group("web: .1", "mail: .3"));
  add(".1");
  made.observed();
  made.adopt(group("mail: .3"));
  assert.deepEqual(made.observed(), observed({ whole: [], partial: [web] }));
  assert.deepEqual(made.removal(web).removes, [".1"]);
  made.forget(".1");
  assert.deepEqual(made.removal(web).removes, []);
});

Deno.test("AddressBook.addition() replaces a VIP's former addresses", () => {
  const { made } = book(group("web: .1"));
  made.addition(web);
  made.adopt(group("web: .2"));
  assert.deepEqual(made.addition(web), { vip: web, adds: [".2"], removes: [".1"] });
});

Deno.test("AddressBook gives an address one name at a time: its former one, until it is claimed under the new one", () => {
  const { made, add } = book(group("web: .1"));
  add(".1");
  made.observed();
  made.adopt(group("mail: .1"));
  assert.deepEqual(made.observed(), observed({ whole: [], partial: [web] }));
  assert.equal(made.nameOf(".1"), web);
  assert.deepEqual(made.own(mail, [".1"]), []);
  made.claim(mail, ".1");
  assert.equal(made.nameOf(".1"), mail);
  assert.deepEqual(made.observed(), observed({ whole: [mail], partial: [] }));
});

Deno.test("AddressBook.adopt() knows nothing of what came to the host since the last look", () => {
  const { made, add } = book(group("web: .1"));
  add(".1");
  made.adopt(group("mail: .1"));
  assert.deepEqual(made.observed(), observed({ whole: [mail], partial: [] }));
});

Deno.test("vipAt() finds the VIP that has the address in a configuration", () => {
  const one = group("web: .1 .2");
  assert.equal(vipAt(one, ".2")?.name, web);
  assert.equal(vipAt(one, ".3"), undefined);
});
