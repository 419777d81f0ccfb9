// The options that several commands share: the same names and defaults everywhere. Each command takes all of the
// common ones, so that one set of them fits every call from a script; its help shows those that it uses.

import { type Message, message, text } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string, type ValueParser } from "@optique/core/valueparser";
import { path } from "@optique/run/valueparser";
import { type LineLimits, lineProblem, lineWanted, REASON } from "../codec/one_line.ts";

/** TEXT: what people are to read on a screen. */
export const oneLine = (limits: LineLimits): ValueParser<"sync", string> => ({
  mode: "sync",
  metavar: "TEXT",
  placeholder: "",
  parse(input) {
    const problem = lineProblem(input, limits);
    if (problem === null) return { success: true, value: input };
    return { success: false, error: [text(`The text ${problem} (wanted ${lineWanted(limits)}).`)] };
  },
  format: (line) => line,
});

/** Where the configuration file is, if --config does not say otherwise. */
export const defaultConfig = "/etc/molehill/molehill.toml";
/** Where the daemon keeps its socket, if --runtime-dir does not say otherwise. */
export const defaultRuntimeDir = "/run/molehill";

const hidden = { hidden: true } as const;

const config = (options: { readonly description: Message } | typeof hidden) =>
  withDefault(option("--config", path({ metavar: "FILE", type: "file" }), options), defaultConfig);

const runtimeDir = (options: { readonly description: Message } | typeof hidden) =>
  withDefault(
    option("--runtime-dir", path({ metavar: "DIR", type: "directory" }), options),
    defaultRuntimeDir,
  );

const configShown = config({ description: message`The configuration file.` });
const runtimeDirShown = runtimeDir({ description: message`Where the daemon keeps its control socket.` });

/** Where the daemon keeps what outlives it, if --state-dir does not say otherwise. */
export const defaultStateDir = "/var/lib/molehill";

/** --state-dir DIR: for the daemon. */
export const stateDirOption = withDefault(
  option("--state-dir", path({ metavar: "DIR", type: "directory" }), {
    description: message`Where the daemon keeps what outlives it.`,
  }),
  defaultStateDir,
);

/** For commands that read the configuration and leave the daemon alone. */
export const configOptions = { config: configShown, runtimeDir: runtimeDir(hidden) };
/** For commands that ask the daemon. */
export const daemonOptions = { config: config(hidden), runtimeDir: runtimeDirShown };
/** For commands that need neither. */
export const hiddenOptions = { config: config(hidden), runtimeDir: runtimeDir(hidden) };
/** For the daemon itself. */
export const runOptions = { config: configShown, runtimeDir: runtimeDirShown, stateDir: stateDirOption };

/** --json: the daemon's whole answer. */
export const jsonOption = option("--json", { description: message`Print the daemon's status as JSON.` });

/** --reason TEXT: shown by status and logged; empty when it is not given. */
export const reasonOption = map(
  optional(
    option("--reason", oneLine(REASON), {
      description: message`Why; shown by "molehill status" and in the log.`,
    }),
  ),
  (reason) => reason ?? "",
);

/** --persist: of a drain. */
export const persistOption = option("--persist", {
  description: message`Also after a restart of the daemon or the machine, until "molehill resume".`,
});

/** --host NAME: who this host is, where its addresses do not tell. */
export const hostOption = optional(
  option("--host", string({ metavar: "NAME" }), {
    description:
      message`Which host of the configuration this is; else the one that has an address of this machine.`,
  }),
);
