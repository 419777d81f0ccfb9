// The small words that every text for people is made of: lists that stay short, and lengths of time.

/** Names in a row; of a long row only the first ones and how many more there are. */
export function listed(names: readonly string[], shownMax = 6): string {
  if (names.length <= shownMax) return names.join(", ");
  return `${names.slice(0, shownMax).join(", ")} and ${names.length - shownMax} more`;
}

/** "1 VIP", "3 VIPs". */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** A length of time in milliseconds in its two largest units: "40ms", "1.5s", "3m12s", "2h05m", "3d04h". */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`;
  if (seconds < 86_400) {
    return `${Math.floor(seconds / 3600)}h${twoDigits(Math.floor((seconds % 3600) / 60))}m`;
  }
  return `${Math.floor(seconds / 86_400)}d${twoDigits(Math.floor((seconds % 86_400) / 3600))}h`;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");
