// Which address on this host is whose. Two things make this more than a table: what is believed to be on the host
// (what the last look found, and what was added and removed since), and a configuration that changes.
//
// When it does, a VIP may have other addresses, or be gone. What may be on the host under its name from before is
// former: it still has to go, under that name. An address has one name at a time: one that is former of a VIP counts for
// no other VIP, until it is added for that one.
//
//     configuration        web-a = .109          web-a = .110, web-x = .109
//     on the host          .109 of web-a         .109, former of web-a: "web-a" is there in part, "web-x" is not

import type { Observed } from "../core/events.ts";
import { sorted, type VipName } from "../core/vocabulary.ts";
import { keyOf, type PlacedAddress, type PlacedVip } from "./placed_vip.ts";

export interface AddressBook {
  /** Goes by another configuration. */
  adopt(vips: readonly PlacedVip[]): void;
  /** What the configuration says of the VIP; none when it does not have it. */
  presentOf(vip: VipName): readonly PlacedAddress[];
  /** What may be on the host under the VIP's name, though the configuration says otherwise now. */
  formerOf(vip: VipName): readonly PlacedAddress[];
  /** All that is former, by VIP. */
  former(): readonly PlacedVip[];
  /** Somebody will put the addresses on the host. */
  ask(addresses: readonly PlacedAddress[]): void;
  /** The address is put on the host for this VIP, and is nobody else's from now on. */
  claim(vip: VipName, address: PlacedAddress): void;
  /** The address could not be put on the host, or is about to be taken off. */
  doubt(address: PlacedAddress): void;
  /** The address is not on the host. */
  strike(address: PlacedAddress): void;
  /** Whether the address may be on the host for this VIP, and not for another one. */
  isOf(vip: VipName, address: PlacedAddress): boolean;
  /** Whether all that the VIP has is believed to be on the host, for it. */
  isWhole(vip: VipName): boolean;
  /** All that a look has found, ours or not. */
  look(found: readonly Place[]): void;
  observed(): Pick<Observed, "whole" | "partial">;
  /** Whether an address that appeared or went is any news. */
  isNews(place: Place, change: { readonly deleted: boolean }): boolean;
}

type Place = Pick<PlacedAddress, "address" | "prefix" | "interface">;

/** A book for the VIPs; `formerGone` is called when the last former address is gone. */
export function openAddressBook(
  vips: readonly PlacedVip[],
  { formerGone }: { readonly formerGone: () => void },
): AddressBook {
  const believed = new Set<string>();
  /** Asked for and not struck since, whether it was carried out yet or not. */
  const asked = new Set<string>();
  const former = createFormer();
  let present = byName(vips);
  let ours = keysOf(vips);

  const presentOf = (vip: VipName) => present.get(vip) ?? [];
  const isOf = (vip: VipName, address: Place) => (former.vipOf(keyOf(address)) ?? vip) === vip;
  const isOn = (vip: VipName) => (address: Place) => believed.has(keyOf(address)) && isOf(vip, address);

  return {
    adopt(to) {
      for (const { vip, address, key } of entriesOf(present)) {
        const mayBeHere = believed.has(key) || asked.has(key);
        if (mayBeHere && former.vipOf(key) === null) former.keep(vip, address);
      }
      present = byName(to);
      ours = keysOf(to);
      for (const { vip, key } of entriesOf(present)) if (former.vipOf(key) === vip) former.drop(key);
    },
    presentOf,
    formerOf: former.of,
    former: () => former.vips().map((vip) => ({ vip, addresses: former.of(vip) })),
    ask: (addresses) => addresses.forEach((address) => asked.add(keyOf(address))),
    claim(vip, address) {
      const key = keyOf(address);
      believed.add(key);
      asked.add(key);
      // What is former of this very VIP was asked for before the configuration changed, and stays former.
      if (former.vipOf(key) !== vip) forget(key);
    },
    doubt: (address) => void believed.delete(keyOf(address)),
    strike(address) {
      const key = keyOf(address);
      believed.delete(key);
      asked.delete(key);
      forget(key);
    },
    isOf,
    isWhole: (vip) => presentOf(vip).length > 0 && presentOf(vip).every(isOn(vip)),
    look(found) {
      believed.clear();
      for (const key of found.map(keyOf)) if (isOurs(key)) believed.add(key);
    },
    observed() {
      const states = new Map<VipName, "whole" | "partial">();
      for (const [vip, addresses] of present) {
        const count = addresses.filter(isOn(vip)).length;
        if (count > 0) states.set(vip, count === addresses.length ? "whole" : "partial");
      }
      for (const vip of former.vips()) if (former.of(vip).some(isOn(vip))) states.set(vip, "partial");
      const inState = (wanted: "whole" | "partial") =>
        sorted([...states].filter(([, state]) => state === wanted).map(([vip]) => vip));
      return { whole: inState("whole"), partial: inState("partial") };
    },
    isNews(place, { deleted }) {
      const key = keyOf(place);
      return isOurs(key) && deleted === believed.has(key);
    },
  };

  function isOurs(key: string): boolean {
    return ours.has(key) || former.vipOf(key) !== null;
  }

  function forget(key: string): void {
    if (former.drop(key) && former.isEmpty()) formerGone();
  }
}

/** Former addresses, each of one VIP. */
function createFormer() {
  const byKey = new Map<string, VipName>();
  const byVip = new Map<VipName, Map<string, PlacedAddress>>();
  return {
    keep(vip: VipName, address: PlacedAddress): void {
      byKey.set(keyOf(address), vip);
      byVip.set(vip, (byVip.get(vip) ?? new Map<string, PlacedAddress>()).set(keyOf(address), address));
    },
    /** Says whether it was there. */
    drop(key: string): boolean {
      const vip = byKey.get(key);
      if (vip === undefined) return false;
      byKey.delete(key);
      const others = byVip.get(vip);
      others?.delete(key);
      if (others?.size === 0) byVip.delete(vip);
      return true;
    },
    vipOf: (key: string): VipName | null => byKey.get(key) ?? null,
    of: (vip: VipName): readonly PlacedAddress[] => [...byVip.get(vip)?.values() ?? []],
    isEmpty: () => byKey.size === 0,
    vips: () => sorted(byVip.keys()),
  };
}

type ByName = ReadonlyMap<VipName, readonly PlacedAddress[]>;

const byName = (vips: readonly PlacedVip[]): ByName =>
  new Map(vips.map(({ vip, addresses }) => [vip, addresses]));

const keysOf = (vips: readonly PlacedVip[]): ReadonlySet<string> =>
  new Set(vips.flatMap(({ addresses }) => addresses.map(keyOf)));

const entriesOf = (vips: ByName) =>
  [...vips].flatMap(([vip, addresses]) =>
    addresses.map((address) => ({ vip, address, key: keyOf(address) }))
  );
