// Addresses on the wire: a byte for the family, then the 4 or 16 bytes of the address.

import { assert } from "../core/assert.ts";
import { type IpAddress, ipAddressOf, isUnicast, parseIpAddress } from "../core/ip_address.ts";
import { Malformed } from "./bytes.ts";
import { type Codec, oneOf } from "./wire.ts";

const family = oneOf<"ipv4" | "ipv6">({ ipv4: 4, ipv6: 6 });

/** The canonical text of an address that a single machine may have; no other is read. */
export const unicast: Codec<string> = {
  write(writer, value) {
    const address = parseIpAddress(value);
    assert(address !== null && isUnicast(address), "an address for the wire is one of a machine");
    family.write(writer, address.family === 4 ? "ipv4" : "ipv6");
    writer.bytes(address.bytes);
  },
  read(reader) {
    const length = family.read(reader) === "ipv4" ? 4 : 16;
    // The bytes read are a view, which the next datagram may overwrite.
    const address: IpAddress | null = ipAddressOf(reader.bytes(length).slice());
    if (address === null || !isUnicast(address)) throw new Malformed("an address that no machine has");
    return address.text;
  },
};
