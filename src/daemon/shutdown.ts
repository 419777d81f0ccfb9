// The one way out. However the daemon's loop ended, afterwards none of the group's VIPs is on this host and every
// port is closed:
//
//   left      the node handed its VIPs over and said farewell: nothing is left to remove
//   hurried   the operator will not wait (a second signal), or the clean stop took too long
//   failed    the program is wrong somewhere: nothing it believes can be relied on
//
// Unless the node itself released everything, all VIPs of the configuration are removed, whatever the node believed
// was here. Where that fails, the guard is left armed: it removes them when this process is gone.

import type { VipName } from "../core/vocabulary.ts";
import type { HookWork } from "./hook_work.ts";
import type { Ports } from "./ports.ts";
import { listed } from "./words.ts";

/** How the daemon's loop ended. */
export type Ending =
  | { readonly kind: "left" }
  | { readonly kind: "hurried"; readonly why: string }
  | { readonly kind: "failed"; readonly error: unknown };

/** EX_SOFTWARE of sysexits.h. */
const exitSoftware = 70;
/** How long the machine may take to remove the VIPs, and then to close the ports, in milliseconds. */
const patience = 3000;

/** Leaves the host without VIPs and the ports closed. Answers the process's exit code; never throws. */
export async function shutDown(
  ending: Ending,
  { ports, vips, hookWork }: {
    readonly ports: Ports;
    readonly vips: readonly VipName[];
    readonly hookWork: Pick<HookWork, "close">;
  },
): Promise<number> {
  explain(ending, ports);
  const hooksOver = ending.kind === "left" ? null : settled(hookWork.close({ isClean: false }));
  const clean = ending.kind === "left" || await removeAll(vips, ports);
  await closePorts(ending, ports);
  if (clean) await settled(ports.guard.release());
  // The others have everything by now: nobody waits for this.
  await (hooksOver ?? hookWork.close({ isClean: true }));
  const code = clean && ending.kind !== "failed" ? 0 : exitSoftware;
  ports.log.write(code === 0 ? "info" : "error", `Stopped with exit code ${code}`);
  return code;
}

function explain(ending: Ending, { log }: Ports): void {
  switch (ending.kind) {
    case "left":
      return;
    case "hurried":
      return log.write("warning", `${ending.why}: removing the VIPs of this host without handing them over`);
    case "failed":
      return log.write(
        "error",
        `Molehill failed, removing the VIPs of this host: ${errorText(ending.error)}`,
      );
  }
}

async function removeAll(vips: readonly VipName[], { addresses, log }: Ports): Promise<boolean> {
  const outcome = await settled(addresses.remove(vips));
  if (outcome === null) {
    log.write("error", "Cannot remove the VIPs of this host: no answer in time; the guard removes them now");
    return false;
  }
  for (const { vip, problem } of outcome.problems) {
    log.write("error", `Cannot remove VIP "${vip}": ${problem}`);
  }
  if (outcome.done.length > 0) {
    log.write("info", `Of these VIPs nothing is on this host any more: ${listed(outcome.done)}`);
  }
  return outcome.problems.length === 0;
}

async function closePorts(
  { kind }: Ending,
  { control, network, lifelines, announcer, addresses, neighbours, checks, record }: Ports,
): Promise<void> {
  // Who has said no farewell is missed because its connections have ended.
  if (kind !== "left") await settled(lifelines.close());
  const others = [control, network, announcer, addresses, neighbours, checks, record].map((port) =>
    port.close()
  );
  await settled(Promise.allSettled(others));
  // The others should have heard a farewell before they hear that the connection has ended.
  if (kind === "left") await settled(lifelines.close());
}

/** What the work comes to; null when it failed or took longer than our patience. */
async function settled<Result>(work: Promise<Result>): Promise<Result | null> {
  let timer;
  const tooLate = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), patience));
  try {
    return await Promise.race([work, tooLate]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** With its stack: whoever mends the program needs it. */
const errorText = (
  error: unknown,
): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
