// Assertions are for programmer errors: a condition that no input and no fault can make false. The daemon
// answers a failed one by removing its VIPs and exiting, because a program that is wrong must not hold any.

export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}

/** States what must be so; throws AssertionFailed when it is not. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionFailed(what);
}
