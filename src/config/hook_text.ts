// A hook in one line, which says all that its table says.

import type { Hook, HookEvent } from "../core/hook.ts";
import { durationText } from "./timing.ts";

/** `["/etc/molehill/flush.sh","all"], user nobody, timeout 5s, VIPs web-a web-b, batch` */
export function hookText(event: HookEvent, { command, user, timeout, vips, batch, onFailure }: Hook): string {
  return [
    JSON.stringify(command),
    ...(user === null ? [] : [`user ${user}`]),
    `timeout ${durationText(timeout)}`,
    ...(vips === null ? [] : [`VIPs ${vips.toSorted().join(" ")}`]),
    ...(batch ? ["batch"] : []),
    ...(event === "before_acquire" ? [`on_failure ${onFailure}`] : []),
  ].join(", ");
}
