// Why a socket cannot be bound to an address. The kernel says "not available" of an address that is not here, and
// of the broadcast address of an interface that is down; people need to know which.

import { parseIpAddresses } from "../codec/ip_json.ts";
import { runCommand } from "./command.ts";

export type AddressState =
  /** No interface has it. */
  | { readonly kind: "absent" }
  /** It is on an interface that is down. */
  | { readonly kind: "down"; readonly interface: string }
  /** It is on an interface that is not down; or nothing is known of it. */
  | { readonly kind: "here" };

/** Asks the program `ip`. */
export async function addressState(address: string, ip: string): Promise<AddressState> {
  const outcome = await runCommand({ program: ip, args: ["-json", "address", "show"], atMostMs: 2_000 });
  const parsed = outcome.kind === "ok" ? parseIpAddresses(outcome.stdout) : null;
  if (parsed?.ok !== true) return { kind: "here" };
  const { addresses, interfaces } = parsed.value;
  const name = addresses.find((each) => each.address === address)?.interface;
  if (name === undefined) return { kind: "absent" };
  const isDown = interfaces.some((each) => each.name === name && each.state === "DOWN");
  return isDown ? { kind: "down", interface: name } : { kind: "here" };
}
