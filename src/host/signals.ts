// What the daemon is told without being asked: a signal to stop, a signal to read its configuration again, and an
// error that nobody caught.

import process from "node:process";

const stopSignals = ["SIGTERM", "SIGINT"] as const;
export type StopSignal = (typeof stopSignals)[number];

/** Calls back each time somebody asks the process to stop; by default it would die at once. */
export function onStop(stop: (signal: StopSignal) => void): void {
  for (const signal of stopSignals) Deno.addSignalListener(signal, () => stop(signal));
}

/** Calls back for each SIGHUP, which would end the process by default. */
export function onReload(reload: () => void): void {
  Deno.addSignalListener("SIGHUP", () => reload());
}

/**
 * Calls back with each error that nobody caught: a bug, after which the process must shut down and exit. Without
 * this, Deno would die with its VIPs, and Bun would run on while a top-level await is pending.
 */
export function onFatal(shutDown: (error: unknown) => void): void {
  process.on("uncaughtException", shutDown);
  process.on("unhandledRejection", shutDown);
}
