// Where Spread and Wackamole told what they did, as one [log].

import { syslogFacility } from "../log_values.ts";
import { remark, type Report, shown } from "./report.ts";
import { settingOf, type SpreadConf } from "./spread_conf.ts";
import type { Suggestion } from "./suggestions.ts";
import { quoted } from "./toml_text.ts";
import type { WackamoleConf, WackamoleSetting } from "./wackamole_conf.ts";

/** The section [log] of the files, if one of them says something of it. */
export function logOf(spread: SpreadConf, wackamole: WackamoleConf, report: Report): readonly Suggestion[] {
  const file = settingOf(spread, "EventLogFile");
  const priority = settingOf(spread, "EventPriority");
  const facility = wackamole.settings.get("logfacility");
  if (file === undefined && priority === undefined && facility === undefined) return [];
  const level = /debug$/i.test(priority?.value ?? "") ? "debug" : "info";
  const said = [
    ...(file === undefined ? [] : [`Spread logged to ${shown(file.value)}.`]),
    ...(priority === undefined ? [] : [`Spread's EventPriority was ${shown(priority.value)}.`]),
    "Wackamole told the system log who took which address. This is one log for both, and what Wackamole told has the " +
    'level "info".',
    ...(file === undefined ? [] : [
      "The unit file and the init script make the directory, and the unit file lets the daemon write in no other.",
    ]),
  ];
  return [{
    section: "log",
    header: "[log]",
    why: said.join(" "),
    lines: [
      ...(file === undefined ? [] : [`file = ${quoted(placeOf(file.value))}`]),
      `level = ${quoted(level)}`,
      `syslog = ${facility === undefined ? "true" : facilityOf(facility, report)}`,
    ],
    needsHand: false,
  }];
}

/** %h is the name of the host, in both. */
const placeOf = (file: string): string =>
  /%h/i.test(file) ? "/var/log/molehill/%h.log" : "/var/log/molehill/molehill.log";

function facilityOf(
  { place, name, value }: WackamoleSetting,
  report: Report,
): string {
  const facility = value.toLowerCase().replace(/^log_/, "");
  if (facility === "daemon") return "true";
  if (syslogFacility.read(facility).kind === "ok") return quoted(facility);
  const why =
    'no such facility here, so it is that of daemons (others are "user", "syslog", "local0" to "local7")';
  remark(report, place, `${name} = ${value}`, why);
  return "true";
}
