// An address for a VIP of a test in which only names matter: no two names have the same.

import type { VipAddress } from "../../src/core/vocabulary.ts";

export const addressNamed = (name: string): VipAddress => ({
  address: `address of ${name}`,
  family: 4,
  prefix: 32,
  interface: "eth0",
});
