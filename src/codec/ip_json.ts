// What `ip -json address show` prints: the interfaces of this host and the addresses on them. It prints an
// empty object in place of everything it filtered out, and more fields than are read here.

import { parseIpAddress } from "../core/ip_address.ts";
import {
  array,
  boolean,
  mismatch,
  object,
  optional,
  parseJson,
  type Shape,
  string,
  wholeNumber,
} from "./json_shape.ts";
import { type Parsed, parsed, problem } from "./parsed.ts";

export interface HostAddresses {
  /** In the order of the kernel. */
  readonly interfaces: readonly HostInterface[];
  readonly addresses: readonly InterfaceAddress[];
}

export interface HostInterface {
  readonly name: string;
  /** RFC 2863: "UP", "DOWN", "UNKNOWN" for interfaces that cannot tell, as "lo"; and others. */
  readonly state: string;
  readonly hasIpv4: boolean;
  readonly hasIpv6: boolean;
}

export interface InterfaceAddress {
  readonly interface: string;
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  /** Seconds until the kernel removes it, cut to whole ones; null: never. */
  readonly validFor: number | null;
  /**
   * True for an IPv6 address that another machine already uses (RFC 4862, section 5.4): it is of no use here.
   */
  readonly duplicate: boolean;
}

/** Reads the output of `ip -json address show`; the problem is for people. */
export function parseIpAddresses(text: string): Parsed<HostAddresses> {
  const links = parseJson(text, array(link));
  if (!links.ok) return problem(`Cannot read the output of "ip -json address show": ${links.problem}`);
  const shown = links.value.filter((each) => each !== null);
  return parsed({
    interfaces: shown.map(({ name, state, addresses }) => ({
      name,
      state,
      hasIpv4: addresses.some((each) => each.family === 4),
      hasIpv6: addresses.some((each) => each.family === 6),
    })),
    addresses: shown.flatMap((each) => each.addresses),
  });
}

interface Link {
  readonly name: string;
  readonly state: string;
  readonly addresses: readonly InterfaceAddress[];
}

type LinkAddress = Omit<InterfaceAddress, "interface">;

/** One interface; null for an empty object. */
const link: Shape<Link | null> = (value, at) => {
  const { ifname: name } = object({ ifname: optional(string, null) })(value, at);
  if (name === null) return null;
  const { operstate: state, addr_info } = linkFields(value, at);
  const addresses = addr_info.filter((each) => each !== null);
  return { name, state, addresses: addresses.map((each) => ({ interface: name, ...each })) };
};

/** One address; null for an empty object and for a family that is neither IPv4 nor IPv6. */
const address: Shape<LinkAddress | null> = (value, at) => {
  const { family } = object({ family: optional(string, null) })(value, at);
  if (family === "inet") return addressOf(4)(value, at);
  if (family === "inet6") return addressOf(6)(value, at);
  return null;
};

const linkFields = object<
  { readonly operstate: string; readonly addr_info: readonly (LinkAddress | null)[] }
>({
  operstate: optional(string, "UNKNOWN"),
  addr_info: optional(array(address), []),
});

function addressOf(family: 4 | 6): Shape<LinkAddress> {
  const fields = object({
    local: localAddress(family),
    prefixlen: wholeNumber({ min: 0, max: family === 4 ? 32 : 128 }),
    valid_life_time: optional(wholeNumber({ min: 0, max: FOREVER }), FOREVER),
    dadfailed: optional(boolean, false),
  });
  return (value, at) => {
    const { local, prefixlen: prefix, valid_life_time: left, dadfailed: duplicate } = fields(value, at);
    return { address: local, family, prefix, validFor: left === FOREVER ? null : left, duplicate };
  };
}

/** Canonical text of an address of the family. */
function localAddress(family: 4 | 6): Shape<string> {
  return (value, at) => {
    const read = parseIpAddress(string(value, at));
    if (read?.family === family) return read.text;
    throw mismatch({ value, at, wanted: `an IPv${family} address` });
  };
}

/** What `ip` prints for an address without a lifetime: all 32 bits set. */
const FOREVER = 2 ** 32 - 1;
