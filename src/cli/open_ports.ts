// Opens everything that the daemon needs from this host, or nothing: whatever is missing, what was opened before is
// closed again, and until the last of it is open no address has been touched.
//
// The control socket comes first, because it is the lock of the runtime directory, and then the lock of the state
// directory: who finds another daemon has opened nothing else. The guard comes last, because it
// is what may do something on its own.

import { resolve } from "node:path";
import type { Configuration, HostPlace } from "../config/configuration.ts";
import type { Ports, Signals } from "../daemon/ports.ts";
import { openAddresses } from "../host/addresses.ts";
import { openAnnouncer } from "../host/announcer.ts";
import type { Keyring } from "../host/authenticator.ts";
import { openChecks } from "../host/checks.ts";
import { createClock } from "../host/clock.ts";
import { askDaemon } from "../host/control_client.ts";
import { controlSocketPath, openControlServer } from "../host/control_server.ts";
import { openDrainFile } from "../host/drain_file.ts";
import { openGuard } from "../host/guard.ts";
import { checkHooksHere } from "../host/hook_check.ts";
import { openHooks } from "../host/hooks.ts";
import { openLifelines } from "../host/lifelines.ts";
import { openNeighbourTable } from "../host/neighbour_table.ts";
import { createNeighbours } from "../host/neighbours.ts";
import { openPacketSocket, type PacketSocketOutcome } from "../host/packet_socket.ts";
import { preflight } from "../host/preflight.ts";
import { searchPath } from "../host/programs.ts";
import { openRecord } from "../host/record_file.ts";
import { lockStateDir } from "../host/state_lock.ts";
import { openNetwork } from "../host/udp.ts";
import type { ConfiguredLog } from "./configured_log.ts";
import { hostAddresses, type Placement } from "./placement.ts";
import { createConfigurationFile } from "./reload.ts";

export type OpenedPorts =
  | { readonly kind: "open"; readonly ports: Ports }
  /** For people: something that the daemon needs is missing here. */
  | { readonly kind: "unavailable"; readonly problems: readonly string[] }
  /** For people: another daemon has the runtime directory, or the state directory. */
  | { readonly kind: "alreadyRunning"; readonly problems: readonly string[] };

export interface PortOptions {
  readonly configuration: Configuration;
  readonly host: HostPlace;
  /** Learns new secrets when the configuration is read again. */
  readonly keyring: Keyring;
  readonly placement: Placement;
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly log: ConfiguredLog;
  readonly signals: Signals;
}

/** Opens the ports. */
export async function openPorts(options: PortOptions): Promise<OpenedPorts> {
  const opened: (() => Promise<void>)[] = [];
  const outcome = await openInOrder(options, (close) => opened.push(close));
  if (outcome.kind !== "open") await Promise.allSettled(opened.map((close) => close()));
  return outcome;
}

type Wanted = Pick<PortOptions, "configuration" | "placement">;

/** For people: what a start would miss on this host, so far as can be seen without changing anything. */
export async function missingHere(wanted: Wanted): Promise<readonly string[]> {
  const packetSocket = packetSocketFor(wanted.configuration);
  try {
    const needs = await findNeeds(wanted, packetSocket);
    return needs.kind === "found" ? [] : needs.problems;
  } finally {
    if (packetSocket?.kind === "ok") packetSocket.socket.close();
  }
}

const packetSocketFor = ({ announcer }: Configuration): PacketSocketOutcome | null =>
  announcer === "raw" ? openPacketSocket() : null;

/** Changes nothing. */
async function findNeeds({ configuration, placement }: Wanted, packetSocket: PacketSocketOutcome | null) {
  const directories = searchPath(Deno.env.get("PATH"));
  const ready = await preflight({ vips: placement.ownVips, packetSocket, directories });
  const programs = { hooks: configuration.hooks, checks: placement.checks };
  const hookCheck = await checkHooksHere(programs, { directories, isRunning: true });
  const problems = [...(ready.kind === "problems" ? ready.problems : []), ...hookCheck.problems];
  if (ready.kind === "problems" || problems.length > 0) return unavailable(problems);
  return { ...ready, kind: "found", hookCheck } as const;
}

