// Programs of the operator's lead sessions of their own, so that all they have started can be ended with them, and find
// the same directories in PATH, whatever the daemon was started with.

import process from "node:process";

/** What they find as PATH. */
export const sessionPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Signals all of a session that are in its leader's group; false when there is nobody to get it. The leader's process id
 * is the group's number while any of the group lives; after that it may be another process's soon.
 */
export const signalSession = (leader: number, signal: "SIGTERM" | "SIGKILL"): boolean =>
  signalled(-leader, signal);

/** The same for a child that may not lead a session yet: then it alone gets it. */
export const signalStarting = (child: number, signal: "SIGTERM" | "SIGKILL"): boolean =>
  signalSession(child, signal) || signalled(child, signal);

function signalled(whom: number, signal: "SIGTERM" | "SIGKILL"): boolean {
  try {
    process.kill(whom, signal);
    return true;
  } catch {
    return false;
  }
}
