// The log of the daemon as its configuration asks for it, on the host that it runs on.

import type { Configuration } from "../config/configuration.ts";
import { logFileOf } from "../config/log_values.ts";
import type { HostName } from "../core/vocabulary.ts";
import { createLog, type LogPlan, type ProcessLog } from "../host/log.ts";

export interface ConfiguredLog
  extends Pick<ProcessLog, "write" | "problems" | "repeat" | "reopen" | "flush"> {
  /** Goes by another configuration from now on. */
  follow(configuration: Configuration): void;
}

export interface LogOwner {
  readonly host: HostName;
  /** Everything is logged, whatever the configuration says. */
  readonly verbose: boolean;
}

/** Opens it. What cannot be written is no reason not to start. */
export function openLog(configuration: Configuration, owner: LogOwner): ConfiguredLog {
  const log = createLog(planOf(configuration, owner));
  return {
    write: log.write.bind(log),
    problems: log.problems.bind(log),
    repeat: log.repeat.bind(log),
    reopen: log.reopen.bind(log),
    flush: log.flush.bind(log),
    follow: (next) => log.adopt(planOf(next, owner)),
  };
}

function planOf(
  { log: { file, level, maxSize: bytesMax, keep, syslog } }: Configuration,
  { host, verbose }: LogOwner,
): LogPlan {
  return {
    lowest: verbose ? "debug" : level,
    file: file === null ? null : { path: logFileOf(file, host), bytesMax, keep },
    syslog,
  };
}