async function openInOrder(
  { configuration, host, keyring, placement, runtimeDir: givenDir, stateDir: givenStateDir, log, signals }:
    PortOptions,
  toClose: (close: () => Promise<void>) => void,
): Promise<OpenedPorts> {
  const { vips, targets, segments } = placement;
  const packetSocket = packetSocketFor(configuration);
  if (packetSocket?.kind === "ok") toClose(async () => packetSocket.socket.close());
  // The programs that are started here need not share this process's working directory.
  const [runtimeDir, stateDir] = [resolve(givenDir), resolve(givenStateDir)];
  const needs = await findNeeds({ configuration, placement }, packetSocket);
  if (needs.kind !== "found") return needs;
  const { programs, arping, hookCheck } = needs;
  for (const warning of needs.warnings) log.write("warning", warning);

  const control = await openControlServer(runtimeDir);
  if (control.kind === "problem") return await whoseRuntimeDir(runtimeDir, control.problem);
  toClose(() => control.server.close());

  const lock = await lockStateDir(stateDir);
  if (lock.kind === "taken") return { kind: "alreadyRunning", problems: [takenText(stateDir)] };
  if (lock.kind === "locked") toClose(async () => lock.release());

  const network = await openNetwork(segments, { log });
  if (network.kind === "problems") return unavailable(network.problems);
  toClose(() => network.network.close());

  const own = segments.map(({ local }) => local);
  const opened = openAddresses({ vips, lease: configuration.group.timing.lease, own });
  if (opened.kind === "problem") return unavailable([opened.problem]);
  const { addresses } = opened;
  toClose(() => addresses.close());

  const neighbours = createNeighbours({
    self: host.name,
    plan: placement.neighbours,
    openTable: openNeighbourTable,
    log,
    now: () => performance.now(),
  });
  toClose(() => neighbours.close());

  const announcer = openAnnouncer({
    vips,
    targets,
    neighbours,
    hosts: hostAddresses(segments),
    ip: programs.ip,
    packetSocket,
    arping,
    isHere: (vip) => addresses.isHere(vip),
  });
  if (announcer.kind === "problem") return unavailable([announcer.problem]);
  toClose(() => announcer.announcer.close());

  // After the packet sockets: a process that dies closes what it opened last first, and those take their time.
  const lifelines = openLifelines(segments, { log });
  toClose(() => lifelines.close());

  const guard = await openGuard({
    vips,
    runtimeDir,
    programs,
    onTrouble: (problem) => log.write("error", problem),
  });
  if (guard.kind === "problem") return unavailable([guard.problem]);

  const record = await openRecord({ stateDir, log });
  const hooks = openHooks({ ...hookCheck, hooks: configuration.hooks, vips, setsid: programs.setsid });
  const checks = openChecks({
    checks: placement.checks,
    host: host.name,
    setsid: programs.setsid,
    log,
  });
  toClose(() => checks.close());

  const ports = {
    clock: createClock(),
    network: network.network,
    lifelines,
    addresses,
    announcer: announcer.announcer,
    neighbours,
    guard: guard.guard,
    hooks,
    checks,
    drainFile: await openDrainFile(stateDir),
    control: control.server,
    signals,
    configuration: createConfigurationFile({
      configuration,
      host,
      addresses,
      announcer: announcer.announcer,
      neighbours,
      network: network.network,
      lifelines,
      guard: guard.guard,
      hooks,
      checks,
      keyring,
      log,
    }),
    record,
    log,
  };
  return { kind: "open", ports };
}

const unavailable = (problems: readonly string[]) => ({ kind: "unavailable", problems }) as const;

const takenText = (stateDir: string): string =>
  `Cannot keep anything in "${stateDir}": another daemon keeps its record and its drain there (wanted a state ` +
  "directory of its own: --state-dir)";

/** A daemon that answers on the socket is the reason; it says who it is. */
async function whoseRuntimeDir(runtimeDir: string, problem: string): Promise<OpenedPorts> {
  const answer = await askDaemon(controlSocketPath(runtimeDir), { kind: "status" }, { timeoutMs: 2_000 });
  if (answer.kind !== "ok") return unavailable([problem]);
  const { host, group, version } = answer.status;
  const who = `a daemon already runs there, as host "${host}" of group "${group}" (version ${version})`;
  return { kind: "alreadyRunning", problems: [`Cannot start in "${runtimeDir}": ${who}`] };
}
