// Any message that core may say: names of all kinds, numbers from one end of their range to the other, lists
// sorted as the types promise.

import { fc } from "../support/property.ts";
import type {
  Assignment,
  Catalog,
  Differing,
  Heard,
  HeldVip,
  KnownNeighbour,
  Matter,
  Message,
  SaidWord,
  Sender,
  Wish,
} from "../../src/core/message.ts";
import { ipAddressOf, isUnicast } from "../../src/core/ip_address.ts";
import { NEIGHBOURS_PER_MESSAGE_MAX } from "../../src/core/limits.ts";
import {
  compareText,
  duration,
  type HostName,
  hostName,
  incarnation,
  type Member,
  sequence,
  type ViewId,
  viewNumber,
  type VipAddress,
  vipName,
  type VipSpec,
} from "../../src/core/vocabulary.ts";
import { moveReasons } from "../core/move_reasons.ts";

/** Plain objects only: those without a prototype, which fc.record also makes, never reach a codec. */
const objectOf = <Of>(fields: { [Field in keyof Of]: fc.Arbitrary<Of[Field]> }): fc.Arbitrary<Of> =>
  fc.record<Of>(fields, { noNullPrototype: true });

const name = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map((number) => `test${number}`),
  fc.integer({ min: 0, max: 255 }).map((number) => `10.0.4.${number}`),
  // At most four bytes of UTF-8 each: never above the limit.
  fc.string({ unit: "binary", maxLength: 63 }),
);
const natural = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());

const anyHost = name.map(hostName);
const anyVip = name.map(vipName);
const anyIncarnation = fc.nat({ max: 2 ** 31 - 1 }).map((low) => incarnation((low * 131_071) % 2 ** 48));
const anySequence = natural.map((number) => sequence(Math.max(1, number)));
const anyAge = natural.map(duration);

const anyView: fc.Arbitrary<ViewId> = objectOf({
  number: natural.map(viewNumber),
  coordinator: anyHost,
  incarnation: anyIncarnation,
});

const anyReason = fc.constantFrom(...moveReasons);

/** Items sorted by a name that no two of them share. */
function ascending<Item>(
  item: fc.Arbitrary<Item>,
  by: (item: Item) => string,
): fc.Arbitrary<readonly Item[]> {
  return fc.uniqueArray(item, { selector: by, maxLength: 40 })
    .map((items) => items.toSorted((a, b) => compareText(by(a), by(b))));
}

const anyMember: fc.Arbitrary<Member> = objectOf({ host: anyHost, incarnation: anyIncarnation });
const anyHeard: fc.Arbitrary<Heard> = objectOf({
  host: anyHost,
  incarnation: anyIncarnation,
  sequence: anySequence,
  age: fc.integer({ min: 0, max: 1_000_000 }).map((units) => duration(units / 100)),
});
const anyHeldVip: fc.Arbitrary<HeldVip> = objectOf({ vip: anyVip, reason: anyReason, age: anyAge });
const anyWish: fc.Arbitrary<Wish> = fc.oneof(
  objectOf({ kind: fc.constant("move" as const), vip: anyVip, to: anyHost }),
  objectOf({ kind: fc.constant("balance" as const) }),
);
const anyReasonText = fc.string({ unit: "binary", maxLength: 200 });
/** Hundredths of a millisecond are what the format keeps. */
const anyPart = fc.nat({ max: 10_000_000 }).map((hundredths) => duration(hundredths / 100));
const someVips = ascending(anyVip, (vip) => vip);
const anyMatter: fc.Arbitrary<Matter> = fc.oneof(
  objectOf({ kind: fc.constant("message" as const), text: anyReasonText }),
  objectOf({ kind: fc.constantFrom("drained" as const, "resumed" as const), reason: anyReasonText }),
  objectOf({ kind: fc.constant("moveAsked" as const), vip: anyVip, to: anyHost }),
  objectOf({ kind: fc.constant("balanceAsked" as const) }),
  objectOf({
    kind: fc.constantFrom("foreignHolder" as const, "foreignHolderGone" as const),
    mac: name,
    vips: someVips,
    more: natural,
  }),
  objectOf({
    kind: fc.constant("failover" as const),
    vips: someVips,
    more: natural,
    from: anyHost,
    detect: anyPart,
    agree: anyPart,
    acquire: anyPart,
    announce: anyPart,
    confirm: fc.option(anyPart),
  }),
);
const anySaidWord: fc.Arbitrary<SaidWord> = objectOf({
  number: natural,
  matter: anyMatter,
  by: anyMember,
  view: anyView,
});
const anyHandover = fc.constantFrom("exclusive" as const, "overlap" as const);
/** Who was lost, if that is known. */
const anyLoser: fc.Arbitrary<HostName | null> = fc.option(anyHost);
const anyAssignment: fc.Arbitrary<Assignment> = objectOf({
  vip: anyVip,
  holder: anyHost,
  reason: anyReason,
  age: anyAge,
  from: ascending(anyHost, (host) => host),
  handover: anyHandover,
  unreleased: fc.option(objectOf({ by: anyLoser, remaining: anyAge, endsInSilence: fc.boolean() })),
});

