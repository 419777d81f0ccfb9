// What the commands' exit codes mean, in one place. Above 63 they are those of sysexits.h.

/** Exit codes of all commands. */
export const exitCode = {
  /** Done; for "status": every VIP is held and nothing is to be warned of. */
  ok: 0,
  /** "status": not all VIPs are held, or there is a warning. "drain", "move"...: the daemon refused. */
  degraded: 1,
  refused: 1,
  /** The configuration cannot be used. */
  badConfiguration: 2,
  /** No daemon answers on the control socket. */
  unreachable: 2,
  /** EX_USAGE: the command line is wrong. */
  usage: 64,
  /** EX_UNAVAILABLE: something that the daemon needs from this host is missing. */
  unavailable: 69,
  /** EX_SOFTWARE: Molehill itself failed; its VIPs were removed. */
  internal: 70,
  /** EX_IOERR: what was to be said could not be written. */
  unwritten: 74,
  /** EX_TEMPFAIL: another daemon runs in this runtime directory, or has this state directory. */
  alreadyRunning: 75,
} as const;
