// A process that waits for what may come, and says it; run by signals_test.ts in both runtimes.

import process from "node:process";
import { onFatal, onReload, onStop } from "../../src/host/signals.ts";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const came = new Set<string>();
const never = setInterval(() => {}, 1_000_000);

function signalled(what: string): void {
  say(what);
  came.add(what);
  if (came.size === 3) Deno.exit(0);
}

onStop((signal) => signalled(`stop ${signal}`));
onReload(() => signalled("reload"));
onFatal((error) => {
  say(`fatal ${error instanceof Error ? error.message : error}`);
  clearInterval(never);
  Deno.exit(70);
});

const ways: Readonly<Record<string, () => void>> = {
  signals: () => ["SIGHUP", "SIGINT", "SIGTERM"].forEach((signal) => process.kill(process.pid, signal)),
  thrown: () =>
    void setTimeout(() => {
      throw new Error("from a timer");
    }),
  rejected: () => void Promise.reject(new Error("from a promise")),
  rejectedWithoutError: () => void Promise.reject("no error"),
};
ways[Deno.args[0] ?? ""]?.();
// As main.ts does: while this is pending, Bun would run on after an uncaught error.
await new Promise(() => {});
