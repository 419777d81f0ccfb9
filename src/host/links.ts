// The interfaces of this host by name, as far as the kernel has told of them.

import type { KernelLink } from "../codec/netlink_links.ts";

export interface Links {
  /** The interface of this name; null when there is none. */
  named(name: string): KernelLink | null;
  /** The name of an interface; null when there is none of this number. */
  nameOf(index: number): string | null;
  /**
   * An interface came, or something about it changed. Gives the names that have another interface now, or one that
   * began or ceased to carry, or got another hardware address.
   */
  see(link: KernelLink): readonly string[];
  /** An interface went. Gives its name, if it was known. */
  drop(index: number): readonly string[];
  /** These are all. */
  replace(links: readonly KernelLink[]): void;
}

export function createLinks(): Links {
  const byIndex = new Map<number, KernelLink>();
  const byName = new Map<string, KernelLink>();

  return {
    named: (name) => byName.get(name) ?? null,
    nameOf: (index) => byIndex.get(index)?.name ?? null,
    see(link) {
      const before = byIndex.get(link.index);
      const renamed = before?.name === link.name ? [] : drop(link.index);
      byIndex.set(link.index, link);
      byName.set(link.name, link);
      const isAsBefore = before?.name === link.name && before.carries === link.carries &&
        before.mac === link.mac;
      return isAsBefore ? [] : [...renamed, link.name];
    },
    drop,
    replace(links) {
      byIndex.clear();
      byName.clear();
      for (const link of links) {
        byIndex.set(link.index, link);
        byName.set(link.name, link);
      }
    },
  };

  function drop(index: number): readonly string[] {
    const before = byIndex.get(index);
    if (before === undefined) return [];
    byIndex.delete(index);
    // Another one may have taken the name.
    if (byName.get(before.name)?.index === index) byName.delete(before.name);
    return [before.name];
  }
}
