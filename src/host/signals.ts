// Ways out that the daemon does not choose: a signal that asks it to stop, and an error that nobody caught.

import process from "node:process";

/** SIGHUP too: the configuration is not read again while the daemon runs, and a closed terminal is an end. */
const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
export type StopSignal = (typeof stopSignals)[number];

/** Calls back each time somebody asks the process to stop; by default it would die at once. */
export function onStop(stop: (signal: StopSignal) => void): void {
  for (const signal of stopSignals) Deno.addSignalListener(signal, () => stop(signal));
}

/**
 * Calls back with each error that nobody caught: a bug, after which the process must shut down and exit. Without
 * this, Deno would die with its VIPs, and Bun would run on while a top-level await is pending.
 */
export function onFatal(shutDown: (error: unknown) => void): void {
  process.on("uncaughtException", shutDown);
  process.on("unhandledRejection", shutDown);
}
