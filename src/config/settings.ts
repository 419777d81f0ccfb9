// Everything that a configuration says besides its VIPs, as names and texts: two configurations can then be compared
// by people and by hosts, name by name, and the digest is taken of the same texts that are shown.
//
// Equal texts mean the same and different texts do not: nothing that matters may be left out or shortened here.

import { hookEvents } from "../core/hook.ts";
import { compareText, type Duration, type Group, type Setting } from "../core/vocabulary.ts";
import type { Check, Probe } from "../core/check.ts";
import type { Configuration, HostPlace, LogPlace, NotifyTarget, Segment } from "./configuration.ts";
import { hookText } from "./hook_text.ts";
import { sizeText } from "./log_values.ts";
import { durationText } from "./timing.ts";

/** All that settings are read from. */
export type Settled =
  & Pick<
    Configuration,
    "keyFile" | "segments" | "hosts" | "notify" | "announcer" | "log" | "hooks" | "checks"
  >
  & { readonly group: Pick<Group, "name" | "partition" | "timing" | "hosts" | "balance" | "refresh"> };

/** The settings, sorted by name. */
export function settingsOf(
  { group, keyFile, segments, hosts, notify, announcer, log, hooks, checks }: Settled,
): readonly Setting[] {
  const weights = new Map(group.hosts.map(({ name, weight }) => [name, weight]));
  return [
    setting("name", group.name),
    setting("partition", group.partition),
    setting("key_file", keyFile ?? "none"),
    ...timingSettings(group.timing),
    setting("balance.interval", durationText(group.balance.interval)),
    setting("balance.moves_per_round", String(group.balance.movesPerRound)),
    ...segments.map((segment) => setting(segmentSetting(segment.name), segmentText(segment))),
    ...hosts.map((host) => setting(`host ${host.name}`, hostText(host, weights.get(host.name) ?? 1))),
    setting("notify.arp_cache", orOff(notify.arpCache)),
    setting("notify.arp_cache_throttle", String(notify.arpCacheThrottle)),
    setting("notify.refresh", orOff(group.refresh)),
    setting("notify.targets", notify.targets.map(targetText).join("; ") || "none"),
    setting("notify.announcer", announcer),
    ...logSettings(log),
    ...hookEvents.flatMap((event) => {
      const texts = hooks[event].map((hook) => hookText(event, hook));
      return texts.length === 0 ? [] : [setting(`hooks.${event}`, texts.join("; "))];
    }),
    ...checks.map((check) => setting(`check ${check.name}`, checkText(check, hosts.length))),
  ].sort((a, b) => compareText(a.name, b.name));
}

const setting = (name: string, value: string): Setting => ({ name, value });

/** The name of the setting that speaks of a segment. */
export const segmentSetting = (segment: string): string => `segment ${segment}`;

const timingSettings = ({ heartbeat, timeout, mature, lease }: Group["timing"]): readonly Setting[] => [
  setting("timing.heartbeat", durationText(heartbeat)),
  setting("timing.timeout", durationText(timeout)),
  setting("timing.mature", durationText(mature)),
  setting("timing.lease", orOff(lease)),
];

const logSettings = ({ file, level, maxSize, keep, syslog }: LogPlace): readonly Setting[] => [
  setting("log.file", file ?? "none"),
  setting("log.level", level),
  setting("log.max_size", maxSize === null ? "off" : sizeText(maxSize)),
  setting("log.keep", String(keep)),
  setting("log.syslog", syslog ?? "off"),
];

const orOff = (length: Duration | null): string => length === null ? "off" : durationText(length);

/** "broadcast 192.168.255.255 port 4803" */
export const segmentText = ({ mode, address, port }: Segment): string =>
  `${mode}${address === null ? "" : ` ${address}`} port ${port}`;

/** "lan 192.168.9.160, back 10.0.0.1": a host's own addresses, by segment. */
export const ownAddressesText = ({ addresses }: HostPlace): string =>
  inOrder(addresses).map(([segment, address]) => `${segment} ${address}`).join(", ");

function hostText(host: HostPlace, weight: number): string {
  const renamed = inOrder(host.interfaces).map(([name, here]) => `${name} = ${here}`);
  return [ownAddressesText(host), `weight ${weight}`, ...renamed].join(", ");
}

const targetText = ({ address, prefix, throttle, ping, ...on }: NotifyTarget): string =>
  `${address}/${prefix} on ${on.interface}, throttle ${throttle}${ping ? ", ping" : ""}`;

function checkText({ probe, interval, timeout, rise, fall, vips, hosts }: Check, hostsCount: number): string {
  return [
    probeText(probe),
    `every ${durationText(interval)}, timeout ${durationText(timeout)}, rise ${rise}, fall ${fall}`,
    ...(vips === null ? [] : [`for ${vips.join(", ")}`]),
    ...(hosts.length === hostsCount ? [] : [`on ${hosts.join(", ")}`]),
  ].join("; ");
}

/** "tcp 127.0.0.1:80": what a check looks at, as the file says it. */
export function probeText(probe: Probe): string {
  switch (probe.kind) {
    case "exec":
      return `exec ${JSON.stringify(probe.command)}${probe.user === null ? "" : ` as ${probe.user}`}`;
    case "tcp":
      return `tcp ${probe.address.includes(":") ? `[${probe.address}]` : probe.address}:${probe.port}`;
    case "http":
      return `http ${probe.url}${probe.expect === null ? "" : ` expect ${probe.expect}`}`;
    case "process":
      return `process ${probe.name}`;
    case "file":
      return `file ${probe.path}${probe.absent ? " absent" : ""}`;
    case "gateway":
      return `gateway ${probe.address} on ${probe.interface}`;
  }
}

/** A map of the file has the order in which it was written, which means nothing. */
const inOrder = (map: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...map].sort(([a], [b]) => compareText(a, b));
