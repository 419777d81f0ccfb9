// Lets a running daemon go by a changed configuration. Everything that can be wrong is found first, and until then
// nothing has changed. Then the guard learns of the new addresses, before any of them can be on the host; and then all
// the rest changes in one go, without anything in between:
//
//   read, check ──▶ guard for old and new addresses ──▶ addresses, announcer, network, secrets ──▶ guard for new ones
//        ╰─ refused ◀──╯                                                                    (when the old are gone)

import type { Configuration, HostPlace } from "../config/configuration.ts";
import { fixedChanges } from "../config/fixed.ts";
import type { ConfigurationFile, Reloaded } from "../daemon/ports.ts";
import type { LocalAddresses } from "../host/addresses.ts";
import type { LocalAnnouncer } from "../host/announcer.ts";
import type { Keyring } from "../host/authenticator.ts";
import type { LocalChecks } from "../host/checks.ts";
import type { LocalGuard } from "../host/guard.ts";
import type { LocalLifelines } from "../host/lifelines.ts";
import { checkHooksHere, type HookCheck } from "../host/hook_check.ts";
import type { LocalHooks } from "../host/hooks.ts";
import type { LocalNeighbours } from "../host/neighbours.ts";
import { unionOf } from "../host/placed_vip.ts";
import { interfaceProblems } from "../host/preflight.ts";
import { searchPath } from "../host/programs.ts";
import type { UdpNetwork } from "../host/udp.ts";
import type { ConfiguredLog } from "./configured_log.ts";
import { readConfiguration, readSecrets } from "./configuration_file.ts";
import { hostAddresses, type Placement, placeOn, segmentsOfHosts } from "./placement.ts";

/** What was opened for the configuration that is read again. */
export interface ReloadParts {
  readonly configuration: Configuration;
  readonly host: HostPlace;
  readonly addresses: LocalAddresses;
  readonly announcer: LocalAnnouncer;
  readonly neighbours: LocalNeighbours;
  readonly network: UdpNetwork;
  readonly lifelines: LocalLifelines;
  readonly guard: LocalGuard;
  readonly hooks: LocalHooks;
  readonly checks: LocalChecks;
  readonly keyring: Keyring;
  readonly log: ConfiguredLog;
}

/** The configuration file of this daemon, to be read again. */
export function createConfigurationFile(parts: ReloadParts): ConfigurationFile {
  let present = parts.configuration;
  let placement = placeOn(parts.host, present);
  let shownWarnings = new Set<string>();
  parts.addresses.onFormerGone(() => void guardNoMore());

  return {
    async reload() {
      // Whoever moved the log away wants this, whatever is in the configuration.
      parts.log.reopen();
      const next = await prepare(present);
      if (next.kind === "refused") return next;
      const union = unionOf(next.placement.vips, unionOf(placement.vips, parts.addresses.former()));
      const { problem } = await parts.guard.adopt(union);
      if (problem !== null) return refused([problem]);
      takeOver(next);
      if (parts.addresses.former().length === 0) void guardNoMore();
      return { kind: "taken", group: present.group, segments: segmentsOfHosts(present) };
    },
    isChecked: ({ host, vip }) =>
      present.checks.some(({ hosts, vips }) => hosts.includes(host) && (vips?.includes(vip) ?? true)),
  };

  /** Nothing here waits: a call of the daemon finds all of it changed, or nothing. */
  function takeOver(next: Next): void {
    const { addresses, announcer, neighbours, network, lifelines, keyring, hooks, checks, log } = parts;
    const { vips, targets, segments } = next.placement;
    addresses.adopt({ vips, lease: next.configuration.group.timing.lease });
    neighbours.adopt(next.placement.neighbours);
    announcer.adopt({ vips, targets, hosts: hostAddresses(segments) });
    network.adopt(segments);
    lifelines.adopt(segments);
    checks.adopt(next.placement.checks);
    keyring.adopt(next.secrets);
    log.follow(next.configuration);
    hooks.adopt({ ...next.hookCheck, hooks: next.configuration.hooks, vips });
    present = next.configuration;
    placement = next.placement;
    for (const warning of next.warnings) if (!shownWarnings.has(warning)) log.write("warning", warning);
    shownWarnings = new Set(next.warnings);
  }

  /** An address that was taken out of the file may be used for something else now. */
  async function guardNoMore(): Promise<void> {
    const { problem } = await parts.guard.adopt(unionOf(placement.vips, parts.addresses.former()));
    if (problem !== null) {
      parts.log.write("warning", `${problem}; the one that stands by removes more addresses`);
    }
  }

  async function prepare(before: Configuration): Promise<Prepared> {
    try {
      return await prepareNext(before, parts);
    } catch (error) {
      return refused([
        `Cannot read the configuration: ${error instanceof Error ? error.message : String(error)}`,
      ]);
    }
  }
}

interface Next {
  readonly kind: "ready";
  readonly configuration: Configuration;
  readonly placement: Placement;
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
  readonly hookCheck: HookCheck;
}

type Refused = Extract<Reloaded, { readonly kind: "refused" }>;
type Prepared = Next | Refused;

const refused = (problems: readonly string[]): Refused => ({ kind: "refused", problems });

/** Finds out all that must be known, and changes nothing. */
async function prepareNext(
  before: Configuration,
  { host: { name: self } }: Pick<ReloadParts, "host">,
): Promise<Prepared> {
  const read = await readConfiguration(before.file);
  if (read.kind === "problem") return refused(read.problems);
  const { configuration, warnings } = read;
  const fixed = fixedChanges({ before, after: configuration }, self);
  const secrets = await readSecrets(configuration);
  const host = configuration.hosts.find(({ name }) => name === self);
  const placement = host === undefined ? null : placeOn(host, configuration);
  const directories = searchPath(Deno.env.get("PATH"));
  const programs = { hooks: configuration.hooks, checks: placement?.checks ?? [] };
  const hookCheck = await checkHooksHere(programs, { directories, isRunning: true });
  const problems = [
    ...fixed,
    ...hookCheck.problems,
    ...(secrets.kind === "problem" ? [secrets.problem] : []),
    ...(placement === null ? [] : interfaceProblems(placement.ownVips)),
  ];
  if (problems.length > 0 || placement === null || secrets.kind === "problem") return refused(problems);
  return { kind: "ready", configuration, placement, secrets: secrets.secrets, warnings, hookCheck };
}