const anyAddress: fc.Arbitrary<VipAddress> = objectOf({
  address: name,
  family: fc.constantFrom(4 as const, 6 as const),
  prefix: fc.nat({ max: 128 }),
  interface: name,
});
const anySpec: fc.Arbitrary<VipSpec> = objectOf({
  name: anyVip,
  addresses: fc.array(anyAddress, { maxLength: 3 }),
  prefer: fc.array(anyHost, { maxLength: 3 }),
  hosts: ascending(anyHost, (host) => host),
  handover: anyHandover,
  takeover: fc.constantFrom("at-once" as const, "after-lease" as const),
  foreignHolder: fc.constantFrom("defend" as const, "yield" as const),
});
const anyCatalog: fc.Arbitrary<Catalog> = objectOf({
  partition: fc.constantFrom("serve" as const, "quorum" as const),
  hosts: ascending(anyHost, (host) => host),
  vips: ascending(anySpec, (spec) => spec.name),
  settings: ascending(objectOf({ name, value: name }), (setting) => setting.name),
  former: ascending(
    objectOf({ name: anyVip, addresses: fc.array(anyAddress, { maxLength: 3 }) }),
    (each) => each.name,
  ),
});
const anyDiffering: fc.Arbitrary<Differing> = objectOf({
  host: anyHost,
  differences: fc.array(objectOf({ name, here: fc.option(name), elsewhere: fc.option(name) }), {
    maxLength: 16,
  }),
  more: natural,
});

const anyVouch = objectOf({ host: anyHost, remaining: anyAge });

/** Addresses as chance makes them, some from one network; and no other than a machine may have. */
const anyNeighbour: fc.Arbitrary<KnownNeighbour> = objectOf({
  interface: fc.oneof(
    fc.constantFrom("eth0", "bond0.12"),
    fc.string({ unit: "grapheme-ascii", maxLength: 15 }),
  ),
  address: fc.oneof(
    fc.nat({ max: 255 }).map((last) => `10.0.4.${last}`),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map(unicastOf),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map(unicastOf),
  ),
  age: anyAge,
});

function unicastOf(bytes: Uint8Array): string {
  const [four, six] = ["192.0.2.1", "fe80::1"];
  const address = ipAddressOf(bytes);
  return address !== null && isUnicast(address) ? address.text : bytes.length === 4 ? four : six;
}

const vips = ascending(anyVip, (vip) => vip);
const members = ascending(anyMember, (member) => member.host);

/** Any message of each kind. A new kind does not compile until it is here. */
export const messagesByKind: {
  readonly [Kind in Message["kind"]]: fc.Arbitrary<Extract<Message, { readonly kind: Kind }>>;
} = {
  heartbeat: objectOf({
    kind: fc.constant("heartbeat" as const),
    view: fc.option(anyView),
    promised: fc.option(anyView),
    follows: anyHost,
    revision: natural,
    mature: fc.boolean(),
    draining: fc.boolean(),
    waits: fc.boolean(),
    heard: ascending(anyHeard, (heard) => heard.host),
    releasing: vips,
    acquiring: vips,
    digest: name,
    timeout: anyAge,
    beat: natural,
    version: name,
  }),
  propose: objectOf({ kind: fc.constant("propose" as const), view: anyView, members, digest: name }),
  report: objectOf({
    kind: fc.constant("report" as const),
    view: anyView,
    revision: natural,
    mature: fc.boolean(),
    draining: fc.boolean(),
    held: ascending(anyHeldVip, (held) => held.vip),
    releasing: vips,
    unable: vips,
    damped: ascending(anyHost, (host) => host),
    vouching: ascending(anyVouch, (vouch) => vouch.host),
    unreleased: ascending(
      objectOf({ vip: anyVip, by: anyLoser, remaining: anyAge, endsInSilence: fc.boolean() }),
      (each) => each.vip,
    ),
    wishes: fc.array(anyWish, { maxLength: 8 }),
    catalog: fc.option(anyCatalog),
    words: fc.array(objectOf({ number: natural, matter: anyMatter }), { maxLength: 8 }),
    said: fc.array(anySaidWord, { maxLength: 8 }),
    failing: ascending(objectOf({ check: name, vips: fc.option(vips), problem: name }), ({ check }) => check),
  }),
  install: objectOf({
    kind: fc.constant("install" as const),
    view: anyView,
    members,
    mature: fc.boolean(),
    wait: anyAge,
    allocation: ascending(anyAssignment, (assignment) => assignment.vip),
    differing: ascending(anyDiffering, (each) => each.host),
    words: fc.array(anySaidWord, { maxLength: 8 }),
    failing: ascending(
      objectOf({ host: anyHost, check: name, vips: fc.option(vips), problem: name, more: natural }),
      ({ host, check }) => `${host}\0${check}`,
    ),
    failedOpen: vips,
    unable: ascending(objectOf({ host: anyHost, vips }), (each) => each.host),
  }),
  farewell: objectOf({ kind: fc.constant("farewell" as const) }),
  probe: objectOf({ kind: fc.constant("probe" as const) }),
  neighbours: objectOf({
    kind: fc.constant("neighbours" as const),
    neighbours: fc.array(anyNeighbour, { maxLength: NEIGHBOURS_PER_MESSAGE_MAX }),
  }),
};

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  ...Object.values<fc.Arbitrary<Message>>(messagesByKind),
);

/** A sender of this host. */
export const anySenderOf = (host: HostName): fc.Arbitrary<Sender> =>
  objectOf({ host: fc.constant(host), incarnation: anyIncarnation, sequence: anySequence });
