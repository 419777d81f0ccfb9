// Puts the wall clock of a program an hour ahead; loaded before it. (Linux has no wall clock of its own for a
// namespace; `unshare --time` shifts the other clocks.)

const HOUR_MS = 3_600_000;
const TrueDate = Date;

globalThis.Date = class extends TrueDate {
  constructor(...parts: readonly unknown[]) {
    super(...(parts.length === 0 ? [TrueDate.now() + HOUR_MS] : parts) as [number]);
  }

  static override now(): number {
    return TrueDate.now() + HOUR_MS;
  }
} as DateConstructor;
