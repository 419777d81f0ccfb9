// Every reason that a VIP may be where it is, to draw from; a new one does not compile until it is here.

import type { MoveReason } from "../../src/core/message.ts";

const known: Readonly<Record<MoveReason, true>> = {
  unheld: true,
  holderGone: true,
  drained: true,
  unhealthy: true,
  preferred: true,
  merged: true,
  balance: true,
  operator: true,
};

export const moveReasons = Object.keys(known) as readonly MoveReason[];
