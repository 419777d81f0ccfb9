// Whether a check counts as passed or as failed: not every single result does, or VIPs would move for a hiccup.
//
//              `fall` failures in a row
//   passing ------------------------------> failing
//           <------------------------------
//              `rise` passes in a row
//
// The first result of all decides by itself: there is nothing yet that could flap, and a host that has just started
// should neither wait for long nor take VIPs for a service that is not there.

/** How a check stands. */
export interface CheckState {
  readonly kind: "passing" | "failing";
  /** How many results in a row said the contrary. */
  readonly contrary: number;
}

/** After one more result; `before` is null when there was none. */
export function nextState(
  before: CheckState | null,
  isWell: boolean,
  { rise, fall }: { readonly rise: number; readonly fall: number },
): CheckState {
  const kind = isWell ? "passing" : "failing";
  if (before === null || before.kind === kind) return { kind, contrary: 0 };
  const contrary = before.contrary + 1;
  return contrary >= (isWell ? rise : fall) ? { kind, contrary: 0 } : { ...before, contrary };
}
