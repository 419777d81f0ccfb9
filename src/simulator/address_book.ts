// Which addresses a name means to one daemon, as src/host/addresses.ts keeps it: those of the configuration that it
// goes by, and those that may still be on the host under that name from an earlier one, its former addresses. An
// address has one name at a time: one that is former of a VIP counts for no other, until that other one is added.

import type { Observed } from "../core/events.ts";
import { type Group, sorted, type VipName } from "../core/vocabulary.ts";
import type { Kernel } from "./kernel.ts";

/** What a command does for one VIP: first the removals, then the additions. */
export interface Task {
  readonly vip: VipName;
  readonly removes: readonly string[];
  readonly adds: readonly string[];
}

export class AddressBook {
  readonly #kernel: Kernel;
  #group: Group;
  #addresses: ReadonlyMap<VipName, readonly string[]>;
  /** What was asked for and not removed since. */
  readonly #asked = new Set<string>();
  /** What the last look found. */
  #believed: ReadonlySet<string> = new Set();
  /** By address, whose it was. */
  readonly #former = new Map<string, VipName>();

  constructor(group: Group, kernel: Kernel) {
    this.#group = group;
    this.#addresses = addressesOf(group);
    this.#kernel = kernel;
  }

  get group(): Group {
    return this.#group;
  }

  /** Goes by another configuration from now on. */
  adopt(group: Group): void {
    for (const [vip, addresses] of this.#addresses) {
      for (const address of addresses) {
        const mayBeHere = this.#believed.has(address) || this.#asked.has(address);
        if (mayBeHere && !this.#former.has(address)) this.#former.set(address, vip);
      }
    }
    this.#group = group;
    this.#addresses = addressesOf(group);
    for (const [vip, addresses] of this.#addresses) {
      for (const address of addresses) if (this.#former.get(address) === vip) this.#former.delete(address);
    }
  }

  /** Every address that a name means now, none for a name that the configuration does not have. */
  addressesOf(vip: VipName): readonly string[] {
    return this.#addresses.get(vip) ?? [];
  }

  /** Whose the address is: of the configuration, or from before. */
  nameOf(address: string): VipName | null {
    return this.#former.get(address) ?? vipAt(this.#group, address)?.name ?? null;
  }

  /** What adding the VIP does. What it had before is not a part of it any more. */
  addition(vip: VipName): Task {
    const adds = this.addressesOf(vip);
    for (const address of adds) this.#asked.add(address);
    return { vip, adds, removes: adds.length > 0 ? this.#formerOf(vip) : [] };
  }

  /** What removing the VIP does: takes off all that is there under its name. */
  removal(vip: VipName): Task {
    return { vip, adds: [], removes: [...this.addressesOf(vip), ...this.#formerOf(vip)] };
  }

  /** Which of the addresses are this VIP's now, and not another's. */
  own(vip: VipName, addresses: readonly string[]): readonly string[] {
    return addresses.filter((address) => (this.#former.get(address) ?? vip) === vip);
  }

  /** The address is the VIP's from now on. */
  claim(vip: VipName, address: string): void {
    this.#asked.add(address);
    if (this.#former.get(address) !== vip) this.#former.delete(address);
  }

  /** The address was removed. */
  forget(address: string): void {
    this.#asked.delete(address);
    this.#former.delete(address);
  }

  /** What a look at the kernel finds, by VIP. */
  observed(): Observed {
    const ours = [...this.#former.keys(), ...[...this.#addresses.values()].flat()];
    this.#believed = new Set(ours.filter((address) => this.#kernel.has(address)));
    const found = new Map<VipName, "whole" | "partial">();
    for (const [vip, addresses] of this.#addresses) {
      const present = this.own(vip, addresses).filter((address) => this.#kernel.has(address)).length;
      if (present > 0) found.set(vip, present === addresses.length ? "whole" : "partial");
    }
    for (const [address, vip] of this.#former) if (this.#kernel.has(address)) found.set(vip, "partial");
    const namesOf = (wanted: "whole" | "partial") =>
      sorted([...found].filter(([, state]) => state === wanted).map(([vip]) => vip));
    return {
      whole: namesOf("whole"),
      partial: namesOf("partial"),
      withoutLink: this.#kernel.hasLink ? [] : sorted(this.#addresses.keys()),
      withNewMac: [],
      isPlaced: true,
    };
  }

  #formerOf(vip: VipName): string[] {
    return [...this.#former].filter(([, name]) => name === vip).map(([address]) => address);
  }
}

const addressesOf = (group: Group): ReadonlyMap<VipName, readonly string[]> =>
  new Map(group.vips.map(({ name, addresses }) => [name, addresses.map(({ address }) => address)]));

const indices = new WeakMap<Group, ReadonlyMap<string, Group["vips"][number]>>();

/** The VIP that has the address in this configuration. */
export function vipAt(group: Group, address: string): Group["vips"][number] | undefined {
  let index = indices.get(group);
  if (index === undefined) {
    index = new Map(group.vips.flatMap((vip) => vip.addresses.map((each) => [each.address, vip] as const)));
    indices.set(group, index);
  }
  return index.get(address);
}
