// How fast a group beats in the bench: both programs at the same interval, or each as it comes.

/** All in milliseconds. */
export interface Pace {
  /** As the command line and the table have it. */
  readonly name: string;
  readonly heartbeatMs: number;
  readonly timeoutMs: number;
  /** Between two adverts of keepalived. */
  readonly advertMs: number;
}

/** Molehill's profile "lan", and what keepalived takes when its file says nothing. */
const asTheyCome: Pace = { name: "default", heartbeatMs: 100, timeoutMs: 500, advertMs: 1_000 };

/** "default", or an interval as "1s" or "20ms"; null when it is neither. */
export function paceNamed(name: string): Pace | null {
  if (name === asTheyCome.name) return asTheyCome;
  const [, amount, unit] = /^([1-9]\d*)(ms|s)$/.exec(name) ?? [];
  if (amount === undefined) return null;
  const interval = Number(amount) * (unit === "s" ? 1_000 : 1);
  // VRRP counts in hundredths of a second, and declares a master dead after three adverts and a little.
  if (interval < 10 || interval % 10 !== 0) return null;
  return { name, heartbeatMs: interval, timeoutMs: 3 * interval, advertMs: interval };
}

export const isDefault = (pace: Pace): boolean => pace.name === asTheyCome.name;
