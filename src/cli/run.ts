// The daemon, from the configuration file to the exit code. Everything that can be wrong is found before anything is
// changed on the host.

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { Configuration, HostPlace } from "../config/configuration.ts";
import { identifyHost } from "../config/whoami.ts";
import { type Incarnation, incarnation } from "../core/vocabulary.ts";
import { runDaemon } from "../daemon/daemon.ts";
import { createKeyring, type Keyring } from "../host/authenticator.ts";
import { type Action, defineCommand } from "./command.ts";
import { readConfiguration, readSecrets, unusableLines } from "./configuration_file.ts";
import { type ConfiguredLog, openLog } from "./configured_log.ts";
import { listenForEndings } from "./endings.ts";
import { exitCode } from "./exit_codes.ts";
import { missingHere, openPorts } from "./open_ports.ts";
import { hostOption, runOptions, stateDirOption } from "./options.ts";
import { placeOn, segmentsOfHosts } from "./placement.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

const verboseOption = option("--verbose", {
  description: message`Log also how the hosts agree with each other, whatever level [log] says.`,
});

const dryRunOption = option("--dry-run", {
  description: message`Only look whether it could start here: say what is missing, and change nothing.`,
});

/** molehill run */
export const runCommand = defineCommand(
  {
    name: "run",
    summary: "Run the daemon, in the foreground, with its log on standard error.",
    description:
      `Takes part in the group and holds the VIPs that the group gives to this host. Runs until SIGTERM or \
SIGINT: then it hands its VIPs over, removes them and ends. A second signal removes them without handing them over.

Its log goes to standard error, or where [log] of the configuration says. SIGHUP makes it begin its log file anew, \
and read the configuration and the key file again. What did not change is not touched; a file that \
cannot be used changes nothing, and the log says what is wrong with it.

A drain that persists (molehill drain --persist) is kept in the state directory: a daemon that finds one there starts drained.

It needs the privilege to change addresses (root, or CAP_NET_ADMIN and CAP_NET_RAW). If anything that it needs is \
missing it says so and changes nothing. So does --dry-run, also while a daemon runs: for before a restart.`,
    examples: [
      ["molehill run", "as the unit file does"],
      ["molehill run --config trial.toml --runtime-dir /tmp/a --state-dir /tmp/a", "on a trial"],
      [
        "molehill run --dry-run && systemctl restart molehill",
        "if it can start again",
      ],
    ],
    exitCodes: [
      [exitCode.ok, "stopped as asked; none of the VIPs is on this host. With --dry-run: nothing is missing"],
      [exitCode.badConfiguration, "the configuration cannot be used, or does not say which host this is"],
      [exitCode.unavailable, "this host lacks something: a program, an interface, a privilege, a free port"],
      [exitCode.internal, "Molehill itself failed; the VIPs were removed"],
      [
        exitCode.alreadyRunning,
        "another daemon runs in this runtime directory, or keeps its state in this state directory",
      ],
    ],
  },
  map(
    object({
      ...runOptions,
      stateDir: stateDirOption,
      host: hostOption,
      verbose: verboseOption,
      dryRun: dryRunOption,
    }),
    (options): Action => (terminal) => run(options, terminal),
  ),
);

interface RunOptions {
  readonly config: string;
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly host: string | undefined;
  readonly verbose: boolean;
  readonly dryRun: boolean;
}

async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const facts = await readFacts(options);
  if (facts.kind === "problem") return refuse(facts.problems, { terminal, code: exitCode.badConfiguration });
  if (options.dryRun) return await dryRun(facts, terminal);
  const log = openLog(facts.configuration, { host: facts.host.name, verbose: options.verbose });
  try {
    const { runtimeDir, stateDir } = options;
    return await runWith({ ...facts, runtimeDir, stateDir, log }, terminal);
  } finally {
    await log.flush();
  }
}

async function dryRun({ configuration, host, warnings }: KnownFacts, terminal: Terminal): Promise<number> {
  const problems = await missingHere({ configuration, placement: placeOn(host, configuration) });
  if (problems.length > 0) return refuse(problems, { terminal, code: exitCode.unavailable });
  terminal.err(warnings.map((warning) => `Warning: ${warning}\n`).join(""));
  terminal.out(`Host "${host.name}" of group "${configuration.group.name}" could start here\n`);
  return exitCode.ok;
}

interface Start extends KnownFacts {
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly log: ConfiguredLog;
}

async function runWith(start: Start, terminal: Terminal): Promise<number> {
  const { configuration, host, keyring, warnings, runtimeDir, stateDir, log } = start;
  for (const warning of warnings) log.write("warning", warning);
  const signals = listenForEndings();
  const placement = placeOn(host, configuration);
  const places = { placement, runtimeDir, stateDir };
  const opened = await openPorts({ configuration, host, keyring, ...places, log, signals });
  if (opened.kind !== "open") {
    for (const problem of opened.problems) log.repeat("error", problem);
    return refuse(opened.problems, { terminal, code: exitCode[opened.kind] });
  }

  return await runDaemon({
    group: configuration.group,
    self: host.name,
    incarnation: chooseIncarnation(),
    version,
    segments: segmentsOfHosts(configuration),
    authenticator: keyring,
    ports: opened.ports,
  });
}

function refuse(
  problems: readonly string[],
  { terminal, code }: { readonly terminal: Terminal; readonly code: number },
): number {
  terminal.err(problems.map((problem) => `${problem}\n`).join(""));
  return code;
}

interface KnownFacts {
  readonly configuration: Configuration;
  readonly host: HostPlace;
  readonly keyring: Keyring;
  readonly warnings: readonly string[];
}

type Facts =
  | { readonly kind: "ok" } & KnownFacts
  | { readonly kind: "problem"; readonly problems: readonly string[] };

/** What can be known without touching the host. */
async function readFacts(
  { config, host: asked = null }: Pick<RunOptions, "config"> & { readonly host?: string | null },
): Promise<Facts> {
  const read = await readConfiguration(config);
  if (read.kind === "problem") return { kind: "problem", problems: unusableLines(read) };
  const { configuration, warnings } = read;
  const localAddresses = Deno.networkInterfaces().map(({ address }) => address);
  const identity = identifyHost(configuration, { localAddresses, asked });
  const secrets = await readSecrets(configuration);
  if (identity.kind === "ok" && secrets.kind === "ok") {
    const keyring = createKeyring(secrets.secrets, configuration.group.name);
    return { kind: "ok", configuration, host: identity.host, keyring, warnings };
  }
  const problems = [
    ...(identity.kind === "problem" ? [identity.message] : []),
    ...(secrets.kind === "problem" ? [secrets.problem] : []),
  ];
  return { kind: "problem", problems };
}

/** Below 2^47, by chance: two lives of a host have the same one once in a hundred million million starts. */
function chooseIncarnation(): Incarnation {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return incarnation((high % 2 ** 15) * 2 ** 32 + low);
}
