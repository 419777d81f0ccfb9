// Reads a hosts file (hosts(5)): an address, then its names. Spread finds out by it who a host is; here it gives
// addresses to hosts that the other files only name.

import { type IpAddress, parseIpAddress } from "../../core/ip_address.ts";
import { addressFact } from "../address.ts";
import { cannot, type Report, shownQuoted, type SourceFile } from "./report.ts";

export interface HostsFile {
  /** The address of a name, by its full or short form; null when it has none but the loopback. */
  readonly addressOf: (name: string) => IpAddress | null;
  /** The first name of an address; null when it has none. */
  readonly nameOf: (address: string) => string | null;
}

/** For when there is no hosts file. */
export const noHosts: HostsFile = { addressOf: () => null, nameOf: () => null };

/** What the file says; lines without an address are in the report. */
export function parseHostsFile({ name: file, text }: SourceFile, report: Report): HostsFile {
  const addresses = new Map<string, IpAddress>();
  const shortForms = new Map<string, IpAddress>();
  const names = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const [first, ...rest] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (first === undefined || first === "") continue;
    const ip = parseIpAddress(first.replace(/%.*/, ""));
    if (ip === null) {
      const place = { file, line: index + 1, column: line.search(/\S/) + 1 };
      const wanted = "a line such as: 192.168.1.10 host1";
      cannot(report, place, { action: `use ${shownQuoted(first)} as address`, fact: "it is none", wanted });
      continue;
    }
    const fact = addressFact(ip);
    if (fact === "loopback" || fact === "link-local") continue;
    for (const each of rest.map((name) => name.toLowerCase())) {
      if (!addresses.has(each)) addresses.set(each, ip);
      const short = shortName(each);
      if (!shortForms.has(short)) shortForms.set(short, ip);
      if (!names.has(ip.text)) names.set(ip.text, each);
    }
  }
  return {
    addressOf(name) {
      const wanted = name.toLowerCase();
      return addresses.get(wanted) ??
        (wanted.includes(".") ? addresses : shortForms).get(shortName(wanted)) ?? null;
    },
    nameOf: (address) => names.get(address) ?? null,
  };
}

/** A host name up to its first dot. */
export const shortName = (name: string): string => name.split(".")[0] ?? name;
