// The init script of the examples on a host of a lab, as init would run it there: under the real /etc/default, which is a
// private one for it, and with what it is given there.

import type { Lab } from "./lab.ts";
import type { LabHost } from "./lab_host.ts";
import { type Outcome, run } from "./command.ts";
import { inside } from "./namespace.ts";

const source = new URL("../../examples/molehill.init", import.meta.url);

export interface InitScript {
  /** Runs it for the action; in front may be words that run another program, as `setpriv`. */
  (action: string, wrapper?: readonly string[]): Promise<Outcome>;
  readonly pidFile: string;
  /** Tells the process in the pid file from others that get its pid. */
  readonly startFile: string;
  /** What the daemon writes to standard error. */
  readonly errorFile: string;
  /** The pid in the pid file; 0: there is none. */
  pid(): Promise<number>;
}

export interface InitScriptOptions {
  readonly lab: Lab;
  readonly host: LabHost;
  /** The words that start the shell. */
  readonly shell: readonly string[];
  /** As lines of /etc/default/molehill, beside those that name the files of the lab. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** What else is mounted for it, as a command of the shell; nothing when nothing is said. */
  readonly mounts?: string;
}

/** Puts the script and its defaults into the lab's directory. */
export async function placeInitScript(
  { lab, host, shell, defaults = {}, mounts = "true" }: InitScriptOptions,
): Promise<InitScript> {
  const script = `${lab.directory}/init-${host.name}.sh`;
  const defaultsFile = `${lab.directory}/default-${host.name}`;
  const errorFile = `${lab.directory}/molehill-${host.name}.err`;
  const pidFile = `${host.runtimeDirectory}/molehill.pid`;
  const startFile = `${host.runtimeDirectory}/molehill.started`;
  // Others than root are to come as far as the script.
  await Deno.chmod(lab.directory, 0o755);
  await Deno.copyFile(source, script);
  const lines = Object.entries({
    DAEMON: host.place.runs.program[0] ?? "",
    CONFIG: lab.configFile,
    RUNTIME_DIR: host.runtimeDirectory,
    STATE_DIR: host.stateDirectory,
    ERROR_FILE: errorFile,
    LOG_DIR: `${lab.directory}/log`,
    ...defaults,
  }).map(([name, value]) => `${name}='${value}'\n`);
  await Deno.writeTextFile(defaultsFile, lines.join(""));

  const act = (action: string, wrapper: readonly string[] = []): Promise<Outcome> => {
    const own = 'mount -t tmpfs none /etc/default && cp "$0" /etc/default/molehill && ' +
      `${mounts} && exec "$@"`;
    return run([
      ...inside(host.place.namespace),
      ...["unshare", "--mount", "sh", "-c", own, defaultsFile],
      ...[...wrapper, ...shell, script, action],
    ], { atMostMs: 120_000 });
  };
  const pid = async () => Number(await Deno.readTextFile(pidFile).catch(() => "0"));
  return Object.assign(act, { pidFile, startFile, errorFile, pid });
}
